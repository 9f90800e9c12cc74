"""Home area networks: with and without radio, devices behind links, and attackers."""

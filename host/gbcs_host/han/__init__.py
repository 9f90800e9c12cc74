"""Home area networks: with and without radio, and attackers on them."""

"""A meter's account: what was used, what it cost, credit, debt, the supply."""

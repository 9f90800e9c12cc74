"""Every promised figure, measured: `python -m bench` prints them with their targets."""

"""What a board runs, and a device at the far end of a link."""

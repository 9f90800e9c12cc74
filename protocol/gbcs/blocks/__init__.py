"""General block transfer: one block, and both ends of a transfer."""

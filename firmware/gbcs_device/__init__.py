"""Emulated devices: the same files on a board and in a host process."""

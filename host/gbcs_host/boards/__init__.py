"""Boards on a serial port, and their firmware."""

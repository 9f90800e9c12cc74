"""Emulators held against real traffic; damaged messages."""

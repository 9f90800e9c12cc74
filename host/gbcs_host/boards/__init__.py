"""Boards on a serial port: their REPL, their device, and how their firmware is built."""

"""Devices on the air: joining, keys, tunnels, polling; the hub."""

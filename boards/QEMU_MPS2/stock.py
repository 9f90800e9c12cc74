# A stock MicroPython for the emulated board: nothing of ours but its file system.
module("_boot.py", base_path=".", opt=3)  # noqa: F821 - MicroPython's

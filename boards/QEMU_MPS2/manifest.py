include("../manifest.py")  # noqa: F821 - MicroPython's
module("board.py", base_path=".")  # noqa: F821

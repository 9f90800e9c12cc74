include("../manifest.py")  # noqa: F821 - MicroPython's
module("_boot.py", base_path=".", opt=3)  # noqa: F821
module("board.py", base_path=".")  # noqa: F821
module("main.py", base_path="..")  # noqa: F821

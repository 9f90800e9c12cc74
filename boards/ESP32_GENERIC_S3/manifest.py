include("$(PORT_DIR)/boards/manifest.py")  # noqa: F821 - MicroPython's
include("../manifest.py")  # noqa: F821
module("main.py", base_path="..")  # noqa: F821
module("board.py", base_path=".")  # noqa: F821

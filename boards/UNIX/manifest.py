include("../manifest.py", viper=False)  # noqa: F821 - MicroPython's

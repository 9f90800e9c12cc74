# What every board has of the protocol core, frozen in: all modules but those for CPython alone.
# A board's own manifest.py includes this one.
import os

_CPYTHON = {"openssl.py", "p256_wide.py", "aes_wide.py", "axdrwide.py"}
_BASE = "../protocol"

for _folder, _, _names in sorted(os.walk(os.path.join(_BASE, "gbcs"))):
    _package = os.path.relpath(_folder, _BASE)
    _files = tuple(sorted(n for n in _names if n.endswith(".py") and n not in _CPYTHON))
    if _files:
        package(_package, files=_files, base_path=_BASE)  # noqa: F821 - MicroPython's

# What every board has frozen in: the core and the devices, but for what CPython alone uses.
# A board's own manifest.py includes this one.
import os

_CPYTHON = {"openssl.py", "p256_wide.py", "aes_wide.py", "axdrwide.py"}
_PACKAGES = (("../protocol", "gbcs"), ("../firmware", "gbcs_device"))

for _base, _name in _PACKAGES:
    for _folder, _, _names in sorted(os.walk(os.path.join(_base, _name))):
        _package = os.path.relpath(_folder, _base)
        _files = tuple(sorted(n for n in _names if n.endswith(".py") and n not in _CPYTHON))
        if _files:
            package(_package, files=_files, base_path=_base)  # noqa: F821 - MicroPython's

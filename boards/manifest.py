# What every board has frozen in: the core and the devices, but for what CPython alone uses.
# A board's own manifest.py includes this one.
import os

options.defaults(viper=True)  # noqa: F821 - MicroPython's; whether there is an emitter of 32 bits

_CPYTHON = {"openssl.py", "p256_wide.py", "aes_wide.py", "ghash_wide.py", "wide.py"}
if not options.viper:  # noqa: F821
    _CPYTHON |= {"p256_viper.py", "gcm_viper.py", "binaryfield_viper.py"}
_PACKAGES = (("../protocol", "gbcs"), ("../firmware", "gbcs_device"))

for _base, _name in _PACKAGES:
    for _folder, _, _names in sorted(os.walk(os.path.join(_base, _name))):
        _package = os.path.relpath(_folder, _base)
        _files = tuple(sorted(n for n in _names if n.endswith(".py") and n not in _CPYTHON))
        if _files:
            package(_package, files=_files, base_path=_base)  # noqa: F821 - MicroPython's

"""What the emulated board has beside its heap."""

import uctypes

_PSRAM = 0x21800000  # the upper half of 16 MB; the lower is for what a test brings
_SIZE = 65552  # two banks of 32 KB and their lengths


def memory():
    """A buffer that a reset leaves alone."""
    return uctypes.bytearray_at(_PSRAM, _SIZE)

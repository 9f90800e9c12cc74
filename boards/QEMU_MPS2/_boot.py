"""A file system in the emulated board's PSRAM: a reset leaves it alone, as flash would be."""

import sys

import uctypes
import vfs

_PSRAM = 0x21800000  # the upper half of 16 MB; the lower is for what a test brings
_BLOCK = 4096
_BLOCKS = 512


class _Psram:
    def __init__(self):
        self._octets = uctypes.bytearray_at(_PSRAM, _BLOCK * _BLOCKS)

    def readblocks(self, block, buffer, offset=0):
        at = block * _BLOCK + offset
        buffer[:] = memoryview(self._octets)[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * _BLOCK + offset
        self._octets[at : at + len(buffer)] = buffer

    def ioctl(self, operation, argument):
        if operation == 4:
            return _BLOCKS
        if operation == 5:
            return _BLOCK
        return 0


def _mount():
    device = _Psram()
    try:
        vfs.mount(device, "/")
    except OSError:
        vfs.VfsLfs2.mkfs(device)
        vfs.mount(device, "/")
    sys.path.append("/lib")


_mount()

"""The emulated board: the HAN link is its second serial port, the REPL its first.

The qemu port has no machine.UART, so these are the registers of the CMSDK UART: data, state (1:
full to send, 2: received), control (3: both ways), -, divisor.
"""

from machine import mem32

_REPL, _LINK = 0x40004000, 0x40005000
_INTERRUPT = 3


class _Link:
    def __init__(self):
        mem32[_LINK + 16] = 16
        mem32[_LINK + 8] = 3

    def read(self):
        while not mem32[_LINK + 4] & 2:
            # Nothing else sees a Ctrl-C at the prompt while this waits
            if mem32[_REPL + 4] & 2 and mem32[_REPL] == _INTERRUPT:
                raise KeyboardInterrupt
        return bytes((mem32[_LINK],))

    def write(self, octets):
        for octet in octets:
            while mem32[_LINK + 4] & 1:
                pass
            mem32[_LINK] = octet


def link():
    """The HAN link: `read()` waits for octets, `write(octets)`."""
    return _Link()

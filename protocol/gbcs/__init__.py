"""The protocol core of gbcs-lab: GBCS messages as octets and as objects, and the checks between.

No I/O, no clock, no randomness of its own; the same files run on CPython and on MicroPython.
"""

__version__ = "0.2.0"

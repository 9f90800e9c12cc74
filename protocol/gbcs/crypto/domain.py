"""The domain parameters of P-256, and the octets of its keys.

Sources: SP 800-186 3.2.1.3; SEC 1 2.3.
"""

from gbcs.errors import BadKey

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def uncompressed(octets: bytes) -> bytes:
    """04 || x || y of what is that, or x || y; BadKey where the form is another."""
    octets = bytes(octets)
    if len(octets) == 64:
        return b"\x04" + octets
    if len(octets) != 65:
        raise BadKey("a public key of 64 or 65 octets expected, found %d" % len(octets))
    if octets[0] != 4:
        raise BadKey("an uncompressed point begins 04, found %02x" % octets[0])
    return octets


def scalar(octets: bytes) -> int:
    """The number of a private key; BadKey where it is not 32 octets, from 1 to n - 1."""
    if len(octets) != 32:
        raise BadKey("a private key of 32 octets expected, found %d" % len(octets))
    number = int.from_bytes(octets, "big")
    if not 0 < number < N:
        raise BadKey("a private key is a number from 1 to n - 1")
    return number

"""Every exception of the core.

Three kinds, never mixed: octets that are not what the format says (`DecodeError`), well-formed
messages that are refused (`Refused`), and our own bugs (ValueError, TypeError), which nobody
catches but a whole device, so that it goes on. No message ever holds a key.
"""


class GbcsError(Exception):
    """All that the core raises about what it was given."""


class DecodeError(GbcsError):
    """The octets are not what the format says.

    `what` was wanted at `offset`, counted in octets from the start of the message; `field` is the
    name of the field being read, or "" where the error is about the form as a whole.
    """

    def __init__(self, what: str, offset: int, field: str = "") -> None:
        super().__init__(what, offset, field)
        self.what = what
        self.offset = offset
        self.field = field

    def __str__(self) -> str:
        if self.field:
            return "offset %d, %s: %s" % (self.offset, self.field, self.what)
        return "offset %d: %s" % (self.offset, self.what)


class EncodeError(GbcsError):
    """A tree or record that has no encoding: `what` is wrong with the field called `field`."""

    def __init__(self, what: str, field: str = "") -> None:
        super().__init__(what, field)
        self.what = what
        self.field = field

    def __str__(self) -> str:
        return "%s: %s" % (self.field, self.what) if self.field else self.what


class Refused(GbcsError):
    """A well-formed message that is not acted upon."""


class BadSignature(Refused):
    """The signature is not the originator's over these octets."""


class BadMac(Refused):
    """The MAC is not the one these octets and this key give."""


class BadBlock(Refused):
    """An encrypted block does not open under this key."""


class BadKey(Refused):
    """Octets that are no key: not a point of P-256, or a private key out of range."""


class BadCertificate(Refused):
    """A certificate that is not of the GBCS profile."""


class UnknownKey(Refused):
    """No key is held for this party."""

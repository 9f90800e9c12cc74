"""Data notifications: the payload of alerts that are DLMS."""


def notification(counter: int, body: bytes) -> bytes:
    """A data notification: GBCS gives its id the low three octets of the counter."""
    return b"\x0f\x20" + (counter & 0xFFFFFF).to_bytes(3, "big") + b"\x00" + body

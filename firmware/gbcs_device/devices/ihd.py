"""An IHD: a Type 2 device, which is on the HAN and takes no GBCS message."""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base.membership import Member

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto


class Ihd(Member):
    """As much of messages.device.Device as a station and a laboratory ask of any device."""

    kind = "IHD"

    def __init__(self, eui: bytes, store: "Any", crypto: "Crypto") -> None:
        self.eui = eui
        self.store = store
        self.crypto = crypto
        self.anchors = None
        self.outbox: list[bytes] = []
        self.recent: list[bytes] | None = None
        self.errors: list[str] = []  # it runs nothing that could fail

    def receive(self, octets: bytes, now: int) -> None:
        """Nothing is answered."""

    def next_timer(self) -> None:
        """It has no time of its own."""

    def handle_timer(self, now: int) -> None:
        """Nothing is due."""

    def security_log(self) -> "list[tuple[int, int]]":
        """It keeps none."""
        return []

"""What is passed between the rooms of a device and known by what it can do.

For type checkers alone: no Python loads it.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar  # noqa: TID251

from gbcs.interfaces import Crypto
from gbcs.zigbee.aps import Frame
from gbcs_device.account.tariff import Terms
from gbcs_device.base.figures import Figures
from gbcs_device.messages.trust_anchors import Anchors

Lookup = Callable[[str], bytes | None]  # the octets that stand under a name
Random = Callable[[int], bytes]  # so many random octets
OnDelivery = Callable[[bool, int], None]  # whether a frame was acknowledged, and when
AttributeOf = Callable[
    [int, int, int], bytes | None
]  # type and octets, by cluster, identifier, now
PayloadOf = Callable[[int], bytes]  # the payload of an alert, by its counter

Entry = TypeVar("Entry", covariant=True)

class Table(Protocol[Entry]):
    """What a device makes or does afresh, by its key."""

    def get(self, key: Any, /) -> Entry | None: ...

class Stream(Protocol):
    """The octets of a bank, from its beginning."""

    def read(self, count: int, /) -> bytes: ...
    def close(self) -> None: ...

class Medium(Protocol):
    """Two banks of octets, 0 and 1, that a power cut leaves as they are."""

    def opened(self, bank: int, /) -> Stream: ...
    def size(self, bank: int, /) -> int: ...
    def append(self, bank: int, octets: bytes, /) -> None: ...
    def erase(self, bank: int, /) -> None: ...

class Readable(Protocol):
    """Octets by name: a store, the changes of a command before it, a dictionary."""

    def get(self, name: str, /) -> bytes | None: ...

class Store(Readable, Protocol):
    """What gbcs_device.base.store.Store offers to a device."""

    def names(self, prefix: str = "", /) -> list[str]: ...
    def has_room(self, changes: dict[str, bytes | None], /) -> bool: ...
    def write(self, changes: dict[str, bytes | None], /) -> None: ...
    def hold(self, name: str, octets: bytes, /) -> None: ...

class PrivateKeys(Protocol):
    """The private halves of a device's keys, or secrets that were handed over in their place."""

    def secret(self, eui: bytes, public_key: bytes, /) -> bytes | None: ...
    def sign(self, octets: bytes, /) -> bytes: ...
    def new_pair(self) -> tuple[bytes | None, bytes, Callable[[bytes], bytes]]: ...

class NetworkDevice(Protocol):
    """A device that joins a HAN: a meter, a PPMID or an IHD."""

    kind: str
    eui: bytes
    store: Store
    crypto: Crypto
    outbox: list[bytes]

    @property
    def anchors(self) -> Anchors | None: ...
    def receive(self, octets: bytes, now: int, /) -> bytes | None: ...
    def next_timer(self) -> int | None: ...
    def handle_timer(self, now: int, /) -> None: ...
    def install_key(self) -> bytes | None: ...
    def has_install_code(self) -> bool: ...
    def link_key(self) -> bytes | None: ...
    def hashed_key(self) -> bytes | None: ...
    def is_joined(self) -> bool: ...
    def network(self) -> bytes | None: ...
    def hub(self) -> bytes | None: ...
    def agreed(
        self, extended_pan_id: bytes, hub: bytes, link_key: bytes, /
    ) -> dict[str, bytes | None]: ...
    def left(self) -> dict[str, bytes | None]: ...
    def security_log(self) -> list[tuple[int, int]]: ...

class MirrorKeeper(Protocol):
    """The station of a hub, as its GPF asks it."""

    store: Store

    def mirror(self) -> dict[int, bytes]: ...

class Source(Protocol):
    """What displays are served from: a meter, or what a GPF knows of the gas meter."""

    @property
    def kind(self) -> str: ...
    @property
    def has_account(self) -> bool: ...
    def figures(self, now: int, /) -> Figures | None: ...
    def terms(self) -> Terms | None: ...
    def since(self, now: int, /) -> int: ...
    def attribute(self, cluster: int, identifier: int, now: int, /) -> bytes | None: ...
    def published(self, cluster: int, command: int, now: int, /) -> list[bytes]: ...
    def message_number(self, now: int, /) -> int: ...
    def confirmed(self, number: int, now: int, /) -> None: ...

class Responder(Protocol):
    """A station that sends ZCL frames: (destination, source) endpoints, then as ZCL has them."""

    def zcl(
        self,
        to: bytes,
        endpoints: tuple[int, int],
        cluster: int,
        control: int,
        command: int,
        payload: bytes,
        now: int,
        sequence: int | None = None,
        /,
    ) -> bool: ...
    def default_response(
        self,
        frame: Frame,
        sender: bytes,
        control: int,
        sequence: int,
        command: int,
        status: int,
        now: int,
        /,
    ) -> None: ...

class I2c(Protocol):
    """A machine.I2C, or what stands for one."""

    def writeto(self, address: int, octets: bytes | bytearray, /) -> object: ...

"""The smart metering inventory: devices, their status, their hub, their meter points.

Kept by SQLAlchemy; the URL says where (SQLite in memory unless told). What may happen to a device
in which status is a table; an event that is not in it is refused and changes nothing. Times are
passed in. Every event, also one that changed nothing, stands in the history.

Sources: SEC Appendix AB 15.5 and Appendix AC 4.3 as SECMP0013 amends them (annexes A and B of its
impact assessment); SEC Appendix R (statuses of install and commission scenarios).
"""

import contextlib
from typing import Any

from sqlalchemy import ForeignKey, String, create_engine, make_url, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from gbcs_host import keyfiles

PENDING = "pending"
WHITELISTED = "whitelisted"
INSTALLED = "installed not commissioned"
COMMISSIONED = "commissioned"
DECOMMISSIONED = "decommissioned"
WITHDRAWN = "withdrawn"

# Event: the statuses in which it may come, and the status then (None: as it was)
TRANSITIONS: "dict[str, tuple[tuple[str, ...], str | None]]" = {
    "added to a device log (8.11)": ((PENDING, WHITELISTED), WHITELISTED),
    "removed from a device log (8.11)": (
        (PENDING, WHITELISTED, INSTALLED, COMMISSIONED, DECOMMISSIONED),
        None,
    ),
    "device log restored (8.16)": (
        (PENDING, WHITELISTED, INSTALLED, COMMISSIONED, DECOMMISSIONED),
        WHITELISTED,
    ),
    "joined (key established)": ((WHITELISTED, INSTALLED, COMMISSIONED), None),
    "commissioned (8.1.1)": ((WHITELISTED, INSTALLED), COMMISSIONED),
    "disconnected (8.15)": ((WHITELISTED, INSTALLED, COMMISSIONED), PENDING),
    "disconnect failed (8.15)": ((PENDING, WHITELISTED, INSTALLED, COMMISSIONED), None),
    "decommissioned (8.3)": ((WHITELISTED, INSTALLED, COMMISSIONED), DECOMMISSIONED),
    "withdrawn (8.5)": ((PENDING, DECOMMISSIONED), WITHDRAWN),
}


class TransitionRefused(Exception):
    """The event may not come in this status; nothing was changed."""


class UnknownDevice(Exception):
    """The inventory has no such device."""


class _Base(DeclarativeBase):
    pass


class Device(_Base):
    """One device: `eui` and `hub` are hex; `meter_points` the MPANs or MPRN, blank-separated."""

    __tablename__ = "devices"
    eui: Mapped[str] = mapped_column(String(16), primary_key=True)
    device_type: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(32))
    hub: Mapped[str | None] = mapped_column(String(16))
    meter_points: Mapped[str] = mapped_column(String(64), default="")
    install_code: Mapped[str] = mapped_column(String(36), default="")


class Event(_Base):
    """What happened to a device, when (milliseconds since 2000), and its status after."""

    __tablename__ = "events"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    eui: Mapped[str] = mapped_column(ForeignKey("devices.eui"))
    at: Mapped[int]
    event: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(String(32))
    after: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(400), default="")


def _keep_private(url: str) -> None:
    """Makes the file of a database that is not there: install codes will be in it. OSError."""
    parts = make_url(url)
    path = parts.database
    if parts.get_backend_name() != "sqlite" or not path or path == ":memory:":
        return
    if not path.startswith("file:"):
        with contextlib.suppress(keyfiles.WouldOverwrite):  # one that is there is gone on with
            keyfiles.begin(path).close()


class Inventory:
    """The inventory at a database URL; a file that is made for it is for its owner alone.

    SQLAlchemyError for a URL that is none, or a database that cannot be had; OSError.
    """

    def __init__(self, url: str = "sqlite://") -> None:
        options: dict[str, Any] = {}
        if url == "sqlite://":  # one connection, or each would see a memory of its own
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        else:
            _keep_private(url)
        self._engine = create_engine(url, **options)
        _Base.metadata.create_all(self._engine)

    def close(self) -> None:
        """Lets the database go."""
        self._engine.dispose()

    def add(self, eui: bytes, device_type: str, at: int, install_code: bytes = b"") -> None:
        """A device is notified (12.2): pending. ValueError for one that is known."""
        with Session(self._engine) as session, session.begin():
            if session.get(Device, eui.hex()) is not None:
                raise ValueError("the device %s is in the inventory" % eui.hex())
            session.add(
                Device(
                    eui=eui.hex(),
                    device_type=device_type,
                    status=PENDING,
                    hub=None,
                    meter_points="",
                    install_code=install_code.hex(),
                )
            )
            session.flush()
            event = Event(eui=eui.hex(), at=at, event="notified (12.2)", before="", after=PENDING)
            session.add(event)

    def added(self, eui: bytes, hub: bytes, at: int, meter_points: str = "") -> None:
        """8.11 (add) succeeded: Appendix AC 4.3."""
        self._happened("added to a device log (8.11)", eui, at, hub, meter_points)

    def removed(self, eui: bytes, at: int) -> None:
        """8.11 (remove) succeeded: no hub any more; the status stays."""
        self._happened("removed from a device log (8.11)", eui, at, None, None)

    def restored(self, eui: bytes, hub: bytes, at: int, meter_points: str) -> None:
        """8.16 succeeded: Appendix AC 4.3 as amended."""
        self._happened("device log restored (8.16)", eui, at, hub, meter_points)

    def joined(self, eui: bytes, at: int) -> None:
        """The hub has reported a key for it."""
        self._happened("joined (key established)", eui, at, False, None)

    def commissioned(self, eui: bytes, at: int) -> None:
        """8.1.1 succeeded."""
        self._happened("commissioned (8.1.1)", eui, at, False, None)

    def disconnected(self, eui: bytes, at: int) -> None:
        """8.15 succeeded: Appendix AB 15.5: pending, no hub, no meter point."""
        self._happened("disconnected (8.15)", eui, at, None, "")

    def disconnect_failed(self, eui: bytes, at: int, why: str) -> None:
        """8.15 failed: nothing changes, and the history says why."""
        self._happened("disconnect failed (8.15)", eui, at, False, None, why)

    def decommissioned(self, eui: bytes, at: int) -> None:
        """8.3 was done."""
        self._happened("decommissioned (8.3)", eui, at, None, "")

    def withdrawn(self, eui: bytes, at: int) -> None:
        """8.5 was done."""
        self._happened("withdrawn (8.5)", eui, at, None, "")

    def _happened(
        self,
        event: str,
        eui: bytes,
        at: int,
        hub: "bytes | bool | None",
        meter_points: "str | None",
        note: str = "",
    ) -> None:
        """`hub` False and `meter_points` None: as they were."""
        allowed, status = TRANSITIONS[event]
        with Session(self._engine) as session, session.begin():
            device = session.get(Device, eui.hex())
            if device is None:
                raise UnknownDevice("the inventory has no device %s" % eui.hex())
            if device.status not in allowed:
                raise TransitionRefused(
                    "%s: %s expected, the device %s is %s"
                    % (event, " or ".join(allowed), eui.hex(), device.status)
                )
            before = device.status
            device.status = before if status is None else status
            if not isinstance(hub, bool):
                device.hub = None if hub is None else hub.hex()
            if meter_points is not None:
                device.meter_points = meter_points
            session.add(
                Event(eui=eui.hex(), at=at, event=event, before=before, after=device.status,
                      note=note)
            )  # fmt: skip

    def device(self, eui: bytes) -> "dict[str, Any]":
        """What is known of a device; UnknownDevice."""
        with Session(self._engine) as session:
            device = session.get(Device, eui.hex())
            if device is None:
                raise UnknownDevice("the inventory has no device %s" % eui.hex())
            return _row(device)

    def devices(self) -> "list[dict[str, Any]]":
        """All devices, by EUI-64."""
        with Session(self._engine) as session:
            return [
                _row(device) for device in session.scalars(select(Device).order_by(Device.eui))
            ]

    def on_hub(self, hub: bytes) -> "list[bytes]":
        """The devices associated with a hub."""
        with Session(self._engine) as session:
            wanted = select(Device.eui).where(Device.hub == hub.hex()).order_by(Device.eui)
            return [bytes.fromhex(eui) for eui in session.scalars(wanted)]

    def history(self, eui: bytes) -> "list[dict[str, Any]]":
        """What happened to a device, in order."""
        with Session(self._engine) as session:
            wanted = select(Event).where(Event.eui == eui.hex()).order_by(Event.number)
            return [
                {"at": entry.at, "event": entry.event, "before": entry.before,
                 "after": entry.after, "note": entry.note}
                for entry in session.scalars(wanted)
            ]  # fmt: skip


def _row(device: Device) -> "dict[str, Any]":
    return {
        "eui": device.eui,
        "device_type": device.device_type,
        "status": device.status,
        "hub": device.hub,
        "meter_points": device.meter_points.split(),
    }

"""The smart metering inventory: devices, their status, their hub, their meter points.

SQLAlchemy stores it in the database of a URL, by default SQLite in memory. The table TRANSITIONS
has the events that are allowed in each status; any other is refused and changes nothing. Callers
pass the time. The history has every event, also one that changed nothing.

Sources: SEC Appendix AB 15.5 and Appendix AC 4.3 as SECMP0013 amends them (annexes A and B of its
impact assessment); SEC Appendix R (statuses of install and commission scenarios).

What was read of a device is kept: an inventory is the only one that writes to its database while
it is open.
"""

import contextlib
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, String, create_engine, insert, make_url, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from gbcs_host import keyfiles
from gbcs_host.han.events import InventoryChanged, Observers

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
    """The event is not allowed in the device's status; nothing was changed."""


class UnknownDevice(Exception):
    """There is no such device, or it is of another kind; the text says what was expected."""


class _Base(DeclarativeBase):
    pass


class Device(_Base):
    """One device: `eui` and `hub` are hex; `meter_points` the MPANs or MPRN, blank-separated."""

    __tablename__ = "devices"
    eui: Mapped[str] = mapped_column(String(16), primary_key=True)
    device_type: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(32))
    hub: Mapped[str | None] = mapped_column(String(16), index=True)
    meter_points: Mapped[str] = mapped_column(String(64), default="")
    install_code: Mapped[str] = mapped_column(String(36), default="")


class Event(_Base):
    """An event of a device, its time (milliseconds since 2000), the status before and after."""

    __tablename__ = "events"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    eui: Mapped[str] = mapped_column(ForeignKey("devices.eui"), index=True)
    at: Mapped[int]
    event: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(String(32))
    after: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(400), default="")


class Row(NamedTuple):
    """What the inventory has of a device; `meter_points` are blank-separated."""

    device_type: str
    status: str
    hub: "bytes | None"
    meter_points: str


def _keep_private(url: str) -> None:
    """Makes the file of a new database with mode 0600, as it will hold install codes. OSError."""
    parts = make_url(url)
    path = parts.database
    if parts.get_backend_name() != "sqlite" or not path or path == ":memory:":
        return
    if not path.startswith("file:"):
        with contextlib.suppress(keyfiles.WouldOverwrite):  # an existing database is used
            keyfiles.begin(path).close()


class Inventory:
    """The inventory in the database of a URL; only the owner may read a file made for it.

    `observers` are told of each event. Raises SQLAlchemyError for a wrong URL or a database that
    cannot be opened; OSError.
    """

    def __init__(self, url: str = "sqlite://", observers: "Observers | None" = None) -> None:
        options: dict[str, Any] = {}
        if url == "sqlite://":  # one connection, since each has a memory of its own
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        else:
            _keep_private(url)
        self._engine = create_engine(url, **options)
        self._rows: dict[bytes, Row] = {}
        self._observers = Observers() if observers is None else observers
        _Base.metadata.create_all(self._engine)

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()

    def kept(self) -> "dict[str, Any]":
        """All that it has: the rows of both tables, and its observers."""
        with self._engine.connect() as connection:
            tables = {
                table.name: [list(row) for row in connection.execute(select(table))]
                for table in _TABLES
            }
        return {"observers": self._observers, **tables}

    def fill(self, values: "dict[str, Any]") -> None:
        """Makes this a new inventory, in memory, of what `kept` has given."""
        Inventory.__init__(self, observers=values["observers"])
        self._insert(values)

    def move_to(self, url: str) -> None:
        """Goes on in the database of another URL. Raises ValueError where that has devices."""
        target = Inventory(url)
        if target.devices():
            target.close()
            raise ValueError("a database without devices expected, '%s' has some" % url)
        target._insert(self.kept())
        self.close()
        self._engine = target._engine

    def _insert(self, tables: "dict[str, Any]") -> None:
        with self._engine.begin() as connection:
            for table in _TABLES:
                if rows := tables[table.name]:
                    names = table.c.keys()
                    connection.execute(
                        insert(table), [dict(zip(names, row, strict=True)) for row in rows]
                    )

    def add(self, eui: bytes, device_type: str, at: int, install_code: bytes = b"") -> None:
        """12.2: adds a device with status pending. Raises ValueError for a known device."""
        if self.has(eui):
            raise ValueError("a new device expected, %s is in the inventory" % eui.hex())
        device = {
            "eui": eui.hex(), "device_type": device_type, "status": PENDING, "hub": None,
            "meter_points": "", "install_code": install_code.hex(),
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(_NEW_DEVICE, device)
            connection.execute(_NEW_EVENT, _event(eui, at, "notified (12.2)", "", PENDING))
        self._rows[eui] = Row(device_type, PENDING, None, "")
        self._observers.tell(InventoryChanged(at, eui, "notified (12.2)", "", PENDING))

    def added(self, eui: bytes, hub: bytes, at: int, meter_points: str = "") -> None:
        """8.11 (add) succeeded: SEC Appendix AC 4.3. The device is whitelisted at the hub."""
        self._happened("added to a device log (8.11)", eui, at, hub, meter_points)

    def removed(self, eui: bytes, at: int) -> None:
        """8.11 (remove) succeeded: the device has no hub; its status stays."""
        self._happened("removed from a device log (8.11)", eui, at, None, None)

    def restored(self, eui: bytes, hub: bytes, at: int, meter_points: str) -> None:
        """8.16 succeeded: SEC Appendix AC 4.3 as SECMP0013 amends it; whitelisted."""
        self._happened("device log restored (8.16)", eui, at, hub, meter_points)

    def joined(self, eui: bytes, at: int) -> None:
        """The hub has reported a link key for the device; its status stays."""
        self._happened("joined (key established)", eui, at, False, None)

    def commissioned(self, eui: bytes, at: int) -> None:
        """8.1.1 succeeded: the device is commissioned."""
        self._happened("commissioned (8.1.1)", eui, at, False, None)

    def disconnected(self, eui: bytes, at: int) -> None:
        """8.15 succeeded: SEC Appendix AB 15.5; pending, without hub or meter points."""
        self._happened("disconnected (8.15)", eui, at, None, "")

    def disconnect_failed(self, eui: bytes, at: int, why: str) -> None:
        """8.15 failed: only the history changes, by an event with the reason `why`."""
        self._happened("disconnect failed (8.15)", eui, at, False, None, why)

    def decommissioned(self, eui: bytes, at: int) -> None:
        """8.3 succeeded: the device is decommissioned, without hub or meter points."""
        self._happened("decommissioned (8.3)", eui, at, None, "")

    def withdrawn(self, eui: bytes, at: int) -> None:
        """8.5 succeeded: the device is withdrawn, without hub or meter points."""
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
        """Applies an event; `hub` False and `meter_points` None leave these unchanged."""
        allowed, status = TRANSITIONS[event]
        row = self.row(eui)
        if row.status not in allowed:
            raise TransitionRefused(
                "%s: %s expected, the device %s is %s"
                % (event, " or ".join(allowed), eui.hex(), row.status)
            )
        changed = Row(
            row.device_type,
            status or row.status,
            row.hub if isinstance(hub, bool) else hub,
            row.meter_points if meter_points is None else meter_points,
        )
        with self._engine.begin() as connection:
            if changed != row:
                connection.execute(
                    update(Device)
                    .where(Device.eui == eui.hex())
                    .values(
                        status=changed.status,
                        hub=None if changed.hub is None else changed.hub.hex(),
                        meter_points=changed.meter_points,
                    )
                )
            connection.execute(
                _NEW_EVENT, _event(eui, at, event, row.status, changed.status, note)
            )
        self._rows[eui] = changed
        self._observers.tell(InventoryChanged(at, eui, event, row.status, changed.status))

    def row(self, eui: bytes) -> Row:
        """What the inventory has of a device. Raises UnknownDevice."""
        row = self._find(eui)
        if row is None:
            raise UnknownDevice("the inventory has no device %s" % eui.hex())
        return row

    def has(self, eui: bytes) -> bool:
        """Whether the inventory has a device."""
        return self._find(eui) is not None

    def _find(self, eui: bytes) -> "Row | None":
        row = self._rows.get(eui)
        if row is None:
            with Session(self._engine) as session:
                device = session.get(Device, eui.hex())
                if device is None:
                    return None
                hub = None if device.hub is None else bytes.fromhex(device.hub)
                row = Row(device.device_type, device.status, hub, device.meter_points)
                self._rows[eui] = row
        return row

    def device(self, eui: bytes) -> "dict[str, Any]":
        """EUI-64, type, status, hub and meter points of a device. Raises UnknownDevice."""
        row = self.row(eui)
        return {
            "eui": eui.hex(),
            "device_type": row.device_type,
            "status": row.status,
            "hub": None if row.hub is None else row.hub.hex(),
            "meter_points": row.meter_points.split(),
        }

    def devices(self) -> "list[dict[str, Any]]":
        """All devices, each as `device` returns it, in order of EUI-64."""
        with Session(self._engine) as session:
            return [
                _row(device) for device in session.scalars(select(Device).order_by(Device.eui))
            ]

    def on_hub(self, hub: bytes) -> "list[bytes]":
        """The EUI-64s of the devices that are associated with a hub, sorted."""
        with Session(self._engine) as session:
            wanted = select(Device.eui).where(Device.hub == hub.hex()).order_by(Device.eui)
            return [bytes.fromhex(eui) for eui in session.scalars(wanted)]

    def history(self, eui: bytes) -> "list[dict[str, Any]]":
        """The events of a device in order: time, event, status before and after, note."""
        with Session(self._engine) as session:
            wanted = select(Event).where(Event.eui == eui.hex()).order_by(Event.number)
            return [
                {"at": entry.at, "event": entry.event, "before": entry.before,
                 "after": entry.after, "note": entry.note}
                for entry in session.scalars(wanted)
            ]  # fmt: skip


_TABLES: "tuple[Any, ...]" = (Device.__table__, Event.__table__)
_NEW_DEVICE, _NEW_EVENT = insert(Device), insert(Event)


def _event(
    eui: bytes, at: int, event: str, before: str, after: str, note: str = ""
) -> "dict[str, Any]":
    """The columns of an event."""
    return {
        "eui": eui.hex(), "at": at, "event": event, "before": before, "after": after, "note": note,
    }  # fmt: skip


def _row(device: Device) -> "dict[str, Any]":
    return {
        "eui": device.eui,
        "device_type": device.device_type,
        "status": device.status,
        "hub": device.hub,
        "meter_points": device.meter_points.split(),
    }

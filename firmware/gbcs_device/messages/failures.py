"""An exception that a device did not expect: it is kept and logged, and the device goes on.

What was being done is not done: nothing of its batch is written and no alert of it is sent. A
command is not answered; what was kept for its date is set aside, and whoever sent it is told by
alert 8F67. The event log has a code of GBCS 16.2 and the exception's type; the store keeps the
text of the last one, for the prompt of a board. Only PowerCut, which stands for the power itself,
is raised again.

Source: GBCS 16.2 (codes).
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import logs
from gbcs_device.base.store import PowerCut, StoreFull
from gbcs_device.messages.trust_anchors import KA, SUPPLIER

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable
    from gbcs_device.messages.device import Device

LAST = "log/error"  # seconds since 2000 (4), then the text of the last exception

PROGRAM_EXECUTION = const(0x81AF)
RAM = const(0x81B1)

_CRITICAL_ALERT = const(0x1000)  # the message code of generic critical alerts
_NON_CRITICAL_ALERT = const(0x1001)  # of those that are not critical
_MOST_KEPT = const(4)
_LONGEST_TEXT = const(80)
_LONGEST_NAME = const(20)  # of an exception's type, in the log


def text_of(error: Exception) -> str:
    """The type and text of an exception: 80 characters at most, all of them printable."""
    text = (type(error).__name__ + ": " + str(error))[:_LONGEST_TEXT]
    return "".join([letter if " " <= letter <= "~" else "?" for letter in text])


def code_of(error: Exception) -> int:
    """The code of GBCS 16.2 that stands for it in the event log."""
    if isinstance(error, MemoryError):
        return RAM
    if isinstance(error, (StoreFull, OSError)):  # OSError: the medium of the store
        return logs.MEMORY_ERROR
    return PROGRAM_EXECUTION


def noted(device: "Device", error: Exception, now: int, aside: "str | None" = None) -> bool:
    """Keeps and logs an exception; whether the store could be written.

    `aside` names what was kept for its date and failed: it is removed, and an alert says so.
    """
    if isinstance(error, PowerCut):
        raise error
    device.errors.append(text_of(error))
    del device.errors[:-_MOST_KEPT]
    if device.on_error is not None:
        device.on_error(error)
    device.account_seen = device.account_event = None  # it may have been on the way
    waiting = len(device.outbox)
    for attempt in (_told, _logged, _removed):  # each asks less of memory and store than the last
        try:
            device.store.write(attempt(device, error, now, aside))
            return True
        except PowerCut:
            raise
        except Exception:  # as above: what cannot be told is left out
            del device.outbox[waiting:]
    return False


def _removed(
    device: "Device", error: Exception, now: int, aside: "str | None"
) -> "dict[str, bytes | None]":
    return {} if aside is None else {aside: None}


def _logged(
    device: "Device", error: Exception, now: int, aside: "str | None"
) -> "dict[str, bytes | None]":
    changes = _removed(device, error, now, aside)
    name = type(error).__name__[:_LONGEST_NAME].encode()
    second = clock.seconds(now)
    changes.update(logs.added(device.store, logs.EVENT, second, code_of(error), name))
    text = text_of(error).encode()
    if (device.store.get(LAST) or b"")[4:] != text:  # once, however often it comes
        changes[LAST] = second.to_bytes(4, "big") + text
    return changes


def _told(
    device: "Device", error: Exception, now: int, aside: "str | None"
) -> "dict[str, bytes | None]":
    """The changes of the log, and the alert about what is set aside."""
    changes = _logged(device, error, now, aside)
    octets = None if aside is None else device.store.get(aside)
    if octets is not None:
        content = device.alert_of(logs.FUTURE_DATED_FAILURE, now)
        changes.update(device.alert(_CRITICAL_ALERT, octets[8:16], content, True, None, changes))
    return changes


def last(store: "Readable") -> "tuple[int, str] | None":
    """Seconds since 2000 and text of the last exception; None where there was none."""
    octets = store.get(LAST)
    if not octets:
        return None
    return int.from_bytes(octets[:4], "big"), str(octets[4:], "utf-8")


def tell_damage(device: "Device", now: int) -> None:
    """Logs that octets of a device's store were damaged and put right, and tells the supplier.

    With that a bank is begun in which nothing is damaged. An IHD has nobody to tell.
    """
    code = logs.MEMORY_ERROR
    changes = logs.added(device.store, logs.EVENT, clock.seconds(now), code)
    supplier = None if device.anchors is None else device.anchors.cell(SUPPLIER, KA)
    if supplier is not None:
        content = device.alert_of(code, now)
        changes.update(device.alert(_NON_CRITICAL_ALERT, supplier.eui, content, False))
    device.store.write(changes)

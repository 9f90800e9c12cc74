"""Log entries and alerts of the events in an account.

Sources: GBCS 16.2 (codes), reference alerts GCA and GNCA; where a code goes as two published
manuals of meters have it, or else as its name suggests.
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import logs
from gbcs_device.messages.trust_anchors import KA, SUPPLIER

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable
    from gbcs_device.messages.device import Device

_CRITICAL = const(0x1000)
_NON_CRITICAL = const(0x1001)

_CODES = {
    # code: log, alert's message code; None: neither
    0x810D: (logs.EVENT, _NON_CRITICAL),  # combined credit below low credit threshold
    0x810E: (logs.EVENT, _NON_CRITICAL),  # credit added locally
    0x8119: (logs.EVENT, _NON_CRITICAL),  # emergency credit has become available
    0x8154: (logs.EVENT, None),  # a command of the HAN done
    0x81A6: (logs.EVENT, _NON_CRITICAL),  # message acknowledged on a display
    0x81A7: (logs.EVENT, _NON_CRITICAL),  # debts collected
    0x81A8: (logs.EVENT, _NON_CRITICAL),
    0x81A9: (logs.EVENT, _NON_CRITICAL),
    0x81AA: (logs.EVENT, _NON_CRITICAL),  # emergency credit exhausted
    0x81AB: (logs.EVENT, _NON_CRITICAL),  # emergency credit activated
    0x8F0F: (logs.EVENT, _CRITICAL),  # credit below disablement threshold
    0x8F32: (logs.EVENT, _CRITICAL),  # supply armed
    0x8F83: (None, _CRITICAL),  # disablement suspended
}  # fmt: skip


class _View:
    """The store with changes that are not written yet."""

    def __init__(self, store: "Readable", changes: "dict[str, bytes | None]") -> None:
        self._store = store
        self._changes = changes

    def get(self, name: str) -> "bytes | None":
        return self._changes[name] if name in self._changes else self._store.get(name)


def tell(
    device: "Device", events: "list[tuple[int, int, bytes]]", changes: "dict[str, bytes | None]"
) -> None:
    """Adds log entries to the changes, and puts alerts to the supplier in the outbox.

    `events` are a moment, milliseconds since 2000, a code, and what the log has beside it.
    """
    view = _View(device.store, changes)
    for at, code, information in events:
        log, message_code = _CODES[code]
        if log is not None:
            changes.update(logs.added(view, log, clock.seconds(at), code, information))
        supplier = device.anchors.cell(SUPPLIER, KA)
        if message_code is not None and supplier is not None:
            changes.update(
                device.alert(
                    message_code, supplier.eui, device.alert_of(code, at),
                    message_code == _CRITICAL, None, changes,
                )
            )  # fmt: skip

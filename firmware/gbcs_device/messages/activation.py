"""Where next values go when their activation date has come.

Most objects have their passive value beside the active one (future_dated.ACTIVATIONS). For others
GBCS has an object of its own that is set, and class 9000 for its date.

Source: the COSEM mapping table of GBCS (its section 20), set and read rows of one SMETS object.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.cosem.cosem import name_of

if TYPE_CHECKING:
    from gbcs_device.messages.device import Command

# OBIS of the activation date (class 9000 attribute 6, class 111 attribute 13): where the next
# value stands and where it is to stand (class, OBIS, index), octets put before it, and those
# that its last ones become
_MOVES = (
    ("00005E2C801D", (11, "00010B0000FF", 2), (11, "00000B0000FF", 2), "", ""),  # tariff
    ("00005E2C801E", (11, "00010B0001FF", 2), (11, "00000B0001FF", 2), "", ""),
    ("00003F0101FF", (21, "000010010BFF", 2), (21, "000010000BFF", 2), "", ""),  # thresholds
    ("00003F0101FF", (21, "000010010CFF", 2), (21, "000010000CFF", 2), "", ""),
    ("00003F0101FF", (21, "000010010DFF", 2), (21, "000010000DFF", 2), "", ""),
    ("00003F0101FF", (21, "000010010EFF", 2), (21, "000010000EFF", 2), "", ""),
    ("00003F0101FF", (21, "000010010FFF", 2), (21, "000010000FFF", 2), "", ""),
    ("00003F0101FF", (21, "0000100110FF", 2), (21, "0000100010FF", 2), "", ""),
    ("00003F0101FF", (21, "0000100111FF", 2), (21, "0000100011FF", 2), "", ""),
    ("00003F0101FF", (21, "0000100112FF", 2), (21, "0000100012FF", 2), "", ""),
    ("00005E2C8016", (9000, "00005E2C8016", 4), (21, "0000100001FF", 2), "0101", ""),  # cut-off
    ("00005E2C800C", (9000, "00005E2C800C", 4), (111, "0000130000FF", 18), "", ""),  # debt cap
    ("00005E2C800D", (9000, "00005E2C800D", 4), (111, "0000130000FF", 19), "", ""),
    ("00005E2C8009", (9000, "00005E2C8009", 4), (111, "0000130000FF", 16), "", ""),  # low credit
    ("00005E2C8002", (9000, "00005E2C8002", 4), (112, "0000130A01FF", 9), "", ""),  # emergency
    ("00005E2C8003", (9000, "00005E2C8003", 4), (112, "0000130A01FF", 10), "", ""),
    ("00005E2C801F", (11, "00010B0002FF", 2), (11, "00000B0002FF", 2), "", ""),  # non-disablement
    ("00005E2C801C", (10, "00010C0001FF", 2), (10, "00000C0001FF", 2), "", ""),
    ("00005E2C801A", (10, "00010C0002FF", 2), (10, "00000C0002FF", 2), "", ""),  # auxiliary
    ("00005E2C8023", (11, "00010B0003FF", 2), (11, "00000B0003FF", 2), "", ""),
    ("0001130000FF", (111, "0001130000FF", 2), (111, "0000130000FF", 2), "", "02"),  # mode
    ("0001130000FF", (111, "0001130000FF", 11), (111, "0000130000FF", 11), "", ""),
)


def moved(command: "Command", obis: bytes) -> None:
    """Copies the next values that an activation date belongs to over the present ones."""
    date = "".join(["%02X" % octet for octet in obis])
    for row, source, target, head, tail in _MOVES:
        if row == date:
            octets = command.get(name_of(source[0], bytes.fromhex(source[1]), source[2]))
            if octets is not None:
                end = bytes.fromhex(tail)
                octets = bytes.fromhex(head) + octets[: len(octets) - len(end)] + end
                command.changes[name_of(target[0], bytes.fromhex(target[1]), target[2])] = octets

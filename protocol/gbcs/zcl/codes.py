"""Numbers of ZigBee that stations act on: clusters, frame control, commands, statuses.

Sources: ZCL 07-5123, 2.4 to 2.6; ZigBee Smart Energy 07-5356, 5.13 and annex D.
"""

from gbcs.compat import const

# Clusters
BASIC = const(0x0000)
TIME = const(0x000A)
KEEP_ALIVE = const(0x0025)
PRICE = const(0x0700)
METERING = const(0x0702)
MESSAGING = const(0x0703)
PREPAYMENT = const(0x0705)
CALENDAR = const(0x0707)
MANAGEMENT = const(0x0708)
SERVED = (PRICE, METERING, MESSAGING, PREPAYMENT, CALENDAR, MANAGEMENT)  # to displays
TUNNELING = const(0x0704)
KEY_ESTABLISHMENT = const(0x0800)

# ZCL frame control and profile-wide commands
SPECIFIC = const(0x01)
FROM_SERVER = const(0x08)
NO_DEFAULT = const(0x10)
READ = const(0x00)
READ_RESPONSE = const(0x01)
REPORT = const(0x0A)
DEFAULT_RESPONSE = const(0x0B)
SUCCESS = const(0x00)
FAILURE = const(0x01)
NOT_AUTHORISED = const(0x7E)

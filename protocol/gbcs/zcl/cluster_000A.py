"""Cluster 000A, Time; read by `clusters`. Source: ZCL 07-5123."""

ATTRIBUTES = (
    """
0000 Time UTC
0001 TimeStatus map8
0002 TimeZone int32 unit:s
0003 DstStart uint32 utc
0004 DstEnd uint32 utc
0005 DstShift int32 unit:s
0006 StandardTime uint32 utc
0007 LocalTime uint32 utc
0008 LastSetTime UTC
0009 ValidUntilTime UTC
""",
)

COMMANDS = ()

"""Cluster 070B, SubGHz; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
0000 ChannelChange uint32
*0001/1x4 Page{28}ChannelMask map32
""",
)

COMMANDS = (
    """
>00 GetSuspendZCLMessagesStatus
<00 SuspendZCLMessages period:uint8:unit:min
""",
)

"""Cluster 0025, KeepAlive; read by `clusters`. Source: ZCL 07-5123."""

ATTRIBUTES = (
    """
0000 TCKeepAliveBase uint8 unit:min
0001 TCKeepAliveJitter uint16 unit:s
""",
)

COMMANDS = ()

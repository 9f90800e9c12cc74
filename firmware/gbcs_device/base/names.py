"""Names under which the store keeps what use cases set and read.

An attribute of a COSEM object has the name that gbcs.cosem.cosem.name_of gives it.
"""

# Upper halves of the counters of tokens taken, in order: the counter cache of GBCS 14.1
TOKENS_TAKEN = "account/counters"
TOKEN_FLOOR = "top-up/2"  # the supplier's: no token counts with a counter up to it


def attribute_name(cluster: int, identifier: int) -> str:
    """Under which name the store keeps an attribute."""
    return "z/%04X/%04X" % (cluster, identifier)


def answer_name(cluster: int, command: int, asked: bytes) -> str:
    """Under which name the store keeps the answer to a command with this payload."""
    return "q/%04X/%02X/%s" % (cluster, command, "".join(["%02X" % octet for octet in asked]))


def kept_name(cluster: int, command: int) -> str:
    """Under which name the store keeps the payload of the last such command."""
    return "c/%04X/%02X" % (cluster, command)

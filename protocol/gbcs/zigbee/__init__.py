"""ZigBee PRO and Smart Energy on a home area network: frames, their security, keys and joining.

Sans-I/O as all of the core. Addresses are ints where they are short and eight octets, most
significant first, where they are EUI-64s; on the air those are reversed, and only the codecs of
this package know it.
"""

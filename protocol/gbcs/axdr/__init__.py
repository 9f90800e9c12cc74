"""A-XDR: the data of COSEM attributes as octets and as fields."""

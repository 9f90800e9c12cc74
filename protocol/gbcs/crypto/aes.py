"""AES-128, one block at a time: the port's own where it has one, else tables of ours.

`encryptor(key)` gives a function from 16 octets to 16 octets; a key of another size is a
ValueError. Where cryptolib is missing, a board with an emitter has it from `gcm_viper`, CPython
from `aes_wide`, any other board from `aes_octets`.
Source: FIPS 197.
"""

from gbcs.crypto import chosen

encryptor = chosen.aes()

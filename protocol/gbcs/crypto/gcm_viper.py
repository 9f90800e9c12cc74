# ruff: noqa: F821 - viper's own names
"""AES-128 and GHASH for boards with a native emitter of 32 bits: the functions `gcm` names.

AES looks up one table of 256 words and turns what it finds; GHASH goes nibble by nibble through
the sixteen multiples of its key. Tables and registers are static: a MAC makes next to no garbage.
Literals stay below 2^16, functions have at most four parameters and stay below 2 KB of code, for
ARMv6-M.

Sources: FIPS 197; SP 800-38D 6.3, 6.4, 7.1.
"""

from array import array

import micropython

from gbcs.crypto.sbox import SBOX

_TABLE = array("I", bytes(4 * 256))  # twice, once, once, three times the substituted octet
_KEYS = array("I", bytes(4 * 44))
# GHASH: sixteen multiples of four words; 64: what a nibble shifted out adds; 80: the register;
# 84: how many blocks to take
_MULTIPLES = array("I", bytes(4 * 85))
_ZEROS = bytes(16)
_FIRST = b"\x00\x00\x00\x01"
_BLOCK = bytearray(16)
_H = bytearray(16)


@micropython.viper
def _prepare(table: ptr32, multiples: ptr32, sbox: ptr8):
    for i in range(256):
        s = sbox[i]
        twice = s << 1
        if s & 128:
            twice = twice ^ 0x11B
        table[i] = twice << 24 | s << 16 | s << 8 | (twice ^ s)
    for i in range(16):
        r = 0
        for bit in range(4):
            if i >> bit & 1:
                r = r ^ 0x1C20 << bit
        multiples[64 + i] = r << 16


@micropython.viper
def _expand(keys: ptr32, key: ptr8, sbox: ptr8):
    for i in range(4):
        keys[i] = key[4 * i] << 24 | key[4 * i + 1] << 16 | key[4 * i + 2] << 8 | key[4 * i + 3]
    constant = 1
    for i in range(4, 44):
        t = uint(keys[i - 1])
        if i & 3 == 0:
            n = sbox[int(t >> 16) & 255] << 24 | sbox[int(t >> 8) & 255] << 16
            n = n | sbox[int(t) & 255] << 8 | sbox[int(t >> 24)]
            t = uint(n ^ constant << 24)
            constant = constant << 1
            if constant > 255:
                constant = constant ^ 0x11B
        keys[i] = int(uint(keys[i - 4]) ^ t)


@micropython.viper
def _encrypt(table: ptr32, keys: ptr32, data: ptr8, out: ptr8):
    a = uint(data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3]) ^ uint(keys[0])
    b = uint(data[4] << 24 | data[5] << 16 | data[6] << 8 | data[7]) ^ uint(keys[1])
    c = uint(data[8] << 24 | data[9] << 16 | data[10] << 8 | data[11]) ^ uint(keys[2])
    d = uint(data[12] << 24 | data[13] << 16 | data[14] << 8 | data[15]) ^ uint(keys[3])
    left = 9
    while left:
        keys = ptr32(int(keys) + 16)
        x = uint(table[int(d) & 255])
        w = x >> 8 | x << 24
        x = uint(table[int(c >> 8) & 255]) ^ w
        w = x >> 8 | x << 24
        x = uint(table[int(b >> 16) & 255]) ^ w
        w = (x >> 8 | x << 24) ^ uint(table[int(a >> 24)]) ^ uint(keys[0])
        x = uint(table[int(a) & 255])
        e = x >> 8 | x << 24
        x = uint(table[int(d >> 8) & 255]) ^ e
        e = x >> 8 | x << 24
        x = uint(table[int(c >> 16) & 255]) ^ e
        e = (x >> 8 | x << 24) ^ uint(table[int(b >> 24)]) ^ uint(keys[1])
        x = uint(table[int(b) & 255])
        f = x >> 8 | x << 24
        x = uint(table[int(a >> 8) & 255]) ^ f
        f = x >> 8 | x << 24
        x = uint(table[int(d >> 16) & 255]) ^ f
        f = (x >> 8 | x << 24) ^ uint(table[int(c >> 24)]) ^ uint(keys[2])
        x = uint(table[int(c) & 255])
        g = x >> 8 | x << 24
        x = uint(table[int(b >> 8) & 255]) ^ g
        g = x >> 8 | x << 24
        x = uint(table[int(a >> 16) & 255]) ^ g
        d = (x >> 8 | x << 24) ^ uint(table[int(d >> 24)]) ^ uint(keys[3])
        a = w
        b = e
        c = f
        left -= 1
    keys = ptr32(int(keys) + 16)
    left = 4
    while left:  # the last round only substitutes: an octet stands alone in the table's third
        out[0] = (table[int(a >> 24)] >> 8 ^ keys[0] >> 24) & 255
        out[1] = (table[int(b >> 16) & 255] >> 8 ^ keys[0] >> 16) & 255
        out[2] = (table[int(c >> 8) & 255] >> 8 ^ keys[0] >> 8) & 255
        out[3] = (table[int(d) & 255] >> 8 ^ keys[0]) & 255
        x = a
        a = b
        b = c
        c = d
        d = x
        keys = ptr32(int(keys) + 4)
        out = ptr8(int(out) + 4)
        left -= 1


@micropython.viper
def _start(m: ptr32, h: ptr8):
    """The multiples of a key, and an empty register."""
    a = uint(h[0] << 24 | h[1] << 16 | h[2] << 8 | h[3])
    b = uint(h[4] << 24 | h[5] << 16 | h[6] << 8 | h[7])
    c = uint(h[8] << 24 | h[9] << 16 | h[10] << 8 | h[11])
    d = uint(h[12] << 24 | h[13] << 16 | h[14] << 8 | h[15])
    for i in range(4):
        m[i] = 0
        m[80 + i] = 0
    at = 8
    while at:
        m[4 * at] = int(a)
        m[4 * at + 1] = int(b)
        m[4 * at + 2] = int(c)
        m[4 * at + 3] = int(d)
        low = int(d) & 1
        d = d >> 1 | c << 31
        c = c >> 1 | b << 31
        b = b >> 1 | a << 31
        a = a >> 1
        if low:
            a = a ^ uint(0xE1 << 24)
        at = at >> 1
    at = 2
    while at < 16:
        for j in range(1, at):
            for k in range(4):
                m[4 * (at + j) + k] = int(uint(m[4 * at + k]) ^ uint(m[4 * j + k]))
        at = at << 1


@micropython.viper
def _fold(d: uint, n: ptr32, m: ptr32, data: ptr8):
    """Takes blocks: adds each to the register, and multiplies that by the key.

    `d` and `n` only have their names to give, to processor registers.
    """
    blocks = int(m[84])
    while blocks:
        word = 80
        while word < 84:
            m[word] = int(
                uint(m[word]) ^ uint(data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3])
            )
            data = ptr8(int(data) + 4)
            word += 1
        a = uint(0)
        b = uint(0)
        c = uint(0)
        d = uint(0)
        while word > 80:
            word -= 1
            v = uint(m[word])
            left = 8
            while left:
                n = ptr32(int(m) + ((int(d) & 15) << 2))
                d = d >> 4 | c << 28
                c = c >> 4 | b << 28
                b = b >> 4 | a << 28
                a = a >> 4 ^ uint(n[64])
                n = ptr32(int(m) + ((int(v) & 15) << 4))
                a = a ^ uint(n[0])
                b = b ^ uint(n[1])
                c = c ^ uint(n[2])
                d = d ^ uint(n[3])
                v = v >> 4
                left -= 1
        m[80] = int(a)
        m[81] = int(b)
        m[82] = int(c)
        m[83] = int(d)
        blocks -= 1


_prepare(_TABLE, _MULTIPLES, SBOX)


def _take(data):
    """Puts octets through the register, the last block filled up with zeros."""
    size = len(data)
    _MULTIPLES[84] = size >> 4
    _fold(0, _MULTIPLES, _MULTIPLES, data)
    if size & 15:
        _MULTIPLES[84] = 1
        _BLOCK[:] = _ZEROS
        _BLOCK[: size & 15] = data[size & 0xFFF0 :]
        _fold(0, _MULTIPLES, _MULTIPLES, _BLOCK)


def _finish(aad, text):
    """The hash: two octet strings, and their lengths in bits."""
    if aad:
        _take(aad)
    if text:
        _take(text)
    _take((len(aad) * 8).to_bytes(8, "big") + (len(text) * 8).to_bytes(8, "big"))
    m = _MULTIPLES
    return b"".join([m[at].to_bytes(4, "big") for at in range(80, 84)])


def ghash(h, aad, text):
    """The hash under the key `h`, 16 octets."""
    _start(_MULTIPLES, h)
    return _finish(aad, text)


def encryptor(key):
    """A function from 16 octets to 16 octets; ValueError for a key of another size."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    keys = array("I", bytes(4 * 44))
    _expand(keys, key, SBOX)

    def encrypt(block):
        out = bytearray(16)
        _encrypt(_TABLE, keys, block, out)
        return bytes(out)

    return encrypt


def gmac(key, iv, aad):
    """The tag over `aad` alone, 16 octets."""
    if len(key) != 16 or len(iv) != 12:
        raise ValueError("a key of 16 octets and an IV of 12 expected")
    _expand(_KEYS, key, SBOX)
    _encrypt(_TABLE, _KEYS, _ZEROS, _H)
    _start(_MULTIPLES, _H)
    found = _finish(aad, b"")
    _encrypt(_TABLE, _KEYS, iv + _FIRST, _H)
    return bytes([one ^ other for one, other in zip(found, _H)])

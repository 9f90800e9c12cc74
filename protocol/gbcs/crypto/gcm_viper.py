# ruff: noqa: F821 - viper's own names
"""AES-128 and GHASH for boards with a native emitter of 32 bits: the functions `gcm` names.

AES looks up one octet at a time and multiplies the four of a column in one word: a MAC encrypts
two blocks, for which a table of words would not earn its kilobyte. GHASH goes nibble by nibble
through the sixteen multiples of its key. Registers are static: a MAC makes next to no garbage.
Literals stay below 2^16, functions have at most four parameters and stay below 2 KB of code, for
ARMv6-M.

Sources: FIPS 197; SP 800-38D 6.3, 6.4, 7.1.
"""

from array import array

import micropython

from gbcs.crypto.sbox import SBOX

_KEYS = array("I", bytes(4 * 44))
# GHASH: sixteen multiples of four words; 64: what a nibble shifted out adds; 80: the register;
# 84: how many blocks to take
_MULTIPLES = array("I", bytes(4 * 85))
_ZEROS = b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
_FIRST = b"\x00\x00\x00\x01"
_BLOCK = bytearray(16)


@micropython.viper
def _prepare(multiples: ptr32):
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
def _encrypt(s: ptr8, x: int, keys: ptr32, data: ptr8):
    """Encrypts a block where it is. `x` only has its name to give, to a processor register."""
    ones = 0x0101
    ones = ones << 16 | ones
    low = ones << 7 ^ -1  # all but the highest bit of each octet
    a = uint(data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3]) ^ uint(keys[0])
    b = uint(data[4] << 24 | data[5] << 16 | data[6] << 8 | data[7]) ^ uint(keys[1])
    c = uint(data[8] << 24 | data[9] << 16 | data[10] << 8 | data[11]) ^ uint(keys[2])
    d = uint(data[12] << 24 | data[13] << 16 | data[14] << 8 | data[15]) ^ uint(keys[3])
    left = 9
    while left:
        keys = ptr32(int(keys) + 16)
        x = s[int(a >> 24)] << 24 | s[int(b >> 16) & 255] << 16
        x = x | s[int(c >> 8) & 255] << 8 | s[int(d) & 255]
        y = (x & low) << 1 ^ (int(uint(x) >> 7) & ones) * 27
        e = uint(x) << 8 ^ uint(x) >> 24 ^ uint(x)
        e = e << 8 ^ e >> 24 ^ uint(x ^ y)
        e = e << 8 ^ e >> 24 ^ uint(y ^ keys[0])
        x = s[int(b >> 24)] << 24 | s[int(c >> 16) & 255] << 16
        x = x | s[int(d >> 8) & 255] << 8 | s[int(a) & 255]
        y = (x & low) << 1 ^ (int(uint(x) >> 7) & ones) * 27
        f = uint(x) << 8 ^ uint(x) >> 24 ^ uint(x)
        f = f << 8 ^ f >> 24 ^ uint(x ^ y)
        f = f << 8 ^ f >> 24 ^ uint(y ^ keys[1])
        x = s[int(c >> 24)] << 24 | s[int(d >> 16) & 255] << 16
        x = x | s[int(a >> 8) & 255] << 8 | s[int(b) & 255]
        y = (x & low) << 1 ^ (int(uint(x) >> 7) & ones) * 27
        g = uint(x) << 8 ^ uint(x) >> 24 ^ uint(x)
        g = g << 8 ^ g >> 24 ^ uint(x ^ y)
        g = g << 8 ^ g >> 24 ^ uint(y ^ keys[2])
        x = s[int(d >> 24)] << 24 | s[int(a >> 16) & 255] << 16
        x = x | s[int(b >> 8) & 255] << 8 | s[int(c) & 255]
        y = (x & low) << 1 ^ (int(uint(x) >> 7) & ones) * 27
        d = uint(x) << 8 ^ uint(x) >> 24 ^ uint(x)
        d = d << 8 ^ d >> 24 ^ uint(x ^ y)
        d = d << 8 ^ d >> 24 ^ uint(y ^ keys[3])
        a = e
        b = f
        c = g
        left -= 1
    keys = ptr32(int(keys) + 16)
    left = 4
    while left:  # the last round only substitutes
        data[0] = s[int(a >> 24)] ^ keys[0] >> 24
        data[1] = s[int(b >> 16) & 255] ^ keys[0] >> 16
        data[2] = s[int(c >> 8) & 255] ^ keys[0] >> 8
        data[3] = s[int(d) & 255] ^ keys[0]
        e = a
        a = b
        b = c
        c = d
        d = e
        keys = ptr32(int(keys) + 4)
        data = ptr8(int(data) + 4)
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
    top = 0xE1
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
            a = a ^ uint(top << 24)
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


@micropython.viper
def _add(m: ptr32, data: ptr8):
    """Adds the register to a block."""
    at = 80
    while at < 84:
        word = m[at]
        data[0] = data[0] ^ word >> 24
        data[1] = data[1] ^ word >> 16
        data[2] = data[2] ^ word >> 8
        data[3] = data[3] ^ word
        data = ptr8(int(data) + 4)
        at += 1


_prepare(_MULTIPLES)


def _take(data):
    """Puts octets through the register, the last block filled up with zeros."""
    size = len(data)
    if size > 15:
        _MULTIPLES[84] = size >> 4
        _fold(0, _MULTIPLES, _MULTIPLES, data)
    rest = size & 15
    if rest:
        _MULTIPLES[84] = 1
        _BLOCK[:] = _ZEROS
        _BLOCK[:rest] = data[size - rest :]
        _fold(0, _MULTIPLES, _MULTIPLES, _BLOCK)


def _hash(h, aad, text, out):
    """Adds the hash under the key `h` to a block: two octet strings, and their lengths in bits."""
    _start(_MULTIPLES, h)
    _take(aad)
    _take(text)
    _take((len(aad) * 8).to_bytes(8, "big") + (len(text) * 8).to_bytes(8, "big"))
    _add(_MULTIPLES, out)


def ghash(h, aad, text):
    """The hash under the key `h`, 16 octets."""
    digest = bytearray(16)
    _hash(h, aad, text, digest)
    return bytes(digest)


def encryptor(key):
    """A function from 16 octets to 16 octets; ValueError for a key of another size."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    keys = array("I", bytes(4 * 44))
    _expand(keys, key, SBOX)

    def encrypt(block):
        out = bytearray(block)
        _encrypt(SBOX, 0, keys, out)
        return bytes(out)

    return encrypt


def gmac(key, iv, aad):
    """The tag over `aad` alone, 16 octets; ValueError for a key or an IV of another size."""
    if len(key) != 16 or len(iv) != 12:
        raise ValueError("a key of 16 octets and an IV of 12 expected")
    _expand(_KEYS, key, SBOX)
    h = bytearray(16)
    _encrypt(SBOX, 0, _KEYS, h)
    tag = bytearray(iv)
    tag.extend(_FIRST)
    _encrypt(SBOX, 0, _KEYS, tag)
    _hash(h, aad, b"", tag)
    return bytes(tag)

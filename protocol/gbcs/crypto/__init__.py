"""Cryptography behind one interface: a back end is a module with these functions.

`gbcs.crypto.portable` is plain Python and runs on boards too; `gbcs.crypto.openssl` is
pyca/cryptography. Keys are objects of the back end that made them. All octets are bytes.

    NAME                                              "portable" or "openssl"
    sha256(data) -> 32
    public_key(octets) -> key with .octets (65)       04 || x || y, or x || y; BadKey
    private_key(octets) -> key with .public           32 octets; BadKey
    sign(private, data, blind=b"") -> 64              r || s over SHA-256 of data
    verify(public, data, signature) -> bool           any octets may be given as signature
    agree(private, public, blind=b"") -> 32           x of the shared point
    gmac(key, iv, aad) -> 16                          AES-128, iv of 12 octets
    seal(key, iv, aad, plaintext) -> ciphertext || 16
    unseal(key, iv, aad, ciphertext, tag) -> plaintext    tag of 4 to 16 octets; BadBlock
    ccm_seal(key, nonce, aad, plaintext, tag_length=4) -> ciphertext || tag    nonce of 13 octets
    ccm_unseal(key, nonce, aad, ciphertext, tag) -> plaintext                  BadBlock
    aes_block(key, block) -> 16
    aes_mmo(data) -> 16
    hmac_mmo(key, data) -> 16

`blind` is up to 32 random octets: with them, the portable arithmetic begins at a random point
representation, so that its timing tells less of the key. OpenSSL needs none.
"""

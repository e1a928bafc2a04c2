"""The platform's signatures and encryption, bytes to bytes (protocol: signatures, AES)."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from hashlib import sha1
from typing import Final

from wxevents.errors import DecryptionError

# The platform pads to 32 bytes although the block of AES is 16, so a library's own unpadding,
# which accepts 16 at most, must stay out of it.
PADDING: Final = 32
RANDOM_BYTES: Final = 16
_HEADER: Final = RANDOM_BYTES + 4


def sign(*parts: bytes) -> bytes:
    """The hexadecimal SHA-1 of the parts in byte order: `signature` of token, timestamp and
    nonce; `msg_signature` of these and the base64 text of the ciphertext."""
    return sha1(b"".join(sorted(parts))).hexdigest().encode()


def signatures_match(expected: bytes, received: bytes) -> bool:
    """Compare in a time that does not depend on where the two differ."""
    return hmac.compare_digest(expected, received)


def decode_aes_key(encoding_aes_key: str) -> bytes:
    """The 32 bytes of an EncodingAESKey (43 characters).

    Its last character carries two unused bits; they need not be zero. Raises ValueError for
    anything that does not give 32 bytes.
    """
    if len(encoding_aes_key) != 43:
        raise ValueError(f"an EncodingAESKey of {len(encoding_aes_key)} characters, not 43")
    try:
        key = base64.b64decode(encoding_aes_key.encode() + b"=", validate=True)
    except binascii.Error as error:
        raise ValueError("the EncodingAESKey is not base64") from error
    if len(key) != 32:
        raise ValueError(f"the EncodingAESKey has {len(key)} bytes, not 32")
    return key


class Cipher:
    """AES-256-CBC of one key and app id, in the platform's framing.

    plain = 16 random bytes, length of the message (uint32, big-endian), message, app id

    One pycryptodome object is kept per direction, since a new one for each message costs three
    times the decryption itself. Its running IV differs from the platform's fixed one only in the
    first block, and that block holds nothing but the random bytes. Not for several threads.
    """

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        from Crypto.Cipher import AES  # 15 ms that an account in plain mode does not spend

        key = decode_aes_key(encoding_aes_key)
        self._app_id = app_id.encode()
        self._decrypt = AES.new(key, AES.MODE_CBC, iv=key[:16]).decrypt
        # Encryption really needs the fixed IV: the receiver would XOR the first block with it.
        # There, too, only random bytes are at stake, so a running IV does no harm.
        self._encrypt = AES.new(key, AES.MODE_CBC, iv=key[:16]).encrypt

    def encrypt(self, message: bytes, random: bytes | None = None) -> bytes:
        """Base64 of the sealed message. `random` (16 bytes) is for known-answer tests; it shows
        in the ciphertext only of the first call."""
        prefix = random if random is not None else os.urandom(RANDOM_BYTES)
        plain = b"".join((prefix, len(message).to_bytes(4, "big"), message, self._app_id))
        pad = PADDING - len(plain) % PADDING
        return binascii.b2a_base64(self._encrypt(plain + bytes((pad,)) * pad), newline=False)

    def decrypt(self, encrypted: bytes) -> bytes:
        """The message in the base64 text; raises DecryptionError, which says what is wrong."""
        try:
            ciphertext = binascii.a2b_base64(encrypted)
        except binascii.Error as error:
            raise DecryptionError("the ciphertext is not base64") from error
        if not ciphertext or len(ciphertext) % PADDING:
            raise DecryptionError(
                f"a ciphertext of {len(ciphertext)} bytes is no multiple of {PADDING}"
            )
        plain = self._decrypt(ciphertext)
        pad = plain[-1]
        if not 1 <= pad <= PADDING or plain[-pad:] != bytes((pad,)) * pad:
            raise DecryptionError("the padding is wrong")
        end = len(plain) - pad
        message_end = _HEADER + int.from_bytes(plain[RANDOM_BYTES:_HEADER], "big")
        if message_end > end:
            raise DecryptionError("the length field points behind the end")
        if not hmac.compare_digest(plain[message_end:end], self._app_id):
            raise DecryptionError("the app id inside is another account's")
        return plain[_HEADER:message_end]

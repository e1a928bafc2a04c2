"""Signatures and encryption, against known answers and an implementation of its own."""

from __future__ import annotations

import base64
import json
import os
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from Crypto.Cipher import AES
from hypothesis import given, settings
from hypothesis import strategies as st

from wxevents.errors import DecryptionError
from wxevents.security import Cipher, decode_aes_key, sign, signatures_match

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors/crypto.json").read_bytes())
TOKEN = VECTORS["token"].encode()
KEY = VECTORS["encoding_aes_key"]
APP_ID = VECTORS["app_id"]
RANDOM = b"0123456789abcdef"


def aes(key: str) -> Any:
    """A new AES object with the platform's fixed IV, as every message has one by the protocol."""
    raw = base64.b64decode(key + "=")
    return AES.new(raw, AES.MODE_CBC, iv=raw[:16])


def seal(plain: bytes, key: str = KEY) -> bytes:
    """Base64 of the AES of exactly these bytes: padding is the caller's business."""
    return base64.b64encode(aes(key).encrypt(plain))


def framed(message: bytes, app_id: bytes = APP_ID.encode(), length: int | None = None) -> bytes:
    size = len(message) if length is None else length
    return RANDOM + size.to_bytes(4, "big") + message + app_id


def padded(plain: bytes) -> bytes:
    pad = 32 - len(plain) % 32
    return plain + bytes([pad]) * pad


def opened(encrypted: bytes, key: str = KEY) -> bytes:
    """Everything inside, random bytes and padding included."""
    plain: bytes = aes(key).decrypt(base64.b64decode(encrypted, validate=True))
    return plain


# Known answers


def test_the_key_of_the_vectors_decodes_to_its_bytes() -> None:
    assert decode_aes_key(KEY).hex() == VECTORS["key_hex"]


@pytest.mark.parametrize("name", ["verification", "inbound"])
def test_signature_is_that_of_the_vectors(name: str) -> None:
    vector = VECTORS[name]
    signature = sign(TOKEN, vector["timestamp"].encode(), vector["nonce"].encode())
    assert signature.decode() == vector["signature"]


@pytest.mark.parametrize("name", ["inbound", "outbound"])
def test_msg_signature_is_that_of_the_vectors(name: str) -> None:
    vector = VECTORS[name]
    parts = [vector[part].encode() for part in ("timestamp", "nonce", "encrypt")]
    assert sign(TOKEN, *parts).decode() == vector["msg_signature"]


@pytest.mark.parametrize("name", ["inbound", "outbound"])
def test_the_ciphertexts_of_the_vectors_decrypt(name: str) -> None:
    vector = VECTORS[name]
    assert Cipher(KEY, APP_ID).decrypt(vector["encrypt"].encode()).decode() == vector["message"]


@pytest.mark.parametrize("name", ["inbound", "outbound"])
def test_encryption_gives_the_ciphertexts_of_the_vectors(name: str) -> None:
    vector = VECTORS[name]
    encrypted = Cipher(KEY, APP_ID).encrypt(
        vector["message"].encode(), random=vector["random16"].encode()
    )
    assert encrypted.decode() == vector["encrypt"]


# Signatures


def test_the_order_of_the_signed_parts_does_not_matter() -> None:
    assert sign(b"b", b"a", b"c") == sign(b"c", b"b", b"a") == sign(b"a", b"b", b"c")


def test_signed_parts_are_sorted_by_byte_and_not_by_letter() -> None:
    # Capitals come before small letters, and what is not ASCII comes last.
    assert sign(b"a", "é".encode(), b"Ba").decode() == sha1("Baaé".encode()).hexdigest()


def test_a_signature_is_forty_lower_case_hexadecimal_digits() -> None:
    signature = sign(b"")
    assert signature == b"da39a3ee5e6b4b0d3255bfef95601890afd80709"


@pytest.mark.parametrize("received", [b"", b"a", b"abcd", b"ABC", b"ab\xff", "äbc".encode()])
def test_only_the_same_bytes_match_a_signature(received: bytes) -> None:
    assert signatures_match(b"abc", b"abc")
    assert not signatures_match(b"abc", received)


# Keys


def test_a_last_character_with_unused_bits_gives_the_same_key() -> None:
    # Q, R, S and T agree in the four bits that count.
    keys = [KEY[:-1] + last for last in "QRST"]
    assert {decode_aes_key(key) for key in keys} == {bytes.fromhex(VECTORS["key_hex"])}
    assert decode_aes_key(KEY[:-1] + "U") != decode_aes_key(KEY)


@pytest.mark.parametrize("last", "QRST")
def test_a_key_with_unused_bits_decrypts_and_encrypts(last: str) -> None:
    vector = VECTORS["inbound"]
    cipher = Cipher(KEY[:-1] + last, APP_ID)
    assert cipher.decrypt(vector["encrypt"].encode()).decode() == vector["message"]
    random = vector["random16"].encode()
    assert cipher.encrypt(vector["message"].encode(), random).decode() == vector["encrypt"]


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "A", KEY[:-1] + "=", "a" * 86])
def test_a_key_of_another_length_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"characters, not 43|bytes, not 32"):
        decode_aes_key(key)


@pytest.mark.parametrize("key", ["!" + KEY[1:], "!!!!" + KEY[4:], KEY[:-1] + "é", "键" * 43])
def test_a_key_with_foreign_characters_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*43 characters, not 43)"):
        decode_aes_key(key)


# Framing


@pytest.mark.parametrize("pad", range(1, 33))
def test_every_length_of_padding_works_in_both_directions(pad: int) -> None:
    message = b"m" * ((-len(framed(b"")) - pad) % 32 + 32)
    encrypted = Cipher(KEY, APP_ID).encrypt(message, RANDOM)
    assert encrypted == seal(framed(message) + bytes([pad]) * pad)
    assert Cipher(KEY, APP_ID).decrypt(encrypted) == message


def test_an_aligned_message_gets_a_full_block_of_padding() -> None:
    message = b"m" * (96 - len(framed(b"")))
    plain = opened(Cipher(KEY, APP_ID).encrypt(message))
    assert len(plain) == 128
    assert plain[-32:] == bytes([32]) * 32


def test_a_longer_ciphertext_than_any_block_and_an_empty_one_come_back() -> None:
    cipher = Cipher(KEY, APP_ID)
    for message in (b"", b"\0", os.urandom(70_000), "订单已发货".encode()):
        assert cipher.decrypt(cipher.encrypt(message)) == message


def test_the_random_bytes_differ_from_message_to_message() -> None:
    prefixes = {opened(Cipher(KEY, APP_ID).encrypt(b"same"))[:16] for _ in range(20)}
    assert len(prefixes) == 20


def test_an_answer_carries_message_and_app_id_for_whoever_opens_it_by_the_book() -> None:
    cipher = Cipher(KEY, APP_ID)
    for number in range(300):
        message = os.urandom(number)
        plain = opened(cipher.encrypt(message))
        assert plain[16:20] == number.to_bytes(4, "big")
        assert plain[20 : 20 + number] == message
        assert plain[20 + number : -plain[-1]] == APP_ID.encode()
        assert plain[-plain[-1] :] == bytes([plain[-1]]) * plain[-1]


def test_many_messages_open_whatever_was_opened_before() -> None:
    cipher = Cipher(KEY, APP_ID)
    for number in range(300):
        message = os.urandom(number)
        assert cipher.decrypt(seal(padded(framed(message)))) == message


def test_a_message_opens_after_ones_that_did_not() -> None:
    cipher = Cipher(KEY, APP_ID)
    good = seal(padded(framed(b"good")))
    for bad in (b"", b"?", b"AAAA", base64.b64encode(bytes(64)), seal(padded(framed(b"", b"x")))):
        with pytest.raises(DecryptionError):
            cipher.decrypt(bad)
        assert cipher.decrypt(good) == b"good"


def test_opening_and_sealing_do_not_disturb_each_other() -> None:
    one, other = Cipher(KEY, APP_ID), Cipher(KEY, APP_ID)
    for number in range(100):
        message = b"%d" % number
        assert other.decrypt(one.encrypt(message)) == message
        assert one.decrypt(other.encrypt(message * 9)) == message * 9


@given(message=st.binary(max_size=500), app_id=st.text(max_size=30).filter(str.isascii))
@settings(deadline=None, database=None)
def test_what_was_sealed_comes_back(message: bytes, app_id: str) -> None:
    cipher = Cipher(KEY, app_id)
    assert cipher.decrypt(cipher.encrypt(message)) == message
    assert cipher.decrypt(seal(padded(framed(message, app_id.encode())))) == message
    assert opened(cipher.encrypt(message))[16:].startswith(framed(message, b"")[16:])


@given(encrypted=st.binary(max_size=300))
@settings(deadline=None, database=None)
def test_arbitrary_bytes_never_open(encrypted: bytes) -> None:
    cipher = Cipher(KEY, APP_ID)
    for attempt in (encrypted, base64.b64encode(encrypted)):
        with pytest.raises(DecryptionError):
            cipher.decrypt(attempt)


@given(position=st.integers(min_value=16), bit=st.integers(0, 7))
@settings(deadline=None, database=None)
def test_a_changed_length_or_app_id_is_noticed(position: int, bit: int) -> None:
    """Behind the random bytes and outside the message, every bit counts."""
    plain = bytearray(padded(framed(b"message")))
    outside = [place for place in range(16, len(plain)) if not 20 <= place < 27]
    plain[outside[position % len(outside)]] ^= 1 << bit
    with pytest.raises(DecryptionError):
        Cipher(KEY, APP_ID).decrypt(seal(bytes(plain)))


# What does not open


@pytest.mark.parametrize("encrypted", [b"A", b"AAA", b"AAAAA", b"QUJD=Q", b"A==="])
def test_broken_base64_is_named(encrypted: bytes) -> None:
    with pytest.raises(DecryptionError, match="not base64"):
        Cipher(KEY, APP_ID).decrypt(encrypted)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 31, 33, 48, 80])
def test_a_ciphertext_that_is_no_multiple_of_32_is_named(size: int) -> None:
    with pytest.raises(DecryptionError, match=f"{size} bytes is no multiple of 32"):
        Cipher(KEY, APP_ID).decrypt(base64.b64encode(bytes(size)))


@pytest.mark.parametrize("pad", [0, 33, 64, 255])
def test_padding_out_of_range_is_named(pad: int) -> None:
    plain = framed(b"m" * 300)
    plain += bytes([pad]) * (32 - len(plain) % 32)
    with pytest.raises(DecryptionError, match="padding is wrong"):
        Cipher(KEY, APP_ID).decrypt(seal(plain))


@pytest.mark.parametrize("pad", [33, 40, 64, 255])
def test_more_than_32_bytes_of_uniform_padding_are_too_many(pad: int) -> None:
    message = b"m" * ((-len(framed(b"")) - pad) % 32)
    with pytest.raises(DecryptionError, match="padding is wrong"):
        Cipher(KEY, APP_ID).decrypt(seal(framed(message) + bytes([pad]) * pad))


@pytest.mark.parametrize("place", [-2, -17, -24])
def test_padding_with_one_wrong_byte_is_named(place: int) -> None:
    plain = bytearray(padded(framed(b"m" * (40 - len(framed(b""))) + b"m" * 32)))
    assert plain[-1] == 24
    plain[place] ^= 1
    with pytest.raises(DecryptionError, match="padding is wrong"):
        Cipher(KEY, APP_ID).decrypt(seal(bytes(plain)))


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 7 + 18 + 1])
def test_a_length_behind_the_end_is_named(length: int) -> None:
    assert len(APP_ID) == 18
    with pytest.raises(DecryptionError, match="length field points behind the end"):
        Cipher(KEY, APP_ID).decrypt(seal(padded(framed(b"message", length=length))))


@pytest.mark.parametrize("pad", range(13, 33))
def test_padding_that_swallows_the_length_field_is_refused(pad: int) -> None:
    plain = bytes([pad]) * 32
    with pytest.raises(DecryptionError):
        Cipher(KEY, APP_ID).decrypt(seal(plain))


@pytest.mark.parametrize("length", [0, 1, 6, 8, 7 + 18])
def test_a_length_that_cuts_elsewhere_leaves_a_wrong_app_id(length: int) -> None:
    with pytest.raises(DecryptionError, match="another account's"):
        Cipher(KEY, APP_ID).decrypt(seal(padded(framed(b"message", length=length))))


@pytest.mark.parametrize(
    "app_id", [b"", b"wx0000000000000000", APP_ID[:-1].encode(), APP_ID.encode() + b"0", b"\xff"]
)
def test_a_foreign_app_id_is_named(app_id: bytes) -> None:
    with pytest.raises(DecryptionError, match="another account's"):
        Cipher(KEY, APP_ID).decrypt(seal(padded(framed(b"message", app_id))))


def test_an_empty_app_id_takes_only_what_ends_with_the_message() -> None:
    cipher = Cipher(KEY, "")
    assert cipher.decrypt(seal(padded(framed(b"message", b"")))) == b"message"
    assert cipher.decrypt(cipher.encrypt(b"")) == b""
    with pytest.raises(DecryptionError, match="another account's"):
        cipher.decrypt(seal(padded(framed(b"message"))))


def test_another_key_opens_nothing() -> None:
    encrypted = Cipher(KEY, APP_ID).encrypt(b"message")
    with pytest.raises(DecryptionError):
        Cipher("Z" * 43, APP_ID).decrypt(encrypted)


def test_no_reason_repeats_what_was_inside() -> None:
    with pytest.raises(DecryptionError) as refused:
        Cipher(KEY, APP_ID).decrypt(seal(padded(framed(b"private", b"wx-foreign"))))
    assert "private" not in str(refused.value)
    assert "wx-foreign" not in str(refused.value)
    assert APP_ID not in str(refused.value)

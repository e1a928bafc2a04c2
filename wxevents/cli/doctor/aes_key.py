"""The form of the EncodingAESKey. Whether it is the platform's, the first push shows."""

from __future__ import annotations

import base64

from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.finding import Finding, good, mend, skipped
from wxevents.security import decode_aes_key


def aes_key(configured: Configured) -> Finding:
    """43 characters of base64 that give 32 bytes."""
    check, settings = "aes_key", configured.settings
    for name in ("encoding_aes_key", "previous_encoding_aes_key"):
        if name in configured.faults:
            return skipped(check, configured.lacks(name))
    key = settings.encoding_aes_key
    if not key:
        return good(check, "none, and plain mode needs none")
    try:
        data = decode_aes_key(key)
        if settings.previous_encoding_aes_key:
            decode_aes_key(settings.previous_encoding_aes_key)
    except ValueError as error:
        return mend(check, f"{error}; copy it from the platform's server configuration")
    sentence = f"{len(key)} characters that give {len(data)} bytes"
    if base64.b64encode(data).decode().rstrip("=") != key:
        # Of the platform's random keys three in four are so: nothing to mend, or to worry about.
        sentence += (
            "; the two spare bits of the last character are set, which is valid, but a strict "
            "decoder of another program may refuse it"
        )
    return good(check, sentence)

"""Pictures that a user may send: files, or samples that come along."""

from __future__ import annotations

import base64
import hashlib
from typing import Final, NamedTuple

from wxevents.emulator.requests import PhotoBody, WrongRequest
from wxevents.emulator.state.samples import sample_names, sample_photo

MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024

_TYPES: Final = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"GI": "image/gif"}


class Photo(NamedTuple):
    name: str
    data: bytes

    @property
    def md5(self) -> str:
        """What the platform calls PicMd5Sum."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()

    @property
    def content_type(self) -> str:
        return _TYPES.get(self.data[:2], "application/octet-stream")


def photo(body: PhotoBody) -> Photo:
    """Raises WrongRequest for a sample that there is not, and for what is no base64."""
    if body.sample:
        if body.sample not in sample_names():
            names = ", ".join(sample_names())
            raise WrongRequest(f"there is no sample {body.sample!r}, only {names}")
        return Photo(f"{body.sample}.jpg", sample_photo(body.sample))
    try:
        data = base64.b64decode(body.data, validate=True)
    except ValueError as error:  # also of characters that are not ASCII
        raise WrongRequest(f"the data of {body.name} is not base64: {error}") from error
    if not 0 < len(data) <= MAX_PHOTO_BYTES:
        raise WrongRequest(f"{body.name} has {len(data)} bytes; 1 to {MAX_PHOTO_BYTES} can be sent")
    return Photo(body.name, data)

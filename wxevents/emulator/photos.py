"""Pictures, voices and videos that a user may send: files, or samples that come along."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from wxevents.emulator.media import MediaLibrary, StoredMedia
from wxevents.emulator.requests import PhotoBody, WrongRequest

SAMPLES: Final = Path(__file__).parent / "samples"
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
        path = SAMPLES / f"{body.sample}.jpg"
        if body.sample not in sample_names():
            names = ", ".join(sample_names())
            raise WrongRequest(f"there is no sample {body.sample!r}, only {names}")
        return Photo(path.name, _read(path))
    try:
        data = base64.b64decode(body.data, validate=True)
    except ValueError as error:  # also of characters that are not ASCII
        raise WrongRequest(f"the data of {body.name} is not base64: {error}") from error
    if not 0 < len(data) <= MAX_PHOTO_BYTES:
        raise WrongRequest(f"{body.name} has {len(data)} bytes; 1 to {MAX_PHOTO_BYTES} can be sent")
    return Photo(body.name, data)


@cache
def sample_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in SAMPLES.glob("*.jpg")))


def sample_voice(seconds: float) -> bytes:
    """Silence in AMR: 50 frames a second that hold no data."""
    return b"#!AMR\n" + b"\x7c" * round(50 * seconds)


def sample_video() -> tuple[bytes, bytes]:
    """The header of an MP4 that holds nothing, and its thumbnail."""
    header = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
    return header, _read(SAMPLES / "sea.jpg")


def fresh_sample(kind: str, library: MediaLibrary) -> StoredMedia:
    """What stands for a picture (`img`, `photo`) or a `voice` of a menu made on the website, as a
    new temporary file: the platform gives another media id each time."""
    if kind == "voice":
        return library.keep("voice", data=sample_voice(1), content_type="audio/amr")
    data = _read(SAMPLES / "cat.jpg")
    return library.keep("image", data=data, content_type="image/jpeg", filename="cat.jpg")


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()

"""Which file is what: the formats that the platform takes of each kind of media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

# Formats by kind of media; the platform's page of temporary media.
FORMATS: Final[Mapping[str, Sequence[str]]] = {
    "image": ("jpg", "png", "gif", "bmp"),
    "voice": ("mp3", "amr"),
    "video": ("mp4",),
    "thumb": ("jpg",),
}

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "mp3": "audio/mpeg",
    "amr": "audio/amr",
    "mp4": "video/mp4",
}

_SYNONYMS: Final[Mapping[str, str]] = {
    "jpeg": "jpg",
    "image/jpg": "jpg",
    "audio/mp3": "mp3",
    **{content_type: name for name, content_type in CONTENT_TYPES.items()},
}

# What a file begins with; the two bytes of BMP are too few to go by.
_MAGIC: Final[Sequence[tuple[bytes, str]]] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
    (b"#!AMR", "amr"),
    (b"RIFF", "riff"),
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
)


class UploadedFile(NamedTuple):
    """One part of a multipart body; the content type is what its sender says."""

    filename: str
    content_type: str
    data: bytes


def format_of(file: UploadedFile) -> str:
    """By its first bytes; by its name, then its content type, where these tell nothing, as with
    the placeholders of tests. "" for an unknown one."""
    if file.data[4:8] == b"ftyp":
        return "mp4"
    for magic, name in _MAGIC:
        if file.data.startswith(magic):
            return name
    extension = file.filename.rpartition(".")[2].lower() if "." in file.filename else ""
    written = extension or file.content_type.lower()
    return _SYNONYMS.get(written, written)

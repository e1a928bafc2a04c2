"""Files on their way to the platform and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from wxevents.client.answers import decode, raise_for_code, read_json
from wxevents.client.transport import Answer, Call, Part
from wxevents.errors import MediaError

MediaKind: TypeAlias = Literal["image", "voice", "video", "thumb"]
Source: TypeAlias = Path | str | bytes
"""A file by its path, or its content; content needs a filename beside it."""

# Protocol: numbers.
MAX_BYTES: Final[dict[MediaKind, int]] = {
    "image": 10 * 1024 * 1024,
    "voice": 2 * 1024 * 1024,
    "video": 10 * 1024 * 1024,
    "thumb": 64 * 1024,
}
# The platform tells a file's format by its name.
_DEFAULT_NAMES: Final[dict[MediaKind, str]] = {
    "image": "image.jpg",
    "voice": "voice.mp3",
    "video": "video.mp4",
    "thumb": "thumb.jpg",
}
_NO_FILES: Final = frozenset({"application/json", "text/plain", "text/html"})


@dataclass(frozen=True)
class DownloadedFile:
    """A file from the platform; `content_type` and `filename` as it gave them, "" if it did not."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str


async def upload_part(kind: MediaKind, source: Source, filename: str) -> Part:
    """The part `media` of an upload. Raises MediaError for a file that is missing, empty or too
    large."""
    if kind not in MAX_BYTES:
        raise MediaError(f"{kind!r} is no kind of media; there are {', '.join(MAX_BYTES)}")
    if isinstance(source, bytes):
        name, content = filename or _DEFAULT_NAMES[kind], source
    else:
        path = Path(source)
        name, content = filename or path.name, await read_file(path, MAX_BYTES[kind])
    if not content:
        raise MediaError(f"{name} is empty")
    if len(content) > MAX_BYTES[kind]:
        raise MediaError(
            f"{name} is larger than the {MAX_BYTES[kind]:,} bytes that the platform takes of "
            f"{kind}; make it smaller"
        )
    return Part("media", content, _printable(name))


async def read_file(path: Path, limit: int) -> bytes:
    """The file's content, at most one byte more than `limit`, without blocking the loop."""

    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(limit + 1)

    try:
        return await asyncio.to_thread(read)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}") from error


def read_download(
    call: Call, answer: Answer, secrets: Sequence[str]
) -> DownloadedFile | dict[str, Any]:
    """A file, or the object that the platform gives in place of one; raises as `read_json`."""
    data = decode(answer.body)
    if isinstance(data, dict):  # no kind of media looks like that
        raise_for_code(call, data, secrets)
        return data
    if not answer.body or answer.content_type in _NO_FILES:
        return read_json(call, answer, secrets)  # which tells what is wrong
    return DownloadedFile(answer.body, answer.content_type, answer.filename)


def _printable(name: str) -> str:
    """The name without what would break the header that it stands in."""
    return "".join(sign for sign in name if sign.isprintable()) or "file"

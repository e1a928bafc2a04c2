"""Pictures, voices and videos that come along, for users to send and for menus to show."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from wxevents.emulator.state.media import MediaLibrary, StoredMedia

SAMPLES: Final = Path(__file__).parents[1] / "samples"


@cache
def sample_names() -> tuple[str, ...]:
    """Of the pictures."""
    return tuple(sorted(path.stem for path in SAMPLES.glob("*.jpg")))


@cache
def sample_photo(name: str) -> bytes:
    return (SAMPLES / f"{name}.jpg").read_bytes()


def sample_voice(seconds: float) -> bytes:
    """Silence in AMR: 50 frames a second that hold no data."""
    return b"#!AMR\n" + b"\x7c" * round(50 * seconds)


def sample_video() -> tuple[bytes, bytes]:
    """The header of an MP4 that holds nothing, and its thumbnail."""
    header = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
    return header, sample_photo("sea")


def fresh_sample(kind: str, library: MediaLibrary) -> StoredMedia:
    """What stands for a picture (`img`, `photo`) or a `voice` of a menu made on the website, as a
    new temporary file: the platform gives another media id each time."""
    if kind == "voice":
        return library.keep("voice", data=sample_voice(1), content_type="audio/amr")
    data = sample_photo("cat")
    return library.keep("image", data=data, content_type="image/jpeg", filename="cat.jpg")

"""`wxevents phone …`: what a user does on the emulated phone, from the terminal."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import typer

from wxevents.cli.beside import PAGE_PORT
from wxevents.cli.options import FAILED, fail, require_http_url
from wxevents.cli.printing import Json, print_json, visible
from wxevents.emulator.state.samples import sample_names
from wxevents.errors import EmulatorError
from wxevents.pushes import FOLLOWER
from wxevents.testing import Done, EmulatedUser, EmulatorClient

Message: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

# Outcomes of a push with which the platform is not content.
_FAULTS: Final = {
    "outage": "none of its deliveries got a valid answer",
    "paused": "not delivered: the platform pauses all pushes for a minute after many failures",
    "unconfigured": "not delivered: `wxevents emulate` wants the URL of the bot, --webhook URL",
}
_MISSING: Final = {
    "scan": "what it scans: --scan TEXT",
    "photos": "pictures: --photo cat, sea, receipt or a file, once for each",
    "place": "a place: --place LATITUDE,LONGITUDE",
}

app = typer.Typer(
    name="phone",
    help="Do what a user does on the phone of `wxevents dev` or `wxevents emulate`, and print what "
    "he is told. The phone in the browser shows it too.",
    no_args_is_help=True,
)

_Openid: TypeAlias = Annotated[
    str, typer.Option(help="Whose phone; by default that of the first follower.")
]
_Url: TypeAlias = Annotated[str, typer.Option(help="Where the phone's page is.")]
DEFAULT_PAGE: Final = f"http://127.0.0.1:{PAGE_PORT}"


@app.command()
def tap(
    name: Annotated[str, typer.Argument(help="The button's name.")],
    *,
    photos: Annotated[
        list[str] | None,
        typer.Option("--photo", help="A picture to send: cat, sea, receipt, or a file's name."),
    ] = None,
    scan: Annotated[str | None, typer.Option(help="What the QR code says.")] = None,
    place: Annotated[
        str | None, typer.Option(metavar="LATITUDE,LONGITUDE", help="The place to send.")
    ] = None,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh", help="Pull the menu first, which a phone does every five minutes."
        ),
    ] = False,
    openid: _Openid = FOLLOWER,
    url: _Url = DEFAULT_PAGE,
    as_json: Json = False,
) -> None:
    """Tap a button of the menu."""
    pictures = [_picture(one) for one in photos] if photos else None
    where = _place(place) if place else None

    async def do(user: EmulatedUser) -> Done:
        await user.open(refresh=refresh)
        return await user.tap(name, scan=scan, photos=pictures, place=where)

    _tell(_on_phone(url, openid, do), as_json)


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What he writes.")],
    *,
    openid: _Openid = FOLLOWER,
    url: _Url = DEFAULT_PAGE,
    as_json: Json = False,
) -> None:
    """Write a text to the account."""
    _tell(_on_phone(url, openid, lambda user: user.say(text)), as_json)


@app.command()
def follow(
    scene: Annotated[
        str, typer.Argument(help="The scene of the QR code by which he comes.", show_default=False)
    ] = "",
    *,
    openid: _Openid = FOLLOWER,
    url: _Url = DEFAULT_PAGE,
    as_json: Json = False,
) -> None:
    """Begin to follow the account."""
    _tell(_on_phone(url, openid, lambda user: user.subscribe(scene)), as_json)


@app.command()
def unfollow(
    *, openid: _Openid = FOLLOWER, url: _Url = DEFAULT_PAGE, as_json: Json = False
) -> None:
    """Stop following the account, which can tell him nothing then."""
    _tell(_on_phone(url, openid, lambda user: user.unsubscribe()), as_json, may_be_late=False)


@app.command()
def chat(*, openid: _Openid = FOLLOWER, url: _Url = DEFAULT_PAGE, as_json: Json = False) -> None:
    """Print the chat between him and the account: there an answer stands that came late."""
    messages = _on_phone(url, openid, lambda user: user.chat())
    if as_json:
        print_json(list(messages))
        return
    for message in messages:
        typer.echo(f"{message['from']}: {_words(message)}")


def _on_phone(url: str, openid: str, act: Callable[[EmulatedUser], Awaitable[T]]) -> T:
    """What comes of it; ends the command where it cannot be done."""
    require_http_url("--url", f"{url}/")

    async def run() -> T:
        async with EmulatorClient(url) as emulator:
            return await act(emulator.user(openid))

    try:
        return asyncio.run(run())
    except EmulatorError as error:
        fail(error.reason, FAILED)


def _picture(name: str) -> str | Mapping[str, Any]:
    """The name of a sample, or a file as the control API takes it."""
    if name in sample_names():
        return name
    try:
        content = Path(name).read_bytes()
    except OSError as error:
        samples = ", ".join(sample_names())
        fail(f"--photo {name}: {error.strerror}; name a file, or one of {samples}")
    return {"name": Path(name).name, "data": base64.b64encode(content).decode()}


def _place(text: str) -> Mapping[str, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        fail(f"--place {text}: write it as 31.23,121.47, latitude and longitude in degrees")
    return {"latitude": latitude, "longitude": longitude}


def _tell(done: Done, as_json: bool, *, may_be_late: bool = True) -> None:
    """Print what he sees on his phone; ends with exit code 1 where a push went wrong."""
    if as_json:
        print_json(asdict(done))
    else:
        for message in done.messages:
            if message["from"] != "user":
                typer.echo(_words(message))
    for fault in _faults(done):
        fail(fault, FAILED)
    if may_be_late and done.pushes and not done.replies and not as_json:
        typer.echo("no answer so far; a late one comes into `wxevents phone chat`", err=True)


def _faults(done: Done) -> Iterator[str]:
    match done.did:
        case {"kind": "needs", "what": what}:
            yield f"the button wants {_MISSING[what]}"
        case {"kind": "nothing", "why": why}:
            yield f"nothing happens: {why}"
    for push in done.pushes:
        if push["outcome"] in _FAULTS:
            sentences = [delivery["verdict"] for delivery in push["deliveries"]]
            yield "; ".join([f"{push['name']} {_FAULTS[push['outcome']]}", *sentences])


def _words(message: Message) -> str:
    """A message as a line of text, or several; what is no text in brackets."""
    match message:
        case {"kind": "text", "segments": segments}:
            text = "".join(segment["text"] for segment in segments)
        case {"kind": "notice", "text": words}:
            text = f"[{words}]"
        case {"kind": "menu", "head": head, "options": options, "tail": tail}:
            text = "\n".join([head, *(f"- {option['text']}" for option in options), tail])
        case {"kind": "news", "articles": articles}:
            text = "\n".join(f"[news] {one['title']} {one['url']}" for one in articles)
        case {"kind": "opened", "target": target}:
            text = f"[opened] {target}"
        case {"kind": kind}:
            about = message.get("title") or message.get("label") or message.get("recognition")
            text = f"[{kind}] {about}" if about else f"[{kind}]"
    return "\n".join(visible(line) for line in text.strip().splitlines())

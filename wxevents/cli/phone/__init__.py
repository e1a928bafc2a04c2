"""`wxevents phone …`: what a user does on the emulated phone, from the terminal."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from wxevents.cli.options import fail
from wxevents.cli.phone.acting import DEFAULT_PAGE, SAMPLES, do, on_phone
from wxevents.cli.phone.messages import printable, words
from wxevents.cli.printing import Json, print_json, visible
from wxevents.emulator.phone.photos import MAX_PHOTO_BYTES
from wxevents.emulator.state.samples import sample_names
from wxevents.pushes import FOLLOWER
from wxevents.testing import Done, EmulatedUser

app = typer.Typer(
    name="phone",
    help="Do what a user does on the phone of `wxevents dev` or `wxevents emulate`, and print what "
    "he is told. The phone in the browser shows it too. Exit code 1 for what cannot be done, and "
    "where the platform is not content with the bot's answer.",
    no_args_is_help=True,
)

_Openid: TypeAlias = Annotated[
    str, typer.Option(help="Whose phone; by default that of the first follower.")
]
_Url: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Where the phone's page is; by default that of `wxevents dev` in this folder, or "
        f"{DEFAULT_PAGE}."
    ),
]
_Wait: TypeAlias = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        min=0,
        help="Wait so long for an answer that is late, or for one more.",
        show_default=False,
    ),
]


@app.command()
def tap(
    name: Annotated[str, typer.Argument(help="The button's name.")],
    *,
    photos: Annotated[
        list[str] | None,
        typer.Option("--photo", help=f"A picture to send, {SAMPLES} or a file; may be repeated."),
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
    wait: _Wait = 0,
    openid: _Openid = FOLLOWER,
    url: _Url = None,
    as_json: Json = False,
) -> None:
    """Tap a button of the menu."""
    pictures = [_picture(one) for one in photos] if photos else None
    where = None if place is None else _place(place)

    async def act(user: EmulatedUser) -> Done:
        await user.open(refresh=refresh)
        return await user.tap(name, scan=scan, photos=pictures, place=where)

    do(act, url, openid, as_json, wait)


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What he writes.")],
    *,
    wait: _Wait = 0,
    openid: _Openid = FOLLOWER,
    url: _Url = None,
    as_json: Json = False,
) -> None:
    """Write a text to the account."""
    do(lambda user: user.say(text), url, openid, as_json, wait)


@app.command()
def follow(
    scene: Annotated[
        str, typer.Argument(help="The scene of the QR code by which he comes.", show_default=False)
    ] = "",
    *,
    wait: _Wait = 0,
    openid: _Openid = FOLLOWER,
    url: _Url = None,
    as_json: Json = False,
) -> None:
    """Begin to follow the account."""
    do(lambda user: user.subscribe(scene), url, openid, as_json, wait)


@app.command()
def unfollow(*, openid: _Openid = FOLLOWER, url: _Url = None, as_json: Json = False) -> None:
    """Stop following the account, which can tell him nothing then."""
    do(lambda user: user.unsubscribe(), url, openid, as_json, may_answer=False)


@app.command()
def scan(
    scene: Annotated[str, typer.Argument(help="The scene of the QR code.")],
    *,
    wait: _Wait = 0,
    openid: _Openid = FOLLOWER,
    url: _Url = None,
    as_json: Json = False,
) -> None:
    """Scan a QR code of the account; who does not follow becomes a follower."""
    do(lambda user: user.scan_scene(scene), url, openid, as_json, wait)


@app.command()
def menu(*, openid: _Openid = FOLLOWER, url: _Url = None, as_json: Json = False) -> None:
    """Print the buttons that the phone shows."""
    user = on_phone(url, openid, lambda user: user.open())
    buttons = (user["menu"] or {}).get("button", [])
    if as_json:
        print_json(buttons)
        return
    for button in buttons:
        inside = button.get("sub_button", [])
        typer.echo(printable(_button(button, is_column=bool(inside))))
        for one in inside:
            typer.echo(printable(f"  {_button(one)}"))
    if not buttons:
        typer.echo("the phone shows no menu", err=True)


@app.command()
def chat(*, openid: _Openid = FOLLOWER, url: _Url = None, as_json: Json = False) -> None:
    """Print the chat between him and the account: there an answer stands that came late."""
    messages = on_phone(url, openid, lambda user: user.chat())
    if as_json:
        print_json(list(messages))
        return
    for message in messages:
        typer.echo(f"{message['from']}: {words(message)}")


def _picture(name: str) -> str | Mapping[str, Any]:
    """The name of a sample, or a file as the control API takes it."""
    if name in sample_names():
        return name
    file = Path(name)
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= MAX_PHOTO_BYTES else b""
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        fail(f"--photo {visible(name)}: {reason}; name a file, or one of {SAMPLES}")
    if not content:
        fail(f"--photo {visible(name)}: {size} bytes; 1 to {MAX_PHOTO_BYTES} can be sent")
    return {"name": visible(file.name), "data": base64.b64encode(content).decode()}


def _place(text: str) -> Mapping[str, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        latitude = longitude = math.nan
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        fail(f"--place {visible(text)}: write latitude and longitude in degrees, as 31.23,121.47")
    return {"latitude": latitude, "longitude": longitude}


def _button(button: Mapping[str, Any], *, is_column: bool = False) -> str:
    return str(button["name"]) if is_column else f"{button['name']} ({button['type']})"

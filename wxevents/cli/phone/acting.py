"""Acting as a user of the emulator, and telling what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, TypeAlias, TypeVar

import typer

from wxevents.cli.account import invented_app_id, page_of_dev
from wxevents.cli.beside import PAGE_PORT
from wxevents.cli.options import FAILED, fail
from wxevents.cli.phone.messages import printable, words
from wxevents.cli.printing import print_json
from wxevents.emulator.state.samples import sample_names
from wxevents.errors import EmulatorError, SettingsError
from wxevents.testing import Done, EmulatedUser, EmulatorClient

Act: TypeAlias = Callable[[EmulatedUser], Awaitable[Done]]
Message: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

DEFAULT_PAGE: Final = f"http://127.0.0.1:{PAGE_PORT}"

SAMPLES: Final = ", ".join(sample_names())

# Seconds between two looks for an answer that is late.
_LOOK_AFTER: Final = 0.2
# Outcomes of a push with which the platform is not content.
_FAULTS: Final = {
    "outage": "no delivery got a valid answer",
    "paused": "not delivered: the platform pauses all pushes for a minute after many failures",
    "unconfigured": "not delivered: `wxevents emulate` wants the URL of the bot, --webhook URL",
}
_MISSING: Final = {
    "scan": "what it scans: --scan TEXT",
    "photos": f"pictures: --photo {SAMPLES} or a file, once for each",
    "place": "a place: --place LATITUDE,LONGITUDE",
}


def do(
    act: Act,
    url: str | None,
    openid: str,
    as_json: bool,
    wait: float = 0,
    *,
    may_answer: bool = True,
) -> None:
    """Print what he sees on his phone behind it; ends with exit code 1 where a push went wrong."""

    async def act_and_wait(user: EmulatedUser) -> tuple[Done, Sequence[Message]]:
        before = await user.chat() if wait else ()
        done = await act(user)
        if not as_json:
            _print(message for message in done.messages if message["from"] != "user")
        last = max((int(message["id"]) for message in [*before, *done.messages]), default=0)
        return done, await _further_answers(user, last, wait)

    done, late = on_phone(url, openid, act_and_wait)
    if as_json:
        print_json({**asdict(done), "messages": [*done.messages, *late]})
    else:
        _print(late)
    faults = dict.fromkeys(_faults(done))
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(FAILED)
    if may_answer and _is_silent(done) and not late and not as_json:
        typer.echo("nothing is said; a late answer comes into `wxevents phone chat`", err=True)


def _is_silent(done: Done) -> bool:
    """Whether the account has said nothing, and may yet do so."""
    return done.did["kind"] == "pushed" and not done.replies and set(done.outcomes) == {"empty"}


async def _further_answers(user: EmulatedUser, last: int, wait: float) -> Sequence[Message]:
    """What the account says next within so many seconds, behind the message with the id `last`."""
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_AFTER)
        found = [one for one in await user.chat(last) if one["from"] == "account"]
        if found:
            return found
    return ()


def on_phone(url: str | None, openid: str, act: Callable[[EmulatedUser], Awaitable[T]]) -> T:
    """What comes of it on the phone at that URL, by default the one of this folder; ends the
    command where it cannot be done."""

    async def run() -> T:
        page = url or page_of_dev()
        async with EmulatorClient(page or DEFAULT_PAGE) as emulator:
            if not page:
                await _require_own(emulator)
            return await act(emulator.user(openid))

    try:
        return asyncio.run(run())
    except EmulatorError as error:
        fail(printable(error.reason), FAILED)
    except SettingsError as error:
        fail(str(error))
    except UnicodeError:
        fail("what was typed is no valid UTF-8: does the terminal speak another encoding?")


async def _require_own(emulator: EmulatorClient) -> None:
    """End the command where a folder with an account of its own would act on another's phone."""
    own, shown = invented_app_id(), (await emulator.state())["account"]["app_id"]
    if own and own != shown:
        fail(
            f"the phone at {emulator.url} is that of another account ({shown}), not of the one in "
            f"this folder ({own}): start `wxevents dev` here, or name a phone with --url",
            FAILED,
        )


def _faults(done: Done) -> Iterator[str]:
    match done.did:
        case {"kind": "needs", "what": what}:
            yield f"the button wants {_MISSING[what]}"
        case {"kind": "nothing", "why": why}:
            yield f"nothing happens: {why}"
    for push in done.pushes:
        if push["outcome"] in _FAULTS:
            verdicts = dict.fromkeys(delivery["verdict"] for delivery in push["deliveries"])
            sentence = "; ".join([_FAULTS[push["outcome"]], *verdicts])
            yield printable(f"{push['name']}: {sentence}")


def _print(messages: Iterable[Message]) -> None:
    for message in messages:
        typer.echo(words(message))

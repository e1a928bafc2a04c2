"""Whether the webhook answers the platform's verification: here, and at its public URL."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Final, Literal, NamedTuple

import aiohttp
from yarl import URL

from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.connections import why_unreachable
from wxevents.cli.doctor.finding import Finding, good, mend, note, skipped
from wxevents.clock import Clock
from wxevents.pushes import ANSWER_TIMEOUT, Platform
from wxevents.server import local_url

_LOCAL: Final = "webhook.local"
_PUBLIC: Final = "webhook.public"
_OUTSIDE: Final = "webhook.outside"
_PORTS: Final = {("http", 80), ("https", 443)}
# An answer is as long as what was sent; this much of another one is read.
_READ: Final = 1024


class _Outcome(NamedTuple):
    """What came of a verification; `silent`: nobody was reached."""

    kind: Literal["answered", "refused", "silent"]
    sentence: str


async def webhook(configured: Configured, url: str | None, clock: Clock) -> AsyncIterator[Finding]:
    """The GET with which the platform checks a URL, signed with the Token: it runs no handler. The
    server has the platform's 5 seconds for it."""
    if lack := configured.lacks("token"):
        yield skipped(_LOCAL, lack)
        if url:
            yield skipped(_PUBLIC, lack)
    else:
        yield await _here(configured, clock)
        if url:
            for finding in await _at(url, configured, clock):
                yield finding
    yield _from_outside(url, configured.settings.path)


async def _here(configured: Configured, clock: Clock) -> Finding:
    settings = configured.settings
    for name in ("host", "port", "path"):
        if name in configured.faults:
            return skipped(_LOCAL, configured.lacks(name))
    if not settings.port:
        return skipped(_LOCAL, "WXEVENTS_PORT=0 is another port at each start")
    where = local_url(settings)
    kind, sentence = await _verify(where, configured, clock)
    if kind == "silent":
        return note(_LOCAL, f"{sentence}; start it with `wxevents run`, and look again")
    return good(_LOCAL, sentence) if kind == "answered" else mend(_LOCAL, sentence)


async def _at(url: str, configured: Configured, clock: Clock) -> list[Finding]:
    kind, sentence = await _verify(url, configured, clock)
    if kind == "answered":
        found = [good(_PUBLIC, f"{sentence}; that was asked from this machine")]
    elif kind == "silent":
        found = [
            mend(
                _PUBLIC,
                f"{sentence}; look at DNS, certificate, firewall and proxy, or ask from another "
                "machine: some networks do not reach their own public address",
            )
        ]
    else:
        found = [mend(_PUBLIC, sentence)]
    parts = URL(url)
    if (parts.scheme, parts.port) not in _PORTS:
        found.append(
            note(_PUBLIC, "the platform calls port 80 (http) and port 443 (https) only; use these")
        )
    return found


def _from_outside(url: str | None, path: str) -> Finding:
    """No signed URL to copy: who sees one may push with it in plain mode, while it is fresh."""
    target = url or f"https://YOUR-HOST{path}"
    return note(
        _OUTSIDE,
        "to test the URL from outside, on another machine with the same settings: `wxevents doctor "
        f"--offline --url {target}` (asks as the platform does when you enter the URL), and "
        f"`wxevents push text hello --url {target}` (runs your handler)",
    )


async def _verify(url: str, configured: Configured, clock: Clock) -> _Outcome:
    # The verification is the same in all modes, and needs no key in plain mode.
    platform = Platform(configured.settings.model_copy(update={"mode": "plain"}))
    echo = str(secrets.randbelow(10**18))
    request = platform.verification(echo, int(clock.time()))
    timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            target = URL(url).update_query(request.query)
            async with session.get(target, allow_redirects=False) as answer:
                body = await answer.content.read(_READ)
                return _judged(url, answer.status, body == echo.encode())
    except TimeoutError:
        return _Outcome("refused", f"{url} does not answer within {ANSWER_TIMEOUT:.0f} s")
    except aiohttp.ClientConnectorCertificateError as error:
        why = getattr(error.certificate_error, "verify_message", "") or "it does not hold"
        return _Outcome("refused", f"the certificate of {url} is not accepted: {why}")
    except aiohttp.ClientConnectorSSLError:
        return _Outcome("refused", f"{url} does not speak TLS as it should; look at its proxy")
    except aiohttp.ClientConnectorError as error:
        return _Outcome("silent", f"nothing answers at {url} ({why_unreachable(error)})")
    except (aiohttp.ClientError, ValueError) as error:
        # Its text may have the signed URL.
        return _Outcome("refused", f"{url} answers no HTTP ({type(error).__name__})")


def _judged(url: str, status: int, echoed: bool) -> _Outcome:
    if status == 200 and echoed:
        return _Outcome("answered", f"{url} answers the platform's verification")
    if status == 200:
        what = "200, but not with the echostr; another server listens there, or a proxy changes it"
    elif status == 403:
        what = (
            "403; another WXEVENTS_TOKEN is set there than here, or its clock is wrong: its log "
            "says which"
        )
    elif status in (404, 405):
        what = f"{status}; another server listens there, or the path is another (WXEVENTS_PATH)"
    elif 300 <= status < 400:
        what = f"{status}, a redirect; give the platform the URL that it leads to"
    else:
        what = f"{status}; a proxy that does not reach the bot, or another server"
    return _Outcome("refused", f"{url} answers the platform's verification with {what}")

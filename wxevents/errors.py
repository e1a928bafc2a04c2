"""Every exception of wxevents.

WxeventsError
├── SettingsError        a setting is missing or malformed
├── RegistrationError    routers, handlers and middlewares do not fit together
├── DiscoveryError       the handlers package cannot be loaded
├── PushRefused          a request that the webhook turns away
│   ├── UntrustedPush    403: not proven to come from the platform
│   └── MalformedPush    400: cannot be read
├── DecryptionError      a ciphertext that no configured key opens
├── ReplyError           an answer that the platform would not accept
├── MenuError            a menu or menu file that breaks limits, with every finding
├── PushError            a push that cannot be composed
└── AnswerError          an answer that the platform would treat as illegal
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class WxeventsError(Exception):
    """The root of all errors that wxevents raises itself."""


class SettingsError(WxeventsError):
    """A setting is missing or malformed; the message names it and the cure."""


class RegistrationError(WxeventsError):
    """Raised at definition or start-up; the message names file and line of what does not fit."""


class DiscoveryError(WxeventsError):
    """The handlers package or module cannot be found or imported, or holds no router."""


class PushRefused(WxeventsError):
    """A request that is not answered as a push.

    The caller sees `status` and the same few bytes for every reason; `reason` and `cure` are for
    the owner's log.
    """

    status: ClassVar[int]

    def __init__(self, reason: str, cure: str = "") -> None:
        super().__init__(f"{reason}; {cure}" if cure else reason)
        self.reason = reason
        self.cure = cure


class UntrustedPush(PushRefused):
    """Signature, freshness, key or app id do not prove that the platform sent this."""

    status = 403


class MalformedPush(PushRefused):
    """A body too large, not UTF-8, not well-formed, or without the elements of every push."""

    status = 400


class DecryptionError(WxeventsError):
    """Base64, padding, length or app id of a ciphertext are wrong: mostly the wrong key."""


class ReplyError(WxeventsError):
    """A handler's answer breaks a limit of the platform; the message names the handler."""


class MenuError(WxeventsError):
    """A menu that the platform would refuse, or a file that is none; one line for each finding,
    with its place. `findings` holds them."""

    def __init__(self, findings: Sequence[object]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


class PushError(WxeventsError):
    """A push that cannot be composed so: a field that cannot be set, a key where none is."""


class AnswerError(WxeventsError):
    """The platform would show its outage notice instead of this answer."""

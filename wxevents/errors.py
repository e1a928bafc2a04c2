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
├── PublishingError      a menu could not be published as wanted; tells what is published now
├── PushError            a push that cannot be composed
├── AnswerError          an answer that the platform would treat as illegal
├── EmulatorError        what was asked of the emulated platform cannot be done
├── StoreError           the store could not do it now; nothing was changed
│   └── LeaseLost           another process has taken over what this one held
├── MediaError           a file that the platform would not take
└── CallFailed           a call to the platform that did not do what it should
    ├── ApiError                the platform answered with an error code
    │   ├── PlatformBusy        -1: not done, try again later
    │   ├── TokenError          access token, AppID or AppSecret are not accepted
    │   ├── QuotaExceeded       too many calls, today or this minute
    │   ├── NotPermitted        the account may not do this
    │   │   └── AddressNotListed    the caller's IP address is not in the whitelist
    │   ├── UserUnreachable     this user gets no message from the account now
    │   └── MenuRefused         the menu breaks a rule of the platform
    ├── ApiUnreachable          no answer
    │   ├── NotSent             no connection: the platform knows nothing of the call
    │   └── AnswerLost          sent, and the answer did not arrive: done or not, unknown
    └── ApiAnswerUnreadable     an answer that is not the API's: HTML, cut off, too large
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


class PublishingError(WxeventsError):
    """A menu was not published as wanted; the message tells why, what is published now, and how to
    go on."""


class PushError(WxeventsError):
    """A push that cannot be composed so: a field that cannot be set, a key where none is."""


class AnswerError(WxeventsError):
    """The platform would show its outage notice instead of this answer."""


class EmulatorError(WxeventsError):
    """What was asked of the emulated platform cannot be done; the message says why. `reason` is the
    sentence alone, without method and path of the call."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or message


class StoreError(WxeventsError):
    """The store could not do it, say because a disk is full or Redis is gone; nothing was changed.
    The message names the store and the cure."""


class LeaseLost(StoreError):
    """Another process has taken over what this one held; what it was about to do is no longer its
    business."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is held by another process now")
        self.name = name


class MediaError(WxeventsError):
    """A file that is missing, empty or too large for the platform; the message names it."""


class CallFailed(WxeventsError):
    """A call to the platform did not do what it should.

    `call` names it (`POST /cgi-bin/menu/create`). `outcome_unknown` is True where the platform may
    nevertheless have done it: a message may have arrived, so to repeat it may send it twice.
    """

    outcome_unknown: ClassVar[bool]

    def __init__(self, call: str, text: str) -> None:
        super().__init__(text)
        self.call = call


class ApiError(CallFailed):
    """The platform answered with an error code; it did nothing.

    `errcode` is the code, `meaning` and `cure` are sentences on it, `errmsg` the platform's own
    words without what it appends, `rid` its number of the request, "" if it gave none.
    """

    outcome_unknown = False

    def __init__(
        self, call: str, errcode: int, meaning: str, cure: str, errmsg: str = "", rid: str = ""
    ) -> None:
        said = f" (the platform says: {errmsg})" if errmsg else ""
        number = f" [rid {rid}]" if rid else ""
        super().__init__(call, f"{call}: {errcode}, {meaning}{said}; {cure}{number}")
        self.errcode = errcode
        self.meaning = meaning
        self.cure = cure
        self.errmsg = errmsg
        self.rid = rid


class PlatformBusy(ApiError):
    """The platform is busy and did nothing; all repetitions were in vain."""


class TokenError(ApiError):
    """The access token, or the AppID and AppSecret that it is fetched with, are not accepted."""


class QuotaExceeded(ApiError):
    """A limit per day, month or minute is used up."""


class NotPermitted(ApiError):
    """The account, or the third-party platform, lacks the permission."""


class AddressNotListed(NotPermitted):
    """The IP address that the call came from is not in the whitelist (40164, 61004).

    The platform names the address in `errmsg`.
    """


class UserUnreachable(ApiError):
    """The platform delivers no message to this user now: no recent interaction, the allowance is
    used, the user does not follow or blocks the account."""


class MenuRefused(ApiError):
    """The menu, or a rule that matches its users, is not as the platform wants it."""


class ApiUnreachable(CallFailed):
    """No answer came; NotSent and AnswerLost tell whether the platform may have seen the call."""


class NotSent(ApiUnreachable):
    """No connection was made, so the call did not reach the platform; to repeat it is safe."""

    outcome_unknown = False


class AnswerLost(ApiUnreachable):
    """The call was sent, or may have been, and its answer was lost."""

    outcome_unknown = True


class ApiAnswerUnreadable(CallFailed):
    """An answer came that is not the API's: another HTTP status than 200, HTML, JSON that is cut
    off or of another shape, too many bytes."""

    outcome_unknown = True

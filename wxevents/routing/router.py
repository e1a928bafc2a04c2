"""Registering handlers. A router only records routes; the dispatcher serves them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, cast

from wxevents.errors import RegistrationError
from wxevents.events import (
    EVENT_NAMES,
    MESSAGE_TYPES,
    ClickEvent,
    Event,
    ImageMessage,
    LinkMessage,
    LocationMessage,
    LocationSelectEvent,
    PhotosEvent,
    PicPhotoOrAlbumEvent,
    PicSysphotoEvent,
    PicWeixinEvent,
    PlaceEvent,
    ScancodePushEvent,
    ScancodeWaitmsgEvent,
    ScanEvent,
    ShortVideoMessage,
    SubscribeEvent,
    TextMessage,
    UnsubscribeEvent,
    VideoMessage,
    ViewEvent,
    ViewMiniprogramEvent,
    VoiceMessage,
)
from wxevents.replies import Answer
from wxevents.routing.conversation import Conversation, Step
from wxevents.routing.functions import name_of, place_of, require_async
from wxevents.routing.injection import Handler, takes_session
from wxevents.routing.matchers import Matcher, Prefix, Regex

H = TypeVar(
    "H", bound=Callable[..., Coroutine[Any, Any, Answer]] | Callable[..., AsyncIterator[Answer]]
)


D = TypeVar("D", bound=Callable[..., Any])

Level: TypeAlias = Literal["step", "key", "class", "fallback"]


@dataclass(frozen=True)
class Route:
    """One registration.

    `event` is a class, or the lower-case name of an event that no class models. `level` says how
    it is found: by the `step` of the user's dialogue before all others, by key, by `on(…)` behind
    all keyed ones, or as the fallback behind everything. `declared` is the place of a route that no
    function's own place tells.
    """

    event: type[Event] | str
    matcher: Matcher
    handler: Handler
    level: Level = "key"
    declared: str = ""
    step: Step | None = None

    @property
    def name(self) -> str:
        """The handler with file and line."""
        return f"the menu's reply ({self.declared})" if self.declared else name_of(self.handler)

    @property
    def place(self) -> str:
        """File and line of the handler."""
        return self.declared or place_of(self.handler)

    def __repr__(self) -> str:
        matcher = "" if self.matcher is None else repr(self.matcher)
        if self.level == "fallback":
            return "fallback()"
        if self.step:
            return f"step({self.step.conversation}, {self.step.name!r})"
        if isinstance(self.event, str):
            return f"on({self.event!r})"
        if self.level == "class":
            return f"on({self.event.__name__})"
        return f"{self.event.decorator}({matcher})"


def _takes_no_key(decorator: D) -> D:
    """Refuses any argument: mostly it is the handler, where the parentheses were forgotten."""

    @functools.wraps(decorator)
    def checked(self: Router, *given: object) -> object:
        if given:
            name = decorator.__name__
            raise RegistrationError(f"{name}({_shown(given[0])}): write @router.{name}()")
        return decorator(self)

    return cast(D, checked)


class Router:
    """A collection of handlers, usually one per module: `router = Router()`.

    Every decorator returns the function unchanged. The most specific matcher takes a push,
    whatever the order of import: exact key, longest Prefix, Regex in order of registration, any
    key, `on(…)` along the event's classes, `fallback`. Two equal ones are a start-up error.
    """

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self.error_handlers: list[tuple[type[Exception], Handler]] = []
        self.conversations: list[Conversation] = []
        self.included: list[Router] = []

    def include(self, *routers: Router) -> None:
        """Take the handlers of other routers in, after this router's own."""
        for router in routers:
            if self in router.walk():
                raise RegistrationError(
                    "a router cannot include itself, not by way of others either"
                )
            self.included.append(router)

    def walk(self) -> Iterator[Router]:
        """This router, then the included ones, depth first."""
        yield self
        for router in self.included:
            yield from router.walk()

    def on(self, event: type[Event] | str) -> Callable[[H], H]:
        """Any push of this class, its subclasses included, or of this name in any case, also one
        that the platform invents tomorrow; what may be answered depends on the push. `on(Event)`
        takes everything."""
        if isinstance(event, str):
            return self._register("on", _named(event), None, "class")
        if isinstance(event, type) and issubclass(event, Event):
            return self._register("on", event, None, "class")
        cure = "give a class of events, or the name of one: @router.on(…)"
        raise RegistrationError(f"on({_shown(event)}): {cure}")

    def click(self, key: Matcher = None) -> Callable[[H], H]:
        """A click button was tapped; any reply may be answered. `key`: the exact key, Prefix(…),
        Regex(…), or nothing for any key."""
        return self._register("click", ClickEvent, key)

    def view(self, url: Matcher = None) -> Callable[[H], H]:
        """A view button opened its URL; the platform shows no answer to it. `url`: the exact URL,
        Prefix(…), Regex(…), or nothing for any URL."""
        return self._register("view", ViewEvent, url)

    def view_miniprogram(self, path: Matcher = None) -> Callable[[H], H]:
        """A button opened a mini program; the platform shows no answer to it. `path`: the exact
        page path, Prefix(…), Regex(…), or nothing for any path."""
        return self._register("view_miniprogram", ViewMiniprogramEvent, path)

    def scancode_push(self, key: Matcher = None) -> Callable[[H], H]:
        """A code was scanned through a button, and the phone shows the result itself; any reply may
        be answered. `key`: the exact key, Prefix(…), Regex(…), or nothing for any key."""
        return self._register("scancode_push", ScancodePushEvent, key)

    def scancode_waitmsg(self, key: Matcher = None) -> Callable[[H], H]:
        """A code was scanned through a button, and the phone waits for the answer, any reply.
        `key`: the exact key, Prefix(…), Regex(…), or nothing for any key."""
        return self._register("scancode_waitmsg", ScancodeWaitmsgEvent, key)

    def pic_sysphoto(self, key: Matcher = None) -> Callable[[H], H]:
        """Photographs were taken through a button, and their image messages arrive beside it; any
        reply may be answered. `key`: the exact key, Prefix(…), Regex(…), or nothing for any key."""
        return self._register("pic_sysphoto", PicSysphotoEvent, key)

    def pic_photo_or_album(self, key: Matcher = None) -> Callable[[H], H]:
        """Pictures came from camera or album, through a button, and their image messages arrive
        beside it; any reply may be answered. `key`: the exact key, Prefix(…), Regex(…), or nothing
        for any key."""
        return self._register("pic_photo_or_album", PicPhotoOrAlbumEvent, key)

    def pic_weixin(self, key: Matcher = None) -> Callable[[H], H]:
        """Pictures came from WeChat's album, through a button, and their image messages arrive
        beside it; any reply may be answered. `key`: the exact key, Prefix(…), Regex(…), or nothing
        for any key."""
        return self._register("pic_weixin", PicWeixinEvent, key)

    def location_select(self, key: Matcher = None) -> Callable[[H], H]:
        """A place was chosen through a button, and its location message arrives beside it; any
        reply may be answered. `key`: the exact key, Prefix(…), Regex(…), or nothing for any key."""
        return self._register("location_select", LocationSelectEvent, key)

    def photos(self, key: Matcher = None) -> Callable[[H], H]:
        """Pictures through any button, with their image messages: once all have come, or 10 s after
        the event. `image` does not get them. Any reply may be answered: it goes out with the last
        one, or late. `key`: the exact key, Prefix(…), Regex(…), or nothing for any key."""
        return self._register("photos", PhotosEvent, key)

    def place(self, key: Matcher = None) -> Callable[[H], H]:
        """A place chosen through a button, with its location message, or without it after 10 s.
        `location` does not get it. Any reply may be answered: it goes out with the message, or
        late. `key`: the exact key, Prefix(…), Regex(…), or nothing for any key."""
        return self._register("place", PlaceEvent, key)

    def subscribe(self, scene: Matcher = None) -> Callable[[H], H]:
        """A new follower; any reply may be answered. `scene`: the exact scene of the QR code that
        he came by, Prefix(…), Regex(…), or nothing for any follower, with a code or without."""
        return self._register("subscribe", SubscribeEvent, scene)

    @_takes_no_key
    def unsubscribe(self) -> Callable[[H], H]:
        """A follower left; the platform shows no answer to it."""
        return self._register("unsubscribe", UnsubscribeEvent, None)

    def scan(self, scene: Matcher = None) -> Callable[[H], H]:
        """A follower scanned a QR code of the account; any reply may be answered. `scene`: the
        exact scene of the code, Prefix(…), Regex(…), or nothing for any code."""
        return self._register("scan", ScanEvent, scene)

    def text(self, content: Matcher = None) -> Callable[[H], H]:
        """A text message; any reply may be answered. `content`: the exact text, Prefix(…), Regex(…)
        for the whole text, or nothing for any text."""
        return self._register("text", TextMessage, content)

    @_takes_no_key
    def image(self) -> Callable[[H], H]:
        """An image message; any reply may be answered."""
        return self._register("image", ImageMessage, None)

    @_takes_no_key
    def voice(self) -> Callable[[H], H]:
        """A voice message; any reply may be answered."""
        return self._register("voice", VoiceMessage, None)

    @_takes_no_key
    def video(self) -> Callable[[H], H]:
        """A video message; any reply may be answered."""
        return self._register("video", VideoMessage, None)

    @_takes_no_key
    def shortvideo(self) -> Callable[[H], H]:
        """A short video message; any reply may be answered."""
        return self._register("shortvideo", ShortVideoMessage, None)

    @_takes_no_key
    def location(self) -> Callable[[H], H]:
        """A location message; any reply may be answered. For the LOCATION event use
        `on(LocationEvent)`."""
        return self._register("location", LocationMessage, None)

    @_takes_no_key
    def link(self) -> Callable[[H], H]:
        """A link message; any reply may be answered."""
        return self._register("link", LinkMessage, None)

    def step(
        self, conversation: Conversation, name: str, event: type[Event] = TextMessage
    ) -> Callable[[H], H]:
        """What a user says, or does, who is at that step of a dialogue: `session.go` leads there.
        Any reply may be answered, unless `event` is one whose answers are not shown. Other events
        than `event` go to their usual handlers meanwhile."""
        if not isinstance(conversation, Conversation):
            raise RegistrationError(f"step({_shown(conversation)}, …): give a Conversation")
        if not (isinstance(name, str) and name):
            raise RegistrationError(f"step({conversation!r}, {_shown(name)}): give the step's name")
        if not (isinstance(event, type) and issubclass(event, Event)):
            raise RegistrationError(f"step(…, {_shown(event)}): give a class of events")

        def register(handler: H) -> H:
            require_async(handler, "step")
            if not takes_session(handler):
                raise RegistrationError(
                    f"{name_of(handler)} takes no Session, so that the dialogue could never go on; "
                    "annotate a parameter with Session"
                )
            conversation.steps[name] = None
            self.conversations.append(conversation)
            step = Step(conversation.name, name)
            self.routes.append(Route(event, None, handler, "step", step=step))
            return handler

        return register

    @_takes_no_key
    def fallback(self) -> Callable[[H], H]:
        """Every push that no other handler takes; what may be answered depends on the push."""
        return self._register("fallback", Event, None, "fallback")

    def error(self, kind: type[Exception]) -> Callable[[H], H]:
        """Turn an exception of this class, from any handler of the bot, into an answer.

        The closest class wins. The handler may take the exception and the event by annotation;
        what it may answer depends on the push.
        """
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise RegistrationError(
                f"error({_shown(kind)}): give a class of exceptions: @router.error(…)"
            )

        def register(handler: H) -> H:
            require_async(handler, "error", once=True)
            self.error_handlers.append((kind, handler))
            return handler

        return register

    def _register(
        self, decorator: str, event: type[Event] | str, matcher: Matcher, level: Level = "key"
    ) -> Callable[[H], H]:
        if not (matcher is None or isinstance(matcher, str | Prefix | Regex)):
            example = f"write @router.{decorator}(…)"
            cure = example if callable(matcher) else "give a str, Prefix or Regex"
            raise RegistrationError(f"{decorator}({_shown(matcher)}): {cure}")

        def register(handler: H) -> H:
            require_async(handler, decorator)
            self.routes.append(Route(event, matcher, handler, level))
            return handler

        return register


def _shown(argument: object) -> str:
    """An argument that does not fit, for an error; of a function also where it stands."""
    return name_of(argument) if inspect.isfunction(argument) else repr(argument)


def _named(name: str) -> type[Event] | str:
    """The class behind a name, or the name in lower case where no class models it."""
    folded = name.lower()
    if folded in EVENT_NAMES and folded in MESSAGE_TYPES:
        both = f"{EVENT_NAMES[folded].__name__} or {MESSAGE_TYPES[folded].__name__}"
        raise RegistrationError(f"on({name!r}) is both an event and a message; give {both}")
    return EVENT_NAMES.get(folded) or MESSAGE_TYPES.get(folded) or folded

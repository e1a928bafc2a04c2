"""What users do with their phones, and what their phones show of it.

Each action gives a Deed; `carry_out` delivers its pushes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from wxevents.emulator.phone.answers import chat_content
from wxevents.emulator.phone.composing import Composer, Deed, require_follower
from wxevents.emulator.phone.menu_buttons import find_button, show_material
from wxevents.emulator.phone.photos import Photo
from wxevents.emulator.phone.sending import Sending
from wxevents.emulator.records import PushRecord, Records
from wxevents.emulator.requests import Place, Scan, WrongRequest
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.people import Platform, SeenMenu, User
from wxevents.emulator.webhook import Webhook
from wxevents.pushes import OUTAGE_NOTICE

# The oldest clients whose scan, photo and place buttons do something (protocol: buttons).
SENSING: Final[Mapping[Platform, str]] = {"ios": "5.4.1", "android": "5.4"}
SOURCES: Final[Mapping[str, Sequence[str]]] = {
    "pic_sysphoto": ("camera",),
    "pic_photo_or_album": ("camera", "album"),
    "pic_weixin": ("album",),
}
PUSHED: Final[Mapping[str, Any]] = {"kind": "pushed"}
# Seconds after which the next push of a deed goes out although the one before has no answer yet.
NEXT_AFTER: Final = 1.0

# Whose failure a user sees, since he waits for an answer.
_SHOWN: Final = frozenset(
    ("CLICK", "subscribe", "SCAN", "scancode_push", "scancode_waitmsg", "location_select", *SOURCES)
)


class Phones:
    """The phones of all users of one account; `send` is what they send by themselves. Actions that
    are not possible raise WrongRequest."""

    def __init__(self, account: Account, records: Records, webhook: Webhook) -> None:
        self._account = account
        self._webhook = webhook
        self._composer = Composer(account, records)
        self.send = Sending(account, self._composer)

    # What a user does

    def tap(
        self,
        user: User,
        button: Mapping[str, Any],
        *,
        scan: Scan | None = None,
        photos: Sequence[Photo] | None = None,
        place: Place | None = None,
    ) -> Deed:
        """Tap a button of the menu that his phone shows. Scan, photo and place buttons want to know
        what he scanned, took or chose; without it the deed says so."""
        kind = str(button.get("type", ""))
        sensing = kind.startswith(("scancode_", "pic_")) or kind == "location_select"
        if sensing and not user.runs_at_least(SENSING):
            needed = SENSING[user.platform]
            why = f"{user.platform} {user.client_version} is older than {needed}"
            return Deed({"kind": "nothing", "why": why})
        match kind:
            case "click":
                return self.push(user, "CLICK", button["key"])
            case "view":
                self._show(user, "opened", {"what": "url", "target": button["url"]})
                return self._opening(user, "VIEW", button["url"])
            case "miniprogram":
                self._show(user, "opened", {"what": "miniprogram", "target": button["pagepath"]})
                return self._opening(user, "view_miniprogram", button["pagepath"])
            case "scancode_push" | "scancode_waitmsg":
                return self._scan(user, button, scan)
            case "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin":
                return self._take_photos(user, button, photos)
            case "location_select":
                return self._choose_place(user, button, place)
            case _:
                return Deed(show_material(self._account, user.openid, button))

    def follow(self, user: User, scene: str) -> Deed:
        """`scene` is that of the QR code by which he came, or ""."""
        if user.subscribed:
            raise WrongRequest(f"{user.openid} follows already")
        self._account.follow(user.openid)
        user.subscribe_scene = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
        number = scene.isascii() and scene.isdecimal() and len(scene) < 10
        user.qr_scene, user.qr_scene_str = (int(scene), "") if number else (0, scene)
        user.seen_menu = None  # a new follower's phone pulls the menu
        self._account.feed.changed("state")
        return self.push(user, "subscribe", scene or None, self._ticket(scene))

    def unfollow(self, user: User) -> Deed:
        require_follower(user)
        self._account.unfollow(user.openid)
        user.seen_menu = None
        self._account.feed.changed("state")
        return self.push(user, "unsubscribe", None)

    def scan_scene(self, user: User, scene: str) -> Deed:
        """Scan a QR code of the account; who does not follow becomes a follower."""
        if not user.subscribed:
            return self.follow(user, scene)
        return self.push(user, "SCAN", scene, self._ticket(scene))

    def report_location(self, user: User, latitude: str, longitude: str, precision: str) -> Deed:
        """What the platform pushes on entering the chat, with the user's consent."""
        require_follower(user)
        elements = {"Latitude": latitude, "Longitude": longitude, "Precision": precision}
        return self.push(user, "LOCATION", None, elements)

    def push(
        self,
        user: User,
        name: str,
        key: str | None = None,
        elements: Mapping[str, object] | None = None,
    ) -> Deed:
        """Any push that the platform has, and any that it may invent. Raises PushError for a path
        of `elements` that leads nowhere."""
        return Deed(PUSHED, [self._composer.push(user, name, key, elements)])

    def open_chat(self, user: User, *, refresh: bool = False) -> None:
        """He opens the chat: his phone pulls the menu if it did so too long ago."""
        seen = user.seen_menu
        age = self._account.clock.monotonic() - seen.at if seen else float("inf")
        if refresh or age > self._account.switches.menu_refresh:
            user.seen_menu = None
        self.menu_of(user)
        self._account.feed.changed("state")

    def menu_of(self, user: User) -> SeenMenu:
        """What his phone shows; it pulls the menu if it has none, or would at once."""
        seen = user.seen_menu
        if seen is None or seen.menu is None or self._account.switches.menu_refresh <= 0:
            seen = SeenMenu(self._account.shown_menu(user), self._account.clock.monotonic())
            user.seen_menu = seen
        return seen

    def button_of(self, user: User, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """The button at a `path`, or with this `key` or `name`, in the menu that his phone shows.
        Raises WrongRequest."""
        require_follower(user)
        menu = self.menu_of(user).menu
        if menu is None:
            raise WrongRequest("his phone shows no menu: nothing is published")
        return find_button(menu.button, where)

    # What follows from it

    async def carry_out(self, deed: Deed) -> None:
        """Deliver the pushes in their order, or backwards where that fault is switched on.
        Like the platform, it does not wait for answers: each goes out when the one before is
        answered, or a second later."""
        backwards = self._account.faults.reorder
        pushes = list(reversed(deed.pushes)) if backwards else list(deed.pushes)
        async with asyncio.TaskGroup() as delivering:
            for push in pushes:
                task = delivering.create_task(self._deliver(push))
                if push is not pushes[-1]:
                    await self._answered_or_later(task)

    async def _answered_or_later(self, delivering: asyncio.Task[None]) -> None:
        later = asyncio.get_running_loop().create_future()
        timer = self._account.clock.call_later(NEXT_AFTER, lambda: later.set_result(None))
        try:
            await asyncio.wait((delivering, later), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            later.cancel()

    async def _deliver(self, push: PushRecord) -> None:
        await self._webhook.deliver(push)
        chats, openid = self._account.chats, push.openid
        if openid not in self._account.users:  # he was deleted meanwhile
            return
        if push.outcome == "answered" and push.answer:
            kind, content = chat_content(push.answer, push.fields, self._account.media)
            if kind == "notice":
                chats.from_system(openid, kind, content)
            else:
                chats.from_account(openid, kind, content, "reply")
            return
        chats.stop_receiving(openid)
        if push.outcome in ("outage", "paused") and _shows_failure(push):
            chats.from_system(openid, "notice", {"text": OUTAGE_NOTICE})

    def _ticket(self, scene: str) -> dict[str, str]:
        """That of the QR code which the account made for the scene; else a sample's."""
        ticket = self._account.tickets.get(scene)
        return {"Ticket": ticket} if ticket else {}

    def _scan(self, user: User, button: Mapping[str, Any], scan: Scan | None) -> Deed:
        if scan is None:
            return Deed({"kind": "needs", "what": "scan", "sources": ["camera", "album"]})
        if button["type"] == "scancode_push":
            self._show(user, "opened", {"what": "scan", "target": scan.result})
        else:
            self._account.chats.start_receiving(user.openid)
        elements = {"ScanCodeInfo": {"ScanType": scan.type, "ScanResult": scan.pushed_result}}
        return self.push(user, button["type"], button["key"], elements)

    def _take_photos(
        self,
        user: User,
        button: Mapping[str, Any],
        photos: Sequence[Photo] | None,
    ) -> Deed:
        if photos is None:
            sources = list(SOURCES[button["type"]])
            return Deed({"kind": "needs", "what": "photos", "sources": sources})
        items = [{"PicMd5Sum": photo.md5} for photo in photos]
        lists: Any = {"item": items} if items else ""
        if len(items) > 1 and self._account.switches.pictures == "many_lists":
            lists = [{"item": [item]} for item in items]
        elements = {"SendPicsInfo": {"Count": len(items), "PicList": lists}}
        event = self.push(user, button["type"], button["key"], elements)
        messages = [self.send.photo(user, photo) for photo in photos]
        return Deed(event.did, [*event.pushes, *messages])

    def _choose_place(self, user: User, button: Mapping[str, Any], place: Place | None) -> Deed:
        if place is None:
            return Deed({"kind": "needs", "what": "place", "sources": []})
        elements = {"SendLocationInfo": {**place.elements, "Poiname": place.poiname}}
        event = self.push(user, button["type"], button["key"], elements)
        return Deed(event.did, [*event.pushes, self.send.place(user, place)])

    def _opening(self, user: User, name: str, key: str) -> Deed:
        """A button that opens something tells the menu that it is in, too."""
        menu = self.menu_of(user).menu
        elements = {"MenuId": int(menu.menu_id)} if menu and menu.menu_id.isdecimal() else {}
        deed = self.push(user, name, key, elements)
        return Deed({"kind": "opened", "url": key}, deed.pushes)

    def _show(self, user: User, kind: str, content: Mapping[str, Any]) -> None:
        self._account.chats.from_system(user.openid, kind, content)


def _shows_failure(push: PushRecord) -> bool:
    return push.fields["MsgType"] != "event" or push.name in _SHOWN

"""A follower's phone, in process: what it does becomes signed and sealed pushes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import Final

from wxevents.bot import Bot
from wxevents.errors import AnswerError
from wxevents.exchange import Request, Response
from wxevents.pushes import (
    ACCOUNT,
    ANSWER_TIMEOUT,
    DELIVERIES,
    FOLLOWER,
    OUTAGE_NOTICE,
    Platform,
    compose,
    set_field,
)
from wxevents.replies import Reply, read
from wxevents.xml import Fields

_FIRST_MSG_ID: Final = 24800000000000001


class Phone:
    """Presses a bot's buttons as a follower would, through real envelopes.

        reply = await phone.click("V1001_TODAY_MUSIC")
        assert reply == TextReply("今日歌曲：……")

    Each action gives the typed reply, None for an empty answer, and raises AnswerError where the
    follower would see the platform's outage notice. `replies` keeps all of them in order.
    """

    def __init__(self, bot: Bot, openid: str = FOLLOWER, account: str = ACCOUNT) -> None:
        self.bot = bot
        self.openid = openid
        self.account = account
        self.replies: list[Reply | None] = []
        self._platform = Platform(bot.settings)
        self._msg_ids = itertools.count(_FIRST_MSG_ID)
        self._last_second = 0

    async def click(self, key: str) -> Reply | None:
        """Tap a click button."""
        return await self.push("CLICK", key)

    async def view(self, url: str) -> Reply | None:
        """Tap a view button."""
        return await self.push("VIEW", url)

    async def view_miniprogram(self, path: str) -> Reply | None:
        """Tap a button that opens a mini program."""
        return await self.push("view_miniprogram", path)

    async def scan(
        self, key: str, result: str, *, symbology: str | None = None, wait: bool = True
    ) -> Reply | None:
        """Scan a code through a scancode_waitmsg button, or a scancode_push one with `wait=False`.

        `symbology` makes it a bar code, for example `EAN_13`.
        """
        return await self.push(
            "scancode_waitmsg" if wait else "scancode_push",
            key,
            {
                "ScanCodeInfo.ScanType": "barcode" if symbology else "qrcode",
                "ScanCodeInfo.ScanResult": f"{symbology},{result}" if symbology else result,
            },
        )

    async def photos(self, key: str, *md5_sums: str, button: str = "pic_sysphoto") -> Reply | None:
        """Send pictures through a button of that type: the event, then an image message for each
        picture. Without sums nothing was picked (`Count` 0).

        Gives the event's reply if it has one, else the one that came with the last image: that of
        a `photos` handler."""
        items: list[Fields] = [{"PicMd5Sum": md5} for md5 in md5_sums]
        pictures = {"Count": len(items), "PicList": {"item": items} if items else ""}
        reply = await self.push(button, key, {"SendPicsInfo": pictures})
        last = None
        for md5 in md5_sums:
            last = await self.push(
                "image", None, {"PicUrl": f"http://mmbiz.example/{md5}", "MediaId": f"med-{md5}"}
            )
        return last if reply is None else reply

    async def locate(
        self, key: str, latitude: float, longitude: float, label: str = "", poiname: str = ""
    ) -> Reply | None:
        """Choose a place through a location_select button: the event, then its location message.

        Gives the event's reply if it has one, else the message's: that of a `place` handler."""
        place = {"Location_X": str(latitude), "Location_Y": str(longitude), "Scale": "16"}
        event = place | {"Label": label, "Poiname": poiname}
        reply = await self.push("location_select", key, {"SendLocationInfo": event})
        beside = await self.push("location", None, place | {"Label": label})
        return beside if reply is None else reply

    async def say(self, text: str) -> Reply | None:
        """Send a text message."""
        return await self.push("text", text)

    async def send(self, msg_type: str, **elements: object) -> Reply | None:
        """Send a message of another type: `send("image", MediaId="med-1")`."""
        return await self.push(msg_type, None, elements)

    async def subscribe(self, scene: str | None = None) -> Reply | None:
        """Follow the account, by a QR code if it has a scene."""
        return await self.push("subscribe", scene)

    async def unsubscribe(self) -> Reply | None:
        """Stop following the account."""
        return await self.push("unsubscribe")

    async def scan_scene(self, scene: str) -> Reply | None:
        """Scan a QR code of the account that carries a scene, as a follower."""
        return await self.push("SCAN", scene)

    async def push(
        self, name: str, key: str | None = None, elements: Mapping[str, object] | None = None
    ) -> Reply | None:
        """Any push: an event or message by its name, as `wxevents push` takes it. `elements` are
        set by their path, `{"ScanCodeInfo.ScanResult": "…"}`."""
        fields = self.compose(name, key, elements)
        for _ in range(DELIVERIES):
            response = await self._until_dropped(self.delivery(fields))
            if response:
                answer = self._platform.judge(response, fields)
                reply = read(answer) if answer else None
                self.replies.append(reply)
                return reply
        raise AnswerError(f"{OUTAGE_NOTICE}: none of {DELIVERIES} deliveries was answered in time")

    def compose(
        self, name: str, key: str | None = None, elements: Mapping[str, object] | None = None
    ) -> Fields:
        """The fields of a push of this phone, not sent yet. No two are the same push."""
        # The platform tells two events of a user apart by their second, so each gets its own.
        self._last_second = max(int(self.bot.clock.time()), self._last_second + 1)
        fields = compose(
            name,
            key,
            openid=self.openid,
            account=self.account,
            create_time=self._last_second,
            msg_id=next(self._msg_ids),
        )
        for path, value in (elements or {}).items():
            set_field(fields, path, value)
        return fields

    def delivery(self, fields: Fields) -> Request:
        """One delivery of composed fields, signed and sealed anew, for `bot.handle`."""
        return self._platform.delivery(fields, int(self.bot.clock.time()))

    async def _until_dropped(self, request: Request) -> Response | None:
        """The response, or None where the platform would have dropped the connection."""
        delivery = asyncio.create_task(self.bot.handle(request))
        dropped = asyncio.get_running_loop().create_future()
        timer = self.bot.clock.call_later(ANSWER_TIMEOUT, lambda: dropped.set_result(None))
        try:
            await asyncio.wait((delivery, dropped), return_when=asyncio.FIRST_COMPLETED)
            return delivery.result() if delivery.done() else None
        finally:
            timer.cancel()
            delivery.cancel()

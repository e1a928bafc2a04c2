"""Messages that users send: each stands in the chat, and becomes a push."""

from __future__ import annotations

from wxevents.emulator.phone.composing import Composer
from wxevents.emulator.phone.photos import Photo
from wxevents.emulator.records import PushRecord
from wxevents.emulator.requests import Place
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.media import StoredMedia
from wxevents.emulator.state.people import User
from wxevents.emulator.state.samples import sample_video, sample_voice
from wxevents.xml import Fields


class Sending:
    """Of one account. All raise WrongRequest for somebody who does not follow."""

    def __init__(self, account: Account, composer: Composer) -> None:
        self._account = account
        self._composer = composer

    def text(self, user: User, text: str, menu_id: str) -> PushRecord:
        """`menu_id` is that of a message menu's option, or ""."""
        elements = {"Content": text, **({"bizmsgmenuid": menu_id} if menu_id else {})}
        push = self._composer.message(user, "text", elements)
        self._account.chats.from_user(user.openid, "text", {"segments": [{"text": text}]})
        return push

    def photo(self, user: User, photo: Photo) -> PushRecord:
        media = self._account.media.keep(
            "image", data=photo.data, content_type=photo.content_type, filename=photo.name
        )
        elements = {"PicUrl": f"{self._account.base_url}{media.url}", "MediaId": media.media_id}
        push = self._composer.message(user, "image", elements)
        self._show(user, "image", media)
        return push

    def voice(self, user: User, seconds: float, recognition: str | None) -> PushRecord:
        """`recognition` is None where the account has no speech recognition."""
        data = sample_voice(seconds)
        media = self._account.media.keep("voice", data=data, content_type="audio/amr")
        elements: Fields = {"MediaId": media.media_id, "Format": "amr"}
        if recognition is not None:
            elements["Recognition"] = recognition
        push = self._composer.message(user, "voice", elements, without=["Recognition"])
        self._show(user, "voice", media, seconds=seconds, recognition=recognition or "")
        return push

    def video(self, user: User, kind: str) -> PushRecord:
        """A `video`, or a `shortvideo`."""
        data, thumb_data = sample_video()
        media = self._account.media.keep("video", data=data, content_type="video/mp4")
        thumb = self._account.media.keep("thumb", data=thumb_data, content_type="image/jpeg")
        elements = {"MediaId": media.media_id, "ThumbMediaId": thumb.media_id}
        push = self._composer.message(user, kind, elements)
        self._show(user, kind, media, title="", description="")
        return push

    def link(self, user: User, title: str, description: str, url: str) -> PushRecord:
        elements = {"Title": title, "Description": description, "Url": url}
        push = self._composer.message(user, "link", elements)
        content = {"title": title, "description": description, "url": url}
        self._account.chats.from_user(user.openid, "link", content)
        return push

    def place(self, user: User, place: Place) -> PushRecord:
        push = self._composer.message(user, "location", place.elements)
        content = place.model_dump(include=set(Place.model_fields))
        self._account.chats.from_user(user.openid, "location", content)
        return push

    def _show(self, user: User, kind: str, media: StoredMedia, **more: object) -> None:
        content = {"media_id": media.media_id, "url": media.url, **more}
        self._account.chats.from_user(user.openid, kind, content)

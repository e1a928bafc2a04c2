"""wxevents: the server behind a WeChat Official Account (公众号), written with decorators.

    from wxevents import ClickEvent, Router

    router = Router()

    @router.click("V1001_TODAY_MUSIC")
    async def today_music(event: ClickEvent) -> str:
        return "今日歌曲：……"

`wxevents dev` serves it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from wxevents.bot import Bot
    from wxevents.client import Client
    from wxevents.clock import Clock
    from wxevents.errors import (
        ApiError,
        CallFailed,
        DiscoveryError,
        MediaError,
        MenuError,
        RegistrationError,
        ReplyError,
        SettingsError,
        StoreError,
        WxeventsError,
    )
    from wxevents.events import (
        AnnualRenewEvent,
        ClickEvent,
        DebugDemoEvent,
        Event,
        ImageMessage,
        KfCloseSessionEvent,
        KfCreateSessionEvent,
        KfSwitchSessionEvent,
        LinkMessage,
        LocationEvent,
        LocationMessage,
        LocationSelectEvent,
        MassSendJobFinishEvent,
        MenuEvent,
        Message,
        NamingVerifyFailEvent,
        NamingVerifySuccessEvent,
        Notification,
        PhotosEvent,
        PicPhotoOrAlbumEvent,
        PicSysphotoEvent,
        Picture,
        PicturesEvent,
        PicWeixinEvent,
        PlaceEvent,
        PublishJobFinishEvent,
        QualificationVerifyFailEvent,
        QualificationVerifySuccessEvent,
        ScanCodeEvent,
        ScanCodeInfo,
        ScancodePushEvent,
        ScancodeWaitmsgEvent,
        ScanEvent,
        SendLocationInfo,
        SendPicsInfo,
        ShortVideoMessage,
        SubscribeEvent,
        SubscribeMsgChangeEvent,
        SubscribeMsgPopupEvent,
        SubscribeMsgSentEvent,
        TemplateSendJobFinishEvent,
        TextMessage,
        UnknownEvent,
        UnknownMessage,
        UnsubscribeEvent,
        UserAuthorizationRevokeEvent,
        UserInfoModifiedEvent,
        VerifyExpiredEvent,
        VideoMessage,
        ViewEvent,
        ViewMiniprogramEvent,
        VoiceMessage,
    )
    from wxevents.exchange import Request, Response
    from wxevents.menu import (
        ArticleIdButton,
        ArticleViewLimitedButton,
        Button,
        ClickButton,
        ConditionalMenu,
        Finding,
        LocationSelectButton,
        MatchRule,
        MediaIdButton,
        Menu,
        MenuSet,
        MiniProgramButton,
        PicPhotoOrAlbumButton,
        PicSysphotoButton,
        PicWeixinButton,
        ScancodePushButton,
        ScancodeWaitmsgButton,
        SubMenu,
        ViewButton,
        ViewLimitedButton,
    )
    from wxevents.observe import Meter, Observer, Outcome
    from wxevents.replies import (
        Answer,
        Article,
        ImageReply,
        Media,
        MusicReply,
        NewsReply,
        Reply,
        TextReply,
        TransferReply,
        VideoReply,
        VoiceReply,
    )
    from wxevents.routing import (
        CallNext,
        Conversation,
        LatePolicy,
        Matcher,
        Middleware,
        Placeholder,
        Prefix,
        Push,
        Regex,
        Router,
        Session,
        late,
    )
    from wxevents.server import attach, serve
    from wxevents.settings import Settings
    from wxevents.store import Store

__all__ = [
    "AnnualRenewEvent",
    "Answer",
    "ApiError",
    "Article",
    "ArticleIdButton",
    "ArticleViewLimitedButton",
    "Bot",
    "Button",
    "CallFailed",
    "CallNext",
    "ClickButton",
    "ClickEvent",
    "Client",
    "Clock",
    "ConditionalMenu",
    "Conversation",
    "DebugDemoEvent",
    "DiscoveryError",
    "Event",
    "Finding",
    "ImageMessage",
    "ImageReply",
    "KfCloseSessionEvent",
    "KfCreateSessionEvent",
    "KfSwitchSessionEvent",
    "LatePolicy",
    "LinkMessage",
    "LocationEvent",
    "LocationMessage",
    "LocationSelectButton",
    "LocationSelectEvent",
    "MassSendJobFinishEvent",
    "MatchRule",
    "Matcher",
    "Media",
    "MediaError",
    "MediaIdButton",
    "Menu",
    "MenuError",
    "MenuEvent",
    "MenuSet",
    "Message",
    "Meter",
    "Middleware",
    "MiniProgramButton",
    "MusicReply",
    "NamingVerifyFailEvent",
    "NamingVerifySuccessEvent",
    "NewsReply",
    "Notification",
    "Observer",
    "Outcome",
    "PhotosEvent",
    "PicPhotoOrAlbumButton",
    "PicPhotoOrAlbumEvent",
    "PicSysphotoButton",
    "PicSysphotoEvent",
    "PicWeixinButton",
    "PicWeixinEvent",
    "Picture",
    "PicturesEvent",
    "PlaceEvent",
    "Placeholder",
    "Prefix",
    "PublishJobFinishEvent",
    "Push",
    "QualificationVerifyFailEvent",
    "QualificationVerifySuccessEvent",
    "Regex",
    "RegistrationError",
    "Reply",
    "ReplyError",
    "Request",
    "Response",
    "Router",
    "ScanCodeEvent",
    "ScanCodeInfo",
    "ScanEvent",
    "ScancodePushButton",
    "ScancodePushEvent",
    "ScancodeWaitmsgButton",
    "ScancodeWaitmsgEvent",
    "SendLocationInfo",
    "SendPicsInfo",
    "Session",
    "Settings",
    "SettingsError",
    "ShortVideoMessage",
    "Store",
    "StoreError",
    "SubMenu",
    "SubscribeEvent",
    "SubscribeMsgChangeEvent",
    "SubscribeMsgPopupEvent",
    "SubscribeMsgSentEvent",
    "TemplateSendJobFinishEvent",
    "TextMessage",
    "TextReply",
    "TransferReply",
    "UnknownEvent",
    "UnknownMessage",
    "UnsubscribeEvent",
    "UserAuthorizationRevokeEvent",
    "UserInfoModifiedEvent",
    "VerifyExpiredEvent",
    "VideoMessage",
    "VideoReply",
    "ViewButton",
    "ViewEvent",
    "ViewLimitedButton",
    "ViewMiniprogramEvent",
    "VoiceMessage",
    "VoiceReply",
    "WxeventsError",
    "attach",
    "late",
    "serve",
]

# Each name is loaded when it is first asked for: a module of handlers needs a router and an event,
# and pays for neither the server nor the client of the platform's API.
_HOME: Final = {
    name: module
    for module, names in {
        "wxevents.bot": "Bot",
        "wxevents.client": "Client",
        "wxevents.clock": "Clock",
        "wxevents.errors": """
            ApiError CallFailed DiscoveryError MediaError MenuError RegistrationError
            ReplyError SettingsError StoreError WxeventsError
        """,
        "wxevents.events": """
            AnnualRenewEvent ClickEvent DebugDemoEvent Event ImageMessage
            KfCloseSessionEvent KfCreateSessionEvent KfSwitchSessionEvent LinkMessage
            LocationEvent LocationMessage LocationSelectEvent MassSendJobFinishEvent
            MenuEvent Message NamingVerifyFailEvent NamingVerifySuccessEvent
            Notification PhotosEvent PicPhotoOrAlbumEvent PicSysphotoEvent Picture PicturesEvent
            PicWeixinEvent PlaceEvent PublishJobFinishEvent QualificationVerifyFailEvent
            QualificationVerifySuccessEvent ScanCodeEvent ScanCodeInfo
            ScancodePushEvent ScancodeWaitmsgEvent ScanEvent SendLocationInfo
            SendPicsInfo ShortVideoMessage SubscribeEvent SubscribeMsgChangeEvent
            SubscribeMsgPopupEvent SubscribeMsgSentEvent TemplateSendJobFinishEvent
            TextMessage UnknownEvent UnknownMessage UnsubscribeEvent
            UserAuthorizationRevokeEvent UserInfoModifiedEvent VerifyExpiredEvent
            VideoMessage ViewEvent ViewMiniprogramEvent VoiceMessage
        """,
        "wxevents.exchange": "Request Response",
        "wxevents.menu": """
            ArticleIdButton ArticleViewLimitedButton Button ClickButton
            ConditionalMenu Finding LocationSelectButton MatchRule MediaIdButton Menu MenuSet
            MiniProgramButton PicPhotoOrAlbumButton PicSysphotoButton PicWeixinButton
            ScancodePushButton ScancodeWaitmsgButton SubMenu ViewButton
            ViewLimitedButton
        """,
        "wxevents.observe": "Meter Observer Outcome",
        "wxevents.replies": """
            Answer Article ImageReply Media MusicReply NewsReply Reply TextReply
            TransferReply VideoReply VoiceReply
        """,
        "wxevents.routing": """
            CallNext Conversation LatePolicy Matcher Middleware Placeholder Prefix Push Regex
            Router Session late
        """,
        "wxevents.server": "attach serve",
        "wxevents.settings": "Settings",
        "wxevents.store": "Store",
    }.items()
    for name in names.split()
}


if not TYPE_CHECKING:  # or a slip in a name would pass for Any

    def __getattr__(name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__

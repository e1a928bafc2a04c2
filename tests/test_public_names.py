"""What users may import; whoever changes this changes their code."""

from __future__ import annotations

import wxevents
import wxevents.testing


def test_wxevents_exports_these_names() -> None:
    assert sorted(wxevents.__all__) == [
        "AnnualRenewEvent",
        "Answer",
        "Article",
        "Bot",
        "CallNext",
        "ClickEvent",
        "DebugDemoEvent",
        "DiscoveryError",
        "Event",
        "ImageMessage",
        "ImageReply",
        "KfCloseSessionEvent",
        "KfCreateSessionEvent",
        "KfSwitchSessionEvent",
        "LinkMessage",
        "LocationEvent",
        "LocationMessage",
        "LocationSelectEvent",
        "MassSendJobFinishEvent",
        "MenuEvent",
        "Message",
        "MusicReply",
        "NamingVerifyFailEvent",
        "NamingVerifySuccessEvent",
        "NewsReply",
        "Notification",
        "Outcome",
        "PicPhotoOrAlbumEvent",
        "PicSysphotoEvent",
        "PicWeixinEvent",
        "Picture",
        "PicturesEvent",
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
        "ScancodePushEvent",
        "ScancodeWaitmsgEvent",
        "SendLocationInfo",
        "SendPicsInfo",
        "Settings",
        "SettingsError",
        "ShortVideoMessage",
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
        "ViewEvent",
        "ViewMiniprogramEvent",
        "VoiceMessage",
        "VoiceReply",
        "WxeventsError",
        "attach",
        "serve",
    ]


def test_wxevents_testing_exports_these_names() -> None:
    assert sorted(wxevents.testing.__all__) == ["ManualClock", "Phone", "invented_settings"]


def test_every_exported_name_exists() -> None:
    for module in (wxevents, wxevents.testing):
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
        assert len(set(module.__all__)) == len(module.__all__)

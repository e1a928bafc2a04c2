"""What users may import; whoever changes this changes their code."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wxevents
import wxevents.testing


def test_wxevents_exports_these_names() -> None:
    assert sorted(wxevents.__all__) == [
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


def test_wxevents_testing_exports_these_names() -> None:
    names = [
        "Done",
        "EmulatedUser",
        "EmulatorClient",
        "EmulatorError",
        "FOLLOWER",
        "ManualClock",
        "Phone",
        "emulated",
        "invented_settings",
    ]
    assert sorted(wxevents.testing.__all__) == names


def test_every_exported_name_exists() -> None:
    for module in (wxevents, wxevents.testing):
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
        assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("name", wxevents.__all__)
def test_every_name_is_found_where_it_lives(name: str) -> None:
    assert getattr(wxevents, name) is not None
    assert name in dir(wxevents)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Ruoter'"):
        _ = wxevents.Ruoter  # type: ignore[attr-defined]
    with pytest.raises(ImportError, match="Ruoter"):
        from wxevents import Ruoter  # type: ignore[attr-defined]  # noqa: F401


def test_a_router_is_imported_without_server_and_client() -> None:
    program = (
        "import sys; from wxevents import Router, ClickEvent; "
        "print([one for one in ('aiohttp', 'wxevents.client', 'typer') if one in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout == "[]\n", done.stderr

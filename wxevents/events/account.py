"""Followers, QR codes with a scene, places reported by the app, and the account's own standing."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from wxevents.events.event import Notification

_SCENE_PREFIX: Final = "qrscene_"


class SubscribeEvent(Notification, event="subscribe"):
    """A new follower."""

    decorator = "subscribe"

    ticket: str | None = None

    @property
    def scene(self) -> str | None:
        """Scene of the QR code that led here, without its `qrscene_`; None if none did."""
        return self.event_key.removeprefix(_SCENE_PREFIX) or None

    @property
    def routing_key(self) -> str | None:
        return self.scene


class UnsubscribeEvent(Notification, event="unsubscribe"):
    """A follower left: delete what is stored of him. May be pushed repeatedly."""

    decorator = "unsubscribe"
    answerable = False


class ScanEvent(Notification, event="SCAN"):
    """A follower scanned one of the account's QR codes with a scene."""

    decorator = "scan"

    ticket: str | None = None

    @property
    def scene(self) -> str:
        return self.event_key

    @property
    def routing_key(self) -> str:
        return self.event_key


class LocationEvent(Notification, event="LOCATION"):
    """The app reports where the user is: on entering the chat or every 5 s, with his consent."""

    answerable = False

    latitude: float
    longitude: float
    precision: float


class UserInfoModifiedEvent(Notification, event="user_info_modified"):
    """A user changed his personal data; the other elements are in `model_extra`."""

    answerable = False


class UserAuthorizationRevokeEvent(Notification, event="user_authorization_revoke"):
    """A user revoked his consent; the other elements are in `model_extra`."""

    answerable = False


class _ExpiringEvent(Notification):
    answerable = False

    expired_time: int = Field(description="seconds since the epoch")


class _FailedEvent(Notification):
    answerable = False

    fail_time: int = Field(description="seconds since the epoch")
    fail_reason: str = ""


class QualificationVerifySuccessEvent(_ExpiringEvent, event="qualification_verify_success"):
    """The account's qualification was verified."""


class QualificationVerifyFailEvent(_FailedEvent, event="qualification_verify_fail"):
    """The account's qualification was not verified."""


class NamingVerifySuccessEvent(_ExpiringEvent, event="naming_verify_success"):
    """The account's name was verified."""


class NamingVerifyFailEvent(_FailedEvent, event="naming_verify_fail"):
    """The account's name was not verified, though its qualification may be."""


class AnnualRenewEvent(_ExpiringEvent, event="annual_renew"):
    """The yearly verification is due."""


class VerifyExpiredEvent(_ExpiringEvent, event="verify_expired"):
    """The verification has expired."""


class DebugDemoEvent(Notification, event="debug_demo"):
    """Sent by the test tool of the platform's console."""

    answerable = False

    debug_str: str = Field(default="", alias="debug_str")

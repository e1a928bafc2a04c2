"""Subscription messages: what users accepted, changed and were sent."""

from __future__ import annotations

from pydantic import Field

from wxevents.events.event import Notification
from wxevents.events.structure import Many, Maybe, Structure


class SubscriptionChoice(Structure):
    """What a user decided about one template."""

    template_id: str
    subscribe_status_string: str = Field(description="accept or reject")
    popup_scene: Maybe[int] = Field(
        default=None, description="1 web page, 2 article; of popups only"
    )


class SubscriptionChoices(Structure):
    choices: Many[SubscriptionChoice] = Field(default=(), alias="List")


class SubscribeMsgPopupEvent(Notification, event="subscribe_msg_popup_event"):
    """The user answered the dialog that asks for subscriptions."""

    answerable = False

    subscribe_msg_popup_event: SubscriptionChoices = Field(default_factory=SubscriptionChoices)


class SubscribeMsgChangeEvent(Notification, event="subscribe_msg_change_event"):
    """The user changed his subscriptions in the settings."""

    answerable = False

    subscribe_msg_change_event: SubscriptionChoices = Field(default_factory=SubscriptionChoices)


class SentSubscription(Structure):
    template_id: str
    msg_id: str = Field(default="", alias="MsgID")
    error_code: Maybe[int] = Field(default=None, description="0: delivered")
    error_status: str = ""


class SentSubscriptions(Structure):
    sent: Many[SentSubscription] = Field(default=(), alias="List")


class SubscribeMsgSentEvent(Notification, event="subscribe_msg_sent_event"):
    """A subscription message was delivered or not."""

    answerable = False

    subscribe_msg_sent_event: SentSubscriptions = Field(default_factory=SentSubscriptions)

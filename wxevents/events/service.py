"""Conversations with human customer service."""

from __future__ import annotations

from wxevents.events.event import Notification


class KfCreateSessionEvent(Notification, event="kf_create_session"):
    """An agent took a conversation."""

    answerable = False

    kf_account: str


class KfCloseSessionEvent(Notification, event="kf_close_session"):
    """A conversation ended."""

    answerable = False

    kf_account: str


class KfSwitchSessionEvent(Notification, event="kf_switch_session"):
    """A conversation was handed to another agent."""

    answerable = False

    from_kf_account: str
    to_kf_account: str

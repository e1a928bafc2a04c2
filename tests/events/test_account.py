"""Followers, scenes, places and the standing of the account, as the platform writes them."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from tests.events import happened, in_json
from wxevents import (
    AnnualRenewEvent,
    DebugDemoEvent,
    Event,
    LocationEvent,
    LocationMessage,
    NamingVerifyFailEvent,
    NamingVerifySuccessEvent,
    QualificationVerifyFailEvent,
    QualificationVerifySuccessEvent,
    ScanEvent,
    SubscribeEvent,
    UnsubscribeEvent,
    UserAuthorizationRevokeEvent,
    UserInfoModifiedEvent,
    VerifyExpiredEvent,
)

Expiring: TypeAlias = (
    QualificationVerifySuccessEvent
    | NamingVerifySuccessEvent
    | AnnualRenewEvent
    | VerifyExpiredEvent
)
Failed: TypeAlias = QualificationVerifyFailEvent | NamingVerifyFailEvent


@pytest.mark.parametrize("key", ["", "<EventKey><![CDATA[]]></EventKey>", "<EventKey/>"])
def test_a_follower_without_a_qr_code_has_no_scene(key: str) -> None:
    event = happened(SubscribeEvent, f"<Event><![CDATA[subscribe]]></Event>{key}")
    assert event.event_key == ""
    assert event.scene is None
    assert event.routing_key is None
    assert event.ticket is None
    assert event.answerable


def test_a_follower_by_a_qr_code_has_its_scene_without_the_prefix() -> None:
    event = happened(
        SubscribeEvent,
        "<Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_till07]]></EventKey>"
        "<Ticket><![CDATA[gQ_demo_ticket_1]]></Ticket>",
    )
    assert event.event_key == "qrscene_till07"
    assert event.scene == event.routing_key == "till07"
    assert event.ticket == "gQ_demo_ticket_1"


@pytest.mark.parametrize(
    ("key", "scene"),
    [("qrscene_", None), ("qrscene_qrscene_a", "qrscene_a"), ("qrscene_123", "123")],
)
def test_only_one_prefix_is_the_platforms(key: str, scene: str | None) -> None:
    event = happened(SubscribeEvent, f"<Event>subscribe</Event><EventKey>{key}</EventKey>")
    assert event.scene == scene


def test_leaving_cannot_be_answered() -> None:
    event = happened(
        UnsubscribeEvent,
        "<Event><![CDATA[unsubscribe]]></Event><EventKey><![CDATA[]]></EventKey>",
    )
    assert event.event_key == ""
    assert event.routing_key is None
    assert not event.answerable


def test_a_scan_of_a_follower_has_the_scene_as_its_key() -> None:
    event = happened(
        ScanEvent,
        "<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[till07]]></EventKey>"
        "<Ticket><![CDATA[gQ_demo_ticket_1]]></Ticket>",
    )
    assert event.scene == event.event_key == event.routing_key == "till07"
    assert event.ticket == "gQ_demo_ticket_1"
    assert event.answerable


def test_a_scan_of_a_number_is_a_text_in_json_too() -> None:
    assert in_json(ScanEvent, MsgType="event", Event="SCAN", EventKey=123).scene == "123"


LOCATION = (
    "<Latitude>31.230416</Latitude><Longitude>121.473701</Longitude>"
    "<Precision>40.000000</Precision>"
)


@pytest.mark.parametrize("spelling", ["LOCATION", "location"])
def test_the_location_event_has_coordinates_and_precision(spelling: str) -> None:
    event: Event = happened(LocationEvent, f"<Event><![CDATA[{spelling}]]></Event>{LOCATION}")
    assert isinstance(event, LocationEvent)
    assert not isinstance(event, LocationMessage)
    assert (event.latitude, event.longitude) == (31.230416, 121.473701)
    assert event.precision == 40.0
    assert event.routing_key is None
    assert not event.answerable


def test_numbers_in_json_give_the_same_location() -> None:
    event = in_json(
        LocationEvent,
        MsgType="event",
        Event="LOCATION",
        Latitude=31.230416,
        Longitude=121.473701,
        Precision=40,
    )
    assert event == happened(LocationEvent, f"<Event>LOCATION</Event>{LOCATION}")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (UserInfoModifiedEvent, "user_info_modified"),
        (UserAuthorizationRevokeEvent, "user_authorization_revoke"),
    ],
)
def test_notices_on_personal_data_pass_their_elements_through(
    kind: type[UserInfoModifiedEvent] | type[UserAuthorizationRevokeEvent], name: str
) -> None:
    event = happened(kind, f"<Event>{name}</Event><OpenID>o1</OpenID><RevokeInfo>202</RevokeInfo>")
    assert event.model_extra == {"OpenID": "o1", "RevokeInfo": "202"}
    assert not event.answerable


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (QualificationVerifySuccessEvent, "qualification_verify_success"),
        (NamingVerifySuccessEvent, "naming_verify_success"),
        (AnnualRenewEvent, "annual_renew"),
        (VerifyExpiredEvent, "verify_expired"),
    ],
)
def test_a_verification_expires_at_a_second(kind: type[Expiring], name: str) -> None:
    event = happened(
        kind, f"<Event><![CDATA[{name}]]></Event><ExpiredTime>1767236100</ExpiredTime>"
    )
    assert event.expired_time == 1767236100
    assert not event.answerable
    assert in_json(kind, MsgType="event", Event=name, ExpiredTime=1767236100) == event


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (QualificationVerifyFailEvent, "qualification_verify_fail"),
        (NamingVerifyFailEvent, "naming_verify_fail"),
    ],
)
def test_a_failed_verification_says_when_and_why(kind: type[Failed], name: str) -> None:
    event = happened(
        kind,
        f"<Event><![CDATA[{name}]]></Event><FailTime>1735700100</FailTime>"
        "<FailReason><![CDATA[by time]]></FailReason>",
    )
    assert (event.fail_time, event.fail_reason) == (1735700100, "by time")
    assert not event.answerable


def test_the_test_tool_of_the_console_sends_a_string() -> None:
    event = happened(
        DebugDemoEvent,
        "<Event><![CDATA[debug_demo]]></Event><debug_str><![CDATA[debug demo]]></debug_str>",
    )
    assert event.debug_str == "debug demo"
    assert not event.answerable

"""Conversations with human customer service, as the platform writes them."""

from __future__ import annotations

import pytest

from tests.events import happened
from wxevents import KfCloseSessionEvent, KfCreateSessionEvent, KfSwitchSessionEvent


@pytest.mark.parametrize(
    ("kind", "name"),
    [(KfCreateSessionEvent, "kf_create_session"), (KfCloseSessionEvent, "kf_close_session")],
)
def test_a_conversation_begins_and_ends_with_one_agent(
    kind: type[KfCreateSessionEvent] | type[KfCloseSessionEvent], name: str
) -> None:
    event = happened(
        kind,
        f"<Event><![CDATA[{name}]]></Event><KfAccount><![CDATA[anna@shopdemo]]></KfAccount>",
    )
    assert event.kf_account == "anna@shopdemo"
    assert not event.answerable


def test_a_conversation_is_handed_from_one_agent_to_another() -> None:
    event = happened(
        KfSwitchSessionEvent,
        "<Event><![CDATA[kf_switch_session]]></Event>"
        "<FromKfAccount><![CDATA[anna@shopdemo]]></FromKfAccount>"
        "<ToKfAccount><![CDATA[bo@shopdemo]]></ToKfAccount>",
    )
    assert (event.from_kf_account, event.to_kf_account) == ("anna@shopdemo", "bo@shopdemo")
    assert not event.answerable

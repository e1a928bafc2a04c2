"""Results of what was sent or published, as the platform writes them."""

from __future__ import annotations

import pytest

from tests.events import happened, in_json
from wxevents import MassSendJobFinishEvent, PublishJobFinishEvent, TemplateSendJobFinishEvent


@pytest.mark.parametrize("status", ["success", "failed:user block", "failed: system failed"])
def test_a_template_message_has_an_id_and_a_status(status: str) -> None:
    event = happened(
        TemplateSendJobFinishEvent,
        "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>310000000000000001</MsgID>"
        f"<Status><![CDATA[{status}]]></Status>",
    )
    assert event.msg_id == "310000000000000001"
    assert event.status == status
    assert not event.answerable


MASS = (
    "<Event><![CDATA[MASSSENDJOBFINISH]]></Event><MsgID>1000001625</MsgID>"
    "<Status><![CDATA[err(30003)]]></Status><TotalCount>100</TotalCount>"
    "<FilterCount>80</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount>"
)


def test_a_message_to_many_is_counted() -> None:
    event = happened(MassSendJobFinishEvent, MASS)
    assert (event.msg_id, event.status) == ("1000001625", "err(30003)")
    assert (event.total_count, event.filter_count) == (100, 80)
    assert (event.sent_count, event.error_count) == (75, 5)
    assert event.copyright_check_result is None
    assert event.article_url_result.result_list.item == ()
    assert not event.answerable


def test_a_message_to_many_passes_the_copyright_check_through() -> None:
    event = happened(
        MassSendJobFinishEvent,
        f"{MASS}<CopyrightCheckResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx>"
        "<AuditState>1</AuditState></item></ResultList><CheckState>2</CheckState>"
        "</CopyrightCheckResult>",
    )
    assert event.copyright_check_result == {
        "Count": "1",
        "ResultList": {"item": {"ArticleIdx": "1", "AuditState": "1"}},
        "CheckState": "2",
    }


@pytest.mark.parametrize("numbers", [[], [1], [1, 2]])
def test_a_message_to_many_lists_its_articles(numbers: list[int]) -> None:
    items = "".join(
        f"<item><ArticleIdx>{one}</ArticleIdx>"
        f"<ArticleUrl><![CDATA[http://mp.example/a{one}]]></ArticleUrl></item>"
        for one in numbers
    )
    event = happened(
        MassSendJobFinishEvent,
        f"{MASS}<ArticleUrlResult><Count>{len(numbers)}</Count>"
        f"<ResultList>{items}</ResultList></ArticleUrlResult>",
    )
    assert event.article_url_result.count == len(numbers)
    assert [
        (one.article_idx, one.article_url) for one in event.article_url_result.result_list.item
    ] == [(one, f"http://mp.example/a{one}") for one in numbers]


def test_a_message_to_many_may_leave_its_counts_empty() -> None:
    event = happened(
        MassSendJobFinishEvent,
        "<Event>MASSSENDJOBFINISH</Event><MsgID>1</MsgID><Status>send fail</Status>"
        "<TotalCount></TotalCount><CopyrightCheckResult/><ArticleUrlResult></ArticleUrlResult>",
    )
    assert event.total_count is None
    assert event.sent_count is None
    assert event.article_url_result.count == 0


@pytest.mark.parametrize("name", ["PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH"])
def test_a_published_draft_lists_its_articles_under_both_names(name: str) -> None:
    event = happened(
        PublishJobFinishEvent,
        f"<Event><![CDATA[{name}]]></Event><PublishEventInfo><publish_id>2247503051</publish_id>"
        "<publish_status>0</publish_status><article_id><![CDATA[b5O2OUs25HBxRceL]]></article_id>"
        "<article_detail><count>2</count>"
        "<item><idx>1</idx><article_url><![CDATA[http://mp.example/1]]></article_url></item>"
        "<item><idx>2</idx><article_url><![CDATA[http://mp.example/2]]></article_url></item>"
        "</article_detail></PublishEventInfo>",
    )
    info = event.publish_event_info
    assert (info.publish_id, info.publish_status) == ("2247503051", 0)
    assert info.article_id == "b5O2OUs25HBxRceL"
    assert info.article_detail.count == 2
    assert [(one.idx, one.article_url) for one in info.article_detail.item] == [
        (1, "http://mp.example/1"),
        (2, "http://mp.example/2"),
    ]
    assert info.fail_idx == ()
    assert not event.answerable


@pytest.mark.parametrize(
    ("elements", "failed"),
    [
        ("<fail_idx>1</fail_idx>", (1,)),
        ("<fail_idx>1</fail_idx><fail_idx>3</fail_idx>", (1, 3)),
        ("<fail_idx></fail_idx>", ()),
    ],
)
def test_a_draft_that_failed_names_the_articles(elements: str, failed: tuple[int, ...]) -> None:
    event = happened(
        PublishJobFinishEvent,
        "<Event>PUBLISHJOBFINISH</Event><PublishEventInfo><publish_id>1</publish_id>"
        f"<publish_status>2</publish_status>{elements}</PublishEventInfo>",
    )
    info = event.publish_event_info
    assert (info.publish_status, info.fail_idx) == (2, failed)
    assert info.article_id is None
    assert info.article_detail.item == ()


def test_json_pushes_give_the_same_results() -> None:
    template = in_json(
        TemplateSendJobFinishEvent,
        MsgType="event",
        Event="TEMPLATESENDJOBFINISH",
        MsgID=310000000000000001,
        Status="success",
    )
    assert template.msg_id == "310000000000000001"

    published = in_json(
        PublishJobFinishEvent,
        MsgType="event",
        Event="PUBLISHJOBFINISH",
        PublishEventInfo={
            "publish_id": 2247503051,
            "publish_status": 0,
            "article_detail": {"count": 1, "item": {"idx": 1, "article_url": "u"}},
            "fail_idx": [2, 3],
        },
    ).publish_event_info
    assert published.publish_id == "2247503051"
    assert published.article_detail.item[0].idx == 1
    assert published.fail_idx == (2, 3)

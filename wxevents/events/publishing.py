"""Results of what the account sent or published."""

from __future__ import annotations

from pydantic import Field

from wxevents.events.event import Notification
from wxevents.events.structure import Count, Many, Maybe, Structure


class TemplateSendJobFinishEvent(Notification, event="TEMPLATESENDJOBFINISH"):
    """A template message was delivered or not."""

    answerable = False

    msg_id: str = Field(alias="MsgID")
    status: str = Field(description="success, failed:user block, failed: system failed")


class ArticleUrl(Structure):
    article_idx: int
    article_url: str = ""


class ArticleUrls(Structure):
    item: Many[ArticleUrl] = Field(default=(), alias="item")


class ArticleUrlResult(Structure):
    count: Count = 0
    result_list: ArticleUrls = Field(default_factory=ArticleUrls)


class MassSendJobFinishEvent(Notification, event="MASSSENDJOBFINISH"):
    """A message to many was sent. What the copyright check found is passed through as it came."""

    answerable = False

    msg_id: str = Field(alias="MsgID")
    status: str = Field(description="send success, send fail, err(10001), …")
    total_count: Maybe[int] = Field(default=None, description="followers addressed")
    filter_count: Maybe[int] = Field(default=None, description="of them left after filtering")
    sent_count: Maybe[int] = None
    error_count: Maybe[int] = None
    copyright_check_result: dict[str, object] | str | None = None
    article_url_result: ArticleUrlResult = Field(default_factory=ArticleUrlResult)


class PublishedArticle(Structure):
    idx: int = Field(alias="idx")
    article_url: str = Field(default="", alias="article_url")


class PublishedArticles(Structure):
    count: Count = Field(default=0, alias="count")
    item: Many[PublishedArticle] = Field(default=(), alias="item")


class PublishEventInfo(Structure):
    publish_id: str = Field(alias="publish_id")
    publish_status: int = Field(alias="publish_status", description="0: published")
    article_id: str | None = Field(default=None, alias="article_id")
    article_detail: PublishedArticles = Field(
        default_factory=PublishedArticles, alias="article_detail"
    )
    fail_idx: Many[int] = Field(
        default=(), alias="fail_idx", description="articles that failed, from 1"
    )


class PublishJobFinishEvent(Notification, event=("PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH")):
    """A draft was published or not. Documented under the second name, pushed under the first."""

    answerable = False

    publish_event_info: PublishEventInfo

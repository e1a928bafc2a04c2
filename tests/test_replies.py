"""What handlers may answer, and what reaches the user of it."""

from __future__ import annotations

import enum
from typing import Any

import pytest

from wxevents import (
    Answer,
    Article,
    Bot,
    Event,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    ReplyError,
    Response,
    Router,
    Settings,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
    json,
    xml,
)
from wxevents.replies import answer_fields, read
from wxevents.testing import ManualClock, Phone
from wxevents.xml import Fields

APOLOGY = "one moment please"
PLAIN = Settings(token="t", mode="plain", apology=APOLOGY, blocked_after=0, store="memory://")

BEFORE = (
    "<xml><ToUserName><![CDATA[oWxEv0000demoUser0000000000A]]></ToUserName>"
    "<FromUserName><![CDATA[gh_5a4b3c2d1e0f]]></FromUserName><CreateTime>1735700101</CreateTime>"
)


async def response_to(
    push: str, answer: Answer, settings: Settings = PLAIN, key: str | None = None
) -> Response:
    """What the bot sends when a handler answers a push of that name."""
    router = Router()

    @router.on(Event)
    async def the_handler(event: Event) -> Answer:
        return answer

    clock = ManualClock(1735700101)
    async with Bot(settings, routers=[router], clock=clock) as bot:
        phone = Phone(bot)
        return await bot.handle(phone.delivery(phone.compose(push, key)))


async def body(push: str, answer: Answer) -> str:
    response = await response_to(push, answer)
    assert response.status == 200
    return response.body.decode()


OFFER = Article(
    "Offer",
    description="today",
    pic_url="https://m.example/o.jpg",
    url="https://shop.example/o",
)

REPLIES = [
    pytest.param(
        TextReply("订单已发货.."),
        "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[订单已发货..]]></Content>",
        id="text",
    ),
    pytest.param(
        ImageReply("med-0001"),
        "<MsgType><![CDATA[image]]></MsgType>"
        "<Image><MediaId><![CDATA[med-0001]]></MediaId></Image>",
        id="image",
    ),
    pytest.param(
        VoiceReply("med-0002"),
        "<MsgType><![CDATA[voice]]></MsgType>"
        "<Voice><MediaId><![CDATA[med-0002]]></MediaId></Voice>",
        id="voice",
    ),
    pytest.param(
        VideoReply("med-0003", "Tour", "inside"),
        "<MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[med-0003]]></MediaId>"
        "<Title><![CDATA[Tour]]></Title><Description><![CDATA[inside]]></Description></Video>",
        id="video",
    ),
    pytest.param(
        MusicReply(
            "med-0004", "Tune", "demo", "https://m.example/lo.mp3", "https://m.example/hi.mp3"
        ),
        "<MsgType><![CDATA[music]]></MsgType><Music><Title><![CDATA[Tune]]></Title>"
        "<Description><![CDATA[demo]]></Description>"
        "<MusicUrl><![CDATA[https://m.example/lo.mp3]]></MusicUrl>"
        "<HQMusicUrl><![CDATA[https://m.example/hi.mp3]]></HQMusicUrl>"
        "<ThumbMediaId><![CDATA[med-0004]]></ThumbMediaId></Music>",
        id="music",
    ),
    pytest.param(
        NewsReply([OFFER]),
        "<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item>"
        "<Title><![CDATA[Offer]]></Title><Description><![CDATA[today]]></Description>"
        "<PicUrl><![CDATA[https://m.example/o.jpg]]></PicUrl>"
        "<Url><![CDATA[https://shop.example/o]]></Url></item></Articles>",
        id="news",
    ),
    pytest.param(
        TransferReply("anna@shopdemo"),
        "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"
        "<TransInfo><KfAccount><![CDATA[anna@shopdemo]]></KfAccount></TransInfo>",
        id="transfer to one agent",
    ),
    pytest.param(
        TransferReply(),
        "<MsgType><![CDATA[transfer_customer_service]]></MsgType>",
        id="transfer to any agent",
    ),
]


@pytest.mark.parametrize(("reply", "elements"), REPLIES)
async def test_a_reply_is_written_as_the_platform_expects_it(reply: Reply, elements: str) -> None:
    response = await response_to("text", reply)
    assert response.body.decode() == f"{BEFORE}{elements}</xml>"
    assert response.content_type == "application/xml"


@pytest.mark.parametrize(("reply", "elements"), REPLIES)
async def test_a_reply_in_json_says_the_same(reply: Reply, elements: str) -> None:
    in_json = Settings(
        token="t", mode="plain", data_format="json", blocked_after=0, store="memory://"
    )
    response = await response_to("text", reply, in_json)
    assert response.content_type == "application/json"
    fields = json.parse(response.body)
    assert read(fields) == reply
    assert fields["CreateTime"] == 1735700101
    assert xml.render(fields) == f"{BEFORE}{elements}</xml>"


@pytest.mark.parametrize(("reply", "elements"), REPLIES)
def test_a_reply_that_is_read_back_is_the_same(reply: Reply, elements: str) -> None:
    assert read(xml.parse(f"{BEFORE}{elements}</xml>".encode())) == reply


async def test_a_text_may_be_returned_as_a_str() -> None:
    assert await body("text", "hi") == await body("text", TextReply("hi"))


async def test_a_str_of_a_subclass_is_its_text() -> None:
    class Word(str, enum.Enum):  # noqa: UP042 - its str() is not its value
        HELLO = "hello"

    assert "<Content><![CDATA[hello]]></Content>" in await body("text", Word.HELLO)


async def test_several_articles_are_counted_and_in_order() -> None:
    reply = NewsReply([Article("one"), Article("two")])
    sent = await body("CLICK", reply)
    assert "<ArticleCount>2</ArticleCount>" in sent
    assert sent.index("one") < sent.index("two")
    assert read(xml.parse(sent.encode())) == reply


# Nothing to say


@pytest.mark.parametrize("answer", [None, "", TextReply("")])
@pytest.mark.parametrize("push", ["text", "CLICK", "unsubscribe", "card_pass_check"])
async def test_nothing_to_say_is_success(push: str, answer: Answer) -> None:
    response = await response_to(push, answer)
    assert response == Response(200, "text/plain", b"success")


@pytest.mark.parametrize(
    "push", ["LOCATION", "unsubscribe", "VIEW", "view_miniprogram", "TEMPLATESENDJOBFINISH"]
)
async def test_what_cannot_be_answered_gets_success_and_a_log_line(
    push: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await response_to(push, "hello")
    assert response == Response(200, "text/plain", b"success")
    (record,) = [one for one in caplog.records if one.levelname == "WARNING"]
    assert "the_handler" in record.getMessage()
    assert push in record.getMessage()


async def test_silence_on_what_cannot_be_answered_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await response_to("LOCATION", None)
    assert caplog.records == []


# Limits, each with an error that names the handler


async def refused(push: str, answer: Answer, caplog: pytest.LogCaptureFixture) -> str:
    """The error that refused the answer; the user got the apology instead."""
    caplog.clear()
    assert APOLOGY in await body(push, answer)
    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert record.exc_info is not None
    error = record.exc_info[1]
    assert isinstance(error, ReplyError)
    assert "the_handler" in str(error)
    assert "test_replies.py:" in str(error)
    return str(error)


@pytest.mark.parametrize(
    "text", ["a" * 2048, "好" * 682 + "ab", "é" * 1024, "😀" * 512, "a" * 2046 + "\r\n"]
)
async def test_a_text_of_2048_bytes_is_sent(text: str) -> None:
    assert len(text.encode()) == 2048
    sent = xml.parse((await body("text", text)).encode())
    assert sent["Content"] == text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", ["a" * 2049, "好" * 683, "é" * 1024 + "a", "😀" * 512 + "a"])
@pytest.mark.parametrize("push", ["text", "CLICK"])
async def test_a_text_of_2049_bytes_is_refused(
    push: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(text.encode()) == 2049
    assert "2,049 bytes" in await refused(push, text, caplog)
    assert "at most 2,048" in await refused(push, TextReply(text), caplog)


async def test_a_limit_cannot_be_evaded_by_a_subclass(caplog: pytest.LogCaptureFixture) -> None:
    class Shout(TextReply):
        pass

    assert "2,049 bytes" in await refused("text", Shout("a" * 2049), caplog)
    assert await body("text", Shout("")) == "success"


SINGLE = ["text", "image", "voice", "video", "shortvideo", "location"]


@pytest.mark.parametrize("push", SINGLE)
async def test_a_message_is_answered_with_one_article(
    push: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert "<ArticleCount>1</ArticleCount>" in await body(push, NewsReply([OFFER]))
    error = await refused(push, NewsReply([OFFER, OFFER]), caplog)
    assert "2 articles" in error
    assert push in error


@pytest.mark.parametrize("push", ["CLICK", "subscribe", "SCAN", "pic_weixin", "card_pass_check"])
async def test_an_event_is_answered_with_up_to_eight_articles(
    push: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert "<ArticleCount>8</ArticleCount>" in await body(push, NewsReply([OFFER] * 8))
    error = await refused(push, NewsReply([OFFER] * 9), caplog)
    assert "9 articles" in error
    assert "1 to 8" in error


@pytest.mark.parametrize("push", ["text", "CLICK"])
async def test_no_article_is_no_answer(push: str, caplog: pytest.LogCaptureFixture) -> None:
    assert "0 articles" in await refused(push, NewsReply([]), caplog)


@pytest.mark.parametrize("push", ["CLICK", "subscribe", "card_pass_check"])
async def test_an_event_cannot_be_handed_to_customer_service(
    push: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = await refused(push, TransferReply(), caplog)
    assert push in error
    assert "event" in error


async def test_a_link_is_answered_with_up_to_eight_articles() -> None:
    assert "<ArticleCount>8</ArticleCount>" in await body("link", NewsReply([OFFER] * 8))


async def test_a_message_that_nobody_models_can_be_handed_to_customer_service() -> None:
    router = Router()

    @router.on(Event)
    async def transfer(event: Event) -> Reply:
        return TransferReply()

    async with Bot(PLAIN, routers=[router], clock=ManualClock()) as bot:
        pushed = {"MsgType": "sticker", "MsgId": 1}
        assert await Phone(bot).push("sticker", None, pushed) == TransferReply()


async def test_a_message_that_nobody_models_is_answered_with_one_article(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = Router()

    @router.on(Event)
    async def offers(event: Event) -> Reply:
        return NewsReply([OFFER, OFFER])

    async with Bot(PLAIN, routers=[router], clock=ManualClock()) as bot:
        await Phone(bot).push("sticker", None, {"MsgType": "sticker", "MsgId": 1})
    assert "2 articles; in answer to sticker there is 1" in caplog.text


@pytest.mark.parametrize("push", ["text", "image", "link"])
async def test_every_message_can_be_handed_to_customer_service(push: str) -> None:
    assert "transfer_customer_service" in await body(push, TransferReply())


WRONG: list[Any] = [5, 0, False, b"hi", ["hi"], {}, {"content": "hi"}, Article("a"), TextReply]


@pytest.mark.parametrize("answer", WRONG, ids=repr)
async def test_anything_but_a_str_a_reply_or_none_is_refused(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    error = await refused("text", answer, caplog)
    assert type(answer).__name__ in error
    assert "return a str" in error


async def test_a_wrong_answer_to_what_cannot_be_answered_is_silence() -> None:
    assert await body("unsubscribe", "a" * 2049) == "success"


@pytest.mark.parametrize("kind", [ImageReply, VoiceReply, VideoReply, MusicReply])
async def test_a_media_id_is_never_empty(
    kind: type[ImageReply] | type[VoiceReply] | type[VideoReply] | type[MusicReply],
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = await refused("text", kind(""), caplog)
    assert "media_id is empty; give that of uploaded material" in error


NOT_TEXT: Any = 5


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (TextReply(NOT_TEXT), "TextReply: content has to be a str, not int"),
        (VideoReply("m", NOT_TEXT), "VideoReply: title has to be a str, not int"),
        (TransferReply(NOT_TEXT), "TransferReply: kf_account has to be a str, not int"),
        (NewsReply([Article("a", url=NOT_TEXT)]), "Article: url has to be a str, not int"),
        (NewsReply([NOT_TEXT]), "5 is no Article"),
    ],
)
async def test_a_field_of_the_wrong_type_is_refused_with_its_name(
    answer: Reply, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert fault in await refused("text", answer, caplog)


# Text that needs care


@pytest.mark.parametrize(
    "text", ["a]]>b", "]]>", "]]]]>>", "<![CDATA[x]]>", "]]>" * 5, "a & b < c > d", "&amp;", "]]"]
)
async def test_any_text_arrives_as_it_was_written(text: str) -> None:
    for reply in (TextReply(text), VideoReply("m", title=text), NewsReply([Article(text)])):
        assert read(xml.parse((await body("text", reply)).encode())) == reply


async def test_cdata_is_closed_only_by_its_own_end() -> None:
    sent = await body("text", "a]]>b")
    assert "<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>" in sent


async def test_line_breaks_and_links_are_sent_as_they_are() -> None:
    text = 'one\ntwo <a href="https://shop.example/o?a=1&b=2">three</a>'
    assert f"<![CDATA[{text}]]>" in await body("text", text)


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x0b", "\x1f", chr(0xD800), "\uffff"])
async def test_what_xml_cannot_carry_becomes_a_replacement_character(sign: str) -> None:
    sent = await body("text", f"a{sign}b")
    assert "<Content><![CDATA[a\ufffdb]]></Content>" in sent
    xml.parse(sent.encode())


async def test_tabs_and_line_ends_stay() -> None:
    assert "<![CDATA[a\tb\nc]]>" in await body("text", "a\tb\nc")


# Values


@pytest.mark.parametrize(("reply", "elements"), REPLIES)
def test_replies_are_frozen_values(reply: Any, elements: str) -> None:
    (again,) = [one for one in _same() if type(one) is type(reply) and one == reply]
    assert again is not reply
    assert hash(again) == hash(reply)
    for field in reply.__dataclass_fields__:
        with pytest.raises(AttributeError, match="cannot assign"):
            setattr(reply, field, "other")
    assert repr(reply).startswith(type(reply).__name__)


def _same() -> list[Reply]:
    return [
        TextReply("订单已发货.."),
        ImageReply("med-0001"),
        VoiceReply("med-0002"),
        VideoReply("med-0003", title="Tour", description="inside"),
        MusicReply(
            "med-0004",
            title="Tune",
            description="demo",
            music_url="https://m.example/lo.mp3",
            hq_music_url="https://m.example/hi.mp3",
        ),
        NewsReply(
            (Article("Offer", "today", "https://m.example/o.jpg", "https://shop.example/o"),)
        ),
        TransferReply("anna@shopdemo"),
        TransferReply(),
    ]


def test_replies_of_different_kinds_or_contents_differ() -> None:
    image: Reply = ImageReply("a")
    assert image != VoiceReply("a")
    assert TextReply("a") != TextReply("b")
    assert NewsReply([Article("a")]) == NewsReply((Article("a"),))
    assert NewsReply([Article("a")]) != NewsReply([Article("b")])


def test_a_list_of_articles_that_changes_later_changes_no_reply() -> None:
    articles = [Article("a")]
    reply = NewsReply(articles)
    articles.append(Article("b"))
    assert reply == NewsReply([Article("a")])


async def test_a_reply_of_ones_own_is_sent_too() -> None:
    class CardReply(Reply):
        msg_type = "card"

        def fields(self) -> Fields:
            return {"Card": {"Id": 7}}

    assert "<MsgType><![CDATA[card]]></MsgType><Card><Id>7</Id></Card>" in await body(
        "text", CardReply()
    )


def test_a_reply_of_ones_own_needs_fields() -> None:
    kind: type[Any] = type("Fieldless", (Reply,), {"msg_type": "card"})
    with pytest.raises((TypeError, NotImplementedError)):
        kind().fields()


def test_an_answer_goes_back_to_who_pushed() -> None:
    event = Event(to_user_name="gh_1", from_user_name="o1", create_time=1, msg_type="x")
    assert answer_fields(TextReply("hi"), event, 2) == {
        "ToUserName": "o1",
        "FromUserName": "gh_1",
        "CreateTime": 2,
        "MsgType": "text",
        "Content": "hi",
    }


# Reading


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"MsgType": "card"},
        {"MsgType": ["text", "text"]},
        {"MsgType": "text"},
        {"MsgType": "text", "Content": {"a": "b"}},
        {"MsgType": "text", "Content": ["a", "b"]},
        {"MsgType": "image"},
        {"MsgType": "image", "Image": ""},
        {"MsgType": "image", "Image": {"MediaId": ""}},
        {"MsgType": "image", "Image": [{"MediaId": "a"}, {"MediaId": "b"}]},
        {"MsgType": "video", "Video": {"MediaId": "m"}},
        {"MsgType": "music", "Music": {"Title": "t"}},
        {"MsgType": "news", "ArticleCount": "0", "Articles": ""},
        {"MsgType": "news", "Articles": {"item": "a"}},
        {"MsgType": "news", "Articles": {"item": [{"Title": "t"}]}},
        {"MsgType": "transfer_customer_service", "TransInfo": "x"},
        {"MsgType": "transfer_customer_service", "TransInfo": {"A": "b"}},
    ],
    ids=repr,
)
def test_an_incomplete_reply_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ReplyError):
        read(fields)


def test_several_articles_are_read() -> None:
    item = "<item><Title>a</Title><Description/><PicUrl/><Url/></item>"
    sent = f"<xml><MsgType>news</MsgType><Articles>{item}{item}</Articles></xml>"
    assert read(xml.parse(sent.encode())) == NewsReply([Article("a"), Article("a")])

"""Tags of followers."""

from __future__ import annotations

import pytest

from tests.client.server import OK, ScriptedPlatform
from wxevents.client import Client, Tag
from wxevents.errors import ApiAnswerUnreadable

CREATE = "/cgi-bin/tags/create"


async def test_a_tag_is_created(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(CREATE, {"tag": {"id": 134, "name": "广东"}})
    assert await client.tags.create("广东") == Tag(134, "广东")
    assert platform.seen[0].json == {"tag": {"name": "广东"}}


async def test_tags_are_listed_with_their_counts(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(
        "/cgi-bin/tags/get", {"tags": [{"id": "2", "name": "星标组", "count": 0, "new": 1}]}
    )
    assert await client.tags.list() == (Tag(2, "星标组", 0),)


async def test_a_tag_is_renamed_and_deleted(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer("/cgi-bin/tags/update", OK)
    platform.will_answer("/cgi-bin/tags/delete", OK)
    await client.tags.rename(134, "广东人")
    await client.tags.delete(134)
    assert [seen.json for seen in platform.seen] == [
        {"tag": {"id": 134, "name": "广东人"}},
        {"tag": {"id": 134}},
    ]


@pytest.mark.parametrize("method", ["tag", "untag"])
async def test_long_lists_of_users_go_in_batches_of_50(
    platform: ScriptedPlatform, client: Client, method: str
) -> None:
    path = f"/cgi-bin/tags/members/batch{method}ging"
    platform.will_answer(path, OK)
    openids = [f"o-{number}" for number in range(101)]
    change = client.tags.tag_users if method == "tag" else client.tags.untag_users
    await change(134, openids)
    batches = [seen.json["openid_list"] for seen in platform.requests(path)]
    assert [len(batch) for batch in batches] == [50, 50, 1]
    assert [openid for batch in batches for openid in batch] == openids
    assert {seen.json["tagid"] for seen in platform.seen} == {134}


async def test_one_openid_is_no_list_of_openids(client: Client) -> None:
    with pytest.raises(TypeError, match="list of openids"):
        await client.tags.tag_users(134, "o-1")


async def test_nobody_is_tagged_without_a_call(platform: ScriptedPlatform, client: Client) -> None:
    await client.tags.tag_users(134, [])
    assert platform.seen == []


async def test_a_users_tags_are_their_ids(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer("/cgi-bin/tags/getidlist", {"tagid_list": [134, 2]})
    assert await client.tags.of_user("o-1") == (134, 2)
    assert platform.seen[0].json == {"openid": "o-1"}


async def test_the_users_of_a_tag_come_page_by_page(
    platform: ScriptedPlatform, client: Client
) -> None:
    path = "/cgi-bin/user/tag/get"
    platform.will_answer(
        path,
        {"count": 2, "data": {"openid": ["o-1", "o-2"]}, "next_openid": "o-2"},
        {"count": 0},
    )
    assert [openid async for openid in client.tags.users(134)] == ["o-1", "o-2"]
    assert [seen.json["next_openid"] for seen in platform.seen] == ["", "o-2"]


async def test_an_answer_of_another_shape_names_the_field_and_no_value(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(CREATE, {"tag": {"id": "confidential", "name": "x"}})
    with pytest.raises(ApiAnswerUnreadable) as failed:
        await client.tags.create("x")
    assert str(failed.value) == (
        "POST /cgi-bin/tags/create: the answer has another shape: tag.id: Input should be a valid "
        "integer, unable to parse string as an integer"
    )
    assert failed.value.__context__ is None

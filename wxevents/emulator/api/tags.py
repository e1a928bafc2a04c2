"""The calls about tags (protocol: other calls)."""

from __future__ import annotations

from typing import Any, Final

from wxevents.emulator.api.endpoints import OK, Answer, Arguments, Endpoint
from wxevents.emulator.api.users import known_user, page
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import FIRST_TAG_ID, Account
from wxevents.emulator.state.people import Tag, User

MAX_TAGS: Final = 100
MAX_TAGS_OF_A_USER: Final = 20
MAX_OPENIDS: Final = 50
MAX_NAME_BYTES: Final = 30
MAX_FANS_OF_A_DELETED_TAG: Final = 100_000


def create(arguments: Arguments) -> Answer:
    account = arguments.account
    name = _judge_name(_tag_fields(arguments).get("name"), account)
    if sum(tag_id >= FIRST_TAG_ID for tag_id in account.tags) >= MAX_TAGS:
        raise Refusal(45056)
    tag = account.new_tag(name)
    return {"tag": {"id": tag.id, "name": tag.name}}


def get(arguments: Arguments) -> Answer:
    account = arguments.account
    listed = [
        {"id": tag.id, "name": tag.name, "count": len(account.followers(tag.id))}
        for tag in account.tags.values()
    ]
    return {"tags": listed}


def update(arguments: Arguments) -> Answer:
    given = _tag_fields(arguments)
    tag = _own_tag(given.get("id"), arguments.account)
    if given.get("name") != tag.name:
        account = arguments.account
        account.rename_tag(tag, _judge_name(given.get("name"), account))
    return OK


def delete(arguments: Arguments) -> Answer:
    account = arguments.account
    tag = _own_tag(_tag_fields(arguments).get("id"), account)
    if len(account.followers(tag.id)) > MAX_FANS_OF_A_DELETED_TAG:
        raise Refusal(45057)
    account.remove_tag(tag.id)
    return OK


def batch_tagging(arguments: Arguments) -> Answer:
    """All of the openids get the tag, or none does."""
    account = arguments.account
    users, tag = _users_and_tag(arguments)
    if any(tag.id not in user.tags and len(user.tags) >= MAX_TAGS_OF_A_USER for user in users):
        raise Refusal(45059)
    for user in users:
        account.tag(user.openid, tag.id)
    return OK


def batch_untagging(arguments: Arguments) -> Answer:
    """Users who do not have the tag are no fault."""
    users, tag = _users_and_tag(arguments)
    for user in users:
        arguments.account.untag(user.openid, tag.id)
    return OK


def tags_of_a_user(arguments: Arguments) -> Answer:
    return {"tagid_list": known_user(arguments.json().get("openid"), arguments.account).tags}


def users_of_a_tag(arguments: Arguments) -> Answer:
    """10,000 a page; GET with a body, as the platform's page has it, or POST, as clients do."""
    given = arguments.json()
    tag = _known_tag(given.get("tagid"), arguments.account)
    return page(arguments.account.followers(tag.id), given.get("next_openid"))


def _tag_fields(arguments: Arguments) -> dict[str, Any]:
    tag = arguments.json().get("tag")
    if not isinstance(tag, dict):
        raise Refusal(47001)
    return tag


def _judge_name(name: Any, account: Account) -> str:
    if not isinstance(name, str) or not name.strip():
        raise Refusal(45157)
    if len(name.encode()) > MAX_NAME_BYTES:
        raise Refusal(45158)
    if account.tag_called(name):
        raise Refusal(45157)
    return str(name)


def _known_tag(tag_id: Any, account: Account) -> Tag:
    tag = account.known_tag(tag_id)
    if tag is None:
        raise Refusal(45159)
    return tag


def _own_tag(tag_id: Any, account: Account) -> Tag:
    if str(tag_id) in ("0", "1", "2"):
        raise Refusal(45058)
    return _known_tag(tag_id, account)


def _users_and_tag(arguments: Arguments) -> tuple[list[User], Tag]:
    given = arguments.json()
    openids = given.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= MAX_OPENIDS:
        raise Refusal(40032)
    tag = _known_tag(given.get("tagid"), arguments.account)
    return [known_user(openid, arguments.account) for openid in openids], tag


ENDPOINTS: Final = (
    Endpoint("/cgi-bin/tags/create", "POST", create),
    Endpoint("/cgi-bin/tags/get", "GET", get),
    Endpoint("/cgi-bin/tags/update", "POST", update),
    Endpoint("/cgi-bin/tags/delete", "POST", delete),
    Endpoint("/cgi-bin/tags/members/batchtagging", "POST", batch_tagging),
    Endpoint("/cgi-bin/tags/members/batchuntagging", "POST", batch_untagging),
    Endpoint("/cgi-bin/tags/getidlist", "POST", tags_of_a_user),
    Endpoint("/cgi-bin/user/tag/get", "", users_of_a_tag),
)

"""Access tokens, over their two hours and five minutes."""

from __future__ import annotations

import pytest

from tests.emulator.api.caller import Caller, Json, error
from wxevents.testing import ManualClock


async def use(caller: Caller, answer: Json) -> int:
    """The code that a call with this token gets."""
    given = await caller.bare("GET", "tags/get", query={"access_token": answer["access_token"]})
    return int(given.get("errcode", 0))


async def test_a_token_fills_512_characters_and_lives_two_hours(caller: Caller) -> None:
    answer = await caller.plain_token()
    assert answer.keys() == {"access_token", "expires_in"}
    assert (len(answer["access_token"]), answer["expires_in"]) == (512, 7200)


async def test_the_plain_token_may_be_asked_for_with_post_too(caller: Caller) -> None:
    assert await use(caller, await caller.plain_token("POST")) == 0


async def test_a_token_expires_after_two_hours(caller: Caller, clock: ManualClock) -> None:
    token = await caller.plain_token()
    await clock.advance(7199)
    assert await use(caller, token) == 0
    await clock.advance(1)
    assert await use(caller, token) == 42001


async def test_a_new_plain_token_leaves_the_previous_one_five_minutes(
    caller: Caller, clock: ManualClock
) -> None:
    first = await caller.plain_token()
    second = await caller.plain_token()
    assert first != second
    await clock.advance(299)
    assert (await use(caller, first), await use(caller, second)) == (0, 0)
    await clock.advance(1)
    assert (await use(caller, first), await use(caller, second)) == (40001, 0)


async def test_a_replaced_token_does_not_outlive_its_own_two_hours(
    caller: Caller, clock: ManualClock
) -> None:
    first = await caller.plain_token()
    await clock.advance(7100)
    await caller.plain_token()
    await clock.advance(100)
    assert await use(caller, first) == 42001


async def test_the_stable_token_stays_the_same_and_tells_what_remains(
    caller: Caller, clock: ManualClock
) -> None:
    first = await caller.stable_token()
    await clock.advance(6899)
    second = await caller.stable_token()
    assert second == first | {"expires_in": 301}


async def test_the_stable_token_is_renewed_in_its_last_five_minutes_and_both_are_valid(
    caller: Caller, clock: ManualClock
) -> None:
    first = await caller.stable_token()
    await clock.advance(6900)
    second = await caller.stable_token()
    assert second["expires_in"] == 7200
    assert second["access_token"] != first["access_token"]
    await clock.advance(299)
    assert (await use(caller, first), await use(caller, second)) == (0, 0)
    await clock.advance(1)
    assert (await use(caller, first), await use(caller, second)) == (42001, 0)


async def test_plain_and_stable_tokens_do_not_touch_each_other(
    caller: Caller, clock: ManualClock
) -> None:
    stable = await caller.stable_token()
    plain = await caller.plain_token()
    await caller.stable_token(force_refresh=True)
    await clock.advance(301)
    assert (await use(caller, plain), await use(caller, stable)) == (0, 40001)


async def test_a_forced_refresh_kills_the_old_stable_token_at_once(caller: Caller) -> None:
    first = await caller.stable_token()
    second = await caller.stable_token(force_refresh=True)
    assert (await use(caller, first), await use(caller, second)) == (40001, 0)


async def test_a_forced_refresh_may_also_be_the_first_call(caller: Caller) -> None:
    assert await use(caller, await caller.stable_token(force_refresh=True)) == 0


async def test_a_second_forced_refresh_within_30_s_is_ignored(
    caller: Caller, clock: ManualClock
) -> None:
    first = await caller.stable_token(force_refresh=True)
    await clock.advance(29)
    ignored = await caller.stable_token(force_refresh=True)
    await clock.advance(1)
    second = await caller.stable_token(force_refresh=True)
    assert ignored["access_token"] == first["access_token"] != second["access_token"]


async def test_only_20_refreshes_a_day_can_be_forced(caller: Caller, clock: ManualClock) -> None:
    tokens = set()
    for _ in range(21):
        tokens.add((await caller.stable_token(force_refresh=True))["access_token"])
        await clock.advance(30)
    assert len(tokens) == 20
    await clock.advance(86_400)
    tokens.add((await caller.stable_token(force_refresh=True))["access_token"])
    await clock.advance(30)
    tokens.add((await caller.stable_token(force_refresh=True))["access_token"])
    assert len(tokens) == 22


@pytest.mark.parametrize("value", [False, None, "true", 1])
async def test_only_the_json_value_true_forces(caller: Caller, value: object) -> None:
    first = await caller.stable_token()
    assert await caller.stable_token(force_refresh=value) == first


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": ""}, 40002),
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx000"}, 40013),
        ({"secret": "guessed"}, 40125),
    ],
)
async def test_both_token_calls_judge_app_id_and_secret(
    caller: Caller, changes: dict[str, str], code: int
) -> None:
    assert error(await caller.plain_token(**changes)) == code
    assert error(await caller.stable_token(**changes)) == code


async def test_the_stable_token_wants_a_json_body_by_post(caller: Caller) -> None:
    assert error(await caller.bare("GET", "stable_token")) == 43002
    assert error(await caller.bare("POST", "stable_token")) == 44002
    assert error(await caller.bare("POST", "stable_token", b"appid=wx")) == 47001


@pytest.mark.parametrize(
    ("token", "code"),
    [("", 41001), ("short", 40014), ("1_" + "天" * 200, 40014), ("1_" + "a" * 510, 40001)],
)
async def test_a_call_with_a_bad_token_is_refused(caller: Caller, token: str, code: int) -> None:
    answer = await caller.bare("GET", "menu/get", query={"access_token": token})
    assert error(answer) == code


async def test_the_parameter_is_spelled_in_lower_case(caller: Caller) -> None:
    token = await caller.a_token()
    assert error(await caller.bare("GET", "menu/get", query={"Access_token": token})) == 41001


async def test_revoked_tokens_are_invalid_and_new_ones_are_not(caller: Caller) -> None:
    old = [await caller.plain_token(), await caller.stable_token()]
    caller.account.tokens.revoke()
    new = [await caller.plain_token(), await caller.stable_token()]
    assert [await use(caller, token) for token in old] == [40001, 40001]
    assert [await use(caller, token) for token in new] == [0, 0]

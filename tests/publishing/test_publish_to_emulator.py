"""Publishing in development: nobody is asked, and the tags that a menu names are made."""

from __future__ import annotations

from wxevents import Bot, ClickButton, ConditionalMenu, MatchRule, Menu, MenuSet, Settings
from wxevents.publishing import publish_to_emulator
from wxevents.testing import FOLLOWER, emulated

MENUS = MenuSet(
    Menu(ClickButton("今日歌曲", "MUSIC", reply="歌")),
    ConditionalMenu(Menu(ClickButton("会员", "VIP", reply="好")), MatchRule(tag="VIP")),
)


async def test_the_tags_that_a_menu_names_are_made_once() -> None:
    async with emulated(lambda settings: Bot(settings, menu=MENUS)) as client:
        tags = [tag["name"] for tag in (await client.state())["tags"]]
        assert tags.count("VIP") == 1
        user = client.user(FOLLOWER)
        assert (await user.tap("今日歌曲")).texts == ["歌"]
        await user.change(tags=["VIP"])
        await user.open(refresh=True)
        assert (await user.tap("会员")).texts == ["好"]


async def test_what_is_published_already_takes_no_step() -> None:
    bots: list[Bot] = []

    def load(settings: Settings) -> Bot:
        bots.append(Bot(settings, menu=MENUS))
        return bots[0]

    async with emulated(load):
        (bot,) = bots
        assert bot.menu
        assert bot.client
        assert await publish_to_emulator(bot.menu, bot.client) == 0

"""What is found in a handlers package: its routers, and the one menu."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module, invalidate_caches
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from wxevents import Menu, MenuSet, TextReply
from wxevents.discovery import find_bot, find_menu
from wxevents.errors import DiscoveryError, MenuError, RegistrationError
from wxevents.testing import Phone, invented_settings

Package = Callable[..., ModuleType]

_numbers = count()

MENU = """
from wxevents import ClickButton, Menu
menu = Menu(ClickButton("赞", "GOOD", reply="谢"))
"""
ROUTER = "from wxevents import Router\nrouter = Router()\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Writes a package of modules; it has a name of its own, since Python imports one only once."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def write(**modules: str) -> ModuleType:
        name = f"handlers_of_test_{next(_numbers)}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        for module, source in modules.items():
            source = source.replace("PACKAGE", name)
            (tmp_path / name / f"{module}.py").write_text(source, "utf-8")
        invalidate_caches()
        return import_module(name)

    return write


async def test_the_menu_of_a_package_is_the_bots(package: Package) -> None:
    found = package(menu=MENU, routes=ROUTER)
    bot = find_bot(found.__name__, invented_settings)
    assert isinstance(bot.menu, MenuSet)
    assert bot.menu.menu == find_menu(found)
    assert await Phone(bot).click("GOOD") == TextReply("谢")


async def test_a_menu_with_replies_needs_no_router(package: Package) -> None:
    bot = find_bot(package(menu=MENU).__name__, invented_settings)
    assert await Phone(bot).click("GOOD") == TextReply("谢")


def test_a_package_with_neither_is_refused(package: Package) -> None:
    with pytest.raises(DiscoveryError, match=r"neither a router nor a menu; write `router = "):
        find_bot(package(nothing="").__name__, invented_settings)


def test_a_set_of_menus_is_found_like_a_menu(package: Package) -> None:
    found = package(any_name=f"{MENU}from wxevents import MenuSet\nmenu = MenuSet(menu)\n")
    assert isinstance(find_menu(found), MenuSet)


def test_a_menu_at_the_top_of_the_package_is_found(package: Package) -> None:
    found = package(__init__=MENU)
    assert isinstance(find_menu(found), Menu)


def test_a_package_without_a_menu_has_none(package: Package) -> None:
    # Neither a module called `menu`, nor anything else of that name, is one.
    found = package(menu=ROUTER, other="menu = ['lunch']\n")
    assert find_menu(found) is None
    assert find_bot(found.__name__, invented_settings).menu is None


def test_two_menus_are_refused_with_both_names(package: Package) -> None:
    found = package(one=MENU, two=MENU)
    with pytest.raises(DiscoveryError) as caught:
        find_menu(found)
    name = found.__name__
    assert str(caught.value) == (
        f"an account has one menu, but there are {name}.one.menu and {name}.two.menu; "
        "put them together"
    )


def test_a_conditional_menu_that_stands_in_no_menu_is_named(
    package: Package, caplog: pytest.LogCaptureFixture
) -> None:
    vips = (
        "from wxevents import ConditionalMenu, MatchRule, MenuSet\n"
        "seen = ConditionalMenu(menu, MatchRule(tag='VIP'))\n"
        "lost = ConditionalMenu(menu, MatchRule(tag='new'))\n"
    )
    found = package(
        menu=f"{MENU}{vips}menu = MenuSet(menu, seen)\n", more="from PACKAGE.menu import *"
    )
    find_menu(found)
    assert caplog.messages == [
        f"{found.__name__}.menu.lost stands in no menu: nobody sees it; "
        "add lost to the MenuSet that is called menu"
    ]
    find_menu(package(menu=f"{MENU}{vips}".replace("seen = ", "_ = ")))
    assert caplog.messages[-1].endswith("; write  menu = MenuSet(Menu(…), lost)")


def test_one_menu_imported_by_several_modules_is_one(package: Package) -> None:
    found = package(menu=MENU, other="from PACKAGE.menu import menu\n")
    assert isinstance(find_menu(found), Menu)


def test_a_broken_menu_file_is_refused_with_its_line(package: Package, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text("button:\n  - type: klick\n", "utf-8")
    found = package(menu=f"{ROUTER}from wxevents import Menu\nmenu = Menu.from_file('menu.yaml')\n")
    with pytest.raises(MenuError, match=r"^menu\.yaml:2:5: button\[0\]\.type"):
        find_bot(found.__name__, invented_settings)


def test_a_handler_of_another_package_is_refused_when_the_bot_is_put_together(
    package: Package,
) -> None:
    found = package(
        menu=f"{ROUTER}from wxevents import ClickButton, Menu\n"
        "async def lonely(): ...\nmenu = Menu(ClickButton('点', lonely))\n"
    )
    bot = find_bot(found.__name__, invented_settings)
    name = found.__name__
    with pytest.raises(RegistrationError, match=rf"'点' \({name}/menu\.py:5\) names .*menu\.py:4"):
        bot.assemble()


# Where it is found


def test_a_folder_that_is_no_package_does_not_give_way_to_a_namesake_elsewhere(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = package(menu=MENU).__name__
    here = tmp_path / "here"
    (here / name).mkdir(parents=True)
    monkeypatch.chdir(here)
    with pytest.raises(DiscoveryError) as caught:
        find_bot(name, invented_settings)
    assert str(caught.value) == (
        f"{name} was found at {tmp_path / name}, not in this folder; create {name}/__init__.py"
    )


def test_a_module_beside_a_folder_of_its_name_is_the_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "module_of_test").mkdir()
    (tmp_path / "module_of_test.py").write_text(ROUTER, "utf-8")
    assert find_bot("module_of_test", invented_settings).menu is None

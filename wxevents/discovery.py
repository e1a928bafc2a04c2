"""Finding routers and menu of a handlers package, so that a module there needs no registration."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from wxevents.bot import Bot
from wxevents.errors import DiscoveryError, WxeventsError
from wxevents.menu import ConditionalMenu, Menu, MenuSet
from wxevents.routing import Router
from wxevents.settings import Settings

log: Final = logging.getLogger(__name__)

_CURE: Final = "set WXEVENTS_HANDLERS to your package, your module, or module:name of a Bot"


def load_bot(settings: Settings) -> Bot:
    """The bot that `settings.handlers` names; see `find_bot`."""
    return find_bot(settings.handlers, lambda: settings)


def find_bot(handlers: str, settings: Callable[[], Settings]) -> Bot:
    """The bot of a package or module, or the one called `module:name`.

    Of a package or module: all its routers, modules in the order of their names, the one `menu`
    that any of them has, and the list `middlewares` at its top, if there is one. `module:name`:
    that Bot, with settings of its own, or what that function makes of the settings. `settings` is
    called where settings are needed.
    Raises DiscoveryError if there is no such thing, or if importing it fails; then the cause is
    attached.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)  # an installed command does not look where it is called
    where, _, name = handlers.partition(":")
    if not all(part.isidentifier() for part in where.split(".")):
        raise DiscoveryError(f"{handlers!r} names no module; {_CURE}")
    module = _import(where)
    _require_the_one_here(module, where)
    if not name:
        middlewares = getattr(module, "middlewares", ())
        routers, menu = find_routers(module), find_menu(module)
        if not routers and menu is None:
            raise DiscoveryError(
                f"{module.__name__} has neither a router nor a menu; write `router = Router()` in "
                "a module of it"
            )
        return Bot(settings(), routers=routers, menu=menu, middlewares=middlewares)
    target: object = getattr(module, name, None)
    if callable(target) and not isinstance(target, Bot):
        target = _called(target, handlers, settings())
    if not isinstance(target, Bot):
        raise DiscoveryError(f"{handlers} is no Bot and makes none; {_CURE}")
    return target


def _require_the_one_here(module: ModuleType, name: str) -> None:
    """Refuse a namesake from elsewhere: a folder without `__init__.py` loses against any package
    that is installed under its name."""
    here = Path.cwd() / name.partition(".")[0]
    found = Path(module.__file__ or here).resolve()
    # A module beside the folder is here, too.
    if here.is_dir() and not (found.is_relative_to(here.resolve()) or found.parent == here.parent):
        raise DiscoveryError(
            f"{name} was found at {found.parent}, not in this folder; create "
            f"{here.name}/__init__.py"
        )


def find_routers(package: ModuleType) -> list[Router]:
    """Every router at the top of a module in the package, without those that others include."""
    found = [
        value
        for module in _modules(package)
        for value in vars(module).values()
        if isinstance(value, Router)
    ]
    included = {id(inner) for router in found for inner in router.walk() if inner is not router}
    unique = {id(router): router for router in found if id(router) not in included}
    return list(unique.values())


def find_menu(package: ModuleType) -> Menu | MenuSet | None:
    """What a module in the package calls `menu`; None if none does. Raises DiscoveryError for
    several. Menus for some users that are no part of it are named in the log."""
    found: dict[int, tuple[str, Menu | MenuSet]] = {}
    for module in _modules(package):
        menu = getattr(module, "menu", None)
        if isinstance(menu, Menu | MenuSet):
            found.setdefault(id(menu), (module.__name__, menu))
    if len(found) > 1:
        names = " and ".join(f"{name}.menu" for name, _ in found.values())
        raise DiscoveryError(f"an account has one menu, but there are {names}; put them together")
    menu = next((menu for _, menu in found.values()), None)
    _warn_of_menus_outside(menu, package)
    return menu


def _warn_of_menus_outside(menu: Menu | MenuSet | None, package: ModuleType) -> None:
    """Of those at the top of a module; one in a list or a function may be meant for something."""
    known = {id(one) for one in menu.conditional} if isinstance(menu, MenuSet) else set[int]()
    for module in _modules(package):
        for name, value in vars(module).items():
            if isinstance(value, ConditionalMenu) and id(value) not in known:
                known.add(id(value))  # once, also where other modules import it
                cure = f"write  menu = MenuSet(Menu(…), {name})"
                if isinstance(menu, MenuSet):
                    cure = f"add {name} to the MenuSet that is called menu"
                log.warning(
                    "%s.%s stands in no menu: nobody sees it; %s", module.__name__, name, cure
                )


def _called(maker: Callable[[Settings], object], name: str, settings: Settings) -> object:
    try:
        return maker(settings)
    except WxeventsError:
        raise
    except Exception as error:
        raise DiscoveryError(f"{name} failed: {type(error).__name__}: {error}") from error


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    paths = getattr(package, "__path__", None)
    if paths is None:
        return
    names = {info.name for info in pkgutil.walk_packages(paths, f"{package.__name__}.", _import)}
    for name in sorted(names - {f"{package.__name__}.__main__"}):
        yield _import(name)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except WxeventsError:
        raise  # a registration or setting that does not fit already says where
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            raise DiscoveryError(f"there is no module {name} in {Path.cwd()}; {_CURE}") from None
        raise DiscoveryError(f"importing {name} failed: {type(error).__name__}: {error}") from error

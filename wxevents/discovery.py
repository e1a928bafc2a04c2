"""Finding the routers of a handlers package, so that a module there needs no registration."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

from wxevents.bot import Bot
from wxevents.errors import DiscoveryError, WxeventsError
from wxevents.observe import Observer
from wxevents.routing import Router
from wxevents.settings import Settings

_CURE: Final = "set WXEVENTS_HANDLERS to your package, your module, or module:name of a Bot"


def load_bot(settings: Settings, observers: Sequence[Observer] = ()) -> Bot:
    """The bot that `settings.handlers` names.

    A package or module: all its routers, modules in the order of their names. `module:name`: that
    Bot, or what that function makes of the settings. Raises DiscoveryError if there is no such
    thing, or if importing it fails; then the cause is attached.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)  # an installed command does not look where it is called
    where, _, attribute = settings.handlers.partition(":")
    module = _import(where)
    if attribute:
        return _named_bot(module, attribute, settings)
    return Bot(settings, routers=find_routers(module), observers=observers)


def find_routers(package: ModuleType) -> list[Router]:
    """Every router at the top of a module in the package, without those that others include."""
    found = [
        value
        for module in _modules(package)
        for value in vars(module).values()
        if isinstance(value, Router)
    ]
    if not found:
        raise DiscoveryError(
            f"{package.__name__} has no router; write `router = Router()` in a module of it"
        )
    included = {id(inner) for router in found for inner in router.walk() if inner is not router}
    unique = {id(router): router for router in found if id(router) not in included}
    return list(unique.values())


def _named_bot(module: ModuleType, attribute: str, settings: Settings) -> Bot:
    target: object = getattr(module, attribute, None)
    if callable(target) and not isinstance(target, Bot):
        maker: Callable[[Settings], object] = target
        target = maker(settings)
    if not isinstance(target, Bot):
        raise DiscoveryError(f"{module.__name__}:{attribute} is no Bot and makes none; {_CURE}")
    return target


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    paths = getattr(package, "__path__", None)
    if paths is None:
        return
    names = (info.name for info in pkgutil.walk_packages(paths, f"{package.__name__}.", _raise))
    for name in sorted(names):
        yield _import(name)


def _raise(name: str) -> None:
    _import(name)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except WxeventsError:
        raise  # a registration that does not fit already says where
    except Exception as error:
        missing = isinstance(error, ModuleNotFoundError) and name.startswith(error.name or " ")
        if missing:
            raise DiscoveryError(f"there is no module {name} in {Path.cwd()}; {_CURE}") from None
        raise DiscoveryError(f"importing {name} failed: {type(error).__name__}: {error}") from error

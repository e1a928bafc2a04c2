"""Calls to Redis from the event loop: scripts, time limits, errors that say what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final, TypeVar

from redis import exceptions
from redis.asyncio import Redis

from wxevents.errors import StoreError
from wxevents.store.redis_address import TIMEOUT, Address, sentinels_of

T = TypeVar("T")

# Connections of one process, and seconds for a call with the wait for one of them.
_CONNECTIONS: Final = 32
_PATIENCE: Final = 2 * TIMEOUT


class Link:
    """The way to the server. Whatever goes wrong there is a StoreError here."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.client: Redis = address.client()
        self._execute: Any = self.client.execute_command  # redis-py has no types for it
        self._scripts: dict[str, Callable[..., Awaitable[Any]]] = {}
        self._free = asyncio.Semaphore(_CONNECTIONS)

    async def run(
        self, script: str, keys: Sequence[str], *args: str | int | float, repeat: bool = True
    ) -> Any:
        """What the script gives; it is run again after a lost connection, unless told otherwise."""
        registered = self._scripts.get(script)
        if registered is None:
            registered = self._scripts[script] = self.client.register_script(script)
        return await self.do(lambda: registered(keys=keys, args=args), repeat=repeat)

    async def command(self, *words: str | int) -> Any:
        """What a command gives that may be made again after a lost connection."""
        return await self.do(lambda: self._execute(*words))

    async def do(self, call: Callable[[], Awaitable[T]], *, repeat: bool = True) -> T:
        """What the call gives; it is made again after a lost connection, unless told otherwise."""
        try:
            async with asyncio.timeout(_PATIENCE), self._free:
                try:
                    return await _told(call)
                except exceptions.ConnectionError as error:
                    if not repeat or isinstance(error, _NOT_LOST):
                        raise
                    return await _told(call)
        except (exceptions.RedisError, OSError) as error:
            raise explained(self._address, error) from error

    async def close(self) -> None:
        with suppress(exceptions.RedisError, OSError):
            for client in (self.client, *sentinels_of(self.client)):
                await client.connection_pool.disconnect()


async def _told(call: Callable[[], Awaitable[T]]) -> T:
    """What the call gives. A connection that the server has just closed makes uvloop raise a
    RuntimeError, which redis-py hands on."""
    try:
        return await call()
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise exceptions.ConnectionError(str(error)) from error


async def end(task: asyncio.Task[None]) -> None:
    """Cancel it until that is heard: redis-py swallows a cancellation while it connects."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


class Doubts:
    """Calls of which nobody knows whether the server heard them, as their answer was lost. What
    they did, if they did, is undone once it can be reached.

    The same call, made again before that, must not take what the first one did for the deed of
    somebody else: `tokens` are those of all such calls.
    """

    # Longer than the server remembers anything that nobody renews.
    _MOOT_AFTER: Final = 120.0

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._open: dict[str, tuple[str, float, Callable[[], Awaitable[object]]]] = {}
        self._undoing: asyncio.Task[None] | None = None

    def tokens(self, name: str) -> str:
        if not self._open:
            return ""
        return " ".join(token for token, (of, _, _) in self._open.items() if of == name)

    @contextmanager
    def unless_done(
        self, name: str, token: str, undo: Callable[[], Awaitable[object]]
    ) -> Iterator[None]:
        """Have it undone if the call within is cancelled, or its outcome unknown."""
        try:
            yield
        except BaseException:
            self._open[token] = name, monotonic(), undo
            if self._undoing is None or self._undoing.done():
                self._undoing = asyncio.create_task(self._undo_all())
            raise

    async def close(self) -> None:
        if self._undoing:
            await end(self._undoing)

    async def _undo_all(self) -> None:
        while self._open:
            token, (_, since, undo) = next(iter(self._open.items()))
            if monotonic() < since + self._MOOT_AFTER:
                try:
                    await undo()
                except StoreError:
                    await asyncio.sleep(self._pause)
                    continue
            del self._open[token]


# Told by a server, or by a Sentinel: to ask again at once is no use.
_NOT_LOST: Final = (
    exceptions.AuthenticationError,
    exceptions.AuthorizationError,
    exceptions.BusyLoadingError,
)

_CURES: Final[tuple[tuple[tuple[type[Exception], ...], str, str], ...]] = (
    (
        (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError),
        "refuses the login",
        "correct user and password in WXEVENTS_STORE",
    ),
    (
        (exceptions.NoPermissionError,),
        "does not permit this user what the store needs",
        "give it all commands on the keys and channels wxevents:* (ACL SETUSER … ~wxevents:* "
        "&wxevents:* +@all)",
    ),
    ((exceptions.BusyLoadingError,), "is loading its data", "try again when it is done"),
    (
        (exceptions.ReadOnlyError,),
        "is a replica, which takes no writes",
        "name its master with WXEVENTS_STORE, or its Sentinels with redis+sentinel://",
    ),
    (
        (exceptions.OutOfMemoryError,),
        "has no memory left",
        "raise its maxmemory, or find out what fills it",
    ),
    (
        (exceptions.TimeoutError, TimeoutError),
        f"did not answer within {TIMEOUT:g} s",
        "see what keeps it busy, and the network between",
    ),
    (
        (exceptions.ConnectionError, OSError),
        "cannot be reached",
        "start it, or name another with WXEVENTS_STORE",
    ),
)


def explained(address: Address, error: Exception) -> StoreError:
    """The error as a sentence with a cure; the words of redis-py and of Redis hold no password."""
    for kinds, what, cure in _CURES:
        if isinstance(error, kinds):
            reason = f" ({error})" if str(error) else ""
            return StoreError(f"{address.shown} {what}{reason}; {cure}")
    return StoreError(f"{address.shown} cannot do it ({error}); see its log and its disk")

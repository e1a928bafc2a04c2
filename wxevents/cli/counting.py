"""Metrics of several workers: files in a folder of their own, which each of them adds up."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

# prometheus_client reads it when it is imported; processes that are spawned inherit it.
_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def counting_together() -> Iterator[Callable[[int], None]]:
    """Have the processes that are started meanwhile count together, in the folder that the variable
    names or a temporary one; gives what is to be called with the id of each that ends. What it
    counted stays: no counter may go back."""
    with tempfile.TemporaryDirectory(prefix="wxevents-metrics-") as folder:
        given = os.environ.get(_FOLDER)
        os.environ.setdefault(_FOLDER, folder)
        try:
            yield _forget_gauges
        finally:
            if given is None:
                del os.environ[_FOLDER]


def _forget_gauges(pid: int) -> None:
    try:
        from prometheus_client.multiprocess import mark_process_dead
    except ModuleNotFoundError:
        return
    mark_process_dead(pid)  # type: ignore[no-untyped-call]

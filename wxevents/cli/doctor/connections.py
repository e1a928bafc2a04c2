"""Why a connection failed."""

from __future__ import annotations

import os
import socket

import aiohttp


def why_unreachable(error: Exception) -> str:
    """The system's own words on a connection that failed, without addresses."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, socket.gaierror):
        return cause.strerror or "no such name"
    if isinstance(cause, TimeoutError):
        return "timeout"
    if isinstance(cause, OSError) and (cause.errno or cause.strerror):
        return os.strerror(cause.errno) if cause.errno else str(cause.strerror)
    return type(error).__name__

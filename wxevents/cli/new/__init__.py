"""`wxevents new`: a small project to start from; its files are those below `files/`."""

from __future__ import annotations

from wxevents.cli.new.command import new

__all__ = ["new"]

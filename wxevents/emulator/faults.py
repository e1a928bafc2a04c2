"""Faults of network and platform that can be switched on, to see what a bot makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True)
class Faults:
    """`delay`: seconds before a delivery arrives. `lose_answers`: the bot's answers do not arrive.
    `duplicate`: each delivery arrives twice at once. `reorder`: what follows an event, such as its
    pictures, arrives before it. `api_errors`: calls of a path, or of "*", fail with a code.
    """

    delay: Annotated[float, Field(ge=0, le=60)] = 0.0
    lose_answers: bool = False
    duplicate: bool = False
    reorder: bool = False
    api_errors: dict[str, int] = field(default_factory=dict)

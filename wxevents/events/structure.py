"""The shapes in which the platform writes structures, and how they are read."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic.alias_generators import to_pascal

T = TypeVar("T")

PLATFORM_FORMAT: Final = ConfigDict(
    frozen=True,
    extra="allow",  # what the platform adds tomorrow is kept, in `model_extra`
    alias_generator=to_pascal,
    validate_by_name=True,
    validate_by_alias=True,
    coerce_numbers_to_str=True,  # JSON pushes write ids as numbers
    defer_build=True,  # forty models at import would cost more than aiohttp itself
)


class Structure(BaseModel):
    """Elements inside another one. An empty element, which is read as "", has no fields."""

    model_config = PLATFORM_FORMAT

    @model_validator(mode="before")
    @classmethod
    def _read_empty(cls, value: Any) -> Any:
        return {} if is_empty(value) else value


def is_empty(value: Any) -> bool:
    """Whether an element was sent with nothing in it but, perhaps, white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def _as_list(value: Any) -> Any:
    if is_empty(value):
        return []
    return value if isinstance(value, list) else [value]


def _or_none(value: Any) -> Any:
    return None if is_empty(value) else value


def _or_zero(value: Any) -> Any:
    return 0 if is_empty(value) else value


Many = Annotated[tuple[T, ...], BeforeValidator(_as_list)]
"""An element that may be absent, single (read as a dict) or repeated (read as a list)."""

Maybe = Annotated[T | None, BeforeValidator(_or_none)]
"""A number that may be absent or sent empty."""

Count = Annotated[int, BeforeValidator(_or_zero)]
"""A number that may be sent empty."""

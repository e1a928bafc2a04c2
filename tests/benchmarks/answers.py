"""Judging what the servers answered: a wrong answer is not a fast one."""

from __future__ import annotations

from collections.abc import Iterable

from tests.benchmarks.account import Mode, answer_to, constant_answer, settings
from tests.benchmarks.pushes import Click
from wxevents import Response
from wxevents.errors import AnswerError
from wxevents.pushes import Platform


class WrongAnswer(Exception):
    """A server answered what its user would not have wanted to read."""


def check(mode: Mode, answered: Iterable[tuple[Click, bytes]]) -> None:
    """Decrypt, verify and read every answer. Raises WrongAnswer for the first wrong one."""
    platform = Platform(settings(mode))
    for click, raw in answered:
        try:
            fields = platform.judge(_read(raw), click.fields)
        except AnswerError as error:
            raise WrongAnswer(f"{error}: {raw[:600]!r}") from error
        expected = ("text", answer_to(click.fields["EventKey"]))
        if fields is None or (fields["MsgType"], fields.get("Content")) != expected:
            raise WrongAnswer(f"{expected} was expected: {raw[:600]!r}")


def check_constant(mode: Mode, answered: Iterable[tuple[Click, bytes]]) -> None:
    """The same for a server that always says the same."""
    expected = (200, constant_answer(mode))
    for _, raw in answered:
        response = _read(raw)
        if (response.status, response.body) != expected:
            raise WrongAnswer(f"not the constant answer: {raw[:600]!r}")


def _read(raw: bytes) -> Response:
    head, _, body = raw.partition(b"\r\n\r\n")
    return Response(int(head.split(b" ", 2)[1]), "", body)

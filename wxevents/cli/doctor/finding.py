"""What the doctor says of one thing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wxevents.cli.printing import visible

State: TypeAlias = Literal["good", "note", "mend"]

# Shorter ones are words of the sentences themselves, or of tests.
_SECRET_LENGTH: Final = 8


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and the sentence on it. `mend` makes the exit code 1."""

    check: str
    state: State
    sentence: str

    def printable(self, secrets: Iterable[str]) -> Finding:
        """The same in one line, without the secrets that the words of others may repeat."""
        sentence = visible(" ".join(self.sentence.split()))
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SECRET_LENGTH:
                sentence = sentence.replace(secret, "***")
        return dataclasses.replace(self, sentence=sentence)


def good(check: str, sentence: str) -> Finding:
    return Finding(check, "good", sentence)


def note(check: str, sentence: str) -> Finding:
    return Finding(check, "note", sentence)


def mend(check: str, sentence: str) -> Finding:
    return Finding(check, "mend", sentence)


def skipped(check: str, reason: str) -> Finding:
    """What could not be looked at is no fault, and must not pass for good."""
    return note(check, f"skipped: {reason}")

"""Reading raw menus, from files and from the platform, with every fault found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wxevents.errors import MenuError
from wxevents.menu.findings import Finding, Origin, join


@dataclass
class Source:
    """Raw data, as a file or the platform gave it.

    `name` says who wrote it, `places` leads from paths to `file:line:column`. `tolerant` passes
    over fields that nobody knows: the platform may add some tomorrow, but in a file they are slips
    of the pen.
    """

    data: Any
    name: str
    places: Mapping[str, str] = field(default_factory=dict)
    tolerant: bool = False
    findings: list[Finding] = field(default_factory=list)

    def root(self) -> Node:
        return Node(self, self.data, "")

    def place(self, path: str) -> str:
        """Where the path is written down, or the nearest thing around it."""
        while path and path not in self.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.places.get(path, self.name)

    def find(self, path: str, message: str, code: int | None = None) -> None:
        self.findings.append(Finding(path, message, place=self.place(path), code=code))

    def raise_findings(self) -> None:
        """Raise MenuError, if anything was found."""
        if self.findings:
            raise MenuError(self.findings)


@dataclass(frozen=True)
class Node:
    """One value in raw data, and the path to it."""

    source: Source
    value: Any
    path: str

    def find(self, message: str, code: int | None = None) -> None:
        self.source.find(self.path, message, code)

    def is_mapping(self) -> bool:
        """Whether it has fields; a finding, if not."""
        if isinstance(self.value, Mapping):
            return True
        cure = "" if self.path else "; a menu begins with `button` and the list of its buttons"
        self.find(f"{shown(self.value)} where fields are due{cure}")
        return False

    def has(self, name: str) -> bool:
        """Whether the field is there and says anything: the platform writes empty ones, too."""
        return self.value.get(name) not in (None, "", [], {})

    def child(self, name: str) -> Node:
        return Node(self.source, self.value.get(name), join(self.path, name))

    def items(self) -> Iterator[Node]:
        """The elements of a list; a finding, if it is none."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.find(f"{shown(self.value)} where a list is due")
            return
        for index, one in enumerate(self.value):
            yield Node(self.source, one, join(self.path, index))

    def text(self, name: str) -> str:
        """A text field, "" where it is missing; a finding for anything else."""
        value = self.value.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        self.child(name).find(f"{shown(value)} where text is due; put it in quotes")
        return ""

    def identifier(self, name: str) -> str:
        """A text field that the platform also writes as an integer."""
        value = self.value.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 64:
            return str(value)
        return self.text(name)

    def refuse_others(self, known: frozenset[str]) -> None:
        """A finding for every field beside the known ones."""
        if self.source.tolerant:
            return
        for name in self.value:
            if name not in known:
                there_are = ", ".join(sorted(known))
                child = Node(self.source, None, join(self.path, str(name)))
                child.find(f"there is no field {str(name)!r} here; there are {there_are}")

    def origin(self) -> Origin:
        """Where the node and its fields are written down."""
        if not self.source.places:
            return Origin(self.source.name)  # what the platform wrote stands in no file
        fields = {str(name): self.source.place(join(self.path, str(name))) for name in self.value}
        return Origin(self.source.place(self.path), fields)


def shown(value: Any) -> str:
    """A raw value as a finding names it."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a huge number"  # Python refuses to print the largest ones
    text = repr(value) if isinstance(value, str) else str(value)
    return f"{text if len(text) <= 80 else f'{text[:80]}…'} ({type(value).__name__})"

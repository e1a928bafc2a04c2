"""Which conditional menu a user sees (protocol: conditional menus), over plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """When a conditional menu is shown; an empty field does not restrict it.

    `tag_id` is a tag's id in decimal, `platform` the client_platform_type ("1" iOS, "2" Android,
    "3" others). A rule that uses a `retired` field (sex, country, province, city, language) never
    matches: the platform still stores such menus, and no longer shows them.
    """

    tag_id: str = ""
    platform: str = ""
    retired: bool = False

    def matches(self, last_tag_id: str, platform: str) -> bool:
        """Whether a user whose tag applied last is `last_tag_id` ("" for none), on `platform`,
        sees the menu. The tags that he got before do not count."""
        return (
            not self.retired
            and self.tag_id in ("", last_tag_id)
            and self.platform in ("", platform)
        )


def newest_match(rules_oldest_first: Sequence[Rule], last_tag_id: str, platform: str) -> int | None:
    """The index of the rule that decides, the newest that matches; None for the default menu."""
    for index in reversed(range(len(rules_oldest_first))):
        if rules_oldest_first[index].matches(last_tag_id, platform):
            return index
    return None

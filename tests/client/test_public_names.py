"""What users may import of the client."""

from __future__ import annotations

import wxevents
import wxevents.client


def test_every_exported_name_exists_once() -> None:
    names = wxevents.client.__all__
    assert [name for name in names if not hasattr(wxevents.client, name)] == []
    assert len(set(names)) == len(names)


def test_no_name_means_something_else_in_wxevents() -> None:
    for name in set(wxevents.client.__all__) & set(wxevents.__all__):
        assert getattr(wxevents, name) is getattr(wxevents.client, name)

"""`wxevents doctor` as a whole, and what it says of the store and of versions."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.examined import Doctor
from tests.store.redis_server import RedisServer, free_port, require_redis
from wxevents.cli.doctor.versions import libexpat, openssl, python

CHECKS = [
    *("settings", "aes_key", "store", "handlers", "menu", "clock", "access_token", "ip_whitelist"),
    *("customer_service", "menu.published"),
    *("webhook.network", "webhook.local", "webhook.public", "webhook.outside"),
]


def test_a_sound_folder_has_nothing_to_mend(doctor: Doctor) -> None:
    found = doctor("--offline")
    assert (found.code, found.to_mend()) == (0, [])


def test_every_check_has_a_line_under_its_documented_name(doctor: Doctor) -> None:
    found = doctor("--offline", "--url", "http://127.0.0.1:9/wechat")
    names = dict.fromkeys(
        "settings" if one["check"].startswith("settings.") else one["check"]
        for one in found.findings
        if not one["check"].startswith("version.")
    )
    described = " ".join(doctor.run("--help").stdout.split())
    assert list(names) == CHECKS
    assert all(name in described for name in names)


def test_it_prints_aligned_lines_and_a_summary(doctor: Doctor) -> None:
    ended = doctor.run("--offline", WXEVENTS_PORT="x")
    *lines, summary = ended.stdout.splitlines()
    states = [line.split()[0] for line in lines]
    assert set(states) == {"good", "note", "mend"}
    assert len({len(line) - len(line[6:].split(":", 1)[1].lstrip()) for line in lines}) == 1
    assert summary == (
        f"{states.count('mend')} to mend, {states.count('note')} to note, "
        f"{states.count('good')} good"
    )
    assert ended.exit_code == 1


def test_sqlite_is_good(doctor: Doctor) -> None:
    Path("inbox.db").touch()
    assert doctor("--offline", WXEVENTS_STORE="sqlite:///inbox.db").state("store") == "good"
    assert not list(Path().glob("*.processes"))  # it has not become one of the processes


def test_without_a_file_it_makes_none(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_STORE="sqlite:///sub/inbox.db")
    assert (found.code, found.state("store")) == (0, "note")
    assert not Path("sub").exists()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_database_on_a_network_file_system_has_to_be_mended(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    folder = tmp_path.resolve() / "shared"
    folder.mkdir()
    if is_there:
        (folder / "inbox.db").touch()
    told = tmp_path / "mountinfo"
    told.write_text(f"61 29 0:48 / {folder} rw,relatime shared:2 - nfs4 server:/export rw")
    monkeypatch.setattr("wxevents.store.file_systems._MOUNTS", told)
    found = doctor("--offline", WXEVENTS_STORE="sqlite:///shared/inbox.db")
    assert (found.code, found.to_mend()) == (1, ["store"])
    assert any("network file system (nfs4)" in sentence for _, sentence in found.all("store"))


def test_a_file_that_cannot_be_made_has_to_be_mended(doctor: Doctor) -> None:
    Path("taken").touch()
    found = doctor("--offline", WXEVENTS_STORE="sqlite:///taken/inbox.db")
    assert (found.code, found.state("store")) == (1, "mend")
    assert "taken is no folder" in found.sentence("store")


def test_a_file_that_is_no_database_has_to_be_mended(doctor: Doctor) -> None:
    Path("inbox.db").write_text("this is no database " * 100)
    found = doctor("--offline", WXEVENTS_STORE="sqlite:///inbox.db")
    assert (found.code, found.state("store")) == (1, "mend")
    assert "restore the file from a backup" in found.sentence("store")


def test_memory_is_noted(doctor: Doctor) -> None:
    assert doctor("--offline", WXEVENTS_STORE="memory://").state("store") == "note"


def test_a_store_that_is_none_has_to_be_mended_and_spares_the_handlers(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_STORE="postgres://somewhere")
    assert found.to_mend() == ["store"]


def test_nobody_at_the_address(doctor: Doctor) -> None:
    doctor.secrets.add("password-of-redis")
    url = f"redis://:password-of-redis@127.0.0.1:{free_port()}/0"
    found = doctor("--offline", WXEVENTS_STORE=url)
    assert (found.code, found.state("store")) == (1, "mend")
    assert found.state("version.redis") == "note"


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[RedisServer]:
    require_redis()
    with RedisServer(tmp_path, "--appendonly", "no") as server:
        yield server


def test_redis_that_may_forget_is_named_with_the_cure(
    doctor: Doctor, forgetful: RedisServer
) -> None:
    found = doctor("--offline", WXEVENTS_STORE=forgetful.url)
    assert found.code == 1
    assert any(
        state == "mend" and "appendonly yes" in sentence for state, sentence in found.all("store")
    )
    assert found.sentence("version.redis").startswith("server ")


def test_versions_are_those_of_this_process(doctor: Doctor) -> None:
    found = doctor("--offline")
    assert found.sentence("version.python").startswith(platform.python_version())
    assert found.sentence("version.openssl").startswith(" ".join(ssl.OPENSSL_VERSION.split()[:2]))


def test_an_expat_without_corrections_is_noted() -> None:
    assert libexpat("expat_2.7.1").state == "note"
    assert libexpat("expat_2.7.2").state == libexpat("expat_2.10.0").state == "good"


def test_an_openssl_without_corrections_is_noted() -> None:
    assert openssl("OpenSSL 1.1.1w  11 Sep 2023").state == "note"
    assert openssl("OpenSSL 3.0.13 30 Jan 2024").state == "good"
    assert openssl("LibreSSL 2.8.3").state == "good"


def test_a_python_that_is_not_final_is_noted() -> None:
    assert python("3.14.0rc1", "candidate").state == "note"
    assert python("3.14.0", "final").state == "good"

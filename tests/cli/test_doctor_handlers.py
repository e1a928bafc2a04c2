"""`wxevents doctor` on the handlers, which it imports, and on the menu beside them."""

from __future__ import annotations

import pytest

from tests.cli.examined import TOKEN, Doctor, Examination


def with_handlers(doctor: Doctor, source: str, **environ: str) -> Examination:
    module = doctor.folder / f"{doctor.environ['WXEVENTS_HANDLERS']}.py"
    module.write_text(source, "utf-8")
    return doctor("--offline", **environ)


def place(doctor: Doctor, line: int) -> str:
    return f"({doctor.environ['WXEVENTS_HANDLERS']}.py:{line})"


ONE = """
from wxevents import ClickButton, ClickEvent, Menu, Router
router = Router()
@router.click("ONE")
async def one(event: ClickEvent) -> str:
    return "1"
"""


def test_handlers_are_counted(doctor: Doctor) -> None:
    found = doctor("--offline")
    name = doctor.environ["WXEVENTS_HANDLERS"]
    assert found.all("handlers") == [("good", f"1 handler in {name}")]
    assert found.all("menu") == [("good", "none is declared")]


def test_handlers_from_elsewhere_are_noted(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_HANDLERS="tests.cli.greeting")
    assert found.state("handlers") == "note"
    assert "not in this folder" in found.sentence("handlers")


def test_no_handlers_have_to_be_mended(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_HANDLERS="no_such_bot")
    assert found.to_mend() == ["handlers"]
    assert "WXEVENTS_HANDLERS" in found.sentence("handlers")
    assert found.sentence("menu") == "skipped: the handlers cannot be loaded"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("import os\nraise ValueError('broken')", 2, "ValueError: broken"),
        ("\n\ndef f(:\n", 3, "SyntaxError"),
        ("import no_such_library", 1, "no_such_library"),
        ("import sys\n\nsys.exit(3)", 3, "importing them ends the program"),
    ],
)
def test_a_broken_import_is_one_line_with_its_place(
    doctor: Doctor, source: str, line: int, words: str
) -> None:
    found = with_handlers(doctor, source)
    assert (found.code, found.to_mend()) == (1, ["handlers"])
    assert place(doctor, line) in found.sentence("handlers")
    assert words in found.sentence("handlers")


def test_a_broken_module_that_they_import_is_the_place(doctor: Doctor) -> None:
    other = f"imported_by_{doctor.environ['WXEVENTS_HANDLERS']}"
    (doctor.folder / f"{other}.py").write_text("\n\nraise KeyError('x')", "utf-8")
    found = with_handlers(doctor, f"import {other}")
    assert f"({other}.py:3)" in found.sentence("handlers")


def test_two_handlers_for_one_key_are_one_line(doctor: Doctor) -> None:
    found = with_handlers(doctor, f'{ONE}\n@router.click("ONE")\nasync def two() -> None: ...\n')
    assert found.to_mend() == ["handlers"]
    assert "\n" not in found.sentence("handlers")


def test_what_handlers_print_and_say_is_kept_apart(doctor: Doctor) -> None:
    found = with_handlers(doctor, f"print('hello')\n{ONE}")
    assert found.state("handlers") == "good"  # it was JSON


def test_a_secret_in_their_errors_is_not_shown(doctor: Doctor) -> None:
    found = with_handlers(doctor, f"raise ValueError('token is {TOKEN}')")
    assert "ValueError: token is ***" in found.sentence("handlers")


def test_neither_are_the_passwords_of_the_store(doctor: Doctor) -> None:
    url = "redis+sentinel://:password/of-redis@127.0.0.1:9/main?sentinel_password=of-sentinels"
    found = with_handlers(
        doctor,
        "raise ValueError('password/of-redis, of-sentinels')",
        WXEVENTS_STORE=url.replace("password/", "password%2F"),
    )
    assert "ValueError: ***, ***" in found.sentence("handlers")


def test_an_error_of_several_lines_is_one(doctor: Doctor) -> None:
    found = with_handlers(doctor, "raise ValueError('first\\n  second')")
    assert "ValueError: first second" in found.sentence("handlers")


def test_a_sound_menu_is_good(doctor: Doctor) -> None:
    found = with_handlers(doctor, f'{ONE}\nmenu = Menu(ClickButton("一", one))\n')
    assert found.state("menu") == "good"


def test_errors_in_the_menu_have_to_be_mended(doctor: Doctor) -> None:
    name = "一二三四五六七八九"
    found = with_handlers(doctor, f'{ONE}\nmenu = Menu(ClickButton("{name}", "TWO"))\n')
    assert (found.code, found.to_mend()) == (1, ["menu"])
    assert found.sentence("menu").startswith(("1 error", "2 errors"))
    assert "`wxevents menu check`" in found.sentence("menu")


def test_warnings_are_noted(doctor: Doctor) -> None:
    found = with_handlers(
        doctor,
        f'{ONE}\n@router.click("TWO")\nasync def two() -> None: ...\n'
        'menu = Menu(ClickButton("一", one))\n',
    )
    assert (found.code, found.state("menu")) == (0, "note")
    assert "TWO" in found.sentence("menu")


def test_a_bot_that_reads_the_settings_waits_for_them(doctor: Doctor) -> None:
    name = doctor.environ["WXEVENTS_HANDLERS"]
    source = f"from wxevents import Bot, Settings\n{ONE}\nbot = Bot(Settings.load())\n"
    assert with_handlers(doctor, source, WXEVENTS_PORT="x", WXEVENTS_HANDLERS=f"{name}:bot").all(
        "handlers"
    ) == [("note", "skipped: they read the settings, which have to be mended first")]
    assert doctor("--offline", WXEVENTS_HANDLERS=f"{name}:bot").state("handlers") == "good"

"""What follows the pages notices what is not as a page shows it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.commands import require_known_options
from tests.docs.environment import clean_environ
from tests.docs.session import Session, session
from tests.docs.transcript import matches

if sys.platform == "win32":
    pytest.skip("the pages are for a POSIX shell", allow_module_level=True)

SERVER = """
import signal, sys, time

signal.signal(signal.SIGINT, lambda *_: sys.exit({code}))
print("listening", flush=True)
time.sleep(60)
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Session]:
    for name in ("reader", "scratch"):
        (tmp_path / name).mkdir()
    with session(tmp_path / "reader", tmp_path / "scratch", clean_environ()) as reader:
        yield reader


def page(folder: Path, *blocks: str) -> Path:
    written = folder / "page.md"
    written.write_text("\n\n".join(blocks), "utf-8")
    return written


def console(text: str, classes: str = "") -> str:
    options = f":class: {classes}\n\n" if classes else ""
    return f"```{{code-block}} console\n{options}{text}\n```"


def file(name: str, text: str) -> str:
    return f"```{{code-block}} python\n:caption: {name}\n\n{text}\n```"


def test_folder_and_variables_are_kept(reader: Session, tmp_path: Path) -> None:
    written = page(
        tmp_path,
        console("$ mkdir shop\n$ cd shop\n$ export COLOUR=green"),
        file("handlers/colour.py", "print('blue')"),
        console("$ echo $COLOUR; basename $PWD\ngreen\nshop\n$ ls handlers\ncolour.py"),
    )
    reader.follow(written)


def test_another_output_is_named_with_its_line(reader: Session, tmp_path: Path) -> None:
    written = page(tmp_path, console("$ echo 晴\n晴\n$ echo 雨\n晴"))
    with pytest.raises(AssertionError, match=r"page\.md:4: \$ echo 雨\nis to print\n晴\n"):
        reader.follow(written)


def test_another_exit_code_is_a_fault(reader: Session, tmp_path: Path) -> None:
    reader.follow(page(tmp_path, console("$ true\n$ (exit 3)", "exit-3")))
    with pytest.raises(AssertionError, match="exits with 1"):
        reader.follow(page(tmp_path, console("$ false")))


def test_a_command_may_go_on_in_the_next_line(reader: Session, tmp_path: Path) -> None:
    reader.follow(page(tmp_path, console("$ echo a \\\n>   b\na b")))


def test_a_server_runs_until_ctrl_c(reader: Session, tmp_path: Path) -> None:
    serve = file("server.py", SERVER.format(code=0))
    reader.follow(page(tmp_path, serve, console("$ python3 server.py\nlistening", "server")))
    reader.follow(page(tmp_path, console("$ sleep 0"), console("^C")))


def test_what_a_server_does_not_say_is_a_fault(reader: Session, tmp_path: Path) -> None:
    saying = file("server.py", "print('broken')")
    with pytest.raises(AssertionError, match=r"has ended with 0 without\nlistening"):
        reader.follow(page(tmp_path, saying, console("$ python3 server.py\nlistening", "server")))
    reader.abandon()


def test_a_server_that_fails_on_ctrl_c_is_a_fault(reader: Session, tmp_path: Path) -> None:
    serve = file("server.py", SERVER.format(code=5))
    reader.follow(page(tmp_path, serve, console("$ python3 server.py\nlistening", "server")))
    with pytest.raises(AssertionError, match="exits with 5 on Ctrl-C"):
        reader.end()


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("a", "a\n"),
        ("a …", "a b\n"),
        ("…", ""),
        ("…\nb", "a\na\nb\n"),
        ("a\n…\nb", "a\nb\n"),
        ("", "\n"),
        ("a  ", "a\n\n"),
    ],
)
def test_what_an_ellipsis_stands_for(expected: str, printed: str) -> None:
    assert matches(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("a", "b\n"),
        ("a", "a\nb\n"),
        ("a…c", "a\nc\n"),
        ("…\nb", "a\n"),
        ("", "a\n"),
        ("a.c", "abc"),
    ],
)
def test_what_it_does_not(expected: str, printed: str) -> None:
    assert not matches(expected, printed)


def test_what_is_behind_counts_unless_it_is_awaited() -> None:
    assert matches("a", "a\nb\n", beginning=True)
    assert not matches("b", "a\nb\n", beginning=True)


@pytest.mark.parametrize(
    "line",
    [
        "wxevents run --workers 4 && echo done",
        "WXEVENTS_MODE=plain /opt/bot/venv/bin/wxevents run",
        "sudo wxevents inbox list --all | grep --count dead",
        "echo wxevents --nonsense",
    ],
)
def test_commands_that_exist(line: str) -> None:
    require_known_options(line)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("wxevents serve", "no command wxevents serve"),
        ("cd bot && wxevents run --threads 4", "wxevents run has no option --threads"),
        ("wxevents menu publish", "no command wxevents menu publish"),
    ],
)
def test_commands_that_do_not(line: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        require_known_options(line)

"""`wxevents new`: what it writes works as it is, and it writes all of it or nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import select
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.cli.command import Project
from wxevents import Settings

LANGUAGES = ("en", "zh")
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = ("--app-id", "wx0123456789abcdef", "--token", "tOken7", "--aes-key", AES_KEY)
FILES = [
    ".dockerignore",
    ".env.example",
    ".gitignore",
    "Dockerfile",
    "README.md",
    "compose.yaml",
    "deploy/my-bot.service",
    "handlers/__init__.py",
    "handlers/chat.py",
    "handlers/menu.py",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "tests/test_chat.py",
    "tests/test_menu.py",
]
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")


def in_empty_folder(folder: Path) -> Project:
    project = Project(folder)
    shutil.rmtree(folder / "handlers")
    project.environ |= {"LC_ALL": "C.UTF-8"}
    return project


@pytest.fixture
def nothing(tmp_path: Path) -> Project:
    """A folder with nothing in it."""
    return in_empty_folder(tmp_path)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """What is written in each language, for tests that change nothing in it."""
    written = {}
    for language in LANGUAGES:
        project = in_empty_folder(tmp_path_factory.mktemp(language))
        ended = project.run("new", "my bot!", "--language", language)
        assert (ended.returncode, ended.stderr) == (0, "")
        project.folder /= "my bot!"
        written[language] = project
    return written


@pytest.fixture(params=LANGUAGES)
def bot(request: pytest.FixtureRequest, projects: dict[str, Project]) -> Project:
    """The project in one language."""
    return projects[request.param]


def files_in(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def python(project: Project, *arguments: str) -> tuple[int, str]:
    """Exit code and output of a Python module that is run in the project."""
    ended = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=project.folder,
        env=project.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return ended.returncode, ended.stdout


def read(project: Project, name: str) -> str:
    return (project.folder / name).read_text("utf-8")


def lines_of(project: Project, name: str) -> list[str]:
    """The lines of a file that are neither empty nor comments."""
    return [line for line in read(project, name).splitlines() if line and line[0] != "#"]


# What is written


def test_the_files_are_listed_and_there(nothing: Project) -> None:
    listed = nothing.json("new", "my bot!")
    assert listed == FILES
    assert files_in(nothing.folder / "my bot!") == FILES


def test_the_next_commands_are_printed_as_a_shell_takes_them(nothing: Project) -> None:
    printed = nothing.run("new", "my bot!").stdout.splitlines()
    assert printed[:2] == ["my bot!: 15 files, for a service called my-bot", "Next:"]
    cd, *commands = (shlex.split(line, comments=True) for line in printed[2:])
    assert cd == ["cd", "my bot!"]
    readme = (nothing.folder / "my bot!" / "README.md").read_text("utf-8")
    start = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert start
    assert commands == [shlex.split(line) for line in start[1].splitlines()]


def test_an_empty_folder_will_do(nothing: Project) -> None:
    nothing.folder /= "shop"
    nothing.folder.mkdir()
    assert nothing.run("new", ".").returncode == 0
    assert (nothing.folder / "deploy" / "shop.service").exists()


def test_folders_above_are_made(nothing: Project) -> None:
    assert nothing.run("new", "of/mine/shop").returncode == 0
    assert (nothing.folder / "of" / "mine" / "shop" / "handlers" / "menu.py").exists()


# It works as it is


def test_its_own_tests_pass(bot: Project) -> None:
    code, printed = python(bot, "pytest", "-W", "error", "-p", "no:cacheprovider")
    assert code == 0, printed


def test_its_menu_fits_its_handlers(bot: Project) -> None:
    ended = bot.run("menu", "check", "--strict")
    assert (ended.returncode, ended.stdout) == (
        0,
        "errors: 0, warnings: 0 (conditional menus: 0, buttons: 4)\n",
    )


def test_everything_has_its_answer(projects: dict[str, Project]) -> None:
    assert {route["takes"] for route in projects["en"].json("routes")} == {
        "click('TODAY')",
        "click('REPORT')",
        "click('HOURS')",
        "subscribe()",
        "text('帮助')",
        "text()",
        "fallback()",
    }


def test_it_is_formatted_and_linted(bot: Project) -> None:
    for arguments in (("check",), ("format", "--check")):
        code, printed = python(bot, "ruff", *arguments, "--no-cache", ".")
        assert code == 0, printed


def test_it_is_typed(projects: dict[str, Project], tmp_path: Path) -> None:
    # The other language has the same code, see below.
    cache = f"--cache-dir={tmp_path}"
    code, printed = python(projects["en"], "mypy", "--strict", cache, "handlers", "tests")
    assert code == 0, printed


def test_what_is_installed_is_enough_without_a_folder_of_wheels(bot: Project) -> None:
    pytest.importorskip("pip")
    only_here = ("--dry-run", "--no-index", "--no-deps", "--disable-pip-version-check")
    code, printed = python(bot, "pip", "install", *only_here, "-r", "requirements-dev.txt")
    assert code == 0, printed
    assert "Would install" not in printed
    assert lines_of(bot, "requirements.txt")[0] == "--find-links wheels"
    assert lines_of(bot, "requirements.txt")[1].startswith("wxevents[metrics,redis,uvloop]>=")


# Languages


def test_languages_differ_in_words_alone(projects: dict[str, Project]) -> None:
    english, chinese = (projects[language] for language in LANGUAGES)
    for name in FILES:
        one, other = read(english, name), read(chinese, name)
        if name.endswith(".py"):
            assert code_of(one) == code_of(other), name
        elif name.endswith(".md"):
            # The same commands; what is in a sentence may stand elsewhere.
            blocks = re.compile(r"```sh\n(.*?)```", re.DOTALL)
            assert blocks.findall(one) == blocks.findall(other)
        elif name.endswith(".yaml"):
            assert YAML(typ="safe").load(one) == YAML(typ="safe").load(other)
        else:
            assert lines_of(english, name) == lines_of(chinese, name), name
        assert "{{" not in one + other, name


def code_of(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) and (
            ast.get_docstring(node) is not None
        ):
            del node.body[0]
    return ast.dump(tree)


@pytest.mark.parametrize(
    ("environ", "heading"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, "## 开始"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_TW.UTF-8"}, "## 开始"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "## Start"),
        ({"LC_ALL": "C"}, "## Start"),
    ],
)
def test_the_language_is_that_of_the_locale(
    nothing: Project, environ: dict[str, str], heading: str
) -> None:
    assert nothing.run("new", "shop", **environ).returncode == 0
    assert heading in (nothing.folder / "shop" / "README.md").read_text("utf-8")


# Settings


def test_every_line_of_the_example_is_explained_and_loads(bot: Project, tmp_path: Path) -> None:
    lines = read(bot, ".env.example").splitlines()
    settings = [line for line in lines if re.match(r"#?WXEVENTS_", line)]
    for line in settings:
        assert re.match(r"# \S", lines[lines.index(line) - 1]), line
    filled = {
        "WXEVENTS_APP_ID=": "wx0123456789abcdef",
        "WXEVENTS_TOKEN=": "tOken7",
        "WXEVENTS_ENCODING_AES_KEY=": AES_KEY,
    }
    text = "\n".join(line.lstrip("#") + filled.get(line, "") for line in settings)
    (tmp_path / ".env").write_text(text, "utf-8")
    named = {line.lstrip("#").partition("=")[0] for line in settings}
    loaded = Settings.load(tmp_path, {})
    assert named <= {f"WXEVENTS_{name.upper()}" for name in Settings.model_fields}
    # What it shows as a default is one.
    assert loaded == Settings(
        app_id="wx0123456789abcdef", token="tOken7", encoding_aes_key=AES_KEY, metrics_port=8081
    )


def test_without_an_account_there_is_no_dotenv_and_git_would_not_take_one(
    bot: Project,
) -> None:
    assert not (bot.folder / ".env").exists()
    assert {".env", ".wxevents/"} <= set(lines_of(bot, ".gitignore"))
    assert {".env", ".wxevents"} <= set(lines_of(bot, ".dockerignore"))


def test_given_values_stand_in_a_dotenv_that_nobody_else_can_read(nothing: Project) -> None:
    ended = nothing.run("new", "shop", *ACCOUNT, "--app-secret", "5ec2e7")
    assert ended.returncode == 0
    assert not any(secret in ended.stdout + ended.stderr for secret in ("tOken7", AES_KEY, "5ec2"))
    folder = nothing.folder / "shop"
    loaded = Settings.load(folder, {})
    assert (loaded.app_id, loaded.mode) == ("wx0123456789abcdef", "safe")
    assert (loaded.token, loaded.encoding_aes_key) == ("tOken7", AES_KEY)
    assert loaded.app_secret == "5ec2e7"
    if sys.platform != "win32":
        assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert "tOken7" not in "".join(
        (folder / name).read_text("utf-8") for name in files_in(folder) if name != ".env"
    )


def test_a_test_account_needs_a_token_alone(nothing: Project) -> None:
    # A line break behind a value is from copying it.
    assert nothing.run("new", "shop", "--token", "tOken7\n", "--mode", "plain").returncode == 0
    loaded = Settings.load(nothing.folder / "shop", {})
    assert (loaded.mode, loaded.token) == ("plain", "tOken7")


# What is refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("shop", "--token", "tOken7"), "WXEVENTS_ENCODING_AES_KEY is not set"),
        (("shop", "--mode", "plain"), "WXEVENTS_TOKEN is not set"),
        (("shop", *ACCOUNT, "--mode", "sealed"), "WXEVENTS_MODE"),
        (("shop", *ACCOUNT, "--aes-key", "5ec2e7"), "must be the 43 letters"),
        (("shop", *ACCOUNT, "--token", "5ec2e7 #"), "WXEVENTS_TOKEN: "),
        (("小店",), "no service can be named after 小店: give it one with --name"),
        (("2shops",), "--name"),
        (("shop", "--name", "my bot!"), "--name my bot!: up to 31 small letters"),
        (("shop", "--name", "a" * 32), "--name"),
        (("shop", "--language", "de"), "--language"),
    ],
)
def test_what_does_not_fit_is_a_sentence_and_nothing_is_written(
    nothing: Project, arguments: tuple[str, ...], sentence: str
) -> None:
    ended = nothing.run("new", *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "5ec2e7" not in ended.stderr
    assert list(nothing.folder.iterdir()) == []


def test_a_name_may_be_given_where_the_folder_has_none(nothing: Project) -> None:
    assert nothing.run("new", "小店", "--name", "shop").returncode == 0
    assert (nothing.folder / "小店" / "deploy" / "shop.service").exists()


def test_a_folder_with_something_in_it_stays_as_it_is(nothing: Project) -> None:
    (nothing.folder / "shop").mkdir()
    (nothing.folder / "shop" / "mine.txt").write_text("mine")
    ended = nothing.run("new", "shop")
    assert ended.returncode == 2
    assert ended.stderr == "shop is not empty; nothing was written: name a new folder\n"
    assert files_in(nothing.folder) == ["shop/mine.txt"]


def test_a_file_is_no_folder(nothing: Project) -> None:
    (nothing.folder / "shop").write_text("mine")
    for where in ("shop", "shop/bot"):
        ended = nothing.run("new", where)
        assert ended.returncode == 2
        assert "nothing was written" in ended.stderr
    assert (nothing.folder / "shop").read_text() == "mine"


@on_posix
def test_what_fails_midway_takes_back_what_it_wrote(nothing: Project) -> None:
    new = shlex.join([sys.executable, "-m", "wxevents", "new", "of/mine"])
    ended = subprocess.run(
        ["/bin/sh", "-c", f"ulimit -f 1; exec {new}"],  # no file may grow past a block
        cwd=nothing.folder,
        env=nothing.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "of/mine: File too large; nothing was written\n"
    assert list(nothing.folder.iterdir()) == []


# On a terminal


class Terminal:
    """A command on a terminal of its own, and what both say. Answers are typed when they are asked
    for: what is typed before, a hidden question throws away."""

    def __init__(self, project: Project, arguments: tuple[str, ...]) -> None:
        pty = pytest.importorskip("pty", reason="Windows has no such terminals")
        self.shown = ""
        self._ours, its = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wxevents", "new", *arguments],
            cwd=project.folder,
            env=project.environ,
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,  # or it asks the terminal that the tests run on
        )
        os.close(its)

    def answer(self, question: str, typed: str) -> None:
        """Type it when the question stands at the end."""
        while not re.search(rf"{question}[^\n]*: \Z", self.shown):
            assert self._read(), f"no {question!r} in:\n{self.shown}"
        os.write(self._ours, f"{typed}\n".encode())
        self.shown += "\n"  # what is asked next is not this question

    def end(self) -> int:
        """The exit code, when all has been read."""
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(60)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 60)
        assert ready, f"nothing comes after:\n{self.shown}"
        try:
            read = os.read(self._ours, 4096)
        except OSError:  # Linux: nobody has the terminal open any more
            return False
        self.shown += read.decode(errors="replace")
        return bool(read)


@pytest.fixture
def on_a_terminal(nothing: Project) -> Iterator[Callable[..., Terminal]]:
    terminals: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        terminals.append(Terminal(nothing, arguments))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.process.kill()
        terminal.process.wait(60)


def test_a_terminal_is_asked_until_it_fits_and_shows_no_secret(
    nothing: Project, on_a_terminal: Callable[..., Terminal]
) -> None:
    terminal = on_a_terminal("shop")
    terminal.answer("Write the values of an account", "y")
    terminal.answer("Mode", "sealed")
    terminal.answer("Mode", "")
    terminal.answer("AppID", "")
    terminal.answer("AppID", "wx0123456789abcdef")
    terminal.answer("Token", "tOken7")
    terminal.answer("EncodingAESKey", "tooSh0rt")
    terminal.answer("EncodingAESKey", AES_KEY)
    terminal.answer("AppSecret", "5ec2e7")
    assert terminal.end() == 0
    assert "write plain, compatible or safe" in terminal.shown
    assert "WXEVENTS_APP_ID is not set" in terminal.shown
    assert "must be the 43 letters" in terminal.shown
    assert not any(one in terminal.shown for one in ("tOken7", "tooSh0rt", AES_KEY, "5ec2e7"))
    loaded = Settings.load(nothing.folder / "shop", {})
    assert (loaded.app_id, loaded.token) == ("wx0123456789abcdef", "tOken7")
    assert (loaded.encoding_aes_key, loaded.app_secret) == (AES_KEY, "5ec2e7")


def test_only_what_is_missing_is_asked(
    nothing: Project, on_a_terminal: Callable[..., Terminal]
) -> None:
    terminal = on_a_terminal("小店", "--mode", "plain", "--token", "tOken7")
    terminal.answer("Name of the service", "my bot!")
    terminal.answer("Name of the service", "shop")
    terminal.answer("AppID", "")
    terminal.answer("AppSecret", "")
    assert terminal.end() == 0
    assert (nothing.folder / "小店" / "deploy" / "shop.service").exists()
    assert Settings.load(nothing.folder / "小店", {}).app_id == ""


def test_who_wants_no_account_or_says_yes_is_asked_no_more(
    nothing: Project, on_a_terminal: Callable[..., Terminal]
) -> None:
    terminal = on_a_terminal("shop")
    terminal.answer("Write the values of an account", "")
    assert terminal.end() == 0
    terminal = on_a_terminal("other", "--yes", "--json")
    assert terminal.end() == 0
    assert json.loads(terminal.shown)[0] == ".dockerignore"
    assert not list(nothing.folder.rglob(".env"))


def test_an_interrupted_question_leaves_nothing(
    nothing: Project, on_a_terminal: Callable[..., Terminal]
) -> None:
    terminal = on_a_terminal("shop", "--token", "tOken7")
    terminal.answer("Mode", "\x04")  # Ctrl-D
    assert terminal.end() != 0
    assert list(nothing.folder.iterdir()) == []

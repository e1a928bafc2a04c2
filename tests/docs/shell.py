"""The reader's terminals: one in which commands follow each other, others in which servers run."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.docs.transcript import matches

# The longest is an installation.
_PATIENCE: Final = 600.0
_SERVER_PATIENCE: Final = 60.0
# A reader takes longer from a save to the next tap.
_QUIET: Final = 1.0


class Shell:
    """A bash that keeps its folder and its variables from command to command."""

    def __init__(self, folder: Path, scratch: Path, environ: Mapping[str, str]) -> None:
        self._scratch = scratch
        reading, writing = os.pipe()
        self._codes = os.fdopen(reading)
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            encoding="utf-8",
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        self._writing = writing

    def run(self, command: str) -> tuple[str, int]:
        """What the command prints, and its exit code."""
        script, output = self._scratch / "command.sh", self._scratch / "output.txt"
        script.write_text(f"{command}\n", "utf-8")
        assert self._bash.stdin
        self._bash.stdin.write(
            f". {shlex.quote(str(script))} </dev/null >{shlex.quote(str(output))} 2>&1 "
            f"{self._writing}>&-\necho $? >&{self._writing}\n"
        )
        self._bash.stdin.flush()
        ready, _, _ = select.select([self._codes], [], [], _PATIENCE)
        printed = output.read_text("utf-8", "replace") if output.exists() else ""
        assert ready, f"`{command}` has not ended after {_PATIENCE:.0f} s; it printed:\n{printed}"
        code = self._codes.readline().strip()
        return output.read_text("utf-8", "replace"), int(code or -1)

    def place(self) -> tuple[Path, dict[str, str]]:
        """Its folder and its variables by now."""
        printed, _ = self.run("pwd; env -0")
        folder, _, variables = printed.partition("\n")
        pairs = (one.partition("=") for one in variables.split("\0") if one)
        return Path(folder), {name: value for name, _, value in pairs}

    def close(self) -> None:
        if self._bash.poll() is None:
            os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        assert self._bash.stdin
        self._bash.stdin.close()
        self._codes.close()


class Server:
    """A command that serves, in a terminal of its own."""

    def __init__(self, command: str, log: Path, folder: Path, environ: Mapping[str, str]) -> None:
        self.command = command
        self.folder = folder
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["bash", "-c", command],
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C reaches what it started, and nothing else
            )

    @property
    def printed(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def wait_for(self, expected: str) -> None:
        """Until it has printed that, and then has been quiet."""
        self._wait(lambda: matches(expected, self.printed, beginning=True), expected)
        self.settle()

    def wait_for_reload(self, printed_before: int) -> None:
        """Until `wxevents dev` runs what was saved, or says why it cannot."""
        pattern = re.compile("tap in another terminal|waiting for the next save")
        self._wait(lambda: bool(pattern.search(self.printed[printed_before:])), "a reload")
        self.settle()

    def settle(self) -> None:
        """Until it says no more."""
        deadline, before = time.monotonic() + 10, ""
        while time.monotonic() < deadline:
            now = self.printed
            if now and now == before:
                return
            before = now
            time.sleep(_QUIET)

    def interrupt(self) -> None:
        """Ctrl-C, on which it has to end with exit code 0."""
        assert self._process.poll() is None, f"`{self.command}` has ended:\n{self.printed}"
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            code = self._process.wait(_SERVER_PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"`{self.command}` goes on after Ctrl-C:\n{self.printed}"
            ) from None
        assert code == 0, f"`{self.command}` exits with {code} on Ctrl-C:\n{self.printed}"

    def kill(self) -> None:
        """End it whatever it does, with all that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self._process.wait()

    def _wait(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _SERVER_PATIENCE
        while not is_so():
            ended = self._process.poll()
            late = time.monotonic() > deadline
            if ended is not None or late:
                how = f"has ended with {ended}" if ended is not None else "goes on"
                raise AssertionError(
                    f"`{self.command}` {how} without\n{what}\nIt printed:\n{self.printed}"
                )
            time.sleep(0.1)

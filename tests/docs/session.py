"""A reader who does what the pages say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.docs.pages import Block, blocks, place
from tests.docs.shell import Server, Shell
from tests.docs.transcript import Command, matches, steps


class Session:
    """One terminal for commands, others for servers, and the folder that they are in."""

    def __init__(self, shell: Shell, scratch: Path) -> None:
        self._shell = shell
        self._scratch = scratch
        self._servers: list[Server] = []
        self.commands = 0
        """How many were run."""

    def follow(self, page: Path) -> None:
        """Write the files of a page and run its commands, in their order."""
        for block in blocks(page):
            if block.is_file:
                self._write(block)
            elif block.language == "console" and not block.is_elsewhere:
                self._run(block)
            elif block.is_printed:
                self._see(block)

    def end(self) -> None:
        """Ctrl-C in every terminal."""
        while self._servers:
            self._servers.pop().interrupt()

    def abandon(self) -> None:
        """End what still runs, whatever it does."""
        while self._servers:
            self._servers.pop().kill()
        self._shell.close()

    def _write(self, block: Block) -> None:
        folder, _ = self._shell.place()
        file = folder / block.caption
        if file.exists() and file.read_text("utf-8") == block.text:
            return
        reloading = [
            (server, len(server.printed))
            for server in self._servers
            if "wxevents dev" in server.command and file.is_relative_to(server.folder)
        ]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, "utf-8")
        if file.suffix in (".py", ".toml") or file.name == ".env":
            for server, printed in reloading:
                server.wait_for_reload(printed)

    def _run(self, block: Block) -> None:
        for step in steps(block):
            if not isinstance(step, Command):
                assert self._servers, f"{block}: ^C, and no server runs"
                self._servers.pop().interrupt()
            elif step.is_server:
                self._serve(step)
            else:
                self._call(step, block)
                self.commands += 1

    def _see(self, block: Block) -> None:
        """Wait until the server that was started last has printed that, after whatever else."""
        assert self._servers, f"{block}: no server runs that could print that"
        self._servers[-1].wait_for(f"…\n{block.text}")

    def _serve(self, step: Command) -> None:
        folder, environ = self._shell.place()
        log = self._scratch / f"server-{step.line}-{len(self._servers)}.log"
        server = Server(step.text, log, folder, environ)
        self._servers.append(server)
        server.wait_for(step.expected or "")

    def _call(self, step: Command, block: Block) -> None:
        printed, code = self._shell.run(step.text)
        where = f"{place(block.page, step.line)}: $ {step.text}"
        assert code == step.exit_code, f"{where}\nexits with {code}:\n{printed}{self._logs()}"
        if step.expected is not None:
            assert matches(step.expected, printed), (
                f"{where}\nis to print\n{step.expected}\nand prints\n{printed}{self._logs()}"
            )

    def _logs(self) -> str:
        return "".join(f"\n`{one.command}` says\n{one.printed}" for one in self._servers)


@contextmanager
def session(folder: Path, scratch: Path, environ: Mapping[str, str]) -> Iterator[Session]:
    """A reader who begins in that folder. Servers that run at the end get Ctrl-C."""
    reader = Session(Shell(folder, scratch, environ), scratch)
    try:
        yield reader
        reader.end()
    finally:
        reader.abandon()

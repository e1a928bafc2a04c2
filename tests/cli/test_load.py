"""`wxevents load`: the buttons of the handlers, pressed at a rate."""

from __future__ import annotations

import json

from tests.cli.command import Project


def test_the_command_presses_the_buttons_of_the_handlers(project: Project) -> None:
    arguments = ("--rate", "20", "--users", "20", "--duration", "0.5")
    with project.serving("dev", "--port", "0") as server:
        shown = project.run("load", *arguments, "--url", server.url)
        assert shown.returncode == 0, shown.stderr
        assert "10 of 10" in shown.stdout
        listed = project.run("load", *arguments, "--url", server.url, "--json")
        figures = json.loads(listed.stdout)
        assert (figures["pushes"], figures["answered"], figures["failed"]) == (10, 10, 0)
        assert set(figures["latency"]) == {"p50", "p90", "p99", "p99.9", "max"}
        foreign = project.run(
            "load", *arguments, "--url", server.url, "--key", "HELLO", "--token", "other"
        )
        assert foreign.returncode != 0
    assert project.run("load", "--url", "localhost").returncode == 2
    assert "take 50 users" in project.run("load", "--users", "5").stderr

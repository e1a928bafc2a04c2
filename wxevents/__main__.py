"""`python -m wxevents` is the `wxevents` command."""

from wxevents.cli import app

app(prog_name="wxevents")

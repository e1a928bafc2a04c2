"""The bot that `wxevents dev` and `wxevents run` start: one module per topic."""

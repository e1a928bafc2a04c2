"""The commands, each in a process of its own as a user runs it."""

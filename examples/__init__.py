"""Bots in one file each: `wxevents dev --handlers examples.minimal`."""

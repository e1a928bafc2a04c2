"""Tests of wxevents.menu."""

"""Signals: what moves now, since when, how many people, and what was decided."""

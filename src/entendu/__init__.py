"""Entendu: heard, and agreed: it will be done."""

__version__ = "0.1.0"

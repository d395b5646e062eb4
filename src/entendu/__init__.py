"""Entendu: heard, and agreed: it will be done."""

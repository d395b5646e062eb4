"""The definitions: what is said outside, and how we take care of it."""

from entendu.measures.definitions import care, voice

__all__ = ["care", "voice"]

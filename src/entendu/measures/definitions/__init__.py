"""The definitions: what is said outside, and how we take care of it."""

from entendu.measures.definitions import care, claims, voice

__all__ = ["care", "claims", "voice"]

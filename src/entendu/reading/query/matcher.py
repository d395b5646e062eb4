"""The matcher that serves: the C kernel when it was built, else the reference in Python, with the same
answers."""

from entendu.reading.query.reference import PythonMatcher as Matcher

__all__ = ["Matcher"]

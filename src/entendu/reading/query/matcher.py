"""The matcher that serves: the C kernel when it was built, else the reference in Python, with the same answers."""

from typing import TYPE_CHECKING

from entendu.reading.query.reference import PythonMatcher

if TYPE_CHECKING:
    Matcher = PythonMatcher
else:
    try:
        from entendu.reading.query.native import KernelMatcher as Matcher
    except ImportError:  # no compiler was there: the reference serves
        Matcher = PythonMatcher

__all__ = ["Matcher"]

"""The same loop for programs: one router per noun, under /api. It looks through `visible_to` and acts by verbs."""

from entendu.api.house import api

__all__ = ["api"]

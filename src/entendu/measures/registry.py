"""The list of the measures. A definition registers itself; its docstring is its formula, with the source
named."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from entendu.measures.result import Answer
from entendu.measures.sheet import Sheet

Unit = Literal["count", "percent", "points", "seconds", "changes", "rate"]
Definition = Callable[[Sheet], Answer]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: how it is called, in which unit it is told, which way is good (None: neither), and how it is
    computed. `opens`: what its number leads to; `spread`: the unit of its median and p90."""

    slug: str
    name: str | Promise
    unit: Unit
    better: Literal["up", "down"] | None
    opens: Literal["mentions", "conversations"]
    spread: Unit
    compute: Definition

    @property
    def formula(self) -> str:
        """The definition, its formula and its source, in English."""
        return " ".join((inspect.getdoc(self.compute) or "").split())


MEASURES: dict[str, Measure] = {}


def measured(
    name: str | Promise,
    *,
    unit: Unit,
    better: Literal["up", "down"] | None = None,
    opens: Literal["mentions", "conversations"] = "conversations",
    spread: Unit | None = None,
) -> Callable[[Definition], Definition]:
    """Registers a definition under its function's name."""

    def register(compute: Definition) -> Definition:
        slug = compute.__name__
        MEASURES[slug] = Measure(slug, name, unit, better, opens, spread or unit, compute)
        return compute

    return register

"""Measures as programs see them."""

from datetime import date
from typing import Annotated

from ninja import Schema
from pydantic import Field

from entendu.api.fields import Given, Id


class MeasureOut(Schema):
    """A definition: `unit` is count, percent, points (-100 to 100), seconds, changes or rate (per 1,000); `better`
    up, down or none."""

    slug: str
    name: str
    unit: str
    better: str | None
    formula: str


class PointOut(Schema):
    day: date
    value: float | None
    n: int
    parts: dict[str, float]


class BeforeOut(Schema):
    value: float | None
    n: int
    median: float | None
    p90: float | None


class ValueOut(Schema):
    """`value` is the headline (the median for durations); None where `n` is 0. `previous`: the period of
    the same length before. `read_by`: the versions of the reader on which it rests."""

    measure: str
    unit: str
    since: date
    until: date
    value: float | None
    n: int
    median: float | None
    p90: float | None
    parts: dict[str, int]
    previous: BeforeOut
    series: list[PointOut]
    read_by: list[str]


class Period(Given):
    """Days of the organisation's time zone, both included; the last 30 days where they are not given."""

    since: date | None = None
    until: date | None = None
    channel: Id | None = None
    language: Annotated[str, Field(max_length=8, pattern=r"^[A-Za-z-]*$")] = ""
    topic: Id | None = None

"""The small curve of a signal: people by hour, over the band of what is usual. Drawn on the server, no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 192.0, 40.0


@dataclass(frozen=True)
class Curve:
    """Points for an SVG of WIDTH × HEIGHT: the band up to `high`, the line of the usual, and a bar for each hour
    (x, y, width, height, whether it stands out)."""

    band: str
    usual: str
    bars: list[tuple[float, float, float, float, bool]]
    most: int
    hours: int


def curve_of(kept: dict[str, Any]) -> Curve | None:
    """The curve that a signal keeps; None when it keeps none."""
    people: list[float] = kept.get("people") or []
    usual: list[float] = kept.get("usual") or []
    high: list[float] = kept.get("high") or []
    if not people or not len(people) == len(usual) == len(high):
        return None
    top = max(*people, *high, 1.0)
    step = WIDTH / len(people)

    def line(values: Sequence[float]) -> str:
        return " ".join(
            f"{(at + 0.5) * step:.1f},{HEIGHT * (1 - value / top):.1f}" for at, value in enumerate(values)
        )

    bars = [
        (
            round(at * step + 0.5, 1),
            round(HEIGHT * (1 - n / top), 1),
            round(step - 1, 1),
            round(HEIGHT * n / top, 1),
            n > high[at],
        )
        for at, n in enumerate(people)
        if n
    ]
    band = f"{step / 2:.1f},{HEIGHT} {line(high)} {WIDTH - step / 2:.1f},{HEIGHT}"
    return Curve(band, line(usual), bars, int(max(people)), len(people))

"""The one percentile of the product."""

from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which `share` (in [0, 1]) of `ordered` lies; None when there is nothing.

    `ordered` ascends. Between two values the result is interpolated linearly at rank share × (n - 1):
    definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician
    50 (1996); the same as numpy's default and `statistics.quantiles(method="inclusive")`.
    """
    if not ordered:
        return None
    rank = share * (len(ordered) - 1)
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)

"""The one percentile of the product."""

from collections.abc import Callable, Sequence


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which `share` (in [0, 1]) of `ordered` lies; None when there is nothing.

    `ordered` ascends. Between two values the result is interpolated linearly at rank share × (n - 1):
    definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician
    50 (1996); the same as numpy's default and `statistics.quantiles(method="inclusive")`.
    """
    return interpolated(ordered.__getitem__, len(ordered), share)


def interpolated(value: Callable[[int], float], n: int, share: float) -> float | None:
    """The percentile of `n` ascending values of which `value` tells the one at a rank (from 0): it asks
    for `ranks(n, share)` only."""
    if not n:
        return None
    low, high = ranks(n, share)
    return value(low) + (value(high) - value(low)) * (share * (n - 1) - low)


def ranks(n: int, share: float) -> tuple[int, ...]:
    """The two ranks between which the percentile of `n` values lies; none when there are no values."""
    if not n:
        return ()
    low = int(share * (n - 1))
    return low, min(low + 1, n - 1)

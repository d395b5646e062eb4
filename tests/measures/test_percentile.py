import statistics

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entendu.measures.percentile import percentile

VALUES = st.lists(st.floats(0, 1e9), min_size=2, max_size=40)


def test_nothing_has_no_percentile():
    assert percentile([], 0.5) is None


def test_one_value_is_all_percentiles():
    assert percentile([7.0], 0.9) == 7.0


@given(VALUES)
def test_agrees_with_the_standard_library_and_numpy(values):
    ordered = sorted(values)
    deciles = statistics.quantiles(ordered, n=10, method="inclusive")
    assert percentile(ordered, 0.5) == pytest.approx(statistics.median(ordered))
    assert percentile(ordered, 0.9) == pytest.approx(deciles[-1])
    assert percentile(ordered, 0.9) == pytest.approx(float(numpy.percentile(ordered, 90)))

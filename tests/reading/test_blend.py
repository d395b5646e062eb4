"""Two models' scores together: weighed head by head, and never with a fast reader that they were not weighed with."""

import numpy as np
import pytest

from entendu.reading import blend, encoder, linear
from entendu.reading.heads import heads

HEADS = [
    {"name": "sentiment", "labels": ["bad", "good"], "temperature": 1.0, "unsure_below": 0.5},
    {"name": "urgency", "labels": ["none", "high"], "temperature": 1.0, "unsure_below": 0.5},
]


class FakeModel:
    """Says the same of every text."""

    def __init__(self, version, said, described=HEADS, **more):
        self.version, self.said = version, said
        self.meta = {"heads": described, **more}
        self.heads = heads(self.meta)

    def score(self, texts):
        return np.array([self.said] * len(texts), np.float32).reshape(len(texts), len(self.said))


def first(**factors):
    return FakeModel("first-1", [1.0, 2.0, 3.0, 4.0], beside={"version": "second-1", "factors": factors})


def test_a_version_that_it_was_not_weighed_with_is_refused():
    with pytest.raises(ValueError, match="second-2"):
        blend.BlendedReader(first(urgency=[1, 1]), FakeModel("second-2", [0.0] * 4))


def test_other_labels_are_refused():
    other = [HEADS[0], HEADS[1] | {"labels": ["high", "none"]}]
    with pytest.raises(ValueError, match="labels"):
        blend.BlendedReader(first(urgency=[1, 1]), FakeModel("second-1", [0.0] * 4, other))


def test_each_head_has_its_own_factors_and_one_without_is_left_alone():
    reader = blend.BlendedReader(first(urgency=[0.5, 10]), FakeModel("second-1", [7.0, 7.0, 0.0, 1.0]))
    assert reader.score(["one", "two"]).tolist() == [[1.0, 2.0, 1.5, 12.0]] * 2
    assert reader.score([]).shape == (0, 4)


def test_heads_are_found_by_name_whatever_their_order():
    second = FakeModel("second-1", [0.0, 1.0, 7.0, 7.0], [HEADS[1], HEADS[0]])
    reader = blend.BlendedReader(first(urgency=[0.5, 10]), second)
    assert reader.score(["one"]).tolist() == [[1.0, 2.0, 1.5, 12.0]]


@pytest.mark.parametrize("name", ["student", "teacher"])
def test_the_shipped_encoders_were_weighed_with_the_shipped_fast_reader(name):
    assert encoder.shipped(name).meta["beside"]["version"] == linear.shipped().version
    assert isinstance(blend.shipped(name), blend.BlendedReader)

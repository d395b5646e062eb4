import numpy as np
import pytest

from entendu.reading.heads import chances, heads

META = {
    "heads": [
        {"name": "mood", "labels": ["bad", "good"], "temperature": 2.0, "unsure_below": 0.6},
        {"name": "loud", "labels": ["yes"], "temperature": 1.0, "unsure_below": 0.7, "yes_from": 0.3},
    ]
}


def test_heads_lie_one_after_the_other():
    found = heads(META)
    assert (found["mood"].start, found["loud"].start) == (0, 2)
    assert (found["mood"].yes_from, found["loud"].yes_from) == (0.5, 0.3)


def test_chances_of_a_head_sum_to_one_and_a_temperature_softens_them():
    scores = np.array([[0.0, 4.0, 0.0]], np.float32)
    mood = chances(scores, heads(META)["mood"])
    assert mood.sum() == pytest.approx(1.0)
    assert mood[0, 1] == pytest.approx(1 / (1 + np.exp(-2.0)), abs=1e-5)


def test_a_head_of_one_label_gives_the_chance_of_yes():
    loud = heads(META)["loud"]
    assert chances(np.array([[0, 0, 0.0]], np.float32), loud)[0, 0] == pytest.approx(0.5)
    assert np.isfinite(chances(np.array([[0, 0, 1e30]], np.float32), loud)).all()

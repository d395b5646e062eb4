"""The texts written for the project: what is measured on must not be what was learned from."""

import json
import re
from pathlib import Path

import pytest

from entendu.reading import INTENTS, SENTIMENTS, URGENCIES

FOLDER = Path(__file__).parents[2] / "training" / "written"
FILES = sorted(FOLDER.glob("*.jsonl"))


def rows(pattern):
    return [
        json.loads(line)
        for path in sorted(FOLDER.glob(pattern))
        for line in path.read_text("utf-8").splitlines()
    ]


def bare(text):
    return re.sub(r"\W+", "", text.lower())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_label_is_one_that_the_reader_knows(path):
    for row in rows(path.name):
        assert row["intent"] in INTENTS
        assert row["urgency"] in URGENCIES
        assert row["sentiment"] in SENTIMENTS
        assert {row["disappointed"], row["offensive"]} <= {0, 1}
        assert row["lang"] in ("fr", "en")
        assert row["text"].strip()


def test_no_text_is_both_learned_from_and_measured_on():
    train, valid, held = (
        {bare(row["text"]) for row in rows(f"{part}-*.jsonl")} for part in ("train", "valid", "heldout")
    )
    assert len(train) > 800
    assert len(held) > 200
    assert not train & held
    assert not train & valid
    assert not valid & held

"""Ten thousand items over six sources in trouble, while the worker is killed -9: none lost, none doubled.

ENTENDU_SOAK_KILLS and ENTENDU_SOAK_ITEMS make it longer."""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from worker.fake_sources import NAMES, Source, served, sources, truth

ITEMS = int(os.environ.get("ENTENDU_SOAK_ITEMS", "10000"))
KILLS = int(os.environ.get("ENTENDU_SOAK_KILLS", "4"))
LONGEST_LIFE = 20.0  # seconds in which a worker may hear nothing new: it has other work
HARNESS = Path(__file__).with_name("soak_worker.py")


def run(home: Path, url: str, what: str, store: dict[str, str]) -> str:
    path = os.pathsep.join([str(HARNESS.parent.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(home), url, what],
        capture_output=True, text=True, timeout=600, env=store | {"PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def live_and_die(
    home: Path, url: str, found: dict[str, Source], dice: random.Random, store: dict[str, str]
) -> None:
    """One life of the worker: it hears some hundred units more (or works for a while), and is killed -9 soon after."""
    path = os.pathsep.join([str(HARNESS.parent.parent), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, str(HARNESS), str(home), url, "work"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=store | {"PYTHONPATH": path},
    )  # fmt: skip
    source = found[dice.choice(NAMES)]
    goal = source.given + dice.randint(1, 400)
    with source.news:
        source.news.wait_for(lambda: source.given >= goal, timeout=LONGEST_LIFE)
    with pytest.raises(subprocess.TimeoutExpired):  # it works until it is killed
        child.wait(timeout=dice.uniform(0.0, 1.5))
    child.kill()
    child.wait()


def story(
    home: Path, items: int, kills: int, store: dict[str, str], **planted: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the store holds in the end, and what it should."""
    found, dice = sources(items), random.Random(5)
    wanted = truth(found)
    with served(found) as url:
        run(home, url, "init", store)
        for _life in range(kills):
            live_and_die(home, url, found, dice, store | planted)
        run(home, url, "settle", store | planted)
        held: dict[str, Any] = orjson.loads(run(home, url, "report", store).splitlines()[-1])
    wanted["handed"] = sum(len(source.handed) for source in found.values())
    wanted["again"] = sum(source.again for source in found.values())
    wanted["errors"] = sum(source.errors for source in found.values())
    wanted["late"] = sum(len(source.late) for source in found.values())
    return held, wanted


def test_ten_thousand_items_from_six_sources_in_trouble_and_a_worker_that_is_killed(
    tmp_path: Path, own_store: dict[str, str]
) -> None:
    held, wanted = story(tmp_path, ITEMS, KILLS, own_store)
    assert wanted["again"] and wanted["errors"] and wanted["late"] == 0  # the sources were in trouble
    assert held["receipts"] == wanted["handed"]
    assert held["balanced"] and held["waiting"] == 0
    assert held["ends"] + held["aside"] == wanted["handed"]
    assert held["aside"] == wanted["poison"]
    once_more = wanted["handed"] - wanted["units"]  # under another key, after a renumbering
    assert once_more <= held["duplicates"] <= once_more + wanted["early"]
    assert held["keys"] == wanted["keys"]
    assert held["doubled"] == 0 and held["placed_once"]
    assert held["deleted"] == wanted["deleted"] and held["words_of_deleted"] == 0
    assert held["edited"] == wanted["edited"]
    assert held["agree"] == len(NAMES)
    assert held["fetched"] > 0  # what came late, below the cursor


def test_a_planted_fault_is_found(tmp_path: Path, own_store: dict[str, str]) -> None:
    """The cursor before the receipts: what was on its way when the worker was killed never comes."""
    held, wanted = story(tmp_path, 900, 3, own_store, SOAK_PLANT="cursor")
    assert set(held["keys"]) < set(wanted["keys"])

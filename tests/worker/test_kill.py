"""Killing the worker anywhere loses nothing and doubles nothing."""

import subprocess
import sys
from pathlib import Path

import orjson


def test_worker_killed_at_every_step_loses_and_doubles_nothing(
    tmp_path: Path, own_store: dict[str, str]
) -> None:
    harness = Path(__file__).with_name("kill_harness.py")
    result = subprocess.run(
        [sys.executable, str(harness), str(tmp_path), "120"],
        capture_output=True,
        text=True,
        timeout=300,
        env=own_store,
    )
    assert result.returncode == 0, result.stderr
    found = orjson.loads(result.stdout.splitlines()[-1])
    bad = {f"k{n}" for n in range(120) if n % 31 == 30}
    truth = sorted({f"k{n}" for n in range(120)} - bad)
    assert found["kills"] >= 60
    assert found["keys"] == truth
    assert found["doubled"] == found["unended"] == 0
    assert found["unreadable"] == len(bad)
    assert found["edited"] == sorted(f"k{n}" for n in range(120) if n % 40 == 7)
    assert found["parts"] == len(truth)
    assert found["opened"] == found["conversations"]
    assert found["figures"]
    assert found["integrity"] == "ok"

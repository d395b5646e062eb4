"""Killing the listener anywhere, while a fake firehose of ours goes on, loses nothing and doubles nothing."""

import os
import subprocess
import sys
from pathlib import Path

import orjson

from fake_firehose import POST


def truth(frames: list[bytes], word: str, account: str) -> tuple[list[str], int]:
    """What an organisation has to keep of `frames`, and how many units it forgets: the rule, said plainly."""
    kept: list[str] = []
    held: set[str] = set()
    forgotten = 0
    for frame in frames:
        event = orjson.loads(frame)
        commit, operation = event["commit"], event["commit"]["operation"]
        if commit["collection"] != POST or operation not in ("create", "update", "delete"):
            continue
        record = commit.get("record", {})
        wanted = word in record.get("text", "") or account in orjson.dumps(record.get("facets", [])).decode()
        if operation == "delete":
            wanted = commit["rkey"] in held
        elif operation == "update":
            wanted = wanted or commit["rkey"] in held
        if wanted:
            held.add(commit["rkey"])
            kept.append(f"{commit['rkey']}#{commit['cid'] if operation == 'create' else commit['rev']}")
        else:
            forgotten += 1
    return kept, forgotten


def test_listener_killed_at_every_step_loses_and_doubles_nothing(tmp_path: Path) -> None:
    harness = Path(__file__).with_name("listen_harness.py")
    environment = {name: value for name, value in os.environ.items() if name != "ENTENDU_DATABASE_URL"}
    result = subprocess.run(
        [sys.executable, str(harness), str(tmp_path), "90"],
        capture_output=True, text=True, timeout=300, env=environment,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    found = orjson.loads(result.stdout.splitlines()[-1])
    frames = (tmp_path / "frames").read_bytes().splitlines()
    assert found["kills"] >= 20
    for slug, word in (("levain", "brioche"), ("ailleurs", "tarte")):
        kept, forgotten = truth(frames, word, f"did:plc:{slug}")
        assert len(kept) > 300
        assert (
            found["receipts"][slug] == kept
        )  # nothing lost, nothing doubled, in the order in which it was said
        assert found["forgotten"][slug] == forgotten

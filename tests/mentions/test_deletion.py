"""What was deleted where it was said is nowhere here: no page, no export, no search, and no byte of the files."""

import os
import subprocess
import sys
from pathlib import Path

import orjson


def test_a_deleted_word_is_in_no_byte_of_the_installation(tmp_path: Path) -> None:
    harness = Path(__file__).with_name("deletion_harness.py")
    home = tmp_path / "home"
    environment = {name: value for name, value in os.environ.items() if name != "ENTENDU_DATABASE_URL"}
    result = subprocess.run(
        [sys.executable, str(harness), str(home)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    found = orjson.loads(result.stdout.splitlines()[-1])
    assert {"entendu.sqlite3", "files", "export", "search"} <= set(found["before"])
    assert any(place.startswith("/inbox/") for place in found["before"])
    assert found["after"] == []
    assert found["deleted"] and found["unended"] == 0

import io
import json
from pathlib import Path

import pytest

from entendu.reading.query.stream import QueriesRefused, Summary, load_queries, match_stream


def _file(folder: Path, *rows: object) -> Path:
    (folder / "queries.jsonl").write_bytes(b"".join(_lines(*rows)))
    return folder / "queries.jsonl"


def _lines(*rows: object) -> list[bytes]:
    return [row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows]


def test_every_unusable_query_is_named_before_a_post_is_read(tmp_path: Path) -> None:
    queries = _file(
        tmp_path,
        {"id": 1, "query": "train"},
        {"id": 2, "query": "train OR"},
        b"{broken\n",
        {"id": 1, "query": "avion"},
        {"query": "no id"},
        b"\xff\n",
    )

    def posts() -> list[bytes]:
        pytest.fail("a post was asked for")

    with pytest.raises(QueriesRefused) as caught:
        match_stream(queries, iter(posts, None), io.BytesIO(), "fr")  # type: ignore[arg-type]
    problems = caught.value.problems
    assert [problem.split(" ne peut")[0] for problem in problems] == [
        f"La ligne {n}" for n in (2, 3, 4, 5, 6)
    ]
    assert "« OR » attend" in problems[0]
    assert "l’identifiant 1 a déjà servi" in problems[2]


def test_a_line_that_is_no_post_is_said_in_its_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    out = io.BytesIO()
    summary = match_stream(
        _file(tmp_path, {"id": "t", "query": "train lang:fr"}, {"id": "a", "query": "author:jean"}),
        _lines(
            {"id": 1, "text": "Le #train", "lang": "fr-FR", "author": "@Jean"},
            b"not json\n",
            b"\n",
            {"id": 2, "text": None},
            {"id": 3, "text": "rien", "author": None, "unknown": [1]},
        ),
        out,
    )
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert rows[0] == {"id": 1, "matches": ["t", "a"]}
    assert [row.get("line") for row in rows] == [None, 2, 4, None]
    assert all("error" in row for row in rows[1:3])
    assert rows[3] == {"id": 3, "matches": []}
    assert summary == Summary(posts=2, matches=2, bad_lines=2)


def test_posts_beyond_one_batch_come_out_in_order(tmp_path: Path) -> None:
    out = io.BytesIO()
    posts = _lines(*({"id": number, "text": "x" if number % 2 else "y"} for number in range(4_500)))
    assert match_stream(_file(tmp_path, {"id": 9, "query": "x"}), posts, out) == Summary(4_500, 2_250, 0)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert rows == [{"id": number, "matches": [9] if number % 2 else []} for number in range(4_500)]


def test_queries_that_look_at_everything_are_named() -> None:
    loaded = load_queries(_lines({"id": 1, "query": "NOT a"}, {"id": 2, "query": "train"}))
    assert loaded.unselective == [1]

import io
import json

import pytest

from entendu.reading import stream
from entendu.reading.read import UnknownModelError


def run(*lines: bytes, **more):
    sink = io.BytesIO()
    count = stream.read_stream(io.BytesIO(b"\n".join(lines)), sink, **more)
    return count, [json.loads(line) for line in sink.getvalue().splitlines()]


def test_an_unknown_model_is_refused_before_anything_is_written():
    sink = io.BytesIO()
    with pytest.raises(UnknownModelError):
        stream.read_stream(io.BytesIO(b'{"text": "a"}\n'), sink, model="nope")
    assert sink.getvalue() == b""


def test_each_bad_line_says_why_in_its_place_and_the_stream_goes_on():
    bad = [
        b"{",
        b"[1]",
        b'{"lang": "fr"}',
        b'{"text": 3}',
        b'{"text": "a", "lang": 5}',
        b"\xff\xfe",
        b"[" * 100_000,
    ]
    count, answers = run(*bad, '{"text": "merci à vous"}'.encode())
    codes = [answer["error"]["code"] for answer in answers[:-1]]
    assert codes == ["not_json", "not_an_object", "no_text", "no_text", "bad_lang", "not_utf8", "not_json"]
    assert [answer["error"]["line"] for answer in answers[:-1]] == [1, 2, 3, 4, 5, 6, 7]
    assert answers[-1]["sentiment"]["label"] == "positive"
    assert (count.read, count.refused) == (1, 7)


def test_whoever_asks_is_told_of_each_bad_line_by_its_number():
    told = []
    run(
        b'{"text": "a"}', b"{", b"", b"[]", b'{"text": "b"}', refused=lambda *what: told.append(what), batch=2
    )
    assert told == [(2, "not_json"), (4, "not_an_object")]


def test_a_line_that_never_ends_is_refused_without_being_held(monkeypatch):
    monkeypatch.setattr(stream, "LONGEST_LINE", 50)
    _, answers = run(b'{"text": "' + b"a" * 500 + b'"}', b'{"text": "hello there"}')
    assert answers[0]["error"] == {
        "code": "too_long",
        "detail": "a line may have at most 50 bytes",
        "line": 1,
    }
    assert answers[1]["text"] == "hello there"


def test_order_and_every_other_key_are_kept():
    lines = [json.dumps({"id": n, "text": f"message {n}"}).encode() for n in range(25)]
    _, answers = run(*lines, batch=4)
    assert [answer["id"] for answer in answers] == list(range(25))
    assert answers[3]["text"] == "message 3"


def test_a_line_has_the_whole_reading():
    _, [answer] = run(b'{"text": "Merci, super service", "lang": "fr"}')
    assert answer["language"]["label"] == "fr"
    assert set(answer["sentiment"]["scores"]) == {"negative", "neutral", "positive"}
    assert set(answer) >= {
        "intent",
        "urgency",
        "disappointed",
        "topics",
        "offensive",
        "pii",
        "unsure",
        "model",
    }
    assert "also" in answer["intent"]


def test_empty_lines_are_passed_over_and_a_byte_order_mark_is_no_text():
    count, answers = run(b'\xef\xbb\xbf{"text": "hello you"}', b"", b"  ", b'{"text": "x"}')
    assert (count.read, len(answers)) == (2, 2)


def test_a_half_emoji_does_not_stop_the_stream():
    count, answers = run(rb'{"text": "hi \ud83d"}')
    assert count.read == 1
    assert answers[0]["language"]


def test_personal_data_is_told_by_kind_and_place():
    text = "appelez le 06 12 34 56 78"
    _, [answer] = run(json.dumps({"text": text}).encode())
    assert answer["pii"] == [{"kind": "phone", "start": 11, "end": 25}]

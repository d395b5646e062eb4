# ruff: noqa: E501, PT012 - rows are long; a pull that fails comes after pulls that do not
"""The files connector: bad rows first, then resuming, then what each shape of file says."""

import base64
import gzip
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from entendu.connectors.files import FilesConnector
from entendu.wire import Broken, Draft, Item, Raw, Refused, WireError

HEADER = "tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id\n"
ROW = "{0},115,True,Tue Oct 31 22:10:47 +0000 2017,hello {0},\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def reading(path: Path, **settings: str) -> FilesConnector:
    return FilesConnector({"path": str(path), **settings})


def all_raws(connector: FilesConnector, limit: int = 100) -> list[Raw]:
    raws: list[Raw] = []
    cursor = b""
    while True:
        page = connector.pull(cursor, limit)
        raws.extend(page.raws)
        cursor = page.cursor
        if not page.more:
            return raws


def told(connector: FilesConnector, raws: list[Raw]) -> tuple[list[Item], list[str]]:
    """Items, and what was said of the rows that are none."""
    items: list[Item] = []
    faults: list[str] = []
    for raw in raws:
        try:
            items.extend(connector.parse(raw))
        except Broken as error:
            faults.append(str(error))
    return items, faults


def read(path: Path, **settings: str) -> list[Item]:
    connector = reading(path, **settings)
    items, faults = told(connector, all_raws(connector))
    assert faults == []
    return items


def test_pull_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Refused) as refused:
        reading(tmp_path / "none.csv").pull(b"", 10)
    assert refused.value.code == "file_missing"
    assert reading(tmp_path / "none.csv").health().state == "blocked"


@pytest.mark.parametrize(
    ("content", "settings", "code"),
    [
        (HEADER + ROW.format(1), {"map": "id=tweet_id,text=texte,at=created_at"}, "map_unknown_column"),
        (HEADER + ROW.format(1), {"map": "identity=tweet_id"}, "map_unknown_target"),
        (HEADER + ROW.format(1), {"map": "tweet_id"}, "map_unreadable"),
        (HEADER + ROW.format(1), {"map": "id=tweet_id,text=text"}, "map_incomplete"),
        ("a,b\n1,2\n", {}, "columns_not_recognised"),
        ("", {}, "file_without_header"),
        (HEADER, {"encoding": "klingon"}, "encoding_unknown"),
        (HEADER, {"format": "xlsx"}, "format_unknown"),
        (HEADER + ROW.format(1), {"timezone": "Mars/Olympus"}, "timezone_unknown"),
        (HEADER + ROW.format(1), {"addressed": "perhaps"}, "setting_unknown_value"),
    ],
)
def test_pull_refuses_what_cannot_work_and_names_it(tmp_path, content, settings, code):
    connector = reading(write(tmp_path, "t.csv", content), **settings)
    with pytest.raises(Refused) as refused:
        connector.pull(b"", 10)
    assert refused.value.code == code
    assert connector.health().code == code


def test_pull_refuses_a_cursor_of_somebody_else(tmp_path):
    with pytest.raises(Refused):
        reading(write(tmp_path, "t.csv", HEADER)).pull(b"12:7", 10)


def test_send_is_refused(tmp_path):
    draft = Draft(key="d", text="no", visibility="public", composed_at=datetime.now(UTC))
    sent = reading(write(tmp_path, "t.csv", HEADER)).send(draft)
    assert (sent.outcome, sent.code) == ("refused", "channel_cannot_reply")


def test_bad_rows_are_kept_and_named_and_the_rest_goes_on(tmp_path):
    rows = [
        ROW.format(1).encode(),
        b"2,115,True\n",
        b'3,115,True,Tue Oct 31 22:10:47 +0000 2017,"never closed,\n',
        ROW.format(4).encode(),
        b"5,115,True,Tue Oct 31 22:10:47 +0000 2017,\xff\xfe caf\xe9,\n",
        ("6,115,True,Tue Oct 31 22:10:47 +0000 2017,caf\u00e9,\n" * 2).encode(),
        b"7,115,perhaps,Tue Oct 31 22:10:47 +0000 2017,hm,\n",
        b"8,115,True,yesterday,hm,\n",
        b'9,115,True,Tue Oct 31 22:10:47 +0000 2017,"two\nlines",\n',
    ]
    connector = reading(write(tmp_path, "t.csv", HEADER.encode() + b"".join(rows)))
    raws = all_raws(connector, limit=2)
    items, faults = told(connector, raws)
    assert [item.key for item in items] == ["1", "4", "6", "6", "9"]
    assert items[-1].text == "two\nlines"
    assert faults == [
        "wrong_columns: row 3: 3 columns, 6 expected",
        "quote_left_open: row 4",
        "undecodable: row 6",
        "bad_boolean: row 9: inbound = 'perhaps'",
        "bad_date: row 10: created_at = 'yesterday'",
    ]
    assert [raw.content for raw in raws if "fault" in raw.media_type] == [rows[1], rows[2], rows[4]]


def test_stray_quotes_inside_a_line_are_read_as_meant(tmp_path):
    row = '1,115,True,Tue Oct 31 22:10:47 +0000 2017,"she said "never" again",\n'
    assert read(write(tmp_path, "t.csv", HEADER + row))[0].text == 'she said never" again"'


def test_pull_resumes_after_a_row_that_gave_lines_back(tmp_path):
    rows = [
        ROW.format(1),
        '2,115,True,2017-10-31,"never closed,\n',
        ROW.format(3),
        ROW.format(4),
        '5,"a\nb"\n',
        ROW.format(6),
    ]
    path = write(tmp_path, "t.csv", HEADER + "".join(rows))
    notes, cursor, more = [], b"", True
    while more:
        page = reading(path).pull(cursor, 1)
        notes += [(raw.note, raw.content if "fault" in raw.media_type else raw.key) for raw in page.raws]
        cursor, more = page.cursor, page.more
    assert notes == [
        ("row 2", "1"),
        ("row 3", rows[1].encode()),
        ("row 4", "3"),
        ("row 5", "4"),
        ("row 6", b'5,"a\n'),
        ("row 7", b'b"\n'),
        ("row 8", "6"),
    ]


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
@pytest.mark.parametrize("anew", [True, False])
def test_pull_resumes_where_the_cursor_says(tmp_path, name, anew):
    rows = [f'{n},115,True,2017-10-31 22:10:47,"line {n}\nnext",\n' for n in range(25)]
    path = write(tmp_path, name, HEADER + "".join(rows))
    connector, keys, cursor, more = reading(path), [], b"", True
    while more:
        connector = reading(path) if anew else connector
        page = connector.pull(cursor, 4)
        keys += [(raw.key, raw.note) for raw in page.raws]
        cursor, more = page.cursor, page.more
    assert keys == [(str(n), f"row {n + 2}") for n in range(25)]
    assert reading(path).pull(cursor, 4).raws == ()


def test_pull_again_from_an_old_cursor_gives_the_same_rows(tmp_path):
    connector = reading(write(tmp_path, "t.csv", HEADER + "".join(ROW.format(n) for n in range(9))))
    first = connector.pull(b"", 3)
    second = connector.pull(first.cursor, 3)
    assert connector.pull(first.cursor, 3) == second
    assert connector.pull(b"", 3) == first


def test_pull_goes_on_when_the_file_grows_and_starts_again_when_it_is_replaced(tmp_path):
    path = write(tmp_path, "t.csv", HEADER + "".join(ROW.format(n) for n in range(100)))
    cursor = reading(path).pull(b"", 1000).cursor
    with path.open("a") as file:
        file.write(ROW.format(100))
    page = reading(path).pull(cursor, 1000)
    assert [raw.key for raw in page.raws] == ["100"]
    write(tmp_path, "t.csv", HEADER + "".join(ROW.format(n) for n in range(200, 203)))
    assert [raw.key for raw in reading(path).pull(page.cursor, 1000).raws] == ["200", "201", "202"]


def test_a_damaged_archive_gives_its_good_rows_then_says_so(tmp_path):
    long = "line\n" * 300
    rows = [f'{n},115,True,2017-10-31 22:10:47,"{long}",\n' for n in range(2000)]
    whole = gzip.compress((HEADER + "".join(rows)).encode(), 1)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    connector, keys, cursor = reading(path), [], b""
    with pytest.raises(WireError) as error:
        for _ in range(100):
            page = connector.pull(cursor, 1000)
            keys += [raw.key for raw in page.raws]
            cursor = page.cursor
    assert error.value.code == "archive_damaged"
    assert len(keys) > 500
    path.write_bytes(whole)
    while True:
        page = connector.pull(cursor, 1000)
        keys += [raw.key for raw in page.raws]
        cursor = page.cursor
        if not page.more:
            break
    assert keys == [str(n) for n in range(2000)]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path):
    path = write(tmp_path, "t.jsonl.gz", b'{"text": "' + b"a" * (40 << 20))
    connector = reading(path)
    tracemalloc.start()
    raws = all_raws(connector, limit=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {str(fault).split(":")[0] for fault in told(connector, raws)[1]} <= {"line_too_long", "not_json"}
    assert peak < 120 << 20


def test_the_usual_columns_are_recognised(tmp_path):
    text = (
        HEADER
        + "3.0,BakeryCare,False,Tue Oct 31 22:10:47 +0000 2017,@115 so sorry &amp; hello,4.0\n"
        + ("4.0,115,True,Tue Oct 31 22:08:27 +0000 2017,@BakeryCare the cake was off,\n")
    )
    answer, question = read(write(tmp_path, "Care 2017.csv.gz", text))
    assert (answer.key, answer.parent_key, answer.ours, answer.addressed) == ("3", "4", True, False)
    assert answer.text == "@115 so sorry & hello"
    assert (question.key, question.ours, question.addressed, question.parent_key) == ("4", False, True, "")
    assert question.at == datetime(2017, 10, 31, 22, 8, 27, tzinfo=UTC)
    assert question.network == "care-2017"
    assert (question.author.key, question.author.handle, answer.author.handle) == ("115", "", "BakeryCare")


def test_own_accounts_are_recognised_by_key_handle_and_mention(tmp_path):
    text = "id,author,text,date\n1,levain,bonjour,2024-05-01\n2,zoe,merci @Levain !,2024-05-01\n" + (
        "3,zoe,rien à voir @levainette,2024-05-01\n4,zoe,contact@levain.example,2024-05-01\n"
    )
    items = read(write(tmp_path, "t.csv", text), own="@Levain, 99")
    assert [item.ours for item in items] == [True, False, False, False]
    assert [item.addressed for item in items] == [False, True, False, False]
    assert all(item.addressed for item in read(write(tmp_path, "u.csv", text), addressed="yes"))


def test_rows_that_name_nobody_are_not_one_person(tmp_path):
    items = read(write(tmp_path, "t.csv", "id,text,date\n1,a,2024-05-01\n2,b,2024-05-01\n"))
    assert len({item.author.key for item in items}) == 2


def test_rows_without_id_have_a_key_of_their_own(tmp_path):
    path = write(tmp_path, "t.csv", "text,date\nsame,2024-05-01\nsame,2024-05-01\n")
    raws = all_raws(reading(path))
    assert len({raw.key for raw in raws}) == 2
    assert [item.key for item in read(path)] == [raw.key for raw in raws]


@pytest.mark.parametrize(
    ("data", "settings"),
    [
        ("id;date;texte\n1;2024-05-01;crème brûlée, parfaite\n".encode(), {}),
        ("id;date;texte\n1;2024-05-01;crème brûlée, parfaite\n".encode("cp1252"), {}),
        ("\ufeffid\tdate\ttexte\n1\t2024-05-01\tcrème brûlée, parfaite\n".encode(), {}),
        ("id\tdate\ttexte\n1\t2024-05-01\tcrème brûlée, parfaite\n".encode("utf-16"), {}),
        ("id|date|texte\n1|2024-05-01|crème brûlée, parfaite\n".encode("mac-roman"), {"encoding": "mac-roman"}),
        ('id,date,texte\n1,2024-05-01,"crème brûlée, parfaite",,\n'.encode(), {}),
    ],
)  # fmt: skip
def test_separators_and_encodings_are_found(tmp_path, data, settings):
    (item,) = read(write(tmp_path, "t.csv", data), **settings)
    assert (item.key, item.text) == ("1", "crème brûlée, parfaite")


def test_one_bad_line_does_not_make_a_utf8_file_something_else(tmp_path):
    lines = "".join(f"{n},2024-05-01,crème {n}\n" for n in range(5)).encode() + b"9,2024-05-01,cr\xe8me\n"
    connector = reading(write(tmp_path, "t.csv", b"id,date,text\n" + lines))
    items, faults = told(connector, all_raws(connector))
    assert [item.text for item in items] == [f"crème {n}" for n in range(5)]
    assert faults == ["undecodable: row 7"]


def test_nested_json_is_mapped_and_bad_lines_are_named(tmp_path):
    lines = [
        '{"id": 9007199254740993, "user": {"id": 7, "name": "Ed"}, "body": "hi", "at": 1700000000, "n": null}',
        "[1, 2]",
        '{"id": 2, "body": "cut',
        "",
        '{"id": 3, "user": null, "body": "x", "at": 1700000000123}',
    ]
    path = write(tmp_path, "t.jsonl", "\n".join(lines))
    connector = reading(path, map="id=id,author=user.id,name=user.name,text=body,at=at")
    items, faults = told(connector, all_raws(connector))
    assert [(item.key, item.author.key, item.author.name) for item in items] == [
        ("9007199254740993", "7", "Ed"),
        ("3", "nobody:3", ""),
    ]
    assert items[1].at.microsecond == 123000
    assert faults == ["not_an_object: row 2", "not_json: row 3"]


def test_canonical_rows_say_all_that_an_item_can(tmp_path):
    row = {
        "key": "p1", "network": "photo", "author": {"key": "u1", "handle": "zoe", "name": "Zoé", "audience": 1200},
        "at": "2024-05-01T10:00:00Z", "text": "regardez", "visibility": "private", "addressed": True,
        "thread_key": "t", "parent_key": "p0", "references": ["p0"], "place": "Lyon", "extra": {"subject": "x"},
        "attachments": [{"name": "a.png", "media_type": "image/png", "content": base64.b64encode(b"png").decode()}],
    }  # fmt: skip
    other = {**row, "kind": "deleted"}
    broken = [{**row, "key": "p2", "kind": "?"}, {**row, "key": "p3", "attachments": [{"content": "*"}]}]
    path = write(tmp_path, "t.jsonl", b"\n".join(map(orjson.dumps, [row, other, *broken])))
    connector = reading(path)
    raws = all_raws(connector)
    items, faults = told(connector, raws)
    item = items[0]
    assert (item.network, item.author.audience, item.visibility, item.addressed) == (
        "photo",
        1200,
        "private",
        True,
    )
    assert (item.thread_key, item.parent_key, item.references, item.place) == ("t", "p0", ("p0",), "Lyon")
    assert (item.attachments[0].content, item.extra) == (b"png", {"subject": "x"})
    assert (items[1].kind, items[1].key) == ("deleted", "p1")
    assert raws[0].key != raws[1].key
    assert [fault.split(":")[0] for fault in faults] == ["bad_kind", "bad_attachment"]


def test_only_web_addresses_become_links(tmp_path):
    text = "id,date,text,url,media\n1,2024-05-01,x,javascript:alert(1),file:///etc/passwd\n" + (
        "2,2024-05-01,x,https://b.example/p,https://b.example/a%20b.jpg;https://b.example/c.png\n"
    )
    bad, good = read(write(tmp_path, "t.csv", text))
    assert (bad.url, bad.attachments) == ("", ())
    assert good.url == "https://b.example/p"
    assert [(a.name, a.media_type) for a in good.attachments] == [
        ("a b.jpg", "image/jpeg"),
        ("c.png", "image/png"),
    ]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+33 6 12 34 56 78", "0012", "1E5", "@SUM(1)", "a\x00b", "\u202eabc"]
)
def test_cells_are_text_and_stay_as_they_are(tmp_path, cell):
    (item,) = read(write(tmp_path, "t.csv", f"id,date,text\n1,2024-05-01,{cell}\n"))
    assert item.text == cell.replace("\x00", "")


def test_a_table_of_ten_thousand_columns_is_read(tmp_path):
    header = "id,date,text," + ",".join(f"c{n}" for n in range(10_000))
    (item,) = read(write(tmp_path, "t.csv", f"{header}\n1,2024-05-01,wide{',0' * 10_000}\n"))
    assert item.text == "wide"


MBOX = b"""From zoe@client.example Tue Oct 31 22:10:47 2017
From: =?utf-8?q?Zo=C3=A9?= <zoe@client.example>
Subject: Tarte
Message-ID: <one@client.example>
Date: Tue, 31 Oct 2017 22:10:47 +0000

Bonjour,
>From here it looked fine.

From care@maison.example Tue Oct 31 23:10:47 2017
From: care@maison.example
Message-ID: <two@maison.example>
In-Reply-To: <one@client.example>
Date: Tue, 31 Oct 2017 23:10:47 +0000

Sorry!

From nobody Tue Oct 31 23:10:47 2017
Subject: nothing else

?
"""


def test_an_mbox_is_read_message_by_message(tmp_path):
    connector = reading(write(tmp_path, "box.mbox.gz", MBOX), own="care@maison.example")
    raws = all_raws(connector, limit=1)
    (question, answer), faults = told(connector, raws)
    assert [raw.key for raw in raws[:2]] == ["one@client.example", "two@maison.example"]
    assert question.text == "Bonjour,\nFrom here it looked fine."
    assert (question.author.name, question.title, question.visibility) == ("Zoé", "Tarte", "private")
    assert (question.network, question.addressed, answer.ours, answer.addressed) == (
        "mail",
        True,
        True,
        False,
    )
    assert answer.parent_key == question.extra["message_id"] == "one@client.example"
    assert question.key.startswith("one@client.example:"), "as the mailbox itself would name it"
    assert faults == ["mail_without_sender: row 3"]


def test_hostile_mails_of_one_box_do_not_stop_the_others(tmp_path):
    bad = [b"", b"\x00" * 100, b"Subject: " + b"=?utf-8?q?" * 5000, b"From: a@b.example\nDate: never\n\nx"]
    box = b"".join(b"From x Tue Oct 31 22:10:47 2017\n" + one + b"\n\n" for one in bad) + MBOX
    connector = reading(write(tmp_path, "box.mbox", box))
    items, faults = told(connector, all_raws(connector))
    assert [item.extra["message_id"] for item in items] == ["one@client.example", "two@maison.example"]
    assert len(faults) == 4


def draft(key: str = "d1", text: str = "On arrive") -> Draft:
    return Draft(key, text, "public", datetime(2024, 5, 1, tzinfo=UTC), parent_key="p1", thread_key="t")


def test_a_reply_is_refused_without_a_file_for_replies(tmp_path):
    connector = reading(write(tmp_path, "t.csv", HEADER))
    assert not connector.caps.reply_public
    assert (connector.send(draft()).code, connector.find_sent(draft())) == ("channel_cannot_reply", None)


def test_a_reply_is_refused_when_its_file_cannot_be_written(tmp_path):
    connector = reading(write(tmp_path, "t.csv", HEADER), outbox=str(tmp_path))
    assert (connector.send(draft()).outcome, connector.find_sent(draft())) == ("refused", None)


def test_a_reply_stands_once_in_the_file_for_replies(tmp_path):
    path = write(tmp_path, "t.csv", HEADER)
    outbox = tmp_path / "replies.jsonl"
    outbox.write_bytes(b'{"key": "d1", "text": "half a li')
    connector = reading(path, outbox=str(outbox), own="@levain,levain2", network="micro", replies="public")
    assert (connector.caps.reply_public, connector.caps.reply_private) == (True, False)
    assert not FilesConnector.caps.reply_public
    assert connector.find_sent(draft()) is None
    for _ in range(3):
        assert connector.send(draft()).outcome == "sent"
    assert connector.find_sent(draft()).key == "d1"
    assert outbox.read_bytes().startswith(b'{"key": "d1", "text": "half a li\n{')
    assert outbox.read_bytes().count(b"\n") == 2
    echoes = reading(outbox)
    items, faults = told(echoes, all_raws(echoes))
    assert faults == ["not_json: row 1"]
    assert [(item.key, item.text, item.ours, item.parent_key) for item in items] == [
        ("d1", "On arrive", True, "p1")
    ]
    assert (items[0].network, items[0].author.key) == ("micro", "levain")


def test_an_endless_id_is_cut_and_stays_itself(tmp_path):
    text = "".join(f"{'9' * 5000}{n},2024-05-01,x\n" for n in (1, 1, 2))
    keys = [item.key for item in read(write(tmp_path, "t.csv", "id,date,text\n" + text))]
    assert len(keys[0]) < 200
    assert keys[0] == keys[1] != keys[2]

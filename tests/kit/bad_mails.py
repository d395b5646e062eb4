"""The hostile mails of the tests: (name, bytes). Written for this project."""

import gzip
import json
from pathlib import Path

DATA = Path(__file__).parent / "data" / "bad_mails.jsonl.gz"
HEAD = b"From: Jo <jo@x.test>\r\nTo: care@y.test\r\nSubject: s\r\nDate: Mon, 02 Feb 2026 10:00:00 +0100\r\n"


def _entries(surface: str) -> list[dict[str, str]]:
    with gzip.open(DATA, "rt") as lines:
        return [entry for entry in map(json.loads, lines) if entry["surface"] == surface]


def hostile_html() -> list[tuple[str, str]]:
    return [(entry["tag"], entry["value"]) for entry in _entries("html_markdown")]


def _nested(depth: int) -> bytes:
    levels = (
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at) for at in range(depth)
    )
    return b"".join(levels) + b"Content-Type: text/plain\r\n\r\nhi"


def bad_mails() -> list[tuple[str, bytes]]:
    """Those of the collection, and each hostile header alone (the collection puts a good one before it)."""
    mails = [(entry["tag"], entry["value"].encode("latin-1")) for entry in _entries("email")]
    alone = {
        "subject-words": b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 20000),
        "subject-long": b"Subject: " + b"x" * 1_000_000,
        "subject-bad-base64": b"Subject: =?utf-8?b?####?= =?utf-8?b?a?=",
        "subject-injection": b"Subject: =?utf-8?q?a=0D=0ABcc:_v=40z?=",
        "subject-unknown-charset": b"Subject: =?x-nope?q?=E9t=E9?= =?punycode?q?aaa-bbb?=",
        "subject-8bit": b"Subject: \xe9t\xe9 \x00\x1b[31m",
        "to-parens": b"To: " + b"(" * 20000,
        "to-many": b"To: " + b",".join(b'"a" <a%d@x.y>' % at for at in range(5000)),
        "to-broken": b"To: x@",
        "to-quotes": b'To: "' + b'\\"' * 20000,
        "from-8bit": b"From: \xff\xfe <\xff@x>",
        "from-angle": b"From: <<<<>>>>>" + b"<" * 5000,
        "date-garbage": b"Date: Tue, 99 Foo 20260 99:99:99 +9999",
        "date-year-0": b"Date: Mon, 01 Jan 0000 00:00:00 +0000",
        "date-zone": b"Date: Mon, 01 Jan 2026 00:00:00 +99999999999999",
        "message-id-long": b"Message-ID: <" + b"a" * 100_000 + b"@x>",
        "type-no-boundary": b"Content-Type: multipart/mixed",
        "type-empty-boundary": b'Content-Type: multipart/mixed; boundary=""',
        "type-garbage": b"Content-Type: ;;;=\xff;charset*0*=x''%ff",
        "type-charsets": b"Content-Type: text/plain; charset=" + b"a" * 100_000,
        "type-codec": b"Content-Type: text/plain; charset=zlib",
        "type-idna": b"Content-Type: text/plain; charset=idna",
        "name-2231": b"Content-Type: text/x; name*0*=utf-8''%ff%fe; name*1*=..%2f",
        "name-2231-gap": b"Content-Disposition: attachment; filename*5*=x; filename*0=a",
        "encoding-nope": b"Content-Transfer-Encoding: x-nope",
        "report-no-boundary": b"Content-Type: multipart/report; report-type=delivery-status",
    }
    mails += [(name, header + b"\r\n\r\nbody \xe9 \x00") for name, header in alone.items()]
    mails += [(f"nested-alone-{depth}", HEAD + _nested(depth)) for depth in (60, 400, 1000)]
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    mails += [(f"html-{name}", HEAD + html + value.encode()) for name, value in hostile_html()]
    mails.append(("html-nested-100000", HEAD + html + b"<div>" * 100_000))
    mails.append(("html-open-brackets", HEAD + html + b"<" * 500_000))
    mails.append(("html-flat-10MB", HEAD + html + b"a<b>" * 2_500_000))
    mails.append(("text-10MB", HEAD + b"\r\n" + b"> a b c\n" * 1_250_000))
    mails.append(("empty", b""))
    return mails

import re

import pytest

from entendu.kit.mailhtml import clean, to_text
from kit.bad_mails import hostile_html

HOSTILE = dict(hostile_html())
ALIVE = re.compile(
    r"<(?!/?(a|b|blockquote|br|caption|center|code|dd|del|div|dl|dt|em|h[1-6]|hr|i|img|ins|li|ol|p|pre|s|small|span|strike"
    r"|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul)\b)"
    r"|<[^>]*\b(on\w+|style|class|id|name|srcset|background|target|formaction)\s*="
    r"|<[^>]*(href|src)=\"(?!https?://|mailto:|tel:|cid:)"
    r"|<img[^>]*src=\"(?!cid:)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_clean_leaves_nothing_that_runs_or_loads(name):
    assert not ALIVE.search(clean(HOSTILE[name]))


def test_the_watch_word_would_find_a_live_page():
    for value in ("<script>", '<img src="http://t">', '<b onclick="x">', '<a href="javascript:x">', "<svg>"):
        assert ALIVE.search(value)


def test_clean_keeps_what_a_mail_needs():
    page = '<p>Bonjour <b>Marie</b></p><img src="cid:photo@x" alt="part"><a href="mailto:a@b.test">écrire</a>'
    cleaned = clean(page)
    assert '<img src="cid:photo@x" alt="part">' in cleaned
    assert "<p>Bonjour <b>Marie</b></p>" in cleaned
    assert 'href="mailto:a@b.test"' in cleaned


def test_clean_says_where_a_link_really_leads_and_once_only():
    page = '<a href="http://evil.test/x">http://bank.test</a> <a href="https://ok.test/">ok.test</a>'
    cleaned = clean(page)
    assert cleaned.count("[evil.test]") == 1
    assert "[ok.test]" not in cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Bonjour</p><p>Mon&nbsp;colis<br>est perdu</p>", "Bonjour\n\nMon\xa0colis\nest perdu"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
        ("<style>p{}</style><script>x</script><p>vu</p><p style='display:none'>piège</p>", "vu"),
        ("Oui<blockquote>On regarde<br>demain</blockquote>", "Oui\n> On regarde\n> demain"),
        ('<a href="http://evil.test/x">ici</a>', "ici (http://evil.test/x)"),
        ('<img src="x" alt="photo de la part">', "photo de la part"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a < b & c", "a < b & c"),
        ("", ""),
        ("<!-- rien -->", ""),
    ],
)
def test_to_text_reads_as_a_person_would(html, expected):
    assert to_text(html) == expected


def test_to_text_of_a_page_nested_too_deep_still_says_its_words():
    assert to_text("<div>" * 100_000 + "au secours") == "au secours"

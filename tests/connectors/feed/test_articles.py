"""The article behind an entry, on pages of many shapes: more than the feed says, never a menu or a banner."""

import pytest

from entendu.connectors.feed import FeedConnector
from entendu.connectors.feed.article import body_of, is_cut
from feed_docs import connect, item, rss, said
from local_http import Answer, LocalServer

LONG = " ".join(
    f"Le mille-feuille de la rue {number} était rassis ce matin, la vendeuse a haussé les épaules et rien proposé."
    for number in range(1, 9)
)
SHORT = "Fermé lundi, réouverture mardi à sept heures avec du pain chaud."
MENU = "<nav><a href=/>Accueil</a> <a href=/b>Boutiques</a> <a href=/c>Contact</a></nav>"
COOKIES = (
    "<div class=banner role=dialog>Nous utilisons des cookies pour votre confort. <button>OK</button></div>"
)
FOOT = "<footer>Mentions légales. Suivez-nous.</footer>"


def paragraphs(text: str) -> str:
    return "".join(f"<p>{sentence}.</p>" for sentence in text.rstrip(".").split(". "))


# The page, what the feed says, and a phrase that the result must hold ("" : the feed's own text stands).
WHOLE = {
    "an article element": (f"{MENU}<article><h1>T</h1>{paragraphs(LONG)}</article>{FOOT}", "Résumé", "de la rue 8"),
    "a main without article": (f"{MENU}<main>{paragraphs(LONG)}</main>{FOOT}", "Résumé", "de la rue 8"),
    "old divs and ids": (
        f"<div id=menu>{MENU}</div><div id=content class=post>{paragraphs(LONG)}</div>", "Résumé", "de la rue 8",
    ),
    "a table for its layout": (
        f"<table><tr><td>{MENU}</td><td><div class=entry-content>{paragraphs(LONG)}</div></td></tr></table>",
        "Résumé", "de la rue 8",
    ),
    "schema.org": (
        f"{MENU}<div itemprop=articleBody>{paragraphs(LONG)}</div>{FOOT}", "Résumé", "de la rue 8",
    ),
    "a banner about cookies before it": (
        f"{COOKIES}{MENU}<article>{paragraphs(LONG)}</article>{FOOT}", "Résumé", "de la rue 8",
    ),
    "comments after it": (
        f"<article>{paragraphs(LONG)}</article><section id=comments><p>Nul ! {'x ' * 50}</p></section>",
        "Résumé", "de la rue 8",
    ),
    "a page in Latin-1": (
        f"<meta charset=iso-8859-1><article>{paragraphs(LONG)}</article>", "Résumé", "haussé les épaules",
    ),
    "broken markup": (f"<article><p>{LONG}<div><b>suite</article></span>", "Résumé", "de la rue 8"),
    "a short post of a cut feed": (
        f"{COOKIES}{MENU}<main><h1>Fermé</h1><p>{SHORT}</p></main>{FOOT}", "Fermé lundi, réouverture […]", "pain chaud",
    ),
    "a short post whose feed has a link to more": (
        f"{MENU}<article><p>{SHORT}</p></article>{FOOT}", "Fermé lundi, réouverture… Lire la suite", "pain chaud",
    ),
    "a short post whose feed says nothing": (
        f"{MENU}<article><p>{SHORT}</p></article>{FOOT}", "", "pain chaud",
    ),
}  # fmt: skip
FEED_STANDS = {
    "only a banner": (f"{COOKIES}{MENU}{FOOT}", "Le texte entier du flux."),
    "a short page that repeats the feed": (f"<article><p>{SHORT}</p></article>", SHORT),
    "a short page about something else": (f"<article><p>{SHORT}</p></article>", "Nos brioches sont […]"),
    "a wall before a paid article": (
        "<main><p>Cet article est réservé aux abonnés.</p><form><input type=password></form></main>", "Le début […]",
    ),
    "a list of many articles": (
        f"<main>{''.join(f'<article><a href=/{n}>Titre {n}</a></article>' for n in range(3))}</main>", "Le début […]",
    ),
    "an empty page": ("", "Le texte du flux."),
    "a page made by scripts": ("<div id=app></div><script>render()</script>", "Le texte du flux […]"),
    "a feed that says it all, and more": (f"<article>{paragraphs(LONG[:400])}</article>", LONG),
}  # fmt: skip


def heard(server: LocalServer, page: str, feed_text: str, charset: str = "utf-8") -> str:
    body = f"<!doctype html><html><head><title>T</title></head><body>{page}</body></html>" if page else ""
    server.routes["/p/19"] = Answer(body.encode(charset), headers={"Content-Type": "text/html"})
    description = f"<description>{feed_text}</description>"
    entry = item(19, "§").replace("<description>§</description>", description if feed_text else "")
    server.routes["/feed"] = rss(entry)
    feed: FeedConnector = connect(server, full_text="yes")
    return said(feed, feed.pull(b"", 10))[0]


@pytest.mark.parametrize("shape", WHOLE)
def test_the_article_is_found(server: LocalServer, shape: str) -> None:
    page, feed_text, phrase = WHOLE[shape]
    text = heard(server, page, feed_text, "latin-1" if "Latin" in shape else "utf-8")
    assert phrase in text
    for noise in ("Accueil", "cookies", "Mentions légales"):
        assert noise not in text


@pytest.mark.parametrize("shape", FEED_STANDS)
def test_the_feeds_own_text_stands(server: LocalServer, shape: str) -> None:
    page, feed_text = FEED_STANDS[shape]
    assert heard(server, page, feed_text) == feed_text


@pytest.mark.parametrize(
    "page", [b"", b" ", b"<", b"\x00\xff", b"<article>", b"<article><article>x</article>"]
)
def test_odd_bytes_are_no_trouble(page: bytes) -> None:
    assert body_of(page) in ("", "x")


@pytest.mark.parametrize(
    "text",
    [
        "Le début […]",
        "Le début [...]",
        "The start…",
        "The start... Read more »",
        "Lire la suite",
        "x Continue reading y",
    ],
)
def test_a_text_that_breaks_off_is_seen(text: str) -> None:
    assert is_cut(text) and not is_cut(f"{text}. Et voici la fin de cette histoire.")

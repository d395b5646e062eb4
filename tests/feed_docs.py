"""Feed documents for tests, and the connector that reads them from a local server."""

from datetime import UTC, datetime
from email.utils import format_datetime

from entendu.connectors.feed import FeedConnector
from local_http import Answer, LocalServer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAMES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
)


def rss(*items: str, channel: str = "<title>Le journal</title><link>/</link>") -> Answer:
    inside = channel + "".join(items)
    text = f'<?xml version="1.0"?><rss version="2.0" {NAMES}><channel>{inside}</channel></rss>'
    return Answer(text.encode(), headers={"Content-Type": "application/rss+xml"})


def item(
    number: int, text: str = "", *, more: str = "", guid: str | None = None, day: int | None = None
) -> str:
    date = format_datetime(NOW.replace(day=day or min(number, 19)))
    return (
        f"<item><title>Titre {number}</title><link>/p/{number}</link>"
        f"<guid isPermaLink='false'>{guid or f'urn:post:{number}'}</guid><pubDate>{date}</pubDate>"
        f"<description>{text or f'Texte {number}'}</description>{more}</item>"
    )


def connect(server: LocalServer, path: str = "/feed", **settings: str) -> FeedConnector:
    return FeedConnector({"url": server.url + path, "allow": server.host, **settings})


def said(connector: FeedConnector, page) -> list[str]:
    return [connector.parse(raw)[0].text for raw in page.raws]

"""Feeds as a channel: RSS, Atom, JSON Feed, comment feeds. Read only; one entry is one receipt."""

from entendu.connectors.feed.connector import FeedConnector

__all__ = ["FeedConnector"]

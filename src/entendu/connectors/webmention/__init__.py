"""Webmentions and pingbacks as a channel: other sites tell us that a page of theirs links to a page of ours."""

from entendu.connectors.webmention.connector import WebmentionConnector

__all__ = ["WebmentionConnector"]

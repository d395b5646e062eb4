"""Bluesky and whatever speaks its protocol (AT Protocol): an account's own door, and the firehose."""

from entendu.connectors.bluesky.connector import BlueskyConnector

__all__ = ["BlueskyConnector"]

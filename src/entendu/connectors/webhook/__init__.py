"""A webhook as a channel: any source that can sign a request pushes to us. Nothing is fetched."""

from entendu.connectors.webhook.connector import WebhookConnector

__all__ = ["WebhookConnector"]

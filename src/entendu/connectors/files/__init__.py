"""Files as a channel: CSV, JSON lines and mbox, plain or gzipped. Read only; one row is one receipt."""

from entendu.connectors.files.connector import FilesConnector

__all__ = ["FilesConnector"]

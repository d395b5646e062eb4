"""What was heard: the raw receipts, the mentions in them, who said them, and what we listen for."""

from entendu.mentions.models.attachment import Attachment
from entendu.mentions.models.author import Author
from entendu.mentions.models.mention import Mention, Revision
from entendu.mentions.models.query import Match, Query
from entendu.mentions.models.receipt import End, Receipt
from entendu.mentions.models.search import SearchEntry

__all__ = [
    "Attachment",
    "Author",
    "End",
    "Match",
    "Mention",
    "Query",
    "Receipt",
    "Revision",
    "SearchEntry",
]

"""What was heard: the raw receipts, the mentions in them, who said them, and what we listen for."""

from entendu.mentions.models.attachment import Attachment
from entendu.mentions.models.author import Author
from entendu.mentions.models.back_fill import BackFill, Progress
from entendu.mentions.models.mask import MaskRule, OwnPattern, PiiKind, Place
from entendu.mentions.models.mention import Mention, Revision
from entendu.mentions.models.opt_out import OptOut
from entendu.mentions.models.pulse import Pulse
from entendu.mentions.models.query import Basis, Match, Query, Takes, Tracked
from entendu.mentions.models.query_version import Change, QueryVersion
from entendu.mentions.models.receipt import End, Forgotten, Receipt
from entendu.mentions.models.reconciliation import Reconciliation, Verdict
from entendu.mentions.models.search import SearchEntry
from entendu.mentions.models.watch import Watch

__all__ = [
    "Attachment",
    "Author",
    "BackFill",
    "Basis",
    "Change",
    "End",
    "Forgotten",
    "MaskRule",
    "Match",
    "Mention",
    "OptOut",
    "OwnPattern",
    "PiiKind",
    "Place",
    "Progress",
    "Pulse",
    "Query",
    "QueryVersion",
    "Receipt",
    "Reconciliation",
    "Revision",
    "SearchEntry",
    "Takes",
    "Tracked",
    "Verdict",
    "Watch",
]

"""What the organisation announced against what people live: a message is matched to the announcement that it
contradicts, with the words on both sides.

`Register(announced).judge(texts)` is the door: pure, batched, deterministic, French and English, across the two.
"""

from entendu.reading.claims.judge import (
    CONTRADICTS,
    SUPPORTS,
    UNRELATED,
    UNSURE,
    Announced,
    Register,
    Verdict,
    weights,
)
from entendu.reading.claims.pair import KINDS, Mood, Span
from entendu.reading.claims.propose import Proposal, propose
from entendu.reading.claims.reasons import reason

__all__ = [
    "CONTRADICTS",
    "KINDS",
    "SUPPORTS",
    "UNRELATED",
    "UNSURE",
    "Announced",
    "Mood",
    "Proposal",
    "Register",
    "Span",
    "Verdict",
    "propose",
    "reason",
    "weights",
]

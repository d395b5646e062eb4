"""What was read in a mention and corrected; topics, announcements, what moves, what repeats what, and where."""

from entendu.analysis.models.analysis import Analysis, Correction, Facet
from entendu.analysis.models.claim import (
    Claim,
    ClaimChange,
    ClaimKind,
    ClaimMatch,
    ClaimSource,
    ClaimState,
    ClaimVersion,
)
from entendu.analysis.models.cluster import Bucket, Cluster, Copy
from entendu.analysis.models.learning import (
    Learned,
    Proposal,
    ProposalState,
    ReadBy,
    Rereading,
    Subject,
    TopicSaid,
)
from entendu.analysis.models.signal import (
    Decision,
    Level,
    Listened,
    Mute,
    Sample,
    Scope,
    Signal,
    SignalKind,
    Step,
    StepKind,
    Tally,
)
from entendu.analysis.models.site import Appearance, Site
from entendu.analysis.models.topic import Tag, Topic
from entendu.analysis.models.writer import Writer, Written

__all__ = [
    "Analysis",
    "Appearance",
    "Bucket",
    "Claim",
    "ClaimChange",
    "ClaimKind",
    "ClaimMatch",
    "ClaimSource",
    "ClaimState",
    "ClaimVersion",
    "Cluster",
    "Copy",
    "Correction",
    "Decision",
    "Facet",
    "Learned",
    "Level",
    "Listened",
    "Mute",
    "Proposal",
    "ProposalState",
    "ReadBy",
    "Rereading",
    "Sample",
    "Scope",
    "Signal",
    "SignalKind",
    "Site",
    "Step",
    "StepKind",
    "Subject",
    "Tag",
    "Tally",
    "Topic",
    "TopicSaid",
    "Writer",
    "Written",
]

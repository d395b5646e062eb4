"""What was read in a mention, what people corrected, the topics of an organisation, what moves, what repeats what."""

from entendu.analysis.models.analysis import Analysis, Correction, Facet
from entendu.analysis.models.cluster import Bucket, Cluster, Copy
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
from entendu.analysis.models.topic import Tag, Topic

__all__ = [
    "Analysis",
    "Bucket",
    "Cluster",
    "Copy",
    "Correction",
    "Decision",
    "Facet",
    "Level",
    "Listened",
    "Mute",
    "Sample",
    "Scope",
    "Signal",
    "SignalKind",
    "Step",
    "StepKind",
    "Tag",
    "Tally",
    "Topic",
]

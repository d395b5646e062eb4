"""What was read in a mention, what people corrected, and the topics of an organisation."""

from entendu.analysis.models.analysis import Analysis, Correction, Facet
from entendu.analysis.models.topic import Tag, Topic

__all__ = ["Analysis", "Correction", "Facet", "Tag", "Topic"]

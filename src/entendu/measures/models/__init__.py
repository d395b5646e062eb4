"""What it adds up to: figures, rolled up."""

from entendu.measures.models.figure import Due, Family, Figure, Watermark

__all__ = ["Due", "Family", "Figure", "Watermark"]

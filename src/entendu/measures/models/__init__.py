"""What it adds up to: figures, rolled up."""

from entendu.measures.models.figure import Figure, Watermark

__all__ = ["Figure", "Watermark"]

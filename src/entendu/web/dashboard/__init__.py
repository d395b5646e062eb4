"""The dashboard: one page of numbers, each of which opens what it counts."""

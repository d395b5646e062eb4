"""The map of places: on which sites we are spoken of, the new ones first."""

"""The doors: how they are, their settings, what could not be read."""

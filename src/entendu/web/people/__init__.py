"""Persons: everything across channels, and who is who."""

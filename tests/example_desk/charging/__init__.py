"""Charging points for electric vehicles, by the national schema: all that a developer writes to bring them in."""

"""The demonstration territory: made up whole by `seed`: plan, photos, networks, roads, files and people.

It stands on every app, nothing imports it, and it stores only rows of their tables.
"""

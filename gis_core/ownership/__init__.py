"""Whose data each table holds, how it leaves, what is kept and why: declared by each app, and used by what follows.

`declarations` (the registry) · `tables` (a member's rows, as SQL) · `exporting`, `archive`, `checking` (everything of
a member as one file) · `removing`, `proof` (a member that leaves) · `people` (a person who asks) · `reference` (the
table of the documentation).
"""

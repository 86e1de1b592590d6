"""Whose data each table holds, how it leaves, what is kept and why: declared by each app, and used by what follows.

`declarations` (the registry) · `tables` (a member's rows, as SQL) · `exporting`, `archive`, `checking` (everything of
a member as one file) · `removing`, `proof` (a member that leaves) · `people`, `person_requests`, `private_files` (a
person who asks) · `retention`, `retention_jobs` (how long each kind is kept, and what the agency chose) · `processings`
(the register of art. 30) · `reference` (the table of the documentation).
"""

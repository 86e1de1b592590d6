"""Running Arpent on a machine: private PostgreSQL cluster, demo, tests, checks, backups.

Only the standard library: these modules run before anything of Django is loaded.
"""

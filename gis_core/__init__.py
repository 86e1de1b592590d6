"""The Django project, and what every app stands on.

One Django app in packages; `docs/explanation/architecture.md` lists them.
"""

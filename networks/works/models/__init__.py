"""Tables of works."""

from .work import Work, WorkNumber

__all__ = ["Work", "WorkNumber"]

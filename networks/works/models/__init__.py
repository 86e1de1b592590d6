"""Tables of works."""

from .work import Work

__all__ = ["Work"]

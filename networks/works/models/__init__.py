"""Tables of works."""

from .detour import WorkDetour
from .request import WorkOrder, WorkPiece, WorkRequest, WorkRequestQuerySet
from .work import Work, WorkNumber

__all__ = ["Work", "WorkDetour", "WorkNumber", "WorkOrder", "WorkPiece", "WorkRequest", "WorkRequestQuerySet"]

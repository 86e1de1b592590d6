"""Tables of works."""

from .detour import WorkDetour
from .request import WorkOrder, WorkPiece, WorkRequest, WorkRequestQuerySet
from .work import Work

__all__ = ["Work", "WorkDetour", "WorkOrder", "WorkPiece", "WorkRequest", "WorkRequestQuerySet"]

"""Tables of works."""

from .detour import WorkDetour
from .request import WorkOrder, WorkOrderFile, WorkPiece, WorkRequest, WorkRequestQuerySet
from .work import Work, WorkNumber

__all__ = [
    "Work",
    "WorkDetour",
    "WorkNumber",
    "WorkOrder",
    "WorkOrderFile",
    "WorkPiece",
    "WorkRequest",
    "WorkRequestQuerySet",
]

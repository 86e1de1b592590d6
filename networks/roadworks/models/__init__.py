"""Tables of works."""

from .detour import WorkDetour
from .request import (
    WorkOrder,
    WorkOrderFile,
    WorkPiece,
    WorkRequest,
    WorkRequestQuerySet,
    WorkTransmission,
    WorkTransmissionQuerySet,
)
from .work import Work, WorkNumber

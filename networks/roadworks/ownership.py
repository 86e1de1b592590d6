"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member
from gis_core.ownership.free_texts import FreeText, page_of
from gis_core.ownership.law import ARCHIVES

DECLARATIONS: Final = (
    *of_member(
        "roadworks",
        {"Work": "owner", "WorkNumber": "owner", "WorkDetour": "owner"},
        titles={"WorkNumber": "compteurs de numéros de travaux"},
    ),
    Declared(
        model="roadworks.WorkTransmission",
        whose=Whose.MEMBER,
        path="owner",
        other="receiver",
        other_name="receiver_name",
        archive=True,
        asks=Fate.KEEP,
        basis=ARCHIVES,
    ),
    Declared(
        model="roadworks.WorkRequest",
        whose=Whose.MEMBER,
        path="owner",
        archive=True,
        asks=Fate.KEEP,
        basis=ARCHIVES,
        identity=("applicant_name", "applicant_email", "applicant_phone", "company"),
    ),
    Declared(
        model="roadworks.WorkPiece",
        whose=Whose.MEMBER,
        path="request__owner",
        archive=True,
        asks=Fate.KEEP,
        basis=ARCHIVES,
        files=("works/{request_id}/{name}",),
    ),
    *of_member(
        "roadworks",
        {"WorkOrder": "owner", "WorkOrderFile": "order__owner"},
        archive=True,
        asks=Fate.KEEP,
        basis=ARCHIVES,
    ),
)
FREE_TEXTS: Final = (
    FreeText(
        model="roadworks.WorkRequest",
        columns=("description", "place", "applicant_address"),
        links=page_of("road_request"),
    ),
    FreeText(
        model="roadworks.Work", columns=("title", "description", "place", "hours", "comment"), links=page_of("work")
    ),
    FreeText(
        model="roadworks.WorkDetour",
        columns=("direction", "gauge", "steps", "comment"),
        links=page_of("work_detour", "work"),
    ),
    FreeText(model="roadworks.WorkTransmission", columns=("receiver_name",)),
    FreeText(
        model="roadworks.WorkPiece",
        columns=("title", "removed_reason"),
        links=page_of("road_request", "request"),
    ),
    FreeText(model="roadworks.WorkOrder", columns=("title", "place"), links=page_of("work", "work_id")),
)

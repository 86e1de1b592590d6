"""What happens in the background. Hours are in UTC."""

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.ownership.stock import note_gone
from networks.roadworks.services.legends import follow_days
from networks.roadworks.services.request_documents import DOCUMENTS
from networks.roadworks.services.retention import forget_old


def forget_road_requests(timestamp: int) -> None:
    """Every night: who asked for works goes some years after they ended, and files that were cut short."""
    note_gone("road_applicants", forget_old())
    DOCUMENTS.remove_partial_files()


def date_works_on_the_map(timestamp: int) -> None:
    """A minute past midnight in Paris, winter and summer; a worker that was away catches up within the hour."""
    with acting_as(SYSTEM):
        follow_days()

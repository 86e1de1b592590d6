"""A coverage study on paper: its tables and a map of each technology."""

from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import get_language

from gis_core.files.writing.paper import typeset
from networks.roads.models import CoverageStudy
from networks.roads.services.study_results import share
from networks.roads.study_tables import by_commune, by_operator, map_of

STYLES = Path(__file__).parent / "study_sheet.css"


def pdf_of(study: CoverageStudy) -> bytes:
    given = {
        "study": study,
        "operators": by_operator(study),
        "communes": by_commune(study),
        "whole": [share(study, rank) for rank in range(len(study.technologies))],
        "maps": [(one, map_of(study, rank)) for rank, one in enumerate(study.technologies)],
        "language": get_language() or "fr",
    }
    return typeset(render_to_string("roads/study_sheet.html", given), STYLES, {}, variant="pdf/ua-1")

"""The report of an outage as a PDF file: times, valves, repair, notices, the journal; nobody served is named."""

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from gis_core.database import clock as database_clock
from gis_core.files.writing.paper import typeset
from gis_core.members.rights import Rights
from layers.features.display import code_label
from networks.notifications.services.sending import channel_counts
from networks.water import code_lists
from networks.water.models import Outage
from networks.water.services.outage_journal import OF_A_VALVE, TIMES, journal_of
from networks.water.services.outage_notices import notices_of
from networks.water.services.outage_photos import path_of, photos_of
from networks.water.services.outage_valves import STATES
from networks.water.services.outages import duplicates_of
from networks.water.services.repairs import repairs_of_outages

STYLES = Path(__file__).parent / "outage_sheet.css"
MOST_PHOTOS = 6


def report_pdf(outage: Outage, rights: Rights) -> bytes:
    """The PDF file, of the outage as it is now."""
    journal, of_one_break = journal_of(outage), [outage, *duplicates_of(outage, rights)]
    closings, openings = journal.by_valve("closed"), journal.by_valve("opened")
    reports = {one.valve: one for one in journal.current() if one.kind in STATES}
    valves = [
        one | {"closing": closings.get(one["id"]), "opening": openings.get(one["id"]), "report": reports.get(one["id"])}
        for one in outage.answer["valves"]
        if one["status"] == "close" or one["id"] in closings or one["id"] in reports
    ]
    photos = [one for one in photos_of(outage) if path_of(one).is_file()]
    first_photos = photos[:MOST_PHOTOS]
    given: dict[str, Any] = {
        "outage": outage,
        "answer": outage.answer,
        "lost_km": (outage.answer["zone"]["length_m"] + outage.answer["cut_off"]["length_m"]) / 1000,
        "times": [one for kind in TIMES if kind not in OF_A_VALVE and (one := journal.find(kind))],
        "valves": valves,
        "doubts": journal.doubts(),
        "cause": code_label(code_lists.CAUSES, outage.cause) if outage.cause else "",
        "repairs": repairs_of_outages(of_one_break, rights),
        "notices": [(one, sum(way.total for way in channel_counts(one))) for one in notices_of(of_one_break, rights)],
        "journal": journal.current(),
        "photos": [(f"photo:{one.pk}", one) for one in first_photos],
        "photo_count": len(photos),
        "printed_at": database_clock.now(),
        "language": get_language() or "fr",
    }
    pictures = {f"photo:{one.pk}": path_of(one).read_bytes() for one in first_photos}
    return typeset(render_to_string("water/outage_report.html", given), STYLES, pictures)

"""The sheet of an outage for the crew: one or two pages to read in the rain."""

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from gis_core.database import clock as database_clock
from gis_core.files.writing.paper import typeset
from networks.water.models import Outage
from networks.water.outage_map import draw
from networks.water.services.outage_journal import journal_of
from networks.water.services.outage_valves import STATES

STYLES = Path(__file__).parent / "outage_sheet.css"
MOST_ADDRESSES = 60


def pdf_of(outage: Outage, plans: str = "") -> bytes:
    """The PDF file, from the answer that was kept; it says at which address its plans to scale are made, if any."""
    answer: dict[str, Any] = outage.answer
    journal = journal_of(outage)
    closings = journal.by_valve("closed")
    reports = {one.valve: one for one in journal.current() if one.kind in STATES}
    valves = [one | {"closing": closings.get(one["id"]), "report": reports.get(one["id"])} for one in answer["valves"]]
    by_status = {
        status: [one for one in valves if one["status"] == status]
        for status in ("close", "optional", "closed", "skipped")
    }
    given = {
        "outage": outage,
        "answer": answer,
        "close": by_status["close"],
        "optional": by_status["optional"],
        "closed": by_status["closed"],
        "skipped": by_status["skipped"],
        "sensitive": [one for one in answer["connections"]["results"] if one["sensitive"]],
        "addresses": answer["addresses"][:MOST_ADDRESSES],
        "more_addresses": max(0, len(answer["addresses"]) - MOST_ADDRESSES),
        "map": draw(answer, by_status["close"]),
        "plans": plans,
        "printed_at": database_clock.now(),
        "language": get_language() or "fr",
    }
    return typeset(render_to_string("water/outage_sheet.html", given), STYLES, {})

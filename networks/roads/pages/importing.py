"""/voirie/importer/: send sections or markers, see what they would change, load them."""

from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis_core.desk.tabs import show_in
from gis_core.errors import Invalid
from layers.intake.desk import ImportDesk
from layers.intake.models import FileImport
from layers.intake.source import Source
from networks.roads.services.importing import brings, communes_in
from networks.roads.services.reporting import lines
from networks.roads.sources import MARKERS, SECTIONS


def texts() -> dict[str, Any]:
    return {
        "title": _("Import roads"),
        "lead": _(
            "Bring in sections of BD TOPO, each year anew, or markers (PR). You see what would change before anything"
            " is written; what your people recorded (surface, condition, winter service, traffic) is kept."
        ),
        "files": _("The files"),
        "formats": _(
            "BD TOPO: GeoPackage, Shapefile (with its .dbf and .prj), or a ZIP. Markers: CSV, Excel, LibreOffice or a"
            " layer, with the columns route, pr, cote (U, D, G), and x, y or cumul."
        ),
        "look": _("Look at the files"),
        "empty": _("No road has been imported here yet."),
        "styles": ["roads/referential.css"],
    }


def source_of(posted: QueryDict) -> Source:
    """The source of the files that are sent. Raises Invalid."""
    sources = {"sections": SECTIONS, "markers": MARKERS}
    if (source := sources.get(posted.get("what", ""))) is None:
        raise Invalid(_("Say what these files hold: sections or markers."), parameter="what")
    return source


def choices_in(posted: QueryDict) -> dict[str, Any]:
    """What the form says of how files come in. Raises Invalid."""
    return {
        "communes": communes_in(posted.get("communes", "")),
        "replace": bool(posted.get("replace")),
        "strict": bool(posted.get("strict")),
    }


def choices_to_read(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """What the page of an import says; the button that loads leaves the choices as they are. Raises Invalid."""
    return choices_in(posted) if posted.get("action") == "read" else {}


def context(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """What was done, what would be, and the choices, for this desk's parts of the page."""
    visible = made.report or made.plan
    given = {**made.choices, "communes": ", ".join(made.choices.get("communes", ()))}
    results: dict[str, Any] = {
        "posted": given,
        "sections": made.source == SECTIONS.slug,
        "loadable": bool(made.plan and brings(made.plan)),
    }
    if visible is None:
        return results
    roads = visible.get("roads", [])
    amiss = [one for one in roads if one["amiss"]]
    return results | {"lines": list(lines(visible)), "roads": roads, "amiss": amiss, "fine": len(roads) - len(amiss)}


DESK: Final = ImportDesk(
    source=lambda: SECTIONS,
    others=lambda: [MARKERS],
    sent_as=source_of,
    show=show_in("roads"),
    tab="road_import",
    urls=("road_import", "road_import_page", "road_import_findings"),
    frame="roads/desk.html",
    labels=texts,
    parts={
        "given": "roads/import_given.html",
        "choices": "roads/import_choices.html",
        "plan": "roads/import_plan.html",
        "report": "roads/import_report.html",
        "revert": "intake/taking_back.html",
    },
    context=context,
    choices=choices_to_read,
    given=choices_in,
)

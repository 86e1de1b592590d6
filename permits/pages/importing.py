"""/permis/importer/: send the register of another tool, say which column is which, see what would come in, import."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from layers.intake.desk import MIB, ImportDesk
from layers.intake.models import FileImport
from layers.intake.services.imports import imports_of
from layers.intake.table_form import table_choices, table_context
from permits.importers.columns import LIMITS, REGISTER
from permits.pages.frame import page
from permits.procedure import State
from permits.sources import PERMITS

columns_of = table_context(REGISTER)


def show(request: HttpRequest, template: str, tab: str, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, template, {"section": "permits", "here": tab, **context}, status=status)


def page_texts() -> dict[str, Any]:
    most = {"most_rows": localize(LIMITS.rows), "most_mb": LIMITS.file_bytes // MIB}
    return {
        "title": _("Import a register"),
        "lead": _(
            "Take over the files of another tool from a CSV file or a spreadsheet. You see which column is which and "
            "what would come in before anything is written; files that are here already are never changed."
        ),
        "files": _("The register, as CSV or as a spreadsheet"),
        "formats": _(
            "Separated by semicolons, commas or tabs; %(most_rows)s rows and %(most_mb)s MB at most; or a spreadsheet "
            "(XLSX, ODS)."
        )
        % most,
        "accept": ".csv,.txt,.tsv,.xlsx,.ods,text/csv",
        "look": _("Look at the file"),
        "empty": _("No register has been imported here yet."),
    }


def context(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """The columns, and the first files that would come in."""
    states = dict(State.choices)
    first = [
        {**one, "filed": parse_date(one["filed"]), "state": states.get(one["state"], one["state"])}
        for one in (made.plan or {}).get("first", [])
    ]
    return columns_of(made, posted) | {"first_files": first}


def summary(made: FileImport) -> str:
    """What an import did, in one line."""
    if not made.report:
        return ""
    return str(_("%(made)s files imported, %(same)s there already, %(refused)s rows refused") % made.report)


DESK = ImportDesk(
    source=lambda: PERMITS,
    show=show,
    tab="import",
    urls=("permit_import", "permit_import_report", "permit_import_csv"),
    frame="permits/import_frame.html",
    labels=page_texts,
    parts={
        "choices": "intake/columns.html",
        "plan": "permits/import_plan.html",
        "report": "permits/import_report.html",
    },
    context=context,
    choices=table_choices(REGISTER),
    summary=summary,
)
importing, report, findings = DESK.imports(), DESK.one(), DESK.findings()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def columns(request: HttpRequest) -> HttpResponse:
    """Where the columns of what the asker sent last are said: on the page of its import."""
    sent = imports_of(PERMITS, DESK.rights_of(request)).filter(made_by_id=request.user.pk)
    last = sent.values_list("pk", flat=True).first()
    return redirect("permit_import_report", last) if last else redirect("permit_import")

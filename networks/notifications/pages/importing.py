"""/reseaux/avis/contacts/importer/: send a list, see what would come in, import it; no cell of it stays with it."""

from typing import Any

from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _

from gis_core.desk.tabs import show_in
from layers.intake.desk import MIB, ImportDesk
from layers.intake.table_form import table_choices, table_context
from networks.notifications.importers.columns import CONTACTS as FIELDS
from networks.notifications.sources import CONTACTS


def page_texts() -> dict[str, Any]:
    limits = FIELDS.limits
    return {
        "title": _("Import a list"),
        "trail": (_("Contacts"), reverse("contacts")),
        "lead": _(
            "A CSV file or a spreadsheet whose first row names its columns: nom, adresse, mobile, courriel, "
            "branchement, consentement SMS… They are recognised. Who is there already is brought up to date; "
            "objections stay, whatever the list says."
        ),
        "files": _("The list, as CSV or as a spreadsheet"),
        "formats": _("%(most_rows)s rows and %(most_mb)s MB at most; CSV, or a spreadsheet (XLSX, ODS).")
        % {"most_rows": localize(limits.rows), "most_mb": limits.file_bytes // MIB},
        "accept": ".csv,.txt,.tsv,.xlsx,.ods,text/csv",
        "look": _("Only check, write nothing"),
        "empty": _("No list was sent yet."),
    }


DESK = ImportDesk(
    source=lambda: CONTACTS,
    show=show_in("networks"),
    tab="contacts",
    urls=("contact_import", "contact_import_report", "contact_import_csv"),
    frame="notifications/desk.html",
    labels=page_texts,
    parts={
        "choices": "intake/columns.html",
        "plan": "notifications/import_plan.html",
        "report": "notifications/import_report.html",
    },
    context=table_context(FIELDS),
    choices=table_choices(FIELDS),
)
contact_import, contact_import_report, contact_import_findings = DESK.imports(), DESK.one(), DESK.findings()

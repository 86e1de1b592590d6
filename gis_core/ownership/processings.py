"""The register of processings (GDPR, art. 30): each app declares its own, the rest is read from the registry.

Who is responsible: each member for its permits, networks and subscribers; the agency for accounts and security, and as
processor of the members for the rest. The wording is a draft for data protection officers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.apps import apps
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.opendocument import ODS, opendocument_file
from gis_core.files.writing.rows import Column
from gis_core.models import Member
from gis_core.ownership.declarations import DECLARED, Declared, title_of
from gis_core.ownership.retention import RETENTIONS, choices_in_force, duration_of
from gis_core.points import Label
from gis_core.wiring.points import ExtensionPoint


class Controller(StrEnum):
    """Who decides what a processing is for (GDPR, art. 4 § 7)."""

    MEMBER = "member"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One line of the register, in the reader's language; texts of law keep their French names.

    `models` are those of the registry, from which its data are read.

    `basis` is the base of art. 6, with its text; `data` adds what no column says; `measures` what the platform does
    for this one beyond what it does for all.
    """

    slug: str
    title: Label
    controller: Controller
    purposes: Label
    basis: Label
    people: Label
    models: tuple[str, ...]
    recipients: Label
    data: Label = ""
    measures: Label = ""


PROCESSINGS: ExtensionPoint[Processing] = ExtensionPoint(
    "ownership.processings",
    "The processings of personal data that an app makes, for the register of art. 30; in the order of the apps.",
    key=lambda one: one.slug,
)
DRAFT: Final = _(
    "DRAFT, for the controller's data protection officer to review: written from what the"
    " platform does, it says nothing of what is done outside it."
)
EVERYWHERE: Final = _(
    "TLS; hashed passwords (Argon2); a rule of rows for each table in PostgreSQL, behind the"
    " rights of the application; security journal; history of who changed what; backups, and"
    " a continuous archive that is encrypted where it is set; files received are read by an"
    " isolated process"
)
TRANSFERS: Final = _(
    "none by the platform; to be completed where a backup, or the sending of text messages and mails, leaves the Union"
)
SCOPES: Final = {
    "system": _("closed tables, read by functions of the database only"),
    "journal": _("journals that neither the site nor the agency can change"),
    "nominative": _("rows opened by a line of the journal of owners only"),
    "person": _("rows read by the person alone"),
    "member": _("rows read by the authority, those it shares with, and the agency"),
    "open": _("accounts and roles, read by the application"),
}
CONTROLLERS: Final = {
    Controller.MEMBER: _("each authority, for its data; the agency is processor (art. 28)"),
    Controller.AGENCY: _("the agency that runs the platform"),
}
COLUMNS: Final[Mapping[str, Label]] = {
    "title": _("Processing"),
    "controller": _("Controller"),
    "purposes": _("Purposes"),
    "basis": _("Legal basis (art. 6)"),
    "people": _("Data subjects"),
    "data": _("Categories of data"),
    "recipients": _("Recipients"),
    "transfers": _("Transfers outside the Union"),
    "retention": _("How long they are kept"),
    "measures": _("Security measures (art. 32)"),
    "status": _("Status"),
}
FORMATS: Final = {"csv": "text/csv; charset=utf-8", "ods": ODS}


def processings_of(member: Member | None) -> list[Processing]:
    """Those of a member as controller; all of them for the agency, which is processor of the members'."""
    return [one for one in PROCESSINGS.all() if member is None or one.controller == Controller.MEMBER]


def register(member: Member | None = None) -> list[dict[str, str]]:
    """The lines of the register, by the names of COLUMNS, in the reader's language."""
    return [line_of(one, member) for one in processings_of(member)]


def line_of(one: Processing, member: Member | None) -> dict[str, str]:
    controller = str(CONTROLLERS[one.controller])
    if member is not None:
        text = _("%(name)s (SIREN %(siren)s); processor: the agency that runs the platform")
        controller = text % {"name": member.name, "siren": member.siren or "…"}
    return {
        "title": str(one.title),
        "controller": controller,
        "purposes": str(one.purposes),
        "basis": str(one.basis),
        "people": str(one.people),
        "data": joined([*map(describe_data, naming_tables(one)), one.data]),
        "recipients": str(one.recipients),
        "transfers": str(TRANSFERS),
        "retention": joined(retention_of(one)),
        "measures": joined([one.measures, *measures_of(one), EVERYWHERE]),
        "status": str(DRAFT),
    }


def joined(parts: Iterable[Label]) -> str:
    """One after the other, as the reader's language separates them."""
    return str(_("; ")).join(str(part) for part in parts if part)


def naming_tables(one: Processing) -> list[Declared]:
    """Those of its tables that have columns which name somebody."""
    return [declared for declared in map(DECLARED.get, one.models) if declared.identity]


def describe_data(declared: Declared) -> str:
    """What the rows are and, in brackets, the columns that name somebody."""
    fields = {field.column: str(field.verbose_name) for field in apps.get_model(declared.model)._meta.concrete_fields}
    return f"{title_of(declared)} ({', '.join(fields[name] for name in declared.identity)})"


def retention_of(one: Processing) -> Iterator[str]:
    """What the table of retention times says of its models."""
    chosen = choices_in_force()
    for kind in RETENTIONS.all():
        if set(kind.models) & set(one.models):
            yield _("%(what)s: %(days)s") % {"what": kind.title, "days": duration_of(kind, chosen.get(kind.slug))}


def measures_of(one: Processing) -> Iterator[Label]:
    """How PostgreSQL protects its tables, by their scopes."""
    scopes = {scope_of(model) for model in one.models}
    yield from (text for scope, text in SCOPES.items() if scope in scopes)


def scope_of(model: str) -> str:
    """The key of SCOPES for the scope of a model (`docs/reference/scopes.md`)."""
    scope = str(getattr(apps.get_model(model), "security", "open")).partition(":")[0]
    if scope in ("open", "edited", "given", "added", "reference"):
        return "open"
    return scope if scope in SCOPES else "member"


def register_file(form: str, member: Member | None = None) -> bytes:
    """The register in French as `ods`, or `csv` as a French spreadsheet opens it."""
    with translation.override("fr"):
        columns = [Column(name, str(label), "text") for name, label in COLUMNS.items()]
        rows = [[line[column.name] for column in columns] for line in register(member)]
    if form == "ods":
        return opendocument_file(columns, rows, "Registre des traitements")
    return csv_file(columns, rows)

"""The register of processings (GDPR, art. 30): each app declares its own, the rest is read from the registry.

Who is responsible: each member for its permits, networks and subscribers; the agency for accounts and security, and as
processor of the members for the rest. The wording is a draft for data protection officers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.apps import apps
from django.utils import translation

from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.opendocument import ODS, opendocument_file
from gis_core.files.writing.rows import Column
from gis_core.models import Member
from gis_core.ownership.declarations import DECLARED, Declared, title_of
from gis_core.ownership.retention import RETENTIONS, choices_in_force, duration_of
from gis_core.wiring.points import ExtensionPoint


class Controller(StrEnum):
    """Who decides what a processing is for (GDPR, art. 4 § 7)."""

    MEMBER = "member"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One line of the register, in French; `models` are those of the registry, from which its data are read.

    `basis` is the base of art. 6, with its text; `data` adds what no column says; `measures` what the platform does
    for this one beyond what it does for all.
    """

    slug: str
    title: str
    controller: Controller
    purposes: str
    basis: str
    people: str
    models: tuple[str, ...]
    recipients: str
    data: str = ""
    measures: str = ""


PROCESSINGS: ExtensionPoint[Processing] = ExtensionPoint(
    "ownership.processings",
    "The processings of personal data that an app makes, for the register of art. 30; in the order of the apps.",
    key=lambda one: one.slug,
)
DRAFT: Final = (
    "PROJET, à relire par le délégué à la protection des données du responsable : écrit d'après ce que fait la"
    " plateforme, il ne dit rien de ce qui se fait hors d'elle."
)
EVERYWHERE: Final = (
    "TLS ; mots de passe hachés (Argon2) ; une règle de lignes par table dans PostgreSQL, derrière les droits de"
    " l'application ; journal de sécurité ; historique de qui a changé quoi ; sauvegardes et archive continue"
    " chiffrée quand elle est réglée ; fichiers reçus lus par un processus isolé"
)
TRANSFERS: Final = (
    "aucun par la plateforme ; à compléter si une sauvegarde ou l'envoi de SMS et de mails sort de l'Union"
)
SCOPES: Final = {
    "system": "tables fermées, lues par des fonctions de la base seulement",
    "journal": "journaux que ni le site ni l'agence ne peuvent changer",
    "nominative": "lignes ouvertes par une ligne du journal des propriétaires seulement",
    "person": "lignes lues par la personne seule",
    "member": "lignes lues par le membre, ceux avec qui il partage et l'agence",
    "open": "comptes et rôles, lus par l'application",
}
CONTROLLERS: Final = {
    Controller.MEMBER: "chaque membre, pour ses données ; l'agence est sous-traitante (art. 28)",
    Controller.AGENCY: "l'agence qui tient la plateforme",
}
COLUMNS: Final = (
    Column("title", "Traitement", "text"),
    Column("controller", "Responsable", "text"),
    Column("purposes", "Finalités", "text"),
    Column("basis", "Base légale (art. 6)", "text"),
    Column("people", "Personnes concernées", "text"),
    Column("data", "Catégories de données", "text"),
    Column("recipients", "Destinataires", "text"),
    Column("transfers", "Transferts hors de l'Union", "text"),
    Column("retention", "Durées de conservation", "text"),
    Column("measures", "Mesures de sécurité (art. 32)", "text"),
    Column("status", "Statut", "text"),
)
FORMATS: Final = {"csv": "text/csv; charset=utf-8", "ods": ODS}


def processings_of(member: Member | None) -> list[Processing]:
    """Those of a member as controller; all of them for the agency, which is processor of the members'."""
    return [one for one in PROCESSINGS.all() if member is None or one.controller == Controller.MEMBER]


def register(member: Member | None = None) -> list[dict[str, str]]:
    """The lines of the register, by the names of COLUMNS, in French."""
    with translation.override("fr"):
        return [line_of(one, member) for one in processings_of(member)]


def line_of(one: Processing, member: Member | None) -> dict[str, str]:
    controller = CONTROLLERS[one.controller]
    if member is not None:
        controller = f"{member.name} (SIREN {member.siren or '…'}) ; sous-traitant : l'agence qui tient la plateforme"
    return {
        "title": one.title,
        "controller": controller,
        "purposes": one.purposes,
        "basis": one.basis,
        "people": one.people,
        "data": " ; ".join(filter(None, [*map(describe_data, naming_tables(one)), one.data])),
        "recipients": one.recipients,
        "transfers": TRANSFERS,
        "retention": " ; ".join(retention_of(one)),
        "measures": " ; ".join(filter(None, [one.measures, *measures_of(one), EVERYWHERE])),
        "status": DRAFT,
    }


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
            yield f"{kind.title} : {duration_of(kind, chosen.get(kind.slug))}"


def measures_of(one: Processing) -> Iterator[str]:
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
    """The register as `ods`, or `csv` as a French spreadsheet opens it."""
    rows = [[line[column.name] for column in COLUMNS] for line in register(member)]
    if form == "ods":
        return opendocument_file(COLUMNS, rows, "Registre des traitements")
    return csv_file(COLUMNS, rows)

"""What crosses a ground on a day: zones, prescriptions, information, easements with their acts, risks; a few queries.

Measured as every section of the parcel sheet is: areas and shares of the ground for surfaces, lengths for lines.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from layers.parcels.crossing import Crossing, Crossings, crossings
from layers.parcels.sections import Ground
from layers.planning.models import Document, EasementLink, EasementSet

IN_FORCE = sql.SQL(
    "document_id in (select d.id from planning_document d"
    " where d.starts_date <= %(day)s and (d.ends_date is null or d.ends_date > %(day)s))"
)
SINCE = sql.SQL(
    "easement_id in (select e.id from planning_easement e where e.since_date is null or e.since_date <= %(day)s)"
)
KNOWN = sql.SQL(
    "plan_id in (select p.id from planning_riskplan p where p.state_date is null or p.state_date <= %(day)s)"
)
OF_DOCUMENT = ("id", "document_id", "libelle", "nomfic", "urlfic")


def zones(ground: Ground) -> Crossings:
    return found(ground, "planning_zone", (*OF_DOCUMENT, "libelong", "typezone"), IN_FORCE)


def prescriptions(ground: Ground) -> Crossings:
    return found(ground, "planning_prescription", (*OF_DOCUMENT, "txt", "typepsc", "stypepsc", "kind"), IN_FORCE)


def information(ground: Ground) -> Crossings:
    return found(ground, "planning_information", (*OF_DOCUMENT, "txt", "typeinf", "stypeinf", "kind"), IN_FORCE)


def easements(ground: Ground) -> Crossings:
    """Footprints, not what makes them: a monument is no reason to ask the architect where its surroundings end."""
    return found(ground, "planning_easementfootprint", ("id", "easement_id", "category", "name", "type", "kind"), SINCE)


def risks(ground: Ground) -> Crossings:
    return found(ground, "planning_riskzone", ("id", "plan_id", "code", "name", "typereglement"), KNOWN)


def found(ground: Ground, table: str, columns: Sequence[str], where: sql.Composable) -> Crossings:
    return crossings(ground, table, columns, where=where, values={"day": ground.day})


def documents(on: Sequence[Crossing]) -> Mapping[int, Document]:
    """The documents of these rows, by id."""
    return Document.objects.in_bulk({one.values["document_id"] for one in on})


def in_force_at(ground: Ground) -> list[Document]:
    """The documents in force on the ground's day that are for its communes."""
    return list(Document.objects.in_force(ground.day).filter(communes__overlap=list(ground.insee)))


def acts(on: Sequence[Crossing]) -> Mapping[int, list[dict[str, Any]]]:
    """The acts of the easements of these rows, by the easement's id: name, dates, and where the file lies."""
    links = (
        EasementLink.objects.filter(easement__in={one.values["easement_id"] for one in on})
        .select_related("act")
        .order_by("act__decided_date", "act__pk")
    )
    # A set of easements lists thousands of files: read once, not with each of its acts.
    sets = EasementSet.objects.in_bulk({link.act.delivery_id for link in links})
    found: dict[int, list[dict[str, Any]]] = {}
    for link in links:
        kept = sets[link.act.delivery_id]
        found.setdefault(link.easement_id, []).append({"act": link.act, "folder": kept.folder, "files": kept.files})
    return found

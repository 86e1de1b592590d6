"""Where what crosses a ground on a day is read: zones, prescriptions, information, easements with their acts, risks."""

from typing import LiteralString

from layers.parcels.sections import Ground, Source
from layers.planning.models import Document

ENDINGS = {"surface": "surf", "line": "lin", "point": "pct"}


def by_kind(layers: str) -> dict[str, str]:
    """The layers of surfaces, lines and points."""
    return {kind: f"{layers}-{ending}" for kind, ending in ENDINGS.items()}


# The document in force that day, and of its written pieces those that the row may name.
DOCUMENT: LiteralString = "join planning_document d on d.id = t.document_id"
IN_FORCE: LiteralString = (
    "document_id in (select d.id from planning_document d"
    " where d.starts_date <= %(day)s and (d.ends_date is null or d.ends_date > %(day)s))"
)
OF_DOCUMENT: dict[str, LiteralString] = {
    "id": "t.id",
    "libelle": "t.libelle",
    "nomfic": "t.nomfic",
    "urlfic": "t.urlfic",
    "idurba": "d.idurba",
    "approved_date": "d.approved_date",
    "published": "d.published",
    "folder": "d.folder",
    "files": (
        "(select coalesce(json_agg(one), '[]') from jsonb_array_elements(d.files) one where t.nomfic <> '' and"
        " strpos(lower(t.nomfic), lower(regexp_replace(one ->> 'path', '^.*/', ''))) > 0)"
    ),
}
ZONES = Source(
    table="planning_zone",
    columns={**OF_DOCUMENT, "libelong": "t.libelong"},
    where=IN_FORCE,
    joins=DOCUMENT,
    layer="plu-zones",
)
PRESCRIPTIONS = Source(
    table="planning_prescription",
    columns={**OF_DOCUMENT, "type": "t.typepsc", "subtype": "t.stypepsc", "kind": "t.kind"},
    where=IN_FORCE,
    joins=DOCUMENT,
    layer=by_kind("plu-prescriptions"),
)
INFORMATION = Source(
    table="planning_information",
    columns={**OF_DOCUMENT, "type": "t.typeinf", "subtype": "t.stypeinf", "kind": "t.kind"},
    where=IN_FORCE,
    joins=DOCUMENT,
    layer=by_kind("plu-informations"),
)
# Footprints, not what makes them: a monument is no reason to ask the architect where its surroundings end.
EASEMENTS = Source(
    table="planning_easementfootprint",
    columns={
        "id": "t.id",
        "type": "t.type",
        "kind": "t.kind",
        "category": "e.category",
        "name": "e.name",
        "long_name": "e.long_name",
        "manager": "e.manager",
        "acts": "acts.told",
    },
    where=(
        "easement_id in (select e.id from planning_easement e where e.since_date is null or e.since_date <= %(day)s)"
    ),
    joins="""
        join planning_easement e on e.id = t.easement_id
        left join lateral (
            select json_agg(json_build_object('name', a.name, 'type', a.type, 'decided_date', a.decided_date,
                       'piece', a.piece, 'folder', s.folder, 'files',
                       (select json_agg(one) from jsonb_array_elements(s.files) one where a.piece <> '' and
                        strpos(lower(a.piece), lower(regexp_replace(one ->> 'path', '^.*/', ''))) > 0))
                   order by a.decided_date, a.id) as told
            from planning_easementlink l join planning_easementact a on a.id = l.act_id
            join planning_easementset s on s.id = a.delivery_id
            where l.easement_id = t.easement_id) acts on true
    """,
    layer=by_kind("sup-assiettes"),
)
RISKS = Source(
    table="planning_riskzone",
    columns={
        "id": "t.id",
        "code": "t.code",
        "name": "t.name",
        "plan": "p.name",
        "state": "p.state",
        "state_date": "p.state_date",
        "url": "p.url",
    },
    where="plan_id in (select p.id from planning_riskplan p where p.state_date is null or p.state_date <= %(day)s)",
    joins="join planning_riskplan p on p.id = t.plan_id",
    layer="risques-zones",
)


def is_ruled(ground: Ground) -> bool:
    """Whether a document for one of the ground's communes is in force on its day."""
    return Document.objects.in_force(ground.day).filter(communes__overlap=list(ground.insee)).exists()

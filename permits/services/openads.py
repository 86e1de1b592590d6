"""What openADS asks a GIS: which parcels there are, what constrains a commune or a file, where a file lies.

The shapes are those of the Lizmap module of 3Liz, to the letter: booleans and numbers are texts (docs/reference).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.core.cache import cache
from django.utils.translation import gettext as _
from psycopg.sql import SQL

from gis_core.database import clock as database_clock
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.cadastre.models import Address, Parcel
from layers.cadastre.references import whole_identifier
from layers.parcels.ground import MEASURED, OF_PARCELS, PARCELS_LAYER, measure_ground
from layers.parcels.sections import Answer, Ground, Line, Reader, reader_with
from layers.parcels.services.sheets import sheet_of
from permits.models import Permit
from permits.numbers import NotANumberError, Number
from permits.procedure import COUNTER
from permits.services.filing import change_permit
from permits.services.recording import check_may_write

PROJECT = "openads"
SECTIONS = ("zoning", "prescriptions", "planning-information", "easements", "risks")
MOST_PARCELS = 100
REMEMBERED_S = 3_600
# openADS does not pad a section of one letter: 34 0 172 000 A 0079.
UNPADDED = re.compile(
    r"(?P<department>\d{2}|2[AB])\d(?P<commune>\d{3})(?P<prefix>\d{3})(?P<section>[A-Z])(?P<number>\d{4})"
)
ROAD = re.compile(
    r"(allée|avenue|boulevard|chaussée|chemin|cité|clos|cour|cours|faubourg|hameau|impasse|lotissement|passage|place"
    r"|promenade|quai|résidence|route|rue|ruelle|sente|sentier|square|venelle|villa|voie)\s+(.+)",
    re.IGNORECASE,
)
OF_COMMUNE = MEASURED.format(
    rows=SQL("select null::bigint as id, null::text as idu, geom from gis_core_commune where insee = %(insee)s"),
    communes=SQL("select %(insee)s::text"),
).as_bytes()
OF_GEOMETRY = MEASURED.format(
    rows=SQL("select null::bigint as id, null::text as idu, %(ewkb)s::bytea::public.geometry as geom"),
    communes=SQL("select %(insee)s::text"),
).as_bytes()

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A file as openADS names it: of our register, or only parcels that were sent for it within the hour."""

    permit: Permit | None
    parcels: tuple[str, ...] = ()


def member_of(project: str, rights: Rights) -> Member | None:
    """The member that a project's key names (`<member>~openads`); None for `openads~openads`. Raises NotFound."""
    repository, _tilde, name = project.partition("~")
    if name.lower() != PROJECT:
        raise NotFound("The project name must be openads")
    if repository == PROJECT:
        return None
    member = Member.objects.visible_to(rights).filter(slug=repository).first()
    if member is None:
        raise NotFound("The given project key does not refer to a known project")
    return member


# -- parcels ----------------------------------------------------------------------------------------------------------


def readings(text: str) -> list[str]:
    """The parcels of 14 characters that an identifier of openADS may mean, the likeliest first."""
    identifiers = [whole_identifier(text)]
    if match := UNPADDED.fullmatch(re.sub(r"\s", "", text[:60]).upper()):
        identifiers.append(
            f"{match['department']}{match['commune']}{match['prefix']}0{match['section']}{match['number']}"
        )
    return [one for one in identifiers if one]


def find_known_parcels(texts: Sequence[str], rights: Rights) -> dict[str, str]:
    """By what was sent, the parcel that the plan has, for who sees the plan."""
    if PARCELS_LAYER not in reader_with(rights).layers:
        return {}
    wanted = {text: readings(text) for text in texts}
    rows = Parcel.objects.filter(idu__in={one for candidates in wanted.values() for one in candidates})
    there = set(rows.values_list("idu", flat=True))
    resolved = {text: next((one for one in candidates if one in there), None) for text, candidates in wanted.items()}
    return {text: idu for text, idu in resolved.items() if idu}


def describe_parcels(texts: Sequence[str], rights: Rights) -> Json:
    """Whether each parcel exists, and its address: those that do come first."""
    if len(texts) > MOST_PARCELS:
        raise Invalid(_("Name %(most)s parcels at most.") % {"most": MOST_PARCELS})
    known = find_known_parcels(texts, rights)
    addresses = addresses_of(set(known.values()))
    there = [
        {"parcelle": text, "existe": "true", "adresse": address_json(idu, addresses)} for text, idu in known.items()
    ]
    return {"parcelles": [*there, *({"parcelle": one, "existe": "false"} for one in texts if one not in known)]}


def addresses_of(idus: set[str]) -> dict[str, Address]:
    """The lowest number on each parcel."""
    rows = Address.objects.filter(parcel_idu__in=idus).order_by("-number", "-suffix")
    return {row.parcel_idu: row for row in rows}


def address_json(idu: str, addresses: dict[str, Address]) -> Json:
    address = addresses.get(idu)
    road = ROAD.fullmatch(address.road_name) if address else None
    return {
        "numero_voie": f"{address.number} {address.suffix}".strip() if address else "",
        "type_voie": road[1] if road else "",
        "nom_voie": road[2] if road else address.road_name if address else "",
        "arrondissement": idu[2:5],
    }


# -- constraints ------------------------------------------------------------------------------------------------------


def constraints_of_commune(insee: str, rights: Rights) -> Json:
    """Every constraint that there is in a commune; none for a code that is no commune."""
    ground = measure_ground(OF_COMMUNE, {"insee": insee}, database_clock.today())
    return {"contraintes": constraints(ground, rights) if ground else []}


def constraints(ground: Ground, rights: Rights) -> list[Json]:
    """What crosses a ground, as the asker's parcel sheet says it, each constraint once."""
    reader = readable(reader_with(rights))
    described: dict[str, Json] = {}
    for section, answer in sheet_of(ground, reader).answers:
        for line in (answer or Answer()).lines:
            if line.measure is None or line.measure.area_m2 != 0:
                one = constraint(section.slug, str(section.title), line)
                described.setdefault(one["contrainte"], one)
    return list(described.values())


def readable(reader: Reader) -> Reader:
    """The sections of planning alone."""
    kept = [section for section in reader.sections if section.slug in SECTIONS]
    return Reader(rights=reader.rights, sections=kept, layers=reader.layers)


def constraint(slug: str, group: str, line: Line) -> Json:
    """A line of a sheet. Its key follows from its words: the same constraint of a commune and of a file."""
    zone = slug == "zoning"
    below, text = (_("Zone"), line.detail) if zone else (line.detail or group, "")
    if line.measure and line.measure.uncertain:
        text = f"{text} ({_('limit to be checked')})".strip()
    identity = f"{slug}|{below}|{line.title}"
    key = hashlib.blake2s(identity.encode(), digest_size=5).hexdigest()
    described = {"groupe_contrainte": group, "sous_groupe_contrainte": below[:250], "libelle": line.title[:250]}
    return {"contrainte": f"{slug}-{key}", **described, "texte": text}


# -- files ------------------------------------------------------------------------------------------------------------


def dossier_of(number: str, member: Member | None, rights: Rights) -> Dossier | None:
    """A file of the register that the asker sees, else what they sent of it; None for neither."""
    try:
        packed = Number.parse_loosely(number[:60]).packed
    except NotANumberError:
        packed = ""
    rows = Permit.objects.visible_to(rights).select_related("owner").filter(number=packed)
    permit = rows.filter(owner=member).first() if member else rows.first()
    if permit is not None:
        return Dossier(permit)
    kept = cache.get(cache_key(number, member, rights))
    return Dossier(None, tuple(kept)) if kept else None


def cache_key(number: str, member: Member | None, rights: Rights) -> str:
    key = f"{rights.user_id} {member.pk if member else ''} {number}"
    return f"openads-{hashlib.blake2s(key.encode(), digest_size=16).hexdigest()}"


def compute_extent(number: str, texts: Sequence[str], member: Member | None, rights: Rights) -> Json:
    """Give a file the extent of its parcels, kept in the register where it is there and the asker may write it."""
    known = find_known_parcels(texts, rights)
    communes = {idu[:5] for idu in known.values()} or {""}
    if len(communes) > 1:
        raise Invalid("The parcelles do not all come from the same municipality")
    complete = len(known) == len(set(texts))
    if complete:
        keep_extent(number, list(dict.fromkeys(known.values())), member, rights)
    return {"emprise": {"statut_calcul_emprise": "true" if complete else "false"}}


def keep_extent(number: str, idus: list[str], member: Member | None, rights: Rights) -> None:
    dossier = dossier_of(number, member, rights)
    if dossier is None or dossier.permit is None:
        cache.set(cache_key(number, member, rights), idus, REMEMBERED_S)
        return
    try:
        check_may_write(dossier.permit, rights, COUNTER)
    except Forbidden:
        return
    if dossier.permit.idus != idus:
        change_permit(dossier.permit, {"parcels": idus}, rights)


def ground_of(dossier: Dossier) -> Ground | None:
    """Where a file lies; None where nobody knows."""
    permit = dossier.permit
    if permit is None:
        return measure_ground(OF_PARCELS, {"idus": list(dossier.parcels)}, database_clock.today())
    if permit.geom is None:
        return None
    return measure_ground(OF_GEOMETRY, {"ewkb": bytes(permit.geom.ewkb), "insee": permit.insee}, permit.filed_date)


def describe_centroid(number: str, member: Member | None, rights: Rights) -> Json:
    """The centroid of a file, in EPSG:2154. Raises NotFound."""
    ground = ground_of(get_dossier(number, member, rights, "to calculate the centroid"))
    if ground is None:
        return {"centroide": {"statut_calcul_centroide": "false"}}
    centre = GEOSGeometry(memoryview(ground.geom)).centroid
    return {"centroide": {"statut_calcul_centroide": "true", "x": f"{centre.x:.3f}", "y": f"{centre.y:.3f}"}}


def constraints_of_dossier(number: str, member: Member | None, rights: Rights) -> Json:
    """What constrains a file, by the rules of the day of its filing. Raises NotFound."""
    ground = ground_of(get_dossier(number, member, rights, "to get constraints for given dossier"))
    return {"contraintes": constraints(ground, rights) if ground else []}


def get_dossier(number: str, member: Member | None, rights: Rights, what: str) -> Dossier:
    dossier = dossier_of(number, member, rights)
    if dossier is None:
        raise NotFound(f"Error while executing query {what}")
    return dossier

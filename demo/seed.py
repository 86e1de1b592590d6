"""Loads the demo territory into the database: the same seed gives the same rows, a second run changes nothing."""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from demo import accounts
from demo.hydrants import seed_inspections
from demo.layers import seed_layers
from demo.manholes import seed_manhole_inspections
from demo.networks import seed_networks
from demo.owners import seed_owners
from demo.permits import seed_permits
from demo.planning import seed_planning
from demo.road_assets import seed_road_assets
from demo.roads import seed_roads
from demo.tasks import PHOTOS, SEED
from demo.territory import Parcel, Territory, generate
from demo.warning import seed_contacts
from demo.works import seed_works
from demo.zone_rules import seed_zone_rules
from gis_core.database.statements import execute
from gis_core.jobs.services import start_job
from gis_core.members.rights import rights_of
from gis_core.models import Commune, HistoryEvent, Job, Member, User
from gis_core.models import Territory as MemberTerritory
from layers.cadastre.importers.load import COMMUNES
from layers.cadastre.services import TABLES, Table, copy_rows
from layers.catalogue.services import announce_changed_slugs
from layers.features.search_terms import search_text
from layers.features.services.origin import open_event

# Raise it whenever the generator or this module gives other rows.
GENERATOR_VERSION = 2
EVENT = "demo"
# The agency's own administrator sits with the Département, which covers every commune.
AGENCY_MEMBER = "departement-demo"
SOURCE_DATE = date(2026, 1, 1)

type Say = Callable[[str], None]


def seed_demo(*, data_dir: Path, seed: int = SEED, say: Say = print) -> bool:
    """Load everything, or nothing where this version of this seed is already there; accounts are checked each time.

    Needs the owner's role. Returns whether rows were loaded.
    """
    loaded = not is_loaded(seed)
    make = cache(lambda: generate(seed))
    if loaded:
        say("Calcul du territoire de démonstration…")
        with transaction.atomic():
            load(make(), say)
    else:
        say("Le territoire de démonstration est déjà chargé.")
    with transaction.atomic():
        seed_people(data_dir / "demo-accounts.json")
        seed_layers(say)
        if seed_owners():
            say("Propriétaires fictifs chargés.")
        seed_planning(make, data_dir / "demo-urbanisme", say)
        seed_zone_rules(say)
        seed_permits(make, seed, say)
        seed_networks(make, seed, say)
        seed_inspections(seed, say)
        seed_manhole_inspections(seed, say)
        seed_contacts(seed, say)
        seed_roads(make, seed, say)
        seed_road_assets(seed, say)
        seed_works(seed, say)
        ask_for_photos(say)
    say("Comptes de démonstration vérifiés.")
    return loaded


def is_loaded(seed: int) -> bool:
    """Whether the last seeding recorded here was of this seed and generator, and its communes are still there."""
    last = HistoryEvent.objects.filter(kind=EVENT).order_by("-id").first()
    expected = {"seed": seed, "generator": GENERATOR_VERSION}
    return bool(last and last.detail == expected and Commune.objects.filter(insee__startswith="459").exists())


def load(territory: Territory, say: Say) -> None:
    """Replace the demo communes and all that lies in them, in one transaction."""
    insee = [commune.insee for commune in territory.communes]
    detail = {"seed": territory.seed, "generator": GENERATOR_VERSION}
    open_event([COMMUNES, *(table.name for table in TABLES.values())], detail, EVENT)
    # People's town halls and territories refer to the communes, which are therefore updated, not replaced.
    load_communes(territory)
    for name, rows in tables(territory):
        table = TABLES[name]
        say(f"Chargement : {table.label}…")
        clear(table, insee)
        copy_rows(table, rows)
    load_members(territory)
    for table in TABLES.values():
        execute(sql.SQL("analyze {}").format(sql.Identifier(table.name)))
    announce_changed_slugs(["communes", *TABLES])


def clear(table: Table, insee: Sequence[str]) -> None:
    execute(sql.SQL("delete from {} where insee = any(%s)").format(sql.Identifier(table.name)), [list(insee)])


def load_communes(territory: Territory) -> None:
    """Insert or update the communes."""
    rows = [
        (c.insee, c.name, search_text(c.name), population(c.insee, territory), SOURCE_DATE, multi(c.geom))
        for c in territory.communes
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into gis_core_commune (insee, name, search_text, population, source_date, geom)"
            " values (%s, %s, %s, %s, %s, st_multi(st_setsrid(st_geomfromwkb(%s), 2154)))"
            " on conflict (insee) do update set name = excluded.name, search_text = excluded.search_text,"
            " population = excluded.population, source_date = excluded.source_date, geom = excluded.geom",
            rows,
        )


def population(insee: str, territory: Territory) -> int:
    """People of a commune: a little more than two to a house number."""
    return round(2.2 * sum(address.insee == insee for address in territory.addresses))


def tables(territory: Territory) -> Iterable[tuple[str, Iterable[tuple[Any, ...]]]]:
    """Rows of each table, in the order of `TABLES[...].columns`."""
    yield "sections", ((s.id, s.insee, s.prefix, s.code, None, None, multi(s.geom)) for s in territory.sections)
    yield "parcels", (parcel_row(parcel) for parcel in territory.parcels)
    dates = {parcel.idu: (parcel.created_date, parcel.updated_date) for parcel in territory.parcels}
    yield (
        "buildings",
        ((b.insee, b.type, b.name or "", *dates[b.parcel_idu], multi(b.geom)) for b in territory.buildings),
    )
    names = {commune.insee: commune.name for commune in territory.communes}
    yield (
        "roads",
        (
            (
                r.insee,
                r.name,
                search_text(r.name, r.number, names[r.insee]),
                r.kind,
                r.number or "",
                r.carriageway_m,
                multi(r.geom),
            )
            for r in territory.roads
            if r.name
        ),
    )
    yield (
        "addresses",
        (
            (
                a.insee,
                a.number,
                a.suffix or "",
                a.road_name,
                a.postcode,
                a.commune,
                a.label,
                search_text(a.number, a.suffix, a.road_name, a.postcode, a.commune),
                a.parcel_idu,
                a.geom.wkb,
            )
            for a in territory.addresses
        ),
    )


def parcel_row(parcel: Parcel) -> tuple[Any, ...]:
    label = f"{parcel.section.lstrip('0')} {parcel.number}"
    return (
        parcel.idu,
        parcel.insee,
        parcel.prefix,
        parcel.section,
        f"{parcel.number:04d}",
        label,
        parcel.contenance,
        parcel.arpente,
        parcel.created_date,
        parcel.updated_date,
        multi(parcel.geom),
    )


def multi(geom: Any) -> bytes:
    """The geometry as WKB; the table makes it a multi-geometry."""
    wkb: bytes = geom.wkb
    return wkb


def load_members(territory: Territory) -> None:
    """The members and their communes."""
    for one in territory.members:
        member, _made = Member.objects.update_or_create(
            slug=one.slug, defaults={"name": one.name, "kind": one.kind, "siren": one.siren}
        )
        for insee in one.communes:
            MemberTerritory.objects.get_or_create(member=member, commune_id=insee)


def seed_people(path: Path) -> None:
    """The accounts of every demo member and the agency's administrator."""
    members = {member.slug: member for member in Member.objects.filter(slug__in=SHORT_NAMES)}
    named = [(members[slug], short) for slug, short in SHORT_NAMES.items() if slug in members]
    accounts.seed_accounts(named, members[AGENCY_MEMBER], path)


def ask_for_photos(say: Say) -> None:
    """Have the worker draw the two aerial campaigns and take them through the real pipeline, once."""
    if os.environ.get("ARPENT_DEMO_PHOTOS") == "0" or Job.objects.filter(kind=PHOTOS).exclude(state="failed").exists():
        return
    agency = User.objects.get(username="agence")
    start_job(
        kind=PHOTOS,
        title="Photos aériennes de démonstration",
        owner=Member.objects.get(slug=AGENCY_MEMBER),
        started_by=agency,
        parameters={},
        rights=rights_of(agency),
    )
    say("Les photos aériennes se préparent en tâche de fond : elles paraîtront d’ici quelques minutes.")


SHORT_NAMES = {"cc-lys": "lys", "cc-val-de-rimarde": "rimarde", "departement-demo": "departement"}

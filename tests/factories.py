"""Rows for tests, written as the owner of the tables (the web role may not write most of them)."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Point, Polygon
from django.db import connection
from psycopg import sql

from gis_core.members.rights import Role
from gis_core.models import Commune, Job, Member, Membership, RetentionTime, Territory, TownHall, User
from gis_core.validators import luhn
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer, Photo, Theme
from layers.catalogue.tables import GeometryType, create_table, secure_table
from layers.intake.choices import Mode
from layers.intake.layer_sources import DELIVERY, LAYER
from layers.intake.models import FileImport
from layers.planning.models import Document
from orthophoto.models import Campaign, Sheet

_numbers = itertools.count(1)
ORIGIN = (617_000.0, 6_717_000.0)


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Be another database role inside the test's transaction, then the former one again."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        (former,) = cursor.fetchone()
        if former != role:
            cursor.execute(f"set role {role}")
    try:
        yield
    finally:
        if former != role and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"set role {former}")


def as_owner() -> Any:
    return as_role("arpent_owner")


def as_worker() -> Any:
    return as_role("arpent_worker")


def siren() -> str:
    """A valid SIREN never given before in this run."""
    stem = f"{20_000_000 + next(_numbers):08d}"
    return stem + str((10 - luhn(stem + "0") % 10) % 10)


def square(x: float = ORIGIN[0], y: float = ORIGIN[1], side: float = 100.0) -> MultiPolygon:
    """A square in EPSG:2154 with its south-west corner at (x, y), in metres."""
    return MultiPolygon(Polygon.from_bbox((x, y, x + side, y + side)), srid=2154)


def commune(insee: str | None = None, name: str | None = None, geom: MultiPolygon | None = None) -> Commune:
    """A commune of the Loiret; its code is none that tests give (45001, 45234, 459xx) unless it is given."""
    number = next(_numbers)
    code = insee or f"45{235 + number % 665:03d}"
    with as_owner():
        return Commune.objects.create(insee=code, name=name or f"Commune {number}", geom=geom or square(side=4000))


def member(*communes: Commune, slug: str | None = None, kind: str = "epci") -> Member:
    number = next(_numbers)
    with as_owner():
        made = Member.objects.create(slug=slug or f"membre-{number}", name=f"Membre {number}", siren=siren(), kind=kind)
        Territory.objects.bulk_create(Territory(member=made, commune=one) for one in communes)
    return made


def retention_time(member: Member, kind: str, years: int) -> None:
    with as_owner():
        RetentionTime.objects.create(member=member, kind=kind, years=years, source="Tableau de gestion du 12/03/2024")


def user(at: Member | None = None, role: str = Role.READER, communes: tuple[Commune, ...] = (), **fields: Any) -> User:
    number = next(_numbers)
    with as_owner():
        made = User(
            username=fields.pop("username", f"personne{number}"),
            email=fields.pop("email", f"personne{number}@example.org"),
            **fields,
        )
        made.set_unusable_password()
        made.save()
        if at is not None:
            membership = Membership.objects.create(user=made, member=at, role=role)
            TownHall.objects.bulk_create(TownHall(membership=membership, commune=one) for one in communes)
    return made


def everybody(at: Member, commune: Commune) -> dict[str, User]:
    """Somebody of each role at a member, by role, in few statements; the town hall is that of the commune."""
    people = {}
    for role in Role:
        number = next(_numbers)
        people[role.value] = made = User(username=f"personne{number}", email=f"personne{number}@example.org")
        made.set_unusable_password()
    with as_owner():
        User.objects.bulk_create(people.values())
        memberships = Membership.objects.bulk_create(
            Membership(user=made, member=at, role=role) for role, made in people.items()
        )
        TownHall.objects.bulk_create(
            TownHall(membership=one, commune=commune) for one in memberships if one.role == Role.TOWN_HALL
        )
    return people


def invitation(at: Member, person: User, role: str = Role.READER) -> Membership:
    """An invitation that the person has not answered."""
    with as_owner():
        return Membership.objects.create(
            user=person, member=at, role=role, accepted_at=None, invited_email=person.email
        )


def job(owner: Member | None = None, **fields: Any) -> Job:
    with as_owner():
        return Job.objects.create(
            owner=owner, kind=fields.pop("kind", "test"), title=fields.pop("title", "Essai"), **fields
        )


def layer(slug: str | None = None, **fields: Any) -> Layer:
    """A layer over the parcels' table unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Couche {number}",
        "visibility": Layer.Visibility.PUBLIC,
        "table": "cadastre_parcel",
        "rows": Layer.Rows.REFERENCE,
        "geometry_type": Layer.Geometry.POLYGON,
        "title_field": "label",
        "min_zoom": 13,
        "columns": [
            {"name": "idu", "label": "Identifiant", "type": "text", "in_tiles": True},
            {"name": "label", "label": "Référence", "type": "text", "in_tiles": True},
            {"name": "area_m2", "label": "Contenance", "type": "area_m2", "unit": "m²", "in_tiles": False},
        ],
    }
    with as_owner():
        theme, _made = Theme.objects.get_or_create(slug="essai", defaults={"title": "Essai"})
        return Layer.objects.create(slug=slug or f"couche-{number}", theme=theme, **defaults | fields)


TABLE_TYPES: dict[str, GeometryType] = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
WITH_HEIGHTS: dict[str, GeometryType] = {"line": "MultiLineStringZ", "polygon": "MultiPolygonZ"}
EDITABLE_COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "label": "Nom", "type": "text", "in_tiles": True, "required": True, "maximum_length": 80},
    {"name": "kind", "label": "Nature", "type": "text", "choices": ["a", "b", "c"]},
    {"name": "height_m", "label": "Hauteur", "type": "number", "unit": "m"},
    {"name": "lamps", "label": "Lampes", "type": "integer"},
    {"name": "lit", "label": "Allumé", "type": "boolean"},
    {"name": "installed_date", "label": "Posé le", "type": "date"},
    {"name": "seen_at", "label": "Vu le", "type": "datetime", "read_only": True},
    {"name": "price", "label": "Prix", "type": "number", "roles": ["gis_administrator"]},
]


def editable_layer(owner: Member | None = None, geometry: str = "point", **fields: Any) -> Layer:
    """A layer with a run-time table of its own, which its owner's technicians and GIS administrators edit; its places
    have heights (Z) where it is so.
    """
    number, types = next(_numbers), WITH_HEIGHTS if fields.pop("heights", False) else TABLE_TYPES
    made = layer(
        fields.pop("slug", f"editable-{number}"),
        owner=owner or member(commune()),
        table=f"layer_editable_{number}",
        columns=fields.pop("columns", EDITABLE_COLUMNS),
        geometry_type=geometry,
        rows=fields.pop("rows", Layer.Rows.LAYER),
        title_field=fields.pop("title_field", "name"),
        editor_roles=fields.pop("editor_roles", [Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR]),
        **fields,
    )
    with as_worker():
        create_table(made.table, made.columns, types[geometry])
        secure_table(made)
    return made


def feature(of: Layer, geom: GEOSGeometry | None = None, **values: Any) -> int:
    """A row of an editable layer, written by the worker; its id. Its owner is the layer's unless told otherwise."""
    given = {"owner_id": of.owner_id, "name": "Objet", **values, "geom": (geom or PLACES[of.geometry_type]).ewkb}
    statement = sql.SQL("insert into {} ({}) values ({}) returning id").format(
        sql.Identifier(of.table),
        sql.SQL(", ").join(map(sql.Identifier, given)),
        sql.SQL(", ").join([sql.Placeholder()] * len(given)),
    )
    with as_worker(), connection.cursor() as cursor:
        cursor.execute(statement, list(given.values()))
        (pk,) = cursor.fetchone()
    return int(pk)


PLACES: dict[str, GEOSGeometry] = {
    "point": Point(*ORIGIN, srid=2154),
    "line": LineString(ORIGIN, (ORIGIN[0] + 100, ORIGIN[1]), srid=2154),
    "polygon": Polygon.from_bbox((*ORIGIN, ORIGIN[0] + 100, ORIGIN[1] + 100)),
}
PLACES["polygon"].srid = 2154


def parcel(
    insee: str = "45901",
    section: str = "AB",
    number: str | None = None,
    geom: MultiPolygon | None = None,
    prefix: str = "000",
    **fields: Any,
) -> Parcel:
    code = number or f"{next(_numbers) % 10_000:04d}"
    with as_owner():
        return Parcel.objects.create(
            idu=f"{insee}{prefix}{section:0>2}{code}",
            insee=insee,
            prefix=prefix,
            section=section,
            number=code,
            label=f"{section} {int(code)}",
            area_m2=fields.pop("area_m2", 10_000),
            geom=geom or square(),
            **fields,
        )


PIECES = "0a" * 16


def planning_document() -> Document:
    """A planning document with one written piece, kept in the folder PIECES."""
    folder = Path(settings.FILES_DIR) / "planning" / PIECES
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reglement.pdf").write_bytes(b"%PDF-1.4")
    files = [{"name": "reglement.pdf", "path": "reglement.pdf", "size": 8}]
    with as_owner():
        return Document.objects.create(
            idurba="45901_PLU_20200115",
            kind="PLU",
            territory="45901",
            communes=["45901"],
            state="03",
            folder=PIECES,
            files=files,
        )


def campaign(
    owner: Member | None = None, state: str = "built", sheets: Sequence[str] = ("built",), **fields: Any
) -> Campaign:
    """A campaign at some stage of its life; `sheets` are the states of its sheets, which lie in rows of six."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "slug": f"campagne-{number}",
        "title": f"Campagne {number}",
        "acquired_date": date(2024, 6, 1),
        "acquired_precision": Photo.Precision.MONTH,
        "delivery": f"/livraisons/campagne-{number}",
        "plan": {"resolution_m": 0.05},
        "build": int(state in ("building", "stopped", "built")),
    }
    with as_owner():
        made = Campaign.objects.create(owner=owner, state=state, **defaults | fields)
        Sheet.objects.bulk_create(sheet(made, rank, state) for rank, state in enumerate(sheets))
    return made


def sheet(of: Campaign, rank: int, state: str) -> Sheet:
    """A sheet in this state, not kept yet."""
    west, north = 6170 + 2 * (rank % 6), 67180 - 2 * (rank // 6)
    name = f"45-2024-{west:05d}-{north:05d}-LA93-0M05"
    messages = {"refused": "Le fichier est tronqué.", "failed": "Les pixels relus ne sont pas ceux de la source."}
    made = {"sha256": "0" * 64, "file_name": f"{name}.tif", "size_bytes": 3_400_000, "seconds": 2.1}
    return Sheet(
        campaign=of,
        name=name,
        file=f"{name}.tif",
        state=state,
        message=messages.get(state, ""),
        facts={"width": 4000, "height": 4000},
        geom=None if state == "refused" else square(west * 100, (north - 2) * 100, 200),
        rank=rank,
        **made if state == "built" else {},
    )


def delivery(owner: Member | None = None, **fields: Any) -> FileImport:
    """A file with one layer of points, inspected."""
    number = next(_numbers)
    field = {"name": "nom", "type": "text", "guess": "text", "null_share": 0.0, "longest": 5, "samples": ["Place"]}
    found: dict[str, Any] = {
        "name": "places",
        "crs": 2154,
        "features": 1,
        "without_geometry": 0,
        "bounds": [*ORIGIN, *ORIGIN],
        "geometry_types": {"Point": 1},
        "fields": [field],
        "rows": [{"nom": "Place"}],
        "opening": {"crs": None, "encoding": None, "separator": None, "header": None},
    }
    data_set = {"file": "places.gpkg", "companions": [], "format": "GPKG", "notes": [], "problem": None}
    defaults: dict[str, Any] = {
        "title": "places.gpkg",
        "folder": f"folder-{number}",
        "files": [{"name": "places.gpkg", "size": 1}],
        "contents": [data_set | {"layers": [found]}],
        "state": FileImport.State.CHOOSING,
    }
    with as_owner():
        return FileImport.objects.create(source=DELIVERY.slug, owner=owner, **defaults | fields)


def layer_import(into: Layer, **fields: Any) -> FileImport:
    """An import that was applied to a layer."""
    report = {"rows": 1, "repaired": 0, "refused": 0, "refusals": [], "repairs": [], "remarks": []}
    files = delivery(into.owner)
    defaults: dict[str, Any] = {
        "title": "places.gpkg",
        "files_of": files,
        "folder": files.folder,
        "choices": {"mode": Mode.APPEND, "number": 1},
        "state": FileImport.State.APPLIED,
        "report": report,
        "revert_data": {"table": into.table},
    }
    with as_owner():
        return FileImport.objects.create(source=LAYER.slug, owner=into.owner, layer=into, **defaults | fields)

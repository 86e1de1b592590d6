"""Layers of the demo territory that people edit: street lights, cycle paths, green areas of one member.

Made once, from the demo's roads and parcels; what people then do to them stays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql

from gis_core.database.statements import execute
from gis_core.members.rights import Role
from gis_core.models import Member
from layers.catalogue.models import Layer, Theme
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import GeometryType, bulk, create_table, secure_table

OWNER = "cc-lys"
EDITORS = [Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR]
THEME = {"title": "Espace public", "title_en": "Public space", "order": 40}
SOURCE_DATE = date(2026, 1, 1)
# A number from 0 to 999 that looks random and is the same every time.
CHANCE = "(('x' || substr(md5({} || idu), 1, 6))::bit(24)::int %% 1000)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLayer:
    """A layer and the statement that gives its rows: the columns in their order, then `geom`."""

    slug: str
    title: str
    title_en: str
    abstract: str
    geometry: GeometryType
    columns: Sequence[Mapping[str, Any]]
    title_field: str
    key_column: str
    rules: Sequence[Mapping[str, Any]]
    legend: Sequence[Mapping[str, Any]]
    min_zoom: int
    rows: str
    visible_at_first: bool = False


def column(name: str, label: str, label_en: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "label_en": label_en, "type": kind, "in_tiles": False} | more


def column_codes(words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Allowed codes with their words, which symbols are chosen by."""
    return {"in_tiles": True, "choices": list(words), "values": {code: list(pair) for code, pair in words.items()}}


def line(label: str, label_en: str, code: str, symbol: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": label, "label_en": label_en, "where": {"kind": code}, "symbol": symbol}


LAMPS = {"led": ["DEL", "LED"], "sodium": ["Sodium", "Sodium"], "mercury": ["Mercure", "Mercury"]}
PATHS = {
    "track": ["Piste cyclable", "Cycle track"],
    "lane": ["Bande cyclable", "Cycle lane"],
    "greenway": ["Voie verte", "Greenway"],
}
AREAS = {"park": ["Parc", "Park"], "lawn": ["Pelouse", "Lawn"], "playground": ["Aire de jeux", "Playground"]}
REFERENCE: dict[str, Any] = {"in_tiles": True, "maximum_length": 12}
REMARK = column("remark", "Remarque", "Remark", maximum_length=500)
STAMPED = column("seen_at", "Dernière visite", "Last visit", "datetime")

LIGHTS = DemoLayer(
    slug="street-lights",
    title="Éclairage public",
    title_en="Street lights",
    abstract="Points lumineux de la communauté de communes (données de démonstration).",
    geometry="Point",
    columns=[
        column("reference", "Référence", "Reference", **REFERENCE),
        column("kind", "Lampe", "Lamp", required=True, **column_codes(LAMPS)),
        column("height_m", "Hauteur du mât", "Height of the mast", "number", unit="m"),
        column("power_w", "Puissance", "Power", "integer", unit="W"),
        column("works", "En service", "In service", "boolean"),
        column("installed_date", "Posé le", "Installed on", "date"),
        STAMPED,
        column("price_eur", "Prix d’achat", "Purchase price", "number", unit="€", roles=[Role.GIS_ADMINISTRATOR]),
        REMARK,
    ],
    title_field="reference",
    key_column="reference",
    rules=[{"kind": "inside_territory", "hard": True}, {"kind": "no_overlap", "tolerance_m": 2}],
    legend=[
        line("DEL", "LED", "led", {"kind": "circle", "fill": "#f2b705", "stroke": "#5c4400", "radius": 5}),
        line("Sodium", "Sodium", "sodium", {"kind": "circle", "fill": "#e8743b", "stroke": "#5c2a00", "radius": 5}),
        line("Mercure", "Mercury", "mercury", {"kind": "circle", "fill": "#7aa6c2", "stroke": "#20425a", "radius": 5}),
    ],
    min_zoom=13,
    rows="""
        with way as (
            select r.id::text as idu, st_offsetcurve(d.geom, 3.5) as geom from cadastre_road r, st_dump(r.geom) d
            where r.insee = any(%(insee)s) and r.kind = 'residential' and st_length(d.geom) > 40),
        place as (
            select idu || n as idu, st_lineinterpolatepoint(geom, (n - 0.5) * 35 / st_length(geom)) as geom
            from way, generate_series(1, floor(st_length(geom) / 35)::int) n
            where st_geometrytype(geom) = 'ST_LineString'),
        few as (select idu, geom, {lamp} as lamp, {year} as year from place order by md5(idu) limit 400)
        select 'L-' || lpad((row_number() over (order by st_x(geom), idu))::text, 4, '0'),
            case when lamp < 600 then 'led' when lamp < 930 then 'sodium' else 'mercury' end,
            (4 + lamp %% 5)::float8, (array[35, 58, 70, 100])[1 + lamp %% 4], lamp %% 37 <> 0,
            date '2006-01-01' + year * 7, timestamptz '2025-03-01 09:00+01' + year * interval '7 hours',
            round(380 + lamp * 1.7)::float8, null, geom
        from few
    """,
)
CYCLING = DemoLayer(
    slug="cycle-paths",
    title="Aménagements cyclables",
    title_en="Cycle paths",
    abstract="Pistes, bandes et voies vertes de la communauté de communes (données de démonstration).",
    geometry="LineString",
    columns=[
        column("reference", "Référence", "Reference", **REFERENCE),
        column("kind", "Nature", "Kind", required=True, **column_codes(PATHS)),
        column("road", "Voie", "Road", maximum_length=120),
        column("width_m", "Largeur", "Width", "number", unit="m"),
        column("two_way", "Double sens", "Two-way", "boolean"),
        column("opened_date", "Ouvert le", "Opened on", "date"),
        STAMPED,
        REMARK,
    ],
    title_field="reference",
    key_column="reference",
    rules=[{"kind": "snapped_ends", "tolerance_m": 1}],
    legend=[
        line("Piste cyclable", "Cycle track", "track", {"kind": "line", "stroke": "#1b7f4b", "stroke_width": 3}),
        line("Bande cyclable", "Cycle lane", "lane", {"kind": "line", "stroke": "#3fa7d6", "stroke_width": 3}),
        line(
            "Voie verte",
            "Greenway",
            "greenway",
            {"kind": "line", "stroke": "#7fb800", "stroke_width": 3, "dash": [6, 3]},
        ),
    ],
    min_zoom=11,
    rows="""
        with way as (
            select r.id::text || d.path[1] as idu, r.name as road, d.geom from cadastre_road r, st_dump(r.geom) d
            where r.insee = any(%(insee)s) and st_length(d.geom) > 60),
        few as (select *, {lamp} as lot, {year} as year from way order by md5(idu) limit 250)
        select 'C-' || lpad((row_number() over (order by st_xmin(geom), idu))::text, 4, '0'),
            case when lot < 350 then 'track' when lot < 800 then 'lane' else 'greenway' end, road,
            (1.2 + (lot %% 12) / 5.0)::float8, lot %% 3 = 0, date '2009-01-01' + year * 6,
            timestamptz '2025-04-01 09:00+02' + year * interval '5 hours', null, geom
        from few
    """,
)
GREEN = DemoLayer(
    slug="green-areas",
    title="Espaces verts",
    title_en="Green areas",
    abstract="Parcs, pelouses et aires de jeux de la communauté de communes (données de démonstration).",
    geometry="Polygon",
    columns=[
        column("reference", "Référence", "Reference", **REFERENCE),
        column("kind", "Nature", "Kind", required=True, **column_codes(AREAS)),
        column("name", "Nom", "Name", maximum_length=120),
        column("mowings", "Tontes par an", "Mowings a year", "integer"),
        column("watered", "Arrosé", "Watered", "boolean"),
        column("surveyed_date", "Relevé le", "Surveyed on", "date"),
        STAMPED,
        REMARK,
    ],
    title_field="reference",
    key_column="reference",
    rules=[{"kind": "valid", "hard": True}, {"kind": "no_overlap", "hard": True, "tolerance_m": 0.05}],
    legend=[
        line("Parc", "Park", "park", {"kind": "fill", "fill": "#8cc084", "stroke": "#3d7a3a", "stroke_width": 1}),
        line("Pelouse", "Lawn", "lawn", {"kind": "fill", "fill": "#c7e29d", "stroke": "#7a9a3d", "stroke_width": 1}),
        line(
            "Aire de jeux",
            "Playground",
            "playground",
            {"kind": "fill", "fill": "#f4c27a", "stroke": "#a0671a", "stroke_width": 1},
        ),
    ],
    min_zoom=12,
    rows="""
        with plot as (
            select p.idu, st_geometryn(p.geom, 1) as geom from cadastre_parcel p
            where p.insee = any(%(insee)s) and p.area_m2 between 250 and 6000 and st_numgeometries(p.geom) = 1
                and not exists (
                    select from cadastre_building b where b.geom && p.geom and st_intersects(b.geom, p.geom))),
        few as (select *, {lamp} as lot, {year} as year from plot order by md5(idu) limit 300)
        select 'V-' || lpad((row_number() over (order by st_xmin(geom), idu))::text, 4, '0'),
            case when lot < 250 then 'park' when lot < 850 then 'lawn' else 'playground' end, null,
            4 + lot %% 12, lot %% 4 = 0, date '2015-01-01' + year * 3,
            timestamptz '2025-05-01 09:00+02' + year * interval '3 hours', null, geom
        from few
    """,
)
MOBILE = DemoLayer(
    slug="mobile-sites",
    title="Sites mobiles",
    title_en="Mobile sites",
    abstract="Sites de téléphonie mobile et leurs techniques, opérateurs fictifs (données de démonstration).",
    geometry="Point",
    columns=[
        column("reference", "Référence", "Reference", **REFERENCE),
        column("operator", "Opérateur", "Operator", maximum_length=40, in_tiles=True),
        column("has_2g", "2G", "2G", "boolean"),
        column("has_3g", "3G", "3G", "boolean"),
        column("has_4g", "4G", "4G", "boolean"),
        column("has_5g", "5G", "5G", "boolean"),
        REMARK,
    ],
    title_field="reference",
    key_column="reference",
    rules=[],
    legend=[
        {"label": "Site mobile", "label_en": "Mobile site", "where": {},
         "symbol": {"kind": "circle", "fill": "#7b4fa3", "stroke": "#ffffff", "stroke_width": 2, "radius": 6}},
    ],
    min_zoom=9,
    rows="""
        with plot as (
            select p.idu, st_centroid(p.geom) as geom from cadastre_parcel p
            where p.insee = any(%(insee)s) and p.area_m2 > 4000 order by md5(p.idu) limit 6),
        site as (select idu || n as idu, geom, n from plot, generate_series(1, 4) n),
        few as (select *, {lamp} as lot, {year} as year from site)
        select 'M-' || lpad((row_number() over (order by st_x(geom), n))::text, 3, '0'),
            (array['Alizé Mobile', 'Boréal Télécom', 'Cèdre Mobile', 'Dune'])[n], true, lot < 850, year < 700,
            lot < 280, null, geom
        from few where lot < 620
    """,
)  # fmt: skip
LAYERS = (LIGHTS, CYCLING, GREEN, MOBILE)


def seed_layers(say: Callable[[str], None]) -> None:
    """Make those of the layers that are not there. Needs the owner's role, in a transaction."""
    owner = Member.objects.filter(slug=OWNER).first()
    for declared in LAYERS:
        if owner is not None and not Layer.objects.filter(slug=declared.slug).exists():
            say(f"Chargement : {declared.title.lower()}…")
            make(declared, owner)


def make(declared: DemoLayer, owner: Member) -> Layer:
    theme, _made = Theme.objects.get_or_create(slug="espace-public", defaults=THEME)
    layer = Layer.objects.create(
        theme=theme,
        owner=owner,
        table=f"layer_{declared.slug.replace('-', '_')}",
        rows=Layer.Rows.LAYER,
        geometry_type={"Point": "point", "LineString": "line", "Polygon": "polygon"}[declared.geometry],
        visibility=Layer.Visibility.PUBLIC,
        editor_roles=EDITORS,
        attribution="Données de démonstration",
        licence="Licence Ouverte 2.0",
        source_date=SOURCE_DATE,
        **{name: getattr(declared, name) for name in DESCRIBED},
    )
    create_table(layer.table, layer.columns, declared.geometry)
    fill(layer, declared.rows, sorted(map(str, owner.territories.values_list("commune_id", flat=True))))
    secure_table(layer)
    announce_changed(layer)
    return layer


DESCRIBED = (
    "slug title title_en abstract columns title_field key_column rules legend min_zoom visible_at_first".split()  # noqa: SIM905
)


def fill(layer: Layer, rows: str, insee: Sequence[str]) -> None:
    names = [column["name"] for column in layer.columns]
    chances = {"lamp": sql.SQL(CHANCE.format("'a'")), "year": sql.SQL(CHANCE.format("'b'"))}
    statement = sql.SQL("insert into {} (owner_id, {}, geom) select %(owner)s, made.* from ({}) made").format(
        sql.Identifier(layer.table), sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(rows).format(**chances)
    )
    with bulk():
        execute(statement, {"owner": layer.owner_id, "insee": list(insee)})

"""What the cadastre adds to the sheets of its layers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from psycopg.sql import SQL

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.display import display, display_area, display_difference, display_number, display_share
from layers.features.sheet import Addition, Property, Values

# `<> ''` leads to the index of the addresses that have a parcel; else the table is read where many have none.
PARCEL_FACTS = """
    with parcel as materialized (
        select id, idu, insee, area_m2, geom,
               st_area(st_transform(geom, 4326)::geography) as measured_m2, st_area(geom) as planar_m2
        from cadastre_parcel where id = any(%(ids)s))
    select p.id, co.name, p.area_m2, p.measured_m2, a.label, a.others,
           case when %(buildings)s then coalesce(b.planar_m2, 0) / nullif(p.planar_m2, 0) end
    from parcel p
    left join gis_core_commune co on co.insee = p.insee
    left join lateral (
        select min(trim(number || ' ' || suffix) || ' ' || lower(left(road_name, 1)) || substr(road_name, 2))
                   filter (where place = 1) as label,
               count(*) - 1 as others
        from (select number, suffix, road_name, row_number() over (order by number, suffix, id) as place
              from cadastre_address
              where %(addresses)s
                  and (parcel_idu = p.idu and parcel_idu <> '' or parcels @> array[p.idu])) numbered) a on true
    left join lateral (
        select sum(st_area(st_intersection(b.geom, p.geom))) as planar_m2 from cadastre_building b
        where %(buildings)s
            and b.geom && p.geom and st_intersects(b.geom, p.geom) and not st_touches(b.geom, p.geom)) b on true
"""
OPTIONAL_LAYERS = ("addresses", "buildings")
COMMUNE_NAMES = "select insee, name from gis_core_commune where insee = any(%s)"
WITHDRAWN_MODEL = """exists (
    select from unnest(t.heights_models) used
    where not exists (select from catalogue_photo p
                      where p.slug = used and p.kind <> 'photo' and p.visibility = 'public'))
"""
"""Whether a building `t` has heights of a model that everybody may not read any more: taken back, or kept to some."""
BUILDING_FACTS = SQL("""
    select t.id, st_area(st_transform(t.geom, 4326)::geography), {withdrawn}
    from cadastre_building t where t.id = any(%s)
""").format(withdrawn=SQL(WITHDRAWN_MODEL))
ROAD_LENGTHS = "select id, st_length(st_transform(geom, 4326)::geography) from cadastre_road where id = any(%s)"
COMMUNE_AREAS = "select id, st_area(st_transform(geom, 4326)::geography) from gis_core_commune where id = any(%s)"


def describe_parcels(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    """Commune and address as subtitle; measured area beside the contenance, built share: what of it the asker sees."""
    seen = set(Layer.objects.visible_to(rights).filter(slug__in=OPTIONAL_LAYERS).values_list("slug", flat=True))
    results = fetch_all(PARCEL_FACTS, {"ids": ids(rows), **{slug: slug in seen for slug in OPTIONAL_LAYERS}})
    return {fact[0]: parcel_addition(*fact[1:]) for fact in results}


def parcel_addition(
    commune: str | None,
    area_m2: int | None,
    measured_m2: float,
    address: str | None,
    others: int | None,
    built: float | None,
) -> Addition:
    place = f"{address} (+{others})" if address and others else address
    lines = [area_line(measured_m2)]
    if area_m2:
        lines.append(difference(area_m2, measured_m2))
    if built is not None:
        share = min(max(built, 0.0), 1.0)
        lines.append(fact_line("built_share", _("Built share"), round(share, 4), None, display_share(share)))
    return Addition(subtitle=" · ".join(part for part in (commune, place) if part) or None, properties=lines)


def area_line(area_m2: float) -> Property:
    return fact_line("measured_area_m2", _("Measured area"), round(area_m2, 1), "m²", display_area(area_m2))


def difference(area_m2: int, measured_m2: float) -> Property:
    """How far the plan is from the register, as a share of the register's area."""
    share = measured_m2 / area_m2 - 1
    label = _("Difference from the registered area")
    return fact_line("area_difference", label, round(share, 4), None, display_difference(share))


def describe_sections(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    names = commune_names(rows)
    return {
        row["id"]: Addition(
            title=_("Section %(code)s") % {"code": str(row["code"]).lstrip("0")}, subtitle=names.get(row["insee"])
        )
        for row in rows
    }


def describe_buildings(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    names, facts = commune_names(rows), {pk: rest for pk, *rest in fetch_all(BUILDING_FACTS, [ids(rows)])}
    return {row["id"]: building_addition(row, names.get(row["insee"]), *facts[row["id"]]) for row in rows}


def building_addition(row: Values, commune: str | None, area_m2: float, withdrawn: bool) -> Addition:
    lines = [fact_line("footprint_m2", _("Footprint"), round(area_m2, 1), "m²", display_area(area_m2))]
    if withdrawn and (source := row.get("heights_source")):
        lines.append(fact_line("heights_source", _("Heights measured on"), source, None, display_source(source)))
    hidden = frozenset() if row["name"] else frozenset({"name"})
    return Addition(title=row["name"] or None, subtitle=commune, properties=lines, hidden=hidden)


def display_source(source: str) -> str:
    """The title of a model of heights that was taken back."""
    return _("%(title)s, model taken back") % {"title": source}


def describe_roads(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    names, lengths = commune_names(rows), measures(ROAD_LENGTHS, rows)
    return {
        row["id"]: Addition(
            subtitle=names.get(row["insee"]),
            properties=[
                fact_line(
                    "length_m",
                    _("Length of this stretch"),
                    round(lengths[row["id"]], 1),
                    "m",
                    display(lengths[row["id"]], "length_m"),
                )
            ],
        )
        for row in rows
    }


def describe_communes(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    areas = measures(COMMUNE_AREAS, rows)
    return {
        row["id"]: Addition(
            subtitle=row["insee"],
            properties=[
                fact_line(
                    "measured_area_m2",
                    _("Measured area"),
                    round(area),
                    "m²",
                    f"{display_number(area / 1e6, 2)}\u00a0km²",
                )
            ],
        )
        for row in rows
        for area in [areas[row["id"]]]
    }


def describe_addresses(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return {row["id"]: Addition(subtitle=f"{row['postcode']} {row['commune_name']}".strip() or None) for row in rows}


def commune_names(rows: Sequence[Values]) -> dict[str, str]:
    """Names by INSEE code of the communes that the rows are in."""
    return dict(fetch_all(COMMUNE_NAMES, [sorted({row["insee"] for row in rows})]))


def measures(statement: str, rows: Sequence[Values]) -> dict[int, float]:
    """Geodesic areas (m²) or lengths (m) by id."""
    return dict(fetch_all(statement, [ids(rows)]))


def ids(rows: Sequence[Values]) -> list[int]:
    return [row["id"] for row in rows]


def fact_line(name: str, label: str, value: Any, unit: str | None, display: str) -> Property:
    return Property(name=name, label=label, value=value, unit=unit, display=display)

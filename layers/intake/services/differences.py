"""How a file differs from the layer that it brings up to date, row by row, by a unique reference.

Works on the staged rows and leaves three temporary tables: `added` (id of a staged row), `changed` (id of a staged row,
feature, names of the columns that differ, whether the geometry does) and `removed` (feature).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Invalid
from layers.catalogue.models import Layer
from layers.intake.choices import FEATURE_ID, Choices, Field
from layers.intake.services.loading import (
    STAGED,
    geometry_type_in,
    has_z,
    join_names,
    place_of,
    rows,
    run,
)

# Shown of each kind, and of those the shapes that are drawn.
SAMPLES = 100
DRAWN = 12
# Coordinates of the same place differ below this after a transformation.
SAME_M = 0.001
EXAMPLES = 5
OLD, NEW = sql.SQL("old.geom"), sql.SQL("staged.geom")

type Entry = dict[str, Any]


def known_column(choices: Choices) -> sql.Identifier:
    """The column of the layer by which rows are compared."""
    return sql.Identifier("id" if choices.key == FEATURE_ID else choices.key)


def find_difference(layer: Layer, choices: Choices, refused_keys: set[str], *, only_attributes: bool = False) -> Entry:
    """Compare the staged rows with the layer's; the answer has the counts, samples and a digest of the whole.

    Of `only_attributes` nothing has moved, and nothing goes.

    Raises Invalid when the reference is not unique in the layer.
    """
    check_unique_in_layer(layer, choices)
    common = {
        "layer": sql.Identifier(layer.table),
        "key": sql.Identifier(choices.key),
        "known": known_column(choices),
        "staged": sql.Identifier(STAGED),
    }
    run("create index on {staged} ({key})", **common)
    run("analyze {staged}", **common)
    run(ADDED, **common)
    run(CHANGED, **common, fields=fields_that_differ(choices), moved=place_differs(layer, only_attributes))
    run(REMOVED, **common, refused=sql.Literal(sorted(refused_keys)), goes=sql.Literal(not only_attributes))
    return {**counts(common), "digest": digest(common), "samples": samples(layer, choices, common)}


ADDED = """
    create temporary table added on commit drop as
    select staged.id from {staged} staged
    where not exists (select from {layer} old where old.{known} = staged.{key})
"""
# The same bytes are the same; else vertices are compared to the millimetre, wherever a ring starts. What snapping to a
# grid keeps apart (a hair on both sides of an edge, another start of a ring) is compared vertex by vertex, where as
# many vertices lie within the same bounds.
MOVED = """
    case when st_asbinary({old}) = st_asbinary({staged}) then false
    when {old} is null then true
    when st_asbinary(st_snaptogrid(st_normalize(st_multi({old})), {step}))
        = st_asbinary(st_snaptogrid(st_normalize(st_multi({staged})), {step})) then false
    when st_npoints({old}) <> st_npoints({staged})
        or st_numgeometries({old}) <> st_numgeometries({staged})
        or greatest(abs(st_xmin({old}) - st_xmin({staged})), abs(st_ymin({old}) - st_ymin({staged})),
            abs(st_xmax({old}) - st_xmax({staged})), abs(st_ymax({old}) - st_ymax({staged}))) >= {step}
        then true
    else st_hausdorffdistance(st_points({old}), st_points({staged})) >= {step} end
"""
# Of places with heights: those of the file, against those that each vertex had.
HEIGHTS_DIFFER = """
    st_asbinary(old.geom) <> st_asbinary(staged.geom) and exists (
        select from st_dumppoints(st_multi(staged.geom)) new
        join st_dumppoints(arpent.with_heights(st_multi(st_force2d(staged.geom)), old.geom)) former using (path)
        where abs(st_z(new.geom) - st_z(former.geom)) >= {step})
"""
CHANGED = """
    create temporary table changed on commit drop as
    select * from (
        select staged.id, old.id as feature, old.version, {fields} as fields, {moved} as moved
        from {staged} staged join {layer} old on old.{known} = staged.{key}) compared
    where cardinality(fields) > 0 or moved
"""
REMOVED = """
    create temporary table removed on commit drop as
    select old.id as feature, old.version from {layer} old
    where {goes} and old.{known} is not null and not old.{known}::text = any({refused}::text[])
        and not exists (select from {staged} staged where staged.{key} = old.{known})
"""


def place_differs(layer: Layer, only_attributes: bool) -> sql.Composable:
    """Whether a place is another one. The heights of a layer count where the file has some."""
    if only_attributes:
        return sql.SQL("false")
    step = sql.Literal(SAME_M)
    if not has_z(geometry_type_in(layer.table)):
        return sql.SQL(MOVED).format(step=step, old=OLD, staged=NEW)
    old, new = (sql.SQL("st_force2d({})").format(place) for place in (OLD, NEW))
    return sql.SQL("({}) or (st_ndims(staged.geom) > 2 and {})").format(
        sql.SQL(MOVED).format(step=step, old=old, staged=new), sql.SQL(HEIGHTS_DIFFER).format(step=step)
    )


def fields_that_differ(choices: Choices) -> sql.Composable:
    """The names of the columns whose value is another one; no text and an empty text are the same."""
    compared = [one for one in choices.fields if one.name != choices.key]
    if not compared:
        return sql.SQL("'{{}}'::text[]").format()
    return sql.SQL("array_remove(array[{}]::text[], null)").format(sql.SQL(", ").join(map(differs, compared)))


def differs(field: Field) -> sql.Composable:
    empty = ", ''" if field.type == "text" else ""
    pattern = "nullif({}" + empty + ")" if empty else "{}"
    old, new = (sql.SQL(pattern).format(sql.Identifier(alias, field.name)) for alias in ("old", "staged"))
    return sql.SQL("case when {} is distinct from {} then {} end").format(old, new, sql.Literal(field.name))


def check_unique_in_layer(layer: Layer, choices: Choices) -> None:
    """Check that no two objects of the layer have the same reference. Raises Invalid, with some that have."""
    duplicates = rows(
        "select {key}::text, count(*) from {layer} where {key} is not null group by 1 having count(*) > 1"
        " order by 2 desc, 1 limit %(most)s",
        key=known_column(choices),
        layer=sql.Identifier(layer.table),
        most=EXAMPLES,
    )
    if duplicates:
        message = _(
            "Several objects of the layer have the same “%(column)s” (%(examples)s): give each its own, or choose "
            "another reference."
        )
        examples = ", ".join(f"{key} (×{times})" for key, times in duplicates)
        raise Invalid(message % {"column": label_of(choices.key, choices), "examples": examples}, parameter="key")


def counts(common: Mapping[str, sql.Composable]) -> Entry:
    (numbers,) = rows(
        "select (select count(*) from added), (select count(*) from changed), (select count(*) from removed),"
        " (select count(*) from {staged} staged join {layer} old on old.{known} = staged.{key})"
        " - (select count(*) from changed),"
        " (select count(*) from {layer} where {known} is null)",
        **common,
    )
    return dict(zip(("added", "changed", "removed", "unchanged", "without_key"), numbers, strict=True))


def digest(common: Mapping[str, sql.Composable]) -> str:
    """Another one when the difference is another one: what would change, and which version of it was compared."""
    ((value,),) = rows(
        "select md5(concat("
        " (select string_agg({key}::text, ',' order by {key}::text) from added join {staged} using (id)),"
        " (select string_agg(feature || ':' || version || array_to_string(fields, '+') || moved, ','"
        " order by feature) from changed),"
        " (select string_agg(feature || ':' || version, ',' order by feature) from removed)))",
        **common,
    )
    return str(value)


def samples(layer: Layer, choices: Choices, common: Mapping[str, sql.Composable]) -> Entry:
    """The first rows of each kind: their reference, and what changes in them."""
    return {
        "added": [key for (key,) in rows(SOME_ADDED, **common, most=SAMPLES)],
        "removed": [key for (key,) in rows(SOME_REMOVED, **common, most=SAMPLES)],
        "changed": sample_changes(choices, common),
        "fields": [{"name": name, "label": label_of(name, choices), "count": n} for name, n in rows(BY_FIELD)],
        "moved": rows("select count(*) from changed where moved")[0][0],
    }


SOME_ADDED = "select {key}::text from added join {staged} using (id) order by id limit %(most)s"
SOME_REMOVED = """
    select old.{known}::text from removed join {layer} old on old.id = removed.feature order by 1 limit %(most)s
"""
BY_FIELD = "select name, count(*) from changed, unnest(fields) name group by 1 order by 2 desc, 1"
SOME_CHANGED = """
    with shown as (select * from changed order by cardinality(fields) = 0, id limit %(most)s)
    select old.{known}::text, shown.fields, shown.moved, {before}, {after},
        round(st_area(old.geom)::numeric, 1), round(st_area(staged.geom)::numeric, 1),
        round(st_length(old.geom)::numeric, 1), round(st_length(staged.geom)::numeric, 1),
        round(st_distance(st_centroid(old.geom), st_centroid(staged.geom))::numeric, 2),
        coalesce(st_asbinary(st_force2d(old.geom)) = st_asbinary(st_force2d(staged.geom)), false), shown.feature
    from shown join {staged} staged on staged.id = shown.id join {layer} old on old.id = shown.feature
    order by cardinality(shown.fields) = 0, shown.id
"""


def sample_changes(choices: Choices, common: Mapping[str, sql.Composable]) -> list[Entry]:
    names = columns_filled(choices) or [choices.key]
    values = {"before": as_texts(names, "old"), "after": as_texts(names, "staged")}
    entries = []
    for key, fields, moved, before, after, *measures, feature in rows(SOME_CHANGED, **common, **values, most=SAMPLES):
        pairs = dict(zip(names, zip(before, after, strict=True), strict=True))
        changes = [
            {"label": label_of(name, choices), "before": pairs[name][0], "after": pairs[name][1]} for name in fields
        ]
        entries.append({"key": key, "feature": feature, "changes": changes, "moved": move(measures) if moved else None})
    return add_shapes(entries, common)


def as_texts(names: Sequence[str], alias: str) -> sql.Composable:
    texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(alias, name)) for name in names)
    return sql.SQL("array[{}]").format(texts)


def move(measures: Sequence[Any]) -> Entry:
    """How a geometry changed, in metres and square metres, and whether its heights alone did."""
    names = ("area_before", "area_after", "length_before", "length_after", "shift_m")
    *sizes, heights = measures
    return {**{name: float(value or 0) for name, value in zip(names, sizes, strict=True)}, "heights": heights}


SHAPES = """
    select changed.feature, st_assvg(old.geom, 0, 1), st_assvg(staged.geom, 0, 1),
        st_xmin(box), -st_ymax(box), st_xmax(box) - st_xmin(box), st_ymax(box) - st_ymin(box)
    from changed join {staged} staged on staged.id = changed.id join {layer} old on old.id = changed.feature,
        st_expand(st_envelope(st_collect(st_force2d(old.geom), st_force2d(staged.geom))), 3) box
    where changed.feature = any(%(features)s) and st_dimension(old.geom) > 0
        and st_npoints(old.geom) + st_npoints(staged.geom) < 2000
"""


def add_shapes(entries: list[Entry], common: Mapping[str, sql.Composable]) -> list[Entry]:
    """With the shapes before and after, as SVG paths, of the first geometries that change."""
    features = [one["feature"] for one in entries if one["moved"]][:DRAWN]
    shapes = {row[0]: row[1:] for row in rows(SHAPES, **common, features=features)}
    for one in entries:
        if one["feature"] in shapes:
            before, after, *box = shapes[one["feature"]]
            view = " ".join(f"{value:.1f}" for value in box)
            one["moved"] |= {"before": before, "after": after, "view": view}
    return entries


def columns_filled(choices: Choices) -> list[str]:
    """The columns of the layer that the file fills: its own number is none."""
    return [one.name for one in choices.fields if one.name != FEATURE_ID]


def label_of(name: str, choices: Choices) -> str:
    return next((one.label for one in choices.fields if one.name == name), name)


def apply_difference(layer: Layer, choices: Choices, import_id: int) -> None:
    """Make the layer's rows those of the file, in three statements of one event, which the caller has opened."""
    names = columns_filled(choices)
    common = {"layer": sql.Identifier(layer.table), "staged": sql.Identifier(STAGED)}
    run("delete from {layer} where id in (select feature from removed)", **common)
    pairs = [(sql.Identifier(name), sql.Identifier("staged", name)) for name in names]
    assignments: list[sql.Composable] = [sql.SQL("{} = {}").format(*pair) for pair in pairs]
    kind = geometry_type_in(layer.table)
    place = place_of(kind, sql.SQL("old.geom"))
    assignments.append(sql.SQL("geom = case when changed.moved then {} else old.geom end").format(place))
    run(
        "update {layer} old set {assignments} from changed join {staged} staged on staged.id = changed.id"
        " where old.id = changed.feature",
        **common,
        assignments=sql.SQL(", ").join(assignments),
    )
    run(
        "insert into {layer} (owner_id, import_id, {columns})"
        " select %(owner)s, %(import_id)s, {values} from added join {staged} staged using (id)"
        " order by id",
        **common,
        columns=join_names([*names, "geom"]),
        values=sql.SQL(", ").join([*(sql.Identifier("staged", name) for name in names), place_of(kind)]),
        owner=layer.owner_id,
        import_id=import_id,
    )

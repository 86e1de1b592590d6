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
from layers.intake.choices import Choices, Field
from layers.intake.services.loading import STAGED, join_names, rows, run

# Shown of each kind, and of those the shapes that are drawn.
SAMPLES = 100
DRAWN = 12
# Coordinates of the same place differ below this after a transformation.
SAME_M = 0.001
EXAMPLES = 5

type Entry = dict[str, Any]


def find_difference(layer: Layer, choices: Choices, refused_keys: set[str]) -> Entry:
    """Compare the staged rows with the layer's; the answer has the counts, samples and a digest of the whole.

    Raises Invalid when the reference is not unique in the layer.
    """
    check_unique_in_layer(layer, choices)
    common = {
        "layer": sql.Identifier(layer.table),
        "key": sql.Identifier(choices.key),
        "staged": sql.Identifier(STAGED),
    }
    run("create index on {staged} ({key})", **common)
    run("analyze {staged}", **common)
    run(ADDED, **common)
    run(CHANGED, **common, fields=fields_that_differ(choices), moved=sql.SQL(MOVED).format(step=sql.Literal(SAME_M)))
    run(REMOVED, **common, refused=sql.Literal(sorted(refused_keys)))
    return {**counts(common), "digest": digest(common), "samples": samples(layer, choices, common)}


ADDED = """
    create temporary table added on commit drop as
    select staged.id from {staged} staged
    where not exists (select from {layer} old where old.{key} = staged.{key})
"""
# The same bytes are the same; else vertices are compared to the millimetre, wherever a ring starts.
MOVED = """
    case when st_asbinary(old.geom) = st_asbinary(staged.geom) then false
    else old.geom is null or st_asbinary(st_snaptogrid(st_normalize(st_multi(old.geom)), {step}))
        <> st_asbinary(st_snaptogrid(st_normalize(st_multi(staged.geom)), {step})) end
"""
CHANGED = """
    create temporary table changed on commit drop as
    select * from (
        select staged.id, old.id as feature, old.version, {fields} as fields, {moved} as moved
        from {staged} staged join {layer} old using ({key})) compared
    where cardinality(fields) > 0 or moved
"""
REMOVED = """
    create temporary table removed on commit drop as
    select old.id as feature, old.version from {layer} old
    where old.{key} is not null and not old.{key}::text = any({refused}::text[])
        and not exists (select from {staged} staged where staged.{key} = old.{key})
"""


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
        key=sql.Identifier(choices.key),
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
        " (select count(*) from {staged} join {layer} old using ({key})) - (select count(*) from changed),"
        " (select count(*) from {layer} where {key} is null)",
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
    select old.{key}::text from removed join {layer} old on old.id = removed.feature order by 1 limit %(most)s
"""
BY_FIELD = "select name, count(*) from changed, unnest(fields) name group by 1 order by 2 desc, 1"
SOME_CHANGED = """
    with shown as (select * from changed order by cardinality(fields) = 0, id limit %(most)s)
    select old.{key}::text, shown.fields, shown.moved, {before}, {after},
        round(st_area(old.geom)::numeric, 1), round(st_area(staged.geom)::numeric, 1),
        round(st_length(old.geom)::numeric, 1), round(st_length(staged.geom)::numeric, 1),
        round(st_distance(st_centroid(old.geom), st_centroid(staged.geom))::numeric, 2), shown.feature
    from shown join {staged} staged on staged.id = shown.id join {layer} old on old.id = shown.feature
    order by cardinality(shown.fields) = 0, shown.id
"""


def sample_changes(choices: Choices, common: Mapping[str, sql.Composable]) -> list[Entry]:
    names = [one.name for one in choices.fields] or [choices.key]
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
    """How a geometry changed, in metres and square metres."""
    names = ("area_before", "area_after", "length_before", "length_after", "shift_m")
    return {name: float(value or 0) for name, value in zip(names, measures, strict=True)}


SHAPES = """
    select changed.feature, st_assvg(old.geom, 0, 1), st_assvg(staged.geom, 0, 1),
        st_xmin(box), -st_ymax(box), st_xmax(box) - st_xmin(box), st_ymax(box) - st_ymin(box)
    from changed join {staged} staged on staged.id = changed.id join {layer} old on old.id = changed.feature,
        st_expand(st_envelope(st_collect(old.geom, staged.geom)), 3) box
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


def label_of(name: str, choices: Choices) -> str:
    return next((one.label for one in choices.fields if one.name == name), name)


def apply_difference(layer: Layer, choices: Choices, import_id: int) -> None:
    """Make the layer's rows those of the file, in three statements of one event, which the caller has opened."""
    names = [one.name for one in choices.fields]
    common = {"layer": sql.Identifier(layer.table), "staged": sql.Identifier(STAGED)}
    run("delete from {layer} where id in (select feature from removed)", **common)
    pairs = [(sql.Identifier(name), sql.Identifier("staged", name)) for name in names]
    assignments: list[sql.Composable] = [sql.SQL("{} = {}").format(*pair) for pair in pairs]
    assignments.append(sql.SQL("geom = case when changed.moved then staged.geom else old.geom end"))
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
        values=join_names([*names, "geom"], "staged"),
        owner=layer.owner_id,
        import_id=import_id,
    )

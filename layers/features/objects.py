"""The search box finds objects by their reference, in any writing: `LYS-V0131`, `lysv131`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.display import code_label
from layers.features.search import Question, SearchResult

LONGEST_REFERENCE = 60
SHORTEST_REFERENCE = 2
EXACT, BEGINNING = 97, 72
REFERENCES = "select layer, id, exact from arpent.find_references(%s, %s, %s)"
OBJECT = sql.SQL("""
    select {slug}, id, {key}::text, {kind}::text, {title}::text, st_x(c), st_y(c),
        st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)
    from {table}, st_transform(st_pointonsurface(geom), 4326) c, st_transform(st_envelope(geom), 4326) box
    where id = any({ids}) and geom is not null
""")
KIND = "kind"
# The search asks at every letter: styles and descriptions of layers are not read for it.
FOR_NAMING = ("slug", "title", "title_en", "table", "key_column", "title_field", "columns", "rows", "owner")


@dataclass(frozen=True, slots=True)
class Naming:
    """A layer with the columns that name its objects, of those that the asker may see."""

    layer: Layer
    kinds: Mapping[str, Sequence[str]]
    title: str

    @classmethod
    def of(cls, layer: Layer, rights: Rights) -> "Naming | None":
        """None where the asker may not see the reference."""
        fields = {column["name"]: column for column in layer.fields_for(rights)}
        if layer.key_column not in fields:
            return None
        title = layer.title_field if layer.title_field in fields and layer.title_field != layer.key_column else ""
        return cls(layer, fields.get(KIND, {}).get("values", {}), title)


def search_objects(question: Question) -> list[SearchResult]:
    """Objects of the layers that the asker sees, by the beginning of their reference."""
    text = question.text
    if not SHORTEST_REFERENCE <= len(text) <= LONGEST_REFERENCE:
        return []
    namings = naming_by_slug(question.rights)
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES, [list(namings), text, question.limit])
        hits = cursor.fetchall()
    exact = {(slug, row) for slug, row, same in hits if same}
    best = sorted(hits, key=lambda hit: not hit[2])[: question.limit]
    ids = {slug: [row for one, row, _same in best if one == slug] for slug, _row, _same in best}
    ranks = {(slug, row): rank for rank, (slug, row, _same) in enumerate(best)}
    objects = sorted(read_objects(namings, ids), key=lambda one: ranks[one[0], one[1]])
    return [result_of(row, namings[row[0]], (row[0], row[1]) in exact) for row in objects]


def naming_by_slug(rights: Rights) -> dict[str, Naming]:
    """The layers whose references the asker may see: rows of another one would take the place of theirs."""
    layers = Layer.objects.visible_to(rights).exclude(key_column="").only(*FOR_NAMING)
    return {layer.slug: naming for layer in layers if (naming := Naming.of(layer, rights))}


def read_objects(namings: Mapping[str, Naming], ids: Mapping[str, Sequence[int]]) -> list[tuple[Any, ...]]:
    """The objects themselves, read under the policies of their tables."""
    parts = [object_query(namings[slug], rows) for slug, rows in ids.items()]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" union all ").join(parts))
        return list(cursor.fetchall())


def object_query(naming: Naming, ids: Sequence[int]) -> sql.Composed:
    layer = naming.layer
    return OBJECT.format(
        slug=sql.Literal(layer.slug),
        key=sql.Identifier(layer.key_column),
        kind=sql.Identifier(KIND) if naming.kinds else sql.SQL("null"),
        title=sql.Identifier(naming.title) if naming.title else sql.SQL("null"),
        table=sql.Identifier(layer.table),
        ids=sql.Literal(list(ids)),
    )


def result_of(row: tuple[Any, ...], naming: Naming, exact: bool) -> SearchResult:
    slug, row_id, reference, kind, title, lon, lat, *box = row
    west, south, east, north = box
    labels = (code_label(naming.kinds, kind), title, str(naming.layer))
    return SearchResult(
        kind="object",
        label=reference,
        detail=" · ".join(filter(None, labels)),
        score=EXACT if exact else BEGINNING,
        layer=slug,
        id=row_id,
        center_4326=(lon, lat),
        bbox_4326=(west, south, east, north),
    )

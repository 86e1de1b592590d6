"""What a delivery changes of a document, row by row: new, changed, gone.

A row is known by its key (the label of a zone, the identifier of an easement), several of one key by their content.
Where no row of its key comes any more, one that lies in the very same place is the same under another name. Rows that
the import leaves alone (those outside the territory that it keeps to) are not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from django.db.models import Func, OuterRef, QuerySet, Subquery, TextField

from gis_core.models import Commune
from layers.intake.import_loss import ScopeDifference
from layers.intake.params import Param, label_param, sentence_param
from layers.intake.report import Difference
from layers.intake.rows import Remark

AS_THEY_COME: Final = frozenset({"id", "geom_3857", "idurba", "datvalid", "nomfic", "urlfic", "since_date"})
"""What does not make a row another: columns that the database fills, and what every row says of its document."""
CODES: Final = {"new": "born", "changed": "changed", "gone": "gone"}


class Fingerprint(Func):
    """Of a geometry: two are the same where their fingerprints are."""

    function = "md5"
    template = "md5(ST_AsEWKB(%(expressions)s))"
    output_field = TextField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is compared: `pk` in the base (None for a file), what it is known by, what it says, where it lies.

    `commune` is the INSEE code of the one that its middle lies in, where that is known.
    """

    pk: int | None
    key: tuple[Any, ...]
    content: tuple[Any, ...]
    place: str = ""
    commune: str = ""

    @property
    def label(self) -> str:
        return " · ".join(str(part) for part in self.key if part)


type Rows = Mapping[str, Sequence[Row]]
"""Rows by what they are: labels in English, which the catalogues translate."""


@dataclass(slots=True)
class Changes:
    """The rows of one kind that are new, changed, gone, the same."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    same: list[Row] = field(default_factory=list)

    def counts(self, scope: Param, commune: str) -> ScopeDifference:
        """In numbers; by the communes that rows lie in where the document is not of one alone."""
        parts = () if commune else tuple(self.within(insee).counts(scope, insee) for insee in self.communes())
        known = len(self.same) + len(self.changed) + len(self.gone)
        numbers = {name: len(getattr(self, name)) for name in CODES}
        return ScopeDifference(scope=scope, known=known, commune=commune, parts=parts, **numbers)

    def communes(self) -> list[str]:
        rows = chain(self.new, self.changed, self.gone, self.same)
        return sorted({row.commune for row in rows} - {""})

    def within(self, insee: str) -> Changes:
        """Those of one commune."""
        kept = {name: [row for row in getattr(self, name) if row.commune == insee] for name in (*CODES, "same")}
        return Changes(**kept)

    def list_in(self, difference: Difference, kind: str) -> None:
        """Add the rows to a file's difference, each by its key."""
        for what, code in CODES.items():
            for row in getattr(self, what):
                difference.take(code, row.label, Remark("planning_row", {"kind": label_param(kind)}))
        difference.unchanged += len(self.same)


def rows_by_key(queryset: QuerySet[Any], key: Sequence[str]) -> list[Row]:
    """The rows of a table, known by these columns."""
    names = [one.name for one in queryset.model._meta.concrete_fields if not one.is_relation]
    placed = "geom" in names
    plain = [name for name in names if name not in AS_THEY_COME | {"geom"}]
    places = {"place": Fingerprint("geom"), "commune_of_place": commune_of("geom")} if placed else {}
    values = queryset.order_by("pk").annotate(**places).values_list("pk", *key, *plain, *places)
    width = 1 + len(key)
    return [
        Row(
            pk=row[0],
            key=tuple(row[1:width]),
            content=tuple(row[width : width + len(plain)]),
            place=row[-2] if placed else "",
            commune=(row[-1] or "") if placed else "",
        )
        for row in values.iterator()
    ]


def commune_of(geometry: str) -> Subquery:
    """The INSEE code of the commune that a point on this geometry lies in; null where none is known there."""
    place = Func(OuterRef(geometry), function="ST_PointOnSurface")
    return Subquery(Commune.objects.order_by().filter(geom__covers=place).values("insee")[:1])


def document_rows(files: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Written pieces, known by their names."""
    return [Row(pk=None, key=(one["path"].rpartition("/")[2],), content=(one["size"],)) for one in files]


def compare_rows(before: Sequence[Row], after: Sequence[Row]) -> Changes:
    """What became of the rows of one kind."""
    left_alone = {row.pk for row in before if row.pk is not None} & {row.pk for row in after}
    olds = by_key(row for row in before if row.pk not in left_alone)
    news = by_key(row for row in after if row.pk not in left_alone)
    changes = Changes()
    for key in dict.fromkeys([*olds, *news]):
        pair(olds.get(key, []), news.get(key, []), changes)
    pair_by_place(changes)
    return changes


def by_key(rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.key].append(row)
    return dict(grouped)


def pair(olds: Sequence[Row], news: Sequence[Row], changes: Changes) -> None:
    """Of the rows of one key, those that are alike are the same; the others are pairs that changed."""
    waiting = defaultdict(list)
    for row in olds:
        waiting[row.content, row.place].append(row)
    other = [row for row in news if not take_out(waiting[row.content, row.place])]
    others = {id(row) for row in other}
    changes.same += [row for row in news if id(row) not in others]
    rest = [row for rows in waiting.values() for row in rows]
    pairs = min(len(rest), len(other))
    changes.changed += other[:pairs]
    changes.gone += rest[pairs:]
    changes.new += other[pairs:]


def take_out(rows: list[Row]) -> bool:
    """Take one of these rows out; whether there was one."""
    return bool(rows) and rows.pop() is not None


def pair_by_place(changes: Changes) -> None:
    """A row that is gone, and a new one in its very place, are one that changed its name."""
    places = defaultdict(list)
    for row in changes.gone:
        if row.place:
            places[row.place].append(row)
    new: list[Row] = []
    for row in changes.new:
        (changes.changed if take_out(places[row.place]) else new).append(row)
    left = {id(row) for rows in places.values() for row in rows}
    changes.new = new
    changes.gone = [row for row in changes.gone if not row.place or id(row) in left]


def compare(name: str, commune: str, before: Rows, after: Rows) -> Iterator[tuple[str, ScopeDifference, Changes]]:
    """(kind, counts, rows) of everything that a document held before; `commune` where it is of one alone."""
    for kind, rows in before.items():
        changes = compare_rows(rows, after.get(kind, ()))
        scope = sentence_param("%(kind)s · %(name)s", kind=label_param(kind), name=name)
        yield kind, changes.counts(scope, commune), changes

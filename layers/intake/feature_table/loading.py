"""Rows of a file into a layer of ours: objects that are there already are updated, but for what our people corrected
(`merging.merge`). One transaction.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.database.statements import execute, fetch_one
from gis_core.errors import Invalid
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.intake.feature_table.matching import Matches, match_rows
from layers.intake.feature_table.merging import FOLLOWED, PLACE, Merge, merge, places_of, same, value_as_json
from layers.intake.feature_table.rows import UNNAMED, Delivered, FeatureRow
from layers.intake.feature_table.source import FeatureTable, FeatureTables
from layers.intake.feature_table.survey import spot_of
from layers.intake.findings import Finding
from layers.intake.models import FileImport
from layers.intake.object_changes import ObjectChanges, changes_as_json
from layers.intake.params import column_param, values_param
from layers.intake.source import Progress

BATCH: Final = 2_000
LACKING: Final = gettext_noop("“%(name)s” has no %(column)s: it was left out.")


def load_rows(
    tables: FeatureTables, made: FileImport, delivered: Delivered, progress: Progress, *, write: bool = True
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """How many rows are new, updated, the same, kept as somebody corrected them, changed on both sides, known by their
    place, refused, with the history's event of each table; and the changes object by object. Unless they are to
    `write`, only what would be so.

    Raises Invalid where nothing can come in.
    """
    counts: dict[str, Any] = dict.fromkeys(("created", "updated", "same", "kept", "both", "by_place"), 0)
    counts |= {"refused": delivered.read - len(delivered.rows), "events": {}}
    changes: list[ObjectChanges] = []
    if not delivered.rows and write:
        raise Invalid(_("Nothing of these files can come in: see what is told of them."), report=counts)
    if write:
        tables.lock()
    for table in tables.tables:
        given = [one for one in delivered.rows if one.table == table.slug]
        rows = first_of_each_key(table, given, delivered.findings, counts)
        if rows:
            matches = match_rows(made.owner, table, rows)
            if write:
                name = table.model_class._meta.db_table
                counts["events"][name] = open_event(name, made)
                hold_rows(table, matches)
            refuse_barred(table, rows, matches, delivered.findings, counts)
            writing = Writing(made, table, rows, matches, delivered.findings, counts, write=write)
            writing.all(progress)
            changes.append(writing.changes)
    if write:
        announce_changed_slugs(tables.layer_slugs())
    return counts, changes_as_json(*changes)


def first_of_each_key(
    table: FeatureTable, rows: Sequence[FeatureRow], findings: list[Finding], counts: dict[str, int]
) -> list[FeatureRow]:
    """Each key once: the first row has it, the others are refused."""
    seen: dict[str, int] = {}
    kept = []
    for one in rows:
        key = one.values.get(table.key)
        if key is not None and key in seen:
            code = gettext_noop("The reference “%(reference)s” is that of row %(row)s already: left out.")
            params = {"reference": key, "row": seen[key]}
            findings.append(Finding(file=one.file, row=one.row, code=code, params=params))
            counts["refused"] += 1
            continue
        if key is not None:
            seen[key] = one.row
        kept.append(one)
    return kept


def open_event(name: str, made: FileImport, kind: str = "import") -> int:
    """One event of the history for all that this import changes in a table (its name); its id."""
    detail = json.dumps({"from": "import", "label": made.title, "file_import": made.pk})
    (event,) = fetch_one("select arpent.open_event(%s, %s::regclass, %s::jsonb)", [kind, name, detail])
    return int(event)


def hold_rows(table: FeatureTable, matches: Matches) -> None:
    """Nobody corrects an object between its being read and its being written."""
    statement = sql.SQL("select from {} where id = any(%s) order by id for update")
    execute(statement.format(sql.Identifier(table.model_class._meta.db_table)), [sorted(matches.taken)])


def refuse_barred(
    table: FeatureTable,
    rows: Sequence[FeatureRow],
    matches: Matches,
    findings: list[Finding],
    counts: dict[str, int],
) -> None:
    for rank in sorted(matches.barred):
        code = gettext_noop(
            "“%(name)s” is the reference that somebody here gave to another object of this file: left out."
        )
        params = {"name": rows[rank].values[table.key]}
        findings.append(Finding(file=rows[rank].file, row=rows[rank].row, code=code, params=params))
    counts["refused"] += len(matches.barred)


class Writing:
    """The rows of one table on their way in."""

    def __init__(
        self, made: FileImport, table: FeatureTable, rows: Sequence[FeatureRow], matches: Matches,
        findings: list[Finding], counts: dict[str, int], *, write: bool,
    ) -> None:  # fmt: skip
        self.made, self.table, self.model, self.rows, self.matches = made, table, table.model_class, rows, matches
        self.findings, self.counts, self.writes = findings, counts, write
        self.changes = ObjectChanges(table.slug)

    def all(self, progress: Progress) -> None:
        for start in range(0, len(self.rows), BATCH):
            ranks = [one for one in range(start, min(start + BATCH, len(self.rows))) if one not in self.matches.barred]
            self.some(ranks)
            progress(min(1.0, (start + BATCH) / len(self.rows)), _("Writing the objects"))

    def some(self, ranks: Sequence[int]) -> None:
        ids = [self.matches.ids[one] for one in ranks if one in self.matches.ids]
        there = self.model.objects.defer("geom_3857").in_bulk(ids)
        places = dict(zip(there, places_here(there.values()), strict=True))
        said = dict(zip(ranks, places_of([self.rows[rank].geom for rank in ranks]), strict=True))
        fresh, changed, names = [], [], set()
        for rank in ranks:
            row, now = self.rows[rank], row_as_json(self.rows[rank], said[rank])
            if (one := there.get(self.matches.ids.get(rank, 0))) is None:
                if self.lacks(row):
                    continue
                fresh.append(self.make_object(row, now))
                self.changes.add("new", self.table.name_of(row.values), place=spot_of(row.geom))
            elif differing := self.put(one, row, now, places[one.pk]):
                changed.append(one)
                names |= differing
        self.counts["created"] += len(fresh)
        if self.writes:
            self.write(fresh, changed, names)

    def write(self, fresh: Sequence[Any], changed: Sequence[Any], names: set[str]) -> None:
        with bulk():
            self.model.objects.bulk_create(fresh)
        if changed:
            self.model.objects.bulk_update(changed, sorted(names), batch_size=500)

    def make_object(self, row: FeatureRow, now: Mapping[str, Any]) -> Any:
        return self.model(
            owner=self.made.owner, import_id=self.made.pk, geom=geometry(row), delivered=dict(now), **row.values
        )

    def put(self, one: Any, row: FeatureRow, now: Mapping[str, Any], place: str) -> set[str]:
        """Give an object what its row says and nobody corrected; the names of the columns that are to be written.
        Fields that the file leaves out stay.
        """
        here = {name: value_as_json(getattr(one, name)) for name in now if name != PLACE} | {PLACE: place}
        before, key = one.delivered or {}, self.table.key
        self.counts["by_place"] += bool(now.get(key)) != bool(before.get(key) if before else getattr(one, key))
        merged = merge(now, one.delivered, here)
        conflicts = list(self.table.conflict(one, row, merged))
        self.note_change(one, row, merged, place)
        differing = self.take(one, row, merged)
        self.counts["updated" if differing else "same"] += 1
        self.counts["kept"] += bool(merged.kept)
        self.counts["both"] += bool(merged.both or conflicts)
        self.findings += [*corrections(self.table, row, merged), *conflicts]
        if PLACE in merged.taken:
            before.pop(FOLLOWED, None)
        if any(not same(name, value, before.get(name)) for name, value in now.items()):
            one.delivered = {**before, **now}
            differing.add("delivered")
        return differing

    def lacks(self, row: FeatureRow) -> bool:
        """Whether a new object has no value of a column that needs one; a finding says so."""
        lacking = sorted(name for name in self.table.list_required_columns() if row.values.get(name) is None)
        if lacking:
            name = self.table.name_of(row.values) or {"code": UNNAMED, "params": {}}
            params = {"name": name, "column": column_param(self.table.slug, lacking[0])}
            self.findings.append(Finding(file=row.file, row=row.row, code=LACKING, params=params))
            self.counts["refused"] += 1
        return bool(lacking)

    def note_change(self, one: Any, row: FeatureRow, merged: Merge, place: str) -> None:
        """What of an object changes, before it does."""
        if not merged.taken:
            return
        names = [name for name in merged.taken if name != PLACE]
        values = [(name, getattr(one, name), row.values[name]) for name in names]
        line, elsewhere = self.table.geometry == "line", PLACE in merged.taken
        moved = shapely.distance(shapely.from_wkt(place), row.geom) if elsewhere and not line else None
        name, redrawn = self.table.name_of(row.values) or str(one), elsewhere and line
        self.changes.add("changed", name, place=spot_of(row.geom), values=values, moved_m=moved, redrawn=redrawn)

    def take(self, one: Any, row: FeatureRow, merged: Merge) -> set[str]:
        differing = set()
        for name in merged.taken:
            if name == PLACE:
                one.geom = geometry(row)
                differing.add("geom")
            else:
                setattr(one, name, row.values[name])
                differing.add(name)
        if one.more != row.values["more"]:
            one.more = row.values["more"]
            differing.add("more")
        if differing:
            one.import_id = self.made.pk
            differing.add("import_id")
        return differing


def places_here(objects: Iterable[Any]) -> list[str]:
    return places_of(list(shapely.from_wkb([bytes(one.geom.wkb) for one in objects])))


def row_as_json(row: FeatureRow, place: str) -> dict[str, Any]:
    """What a row says, as it is remembered."""
    return {name: value_as_json(value) for name, value in row.values.items() if name != "more"} | {PLACE: place}


def corrections(table: FeatureTable, row: FeatureRow, merged: Merge) -> Iterator[Finding]:
    """What of a row is not taken because it was corrected here too."""
    if merged.both:
        code = gettext_noop(
            "“%(name)s” was corrected here and changed in the file, which says: %(values)s. What is here stays."
        )
        values = {name: value_as_json(row.values.get(name)) for name in merged.both}
        params = {"name": table.name_of(row.values), "values": values_param(table.slug, values)}
        yield Finding(file=row.file, row=row.row, code=code, params=params, severity="warning")


def geometry(row: FeatureRow) -> GEOSGeometry:
    shape = GEOSGeometry(memoryview(row.geom.wkb))
    shape.srid = 2154
    return shape

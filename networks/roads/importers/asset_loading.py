"""Rows of assets into the database: objects that are there already are updated, but for what our people corrected
(`delivered.settle`). One transaction.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.errors import Invalid
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.features.display import display_date
from layers.intake.findings import Finding
from layers.intake.models import FileImport
from layers.intake.source import Tell
from networks.roads import lists
from networks.roads.importers.asset_known import Known, known_of
from networks.roads.importers.asset_mapping import targets_of
from networks.roads.importers.asset_rows import AssetRow, Delivered
from networks.roads.importers.delivered import FOLLOWED, PLACE, Settled, kept_form, places_of, same, settle
from networks.roads.models import RoadAsset, RoadStretch
from networks.roads.services.locking import share_roads

MODELS: Final[dict[str, type[RoadAsset] | type[RoadStretch]]] = {
    "road-assets": RoadAsset,
    "road-stretches": RoadStretch,
}
BATCH: Final = 2_000


def load_assets(made: FileImport, delivered: Delivered, tell: Tell, *, write: bool = True) -> dict[str, Any]:
    """How many rows are new, updated, the same, kept as somebody corrected them, changed on both sides, known by their
    place, refused; the history's event of each table. Unless they are to `write`, only what would be so.

    Raises Invalid where nothing can come in.
    """
    counts: dict[str, Any] = dict.fromkeys(("created", "updated", "same", "kept", "both", "by_place"), 0)
    counts |= {"refused": delivered.read - len(delivered.rows), "events": {}}
    if not delivered.rows and write:
        raise Invalid(_("Nothing of these files can come in: see what is told of them."), report=counts)
    if write:
        share_roads()
    for table, model in MODELS.items():
        rows = once([one for one in delivered.rows if one.table == table], delivered.findings, counts)
        if rows:
            known = known_of(made.owner, model, rows)
            if write:
                counts["events"][model._meta.db_table] = open_event(model._meta.db_table, made)
                hold(model, known)
            refuse_barred(rows, known, delivered.findings, counts)
            Writing(made, model, rows, known, delivered.findings, counts, write=write).all(tell)
    if write:
        announce_changed_slugs(MODELS)
    return counts


def once(rows: Sequence[AssetRow], findings: list[Finding], counts: dict[str, int]) -> list[AssetRow]:
    """Each reference once: the first row has it, the others are refused."""
    seen: dict[str, int] = {}
    kept = []
    for one in rows:
        reference = one.values.get("reference")
        if reference is not None and reference in seen:
            code = gettext_noop("The reference “%(reference)s” is that of row %(row)s already: left out.")
            params = {"reference": reference, "row": seen[reference]}
            findings.append(Finding(file=one.file, row=one.row, code=code, params=params))
            counts["refused"] += 1
            continue
        if reference is not None:
            seen[reference] = one.row
        kept.append(one)
    return kept


def open_event(table: str, made: FileImport, kind: str = "import") -> int:
    """One event of the history for all that this import changes in a table; its id."""
    detail = json.dumps({"from": "import", "label": made.title, "file_import": made.pk})
    with connection.cursor() as cursor:
        cursor.execute("select arpent.open_event(%s, %s::regclass, %s::jsonb)", [kind, table, detail])
        (event,) = cursor.fetchone()
    return int(event)


def hold(model: Any, known: Known) -> None:
    """Nobody corrects an object between its being read and its being written."""
    statement = sql.SQL("select from {} where id = any(%s) order by id for update")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(model._meta.db_table)), [sorted(known.taken)])


def refuse_barred(rows: Sequence[AssetRow], known: Known, findings: list[Finding], counts: dict[str, int]) -> None:
    for rank in sorted(known.barred):
        code = gettext_noop(
            "“%(name)s” is the reference that somebody here gave to another object of this file: left out."
        )
        params = {"name": rows[rank].values["reference"]}
        findings.append(Finding(file=rows[rank].file, row=rows[rank].row, code=code, params=params))
    counts["refused"] += len(known.barred)


class Writing:
    """The rows of one table on their way in."""

    def __init__(
        self, made: FileImport, model: Any, rows: Sequence[AssetRow], known: Known, findings: list[Finding],
        counts: dict[str, int], *, write: bool,
    ) -> None:  # fmt: skip
        self.made, self.model, self.rows, self.known = made, model, rows, known
        self.findings, self.counts, self.writes = findings, counts, write

    def all(self, tell: Tell) -> None:
        for start in range(0, len(self.rows), BATCH):
            ranks = [one for one in range(start, min(start + BATCH, len(self.rows))) if one not in self.known.barred]
            self.some(ranks)
            tell(min(1.0, (start + BATCH) / len(self.rows)), _("Writing the assets"))

    def some(self, ranks: Sequence[int]) -> None:
        asked = [self.known.ids[one] for one in ranks if one in self.known.ids]
        there = self.model.objects.defer("geom_3857").in_bulk(asked)
        places = dict(zip(there, places_here(there.values()), strict=True))
        said = dict(zip(ranks, places_of([self.rows[rank].geom for rank in ranks]), strict=True))
        fresh, changed, names = [], [], set()
        for rank in ranks:
            row, now = self.rows[rank], said_by(self.rows[rank], said[rank])
            if (one := there.get(self.known.ids.get(rank, 0))) is None:
                fresh.append(self.made_of(row, now))
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

    def made_of(self, row: AssetRow, now: Mapping[str, Any]) -> Any:
        return self.model(
            owner=self.made.owner, import_id=self.made.pk, geom=geometry(row), delivered=dict(now), **row.values
        )

    def put(self, one: Any, row: AssetRow, now: Mapping[str, Any], place: str) -> set[str]:
        """Give an object what its row says and nobody corrected; the names of the columns that are to be written.
        Fields that the file leaves out stay."""
        here = {name: kept_form(getattr(one, name)) for name in now if name != PLACE} | {PLACE: place}
        told = one.delivered or {}
        self.counts["by_place"] += bool(now.get("reference")) != bool(told.get("reference") if told else one.reference)
        settled = settle(now, one.delivered, here)
        older = older_state(one, row, settled)
        differing = self.take(one, row, settled)
        self.counts["updated" if differing else "same"] += 1
        self.counts["kept"] += bool(settled.kept)
        self.counts["both"] += bool(settled.both or older)
        self.findings += corrections(row, settled, one.inspected_date if older else None)
        if PLACE in settled.taken:
            told.pop(FOLLOWED, None)
        if any(not same(name, value, told.get(name)) for name, value in now.items()):
            one.delivered = {**told, **now}
            differing.add("delivered")
        return differing

    def take(self, one: Any, row: AssetRow, settled: Settled) -> set[str]:
        differing = set()
        for name in settled.taken:
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


def said_by(row: AssetRow, place: str) -> dict[str, Any]:
    """What a row says, as it is remembered."""
    return {name: kept_form(value) for name, value in row.values.items() if name != "more"} | {PLACE: place}


def older_state(one: Any, row: AssetRow, settled: Settled) -> bool:
    """Whether the file tells of a condition that an inspection here has outdated; it stays as it is then."""
    if one.inspected_date is None or "state" not in (*settled.taken, *settled.both):
        return False
    changed = settled.taken if "state" in settled.taken else settled.both
    changed.remove("state")
    if row.values.get("updated_date", date.min) > one.inspected_date:
        settled.taken.append("state")
        return False
    return True


def corrections(row: AssetRow, settled: Settled, inspected: date | None) -> Iterator[Finding]:
    """What of a row is not taken: what was corrected here too, the condition from before an inspection."""
    name = str(row.values.get("reference") or row.values.get("comment") or row.values.get("code") or "")[:80]
    if settled.both:
        code = gettext_noop(
            "“%(name)s” was corrected here and changed in the file, which says: %(values)s. What is here stays."
        )
        params: dict[str, Any] = {"name": name, "values": ", ".join(changed_values(row, settled.both))}
        yield Finding(file=row.file, row=row.row, code=code, params=params, severity="warning")
    if inspected:
        code = gettext_noop("“%(name)s” was inspected on %(day)s: the condition of the file (%(state)s) is not taken.")
        state = lists.word(lists.CONDITIONS, str(row.values["state"]))
        params = {"name": name, "day": display_date(inspected), "state": state}
        yield Finding(file=row.file, row=row.row, code=code, params=params, severity="warning")


def changed_values(row: AssetRow, names: Sequence[str]) -> list[str]:
    labels: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
        name: (label, codes) for name, label, codes in targets_of(row.table)
    }
    told = []
    for name in names:
        if name == PLACE:
            told.append(_("another place"))
            continue
        label, codes = labels[name]
        value = row.values[name]
        shown = display_date(value) if isinstance(value, date) else lists.word(codes, str(value))
        told.append(f"{label} {shown}")
    return told


def geometry(row: AssetRow) -> GEOSGeometry:
    found = GEOSGeometry(memoryview(row.geom.wkb))
    found.srid = 2154
    return found

"""A network into the tables, its topology built: set-based, in one transaction, checked in the database before it ends.

Rows are copied with the topology's triggers at rest; pipes of the database that the file's nodes lie on are cut by
those triggers, as if somebody had drawn the nodes. Afterwards the database says whether what came in is a network.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.database.statements import execute
from gis_core.models import Member
from layers.features.topology import loading, setting
from layers.intake.findings import Finding
from layers.intake.models import FileImport
from layers.intake.services.loading import join_names, rows, run
from layers.intake.source import Progress
from networks.water.families import FamilyName
from networks.water.importers.checking import MODELS, columns_of
from networks.water.importers.draft import ConnectionRow, Draft, NodeRow, PipeRow, RepairRow
from networks.water.importers.known import table_identifier
from networks.water.importers.topology_building import PLAIN, BuiltTopology, Piece, There, hang
from networks.water.models import Snap

DEFAULTS: dict[str, Any] = {"service_state": "en_service", "system": "02", "kind": PLAIN, "network": "water"}
WRONG = {
    "zero_length": gettext_noop("The pipe has no length once it is joined."),
    "closed_loop": gettext_noop("The pipe ends where it starts, once its ends are joined."),
    "off_node": gettext_noop("The pipe does not end on its node."),
    "duplicate_pipe": gettext_noop("The pipe lies on another one, between the same ends."),
    "duplicate_node": gettext_noop("Another node is in the same place."),
    "node_on_pipe": gettext_noop("It lies on a pipe that it does not cut: move one of them."),
}
MOST_WRONG = 1_000
STAGED = sql.Identifier("staged_network")

type Row = NodeRow | PipeRow | ConnectionRow | RepairRow


@dataclass(slots=True)
class Loaded:
    """What came in: counts by kind of object, which row of the file each new id is, pieces' ids."""

    counts: dict[str, int] = field(default_factory=dict)
    row_of: dict[int, Row] = field(default_factory=dict)
    pipe_row_of: dict[int, Row] = field(default_factory=dict)
    piece_ids: list[int] = field(default_factory=list)
    spot_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """One network to write: `kept_ids` are the ids that references had before, by kind of object; every row begins with
    `base_version`.
    """

    made: FileImport
    base_version: int
    draft: Draft
    built: BuiltTopology
    there: There
    kept_ids: Mapping[str, Mapping[str, int]]
    progress: Progress

    @property
    def owner(self) -> Member:
        return self.made.owner


def load_network(work: Loading) -> tuple[Loaded, list[Finding]]:
    """Write a network; what the database then finds wrong with it. To be called in a transaction, as the worker."""
    loaded = Loaded()
    one_at_a_time(work)
    work.progress(None, _("Writing the network"))
    with loading():
        write_nodes(work, loaded)
        cut_pipes_there(work, loaded)
        write_pipes(work, loaded)
        write_connections(work, loaded)
        write_repairs(work, loaded)
    work.progress(None, _("Checking the network"))
    findings = list(findings_in(work, loaded))
    if not findings:
        keep_moves(work, loaded)
    return loaded, findings


def one_at_a_time(work: Loading) -> None:
    """What edits take, too: nobody changes this network meanwhile."""
    execute(
        "select pg_advisory_xact_lock(hashtextextended('arpent topology ' || %s, %s))",
        [work.draft.family, work.owner.pk],
    )


# -- nodes ------------------------------------------------------------------------------------------------------------


def write_nodes(work: Loading, loaded: Loaded) -> None:
    """A row for each spot that has none; a plain node of the database becomes what the file says it is."""
    built = work.built
    fresh = [spot for spot in range(len(built.spots)) if spot not in built.there_of]
    systems = systems_of(work) if work.draft.family == "sewer" else {}
    values: list[dict[str, Any]] = []
    for spot in fresh:
        row = built.node_of.get(spot)
        plain = {"kind": PLAIN} | ({"system": systems[spot]} if spot in systems else {})
        values.append(row.values if row else plain)
    ids = new_ids(work, "nodes", [one.get("reference") for one in values])
    points = shapely.points([built.spots[spot] for spot in fresh]) if fresh else np.array([], dtype=object)
    copy(work, "nodes", ids, values, points)
    placed = dict(zip(fresh, ids, strict=True)) | built.there_of
    loaded.spot_ids = [placed[spot] for spot in range(len(built.spots))]
    loaded.row_of |= {pk: built.node_of[spot] for spot, pk in placed.items() if spot in built.node_of}
    loaded.counts["nodes"] = sum(spot in built.node_of for spot in fresh)
    loaded.counts["junctions"] = len(fresh) - loaded.counts["nodes"]
    for spot in sorted(built.adopted):
        adopt(work, built.there_of[spot], built.node_of[spot])
    loaded.counts["adopted"] = len(built.adopted)


def systems_of(work: Loading) -> dict[int, str]:
    """Of each spot the network of a sewer that ends there."""
    systems: dict[int, str] = {}
    for piece in work.built.parts:
        system = piece.row.values.get("system") or DEFAULTS["system"]
        systems.setdefault(piece.start, system)
        systems.setdefault(piece.end, system)
    return systems


def adopt(work: Loading, pk: int, row: NodeRow) -> None:
    names = [name for name in columns_of(MODELS[work.draft.family]["nodes"]) if row.values.get(name) is not None]
    pairs = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in names)
    run("update {} set {} where id = %(pk)s", table_identifier(work.draft.family, "nodes"), pairs, pk=pk,
        **{name: cell(name, row.values[name]) for name in names})  # fmt: skip


def cut_pipes_there(work: Loading, loaded: Loaded) -> None:
    """Pipes of the database that nodes of the file lie on, by the triggers that do it for edits."""
    spots = sorted({spot for _pipe, spot in work.built.cuts})
    if not spots:
        return
    setting("")
    for spot in spots:
        cut_at(work, loaded.spot_ids[spot])
    setting("off")
    loaded.counts["cut"] = len(work.built.cuts)


def cut_at(work: Loading, node: int) -> None:
    """The former cut may have given this stretch another id: it is looked up by its place."""
    pipes = rows(
        "select p.id from {nodes} n join {pipes} p on p.geom && st_expand(n.geom, 0.05) and p.owner_id + 0 = n.owner_id"
        " and st_dwithin(p.geom, n.geom, 0.05) and n.id not in (p.start_node_id, p.end_node_id) where n.id = %(node)s",
        nodes=table_identifier(work.draft.family, "nodes"),
        pipes=table_identifier(work.draft.family, "pipes"),
        node=node,
    )
    for (pipe,) in pipes:
        rows("select arpent.split_pipe(%(family)s, %(pipe)s, %(node)s)", family=work.draft.family, pipe=pipe, node=node)


# -- pipes and what hangs on them -------------------------------------------------------------------------------------


def write_pipes(work: Loading, loaded: Loaded) -> None:
    parts = work.built.parts
    values = [part_values(piece) for piece in parts]
    ids = new_ids(work, "pipes", [one.get("reference") for one in values])
    ends = [(loaded.spot_ids[piece.start], loaded.spot_ids[piece.end]) for piece in parts]
    lines = np.array([piece.line for piece in parts], dtype=object)
    more = {"start_node_id": [one for one, _other in ends], "end_node_id": [other for _one, other in ends]}
    copy(work, "pipes", ids, values, lines, more)
    loaded.piece_ids = ids
    loaded.pipe_row_of = dict(zip(ids, (piece.row for piece in parts), strict=True))
    loaded.counts["pipes"] = len(ids)


def part_values(piece: Piece) -> dict[str, Any]:
    """What a piece is: all of the pipe, but for what the whole alone has; heights in between are on a straight line."""
    if piece.whole:
        return piece.row.values
    gone = {"declared_length_m"} | (set() if piece.main else {"reference"})
    values = {name: value for name, value in piece.row.values.items() if name not in gone}
    low, high = values.get("start_z"), values.get("end_z")
    if low is not None and high is not None:
        values["start_z"], values["end_z"] = (round(low + (high - low) * share, 3) for share in piece.share)
    else:
        values["start_z"] = low if piece.share[0] == 0 else None
        values["end_z"] = high if piece.share[1] == 1 else None
    if not piece.main:
        values["more"] = dict(values.get("more") or {}) | {"piece_of": piece.row.key}
    return values


def write_connections(work: Loading, loaded: Loaded) -> None:
    connections = work.draft.connections
    hung = hang(work.draft, work.built, work.there)
    pipes = [None if one is None else loaded.piece_ids[one[1]] if one[0] == "piece" else one[1] for one in hung]
    if work.built.cuts:
        pipes = after_cuts(work, hung, pipes)
    ids = new_ids(work, "connections", [row.values.get("reference") for row in connections])
    points = np.array([row.geom for row in connections], dtype=object)
    copy(work, "connections", ids, [row.values for row in connections], points, {"pipe_id": pipes})
    loaded.counts["connections"] = len(ids)


def after_cuts(work: Loading, hung: Sequence[tuple[str, int] | None], pipes: Sequence[int | None]) -> list[int | None]:
    """A pipe of the database that was cut meanwhile: the stretch that is nearest."""
    cut = {pipe for pipe, _spot in work.built.cuts}
    ranks = [rank for rank, one in enumerate(hung) if one is not None and one[0] == "there" and one[1] in cut]
    hung_on = list(pipes)
    for rank, pipe in rows(
        "select asked.rank, p.id from unnest(%(ranks)s::int[], %(xs)s::float8[], %(ys)s::float8[]) as asked(rank, x, y)"
        " cross join lateral (select p.id from {} p where p.geom && st_expand(st_point(asked.x, asked.y, 2154), 60)"
        " and p.owner_id + 0 = %(owner)s and p.service_state = 'en_service'"
        " order by st_distance(p.geom, st_point(asked.x, asked.y, 2154)), p.id limit 1) p",
        table_identifier(work.draft.family, "pipes"),
        owner=work.owner.pk,
        ranks=ranks,
        xs=[work.draft.connections[rank].geom.x for rank in ranks],
        ys=[work.draft.connections[rank].geom.y for rank in ranks],
    ):
        hung_on[rank] = pipe
    return hung_on


def write_repairs(work: Loading, loaded: Loaded) -> None:
    repairs = work.draft.repairs
    ids = new_ids(work, "repairs", [row.values.get("reference") for row in repairs])
    values = [{"network": work.draft.family} | row.values for row in repairs]
    copy(work, "repairs", ids, values, np.array([row.geom for row in repairs], dtype=object))
    loaded.counts["repairs"] = len(ids)


# -- rows -------------------------------------------------------------------------------------------------------------


def new_ids(work: Loading, what: str, references: Sequence[str | None]) -> list[int]:
    """An id for each row: the one that its reference had, else the next ones."""
    kept = work.kept_ids.get(what, {})
    wanted = sum(reference is None or reference not in kept for reference in references)
    statement = "select nextval(pg_get_serial_sequence(%(table)s, 'id')) from generate_series(1, %(wanted)s)"
    name = MODELS[work.draft.family][what]._meta.db_table
    fresh = iter([one for (one,) in rows(statement, table=name, wanted=wanted)])
    return [kept[one] if one is not None and one in kept else next(fresh) for one in references]


def copy(
    work: Loading,
    what: str,
    ids: Sequence[int],
    values: Sequence[Mapping[str, Any]],
    shapes: Any,
    more: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """COPY rows into their table: the columns that any of them fills, all of them of this import."""
    if not ids:
        return
    known = columns_of(MODELS[work.draft.family][what])
    used = set().union(*(one.keys() for one in values))
    names = [name for name in known if name in used or name in ("service_state", "kind", "system")]
    extra = dict(more or {})
    fixed = {"owner_id": work.owner.pk, "import_id": work.made.pk, "version": work.base_version}
    codes = shapely.to_wkb(shapely.set_srid(shapes, 2154), hex=True, include_srid=True)
    target, columns = table_identifier(work.draft.family, what), list(extra.values())
    filled = join_names(["id", *fixed, "geom", *extra, *names])
    # COPY goes into no table with row policies.
    run("create temporary table {} on commit drop as select {} from {} limit 0", STAGED, filled, target)
    statement = sql.SQL("copy {} ({}) from stdin").format(STAGED, filled)
    with connection.cursor() as cursor, cursor.copy(statement) as lines:
        for rank, line in enumerate(cells_of(names, values)):
            lines.write_row((ids[rank], *fixed.values(), codes[rank], *(column[rank] for column in columns), *line))
    run("insert into {} ({}) select {} from {}", target, filled, filled, STAGED)
    run("drop table {}", STAGED)


def cells_of(names: Sequence[str], values: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    for one in values:
        yield [cell(name, one.get(name)) for name in names]


def cell(name: str, value: Any) -> Any:
    if name == "more":
        return json.dumps(value or {}, ensure_ascii=False, default=str).replace("\\u0000", "")
    return DEFAULTS.get(name) if value is None else value


# -- afterwards -------------------------------------------------------------------------------------------------------


def findings_in(work: Loading, loaded: Loaded) -> Iterator[Finding]:
    """What the database finds wrong with the rows that came in, as findings of the file's rows."""
    family: FamilyName = work.draft.family
    findings_rows = rows(
        "select kind, id, other, x, y from arpent.network_faults(%(family)s, %(owner)s, %(order)s) limit %(most)s",
        family=family,
        owner=work.owner.pk,
        order=work.made.pk,
        most=MOST_WRONG,
    )
    for kind, pk, other, x, y in findings_rows:
        row = loaded.pipe_row_of.get(pk) or loaded.row_of.get(pk) or loaded.pipe_row_of.get(other or 0)
        file, number = (row.file, row.row) if row else (work.draft.source, None)
        yield Finding(file=file, row=number, code=WRONG[kind], place=(x, y))


def keep_moves(work: Loading, loaded: Loaded) -> None:
    """Each move with the object that it became, for undoing them."""
    by_row: dict[int, list[int]] = {}
    for number, piece in enumerate(work.built.parts):
        by_row.setdefault(id(piece.row), []).append(number)
    nodes = {id(row): loaded.spot_ids[spot] for spot, row in work.built.node_of.items()}
    srid = 2154
    snaps = []
    for move in work.built.moves:
        pipe = None
        if move.pipe is not None:
            numbers = by_row.get(id(move.pipe), [])
            pipe = loaded.piece_ids[numbers[-1 if move.end else 0]] if numbers else None
        row = move.pipe or move.node
        snaps.append(
            Snap(
                brought_by=work.made,
                family=work.draft.family,
                pipe_id=pipe,
                node_id=nodes.get(id(move.node)) if move.node else None,
                end=move.end,
                reference=str(row.values.get("reference") or "") if row else "",
                place=point_of(move.start, srid),
                put_at=point_of(move.to, srid),
                metres=move.metres,
                target=move.target,
            )
        )
    Snap.objects.bulk_create(snaps, batch_size=1_000)


def point_of(place: tuple[float, float], srid: int) -> Any:
    return Point(*place, srid=srid)

"""What an import would do: the files read, what they say checked, its topology built; nothing is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.models import Member
from layers.intake import findings as findings_json
from layers.intake.findings import Finding
from layers.intake.import_loss import ScopeDifference, describe_difference
from layers.intake.models import FileImport
from layers.intake.services.imports import MOST_FINDINGS, paths_of
from layers.intake.services.loading import rows
from layers.intake.services.territory import territory_wkb
from layers.intake.source import Progress
from networks.water.importers.checking import (
    APART,
    check_parts,
    check_references,
    check_values,
    finding_at,
    leave_out,
    parts_of,
    rows_in,
)
from networks.water.importers.choices import ADD, REPLACE, Format, NetworkChoices
from networks.water.importers.draft import Draft
from networks.water.importers.epanet import Placing, read_epanet
from networks.water.importers.known import Known, compare_replaced, read_known, table_identifier, there
from networks.water.importers.location import check_territory
from networks.water.importers.mapped import read_mapped
from networks.water.importers.object_changes import changes_of
from networks.water.importers.raepa import read_raepa
from networks.water.importers.stareau import read_stareau
from networks.water.importers.topology_building import (
    CLASSES_M,
    FARTHEST_M,
    BuiltTopology,
    Move,
    There,
    build_topology,
    likely_distance,
    near_misses,
)

MOST_MOVES = 100
DRAWN_MOVES = 3_000
PASSES = 3
BY_HAND = gettext_noop("%(reference)s is in your network already, and no import brought it: nothing replaces it.")


@dataclass(slots=True)
class Network:
    """One family's network as it would be written."""

    draft: Draft
    built: BuiltTopology
    there: There
    known: Known
    kept_ids: dict[str, dict[str, int]] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    distances: list[float] = field(default_factory=list)
    snap_m: float = 0.0
    parts: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0


@dataclass(slots=True)
class NetworkPlan:
    """The networks of both families as they would be written, what is amiss, and the plan as it is kept and shown."""

    networks: list[Network]
    findings: list[Finding]
    summary: dict[str, Any]

    def differences(self, owner: Member, replaced: Sequence[int]) -> list[ScopeDifference]:
        """What replacing former imports by this plan changes, as things are now."""
        return differences_of(self.networks, owner, replaced)

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.findings if one.severity == "error"]


def drafts_of(made: FileImport, choices: NetworkChoices) -> list[Draft]:
    """The drafts of what was sent. Raises Invalid, ReaderUnavailable."""
    paths = paths_of(made)
    if choices.format == Format.RAEPA:
        return read_raepa(paths)
    if choices.format == Format.STAREAU:
        return read_stareau(paths)
    if choices.format == Format.EPANET:
        return read_epanet(paths, Placing(crs=choices.crs, corner=choices.corner, scale=choices.scale))
    return read_mapped(paths, choices.mapping)


def make_plan(made: FileImport, progress: Progress, *, compare_with_known: bool = True) -> NetworkPlan:
    """What an import would do; near misses and changes are told where somebody looks.

    Raises Invalid, ReaderUnavailable.
    """
    progress(None, _("Reading the files"))
    owner, choices = made.owner, NetworkChoices.of(made)
    drafts = drafts_of(made, choices)
    territory = territory_wkb(owner)
    replaced = sorted(find_replaced_imports(made, choices, [read_known(draft, owner) for draft in drafts]))
    networks = []
    for place, draft in enumerate(drafts):
        progress(place / len(drafts), _("Putting the network together"))
        networks.append(build_network(owner, choices, draft, territory, replaced, compare_with_known))
    if choices.snap_m is None:
        agree(networks)
    findings = [one for network in networks for one in findings_of(network)]
    summary = summary_of(networks, findings, choices, replaced)
    summary["left_out"] = sum(network.left_out for network in networks)
    summary["known"]["edited"] = count_edited(owner, replaced)
    summary["compared"] = describe_difference(
        differences_of(networks, owner, replaced) if choices.known == REPLACE else []
    )
    if compare_with_known:
        summary["changes"] = changes_of(networks, owner, replaced if choices.known == REPLACE else ())
    return NetworkPlan(networks, findings, summary)


def agree(networks: Sequence[Network]) -> None:
    """Nobody chose a distance: one for water and sewers together is the one that is shown, and that will be loaded."""
    metres = likely_distance(distances_of(networks))
    for network in networks:
        if network.snap_m != metres:
            network.built = build_topology(network.draft, network.there, snap_m=metres, aliases=network.aliases)
            network.parts, network.snap_m = parts_of(network.draft.family, network.built), metres


def distances_of(networks: Sequence[Network]) -> list[float]:
    return sorted(one for network in networks for one in network.distances)


def find_replaced_imports(made: FileImport, choices: NetworkChoices, known: Sequence[Known]) -> set[int]:
    """The former imports that this one stands for: those of the same objects, of the same files."""
    if choices.known == ADD:
        return set()
    imports = {one for one_known in known for one in one_known.imports()}
    digests = sorted(str(one.get("sha256")) for one in made.files)
    loaded = FileImport.objects.of(made.source, [made.owner]).filter(state=FileImport.State.APPLIED).exclude(pk=made.pk)
    return {
        pk for pk, files in loaded.values_list("pk", "files")
        if pk in imports or sorted(str(one.get("sha256")) for one in files) == digests
    }  # fmt: skip


def build_network(
    owner: Member,
    choices: NetworkChoices,
    draft: Draft,
    territory: bytes | None,
    replaced: Sequence[int],
    compare_with_known: bool,
) -> Network:
    """A draft checked, with its topology built; rows that may be left out are, where somebody said so."""
    checked, left_out = list(draft.findings), 0
    for _pass in range(PASSES):
        draft.findings = [*checked, *check_values(draft), *check_references(draft), *check_territory(draft, territory)]
        network = compare(owner, choices, draft, replaced, compare_with_known)
        chosen = rows_to_leave(choices, draft, findings_of(network))
        if not chosen:
            break
        draft.findings = checked
        leave_out(draft, chosen)
        checked, left_out = draft.findings, left_out + len(chosen)
    network.left_out = left_out
    return network


def rows_to_leave(choices: NetworkChoices, draft: Draft, findings: Sequence[Finding]) -> set[tuple[str, int]]:
    """The rows (file, row) that somebody chose to leave out; where all that may be are: those with an error."""
    if choices.leave != "all":
        there = {(row.file, row.row) for _what, rows_ in rows_in(draft) for row in rows_}
        there |= {(one.file, one.row) for one in findings if one.row is not None}
        return there & set(choices.leave)
    return {(one.file, one.row) for one in findings if one.severity == "error" and one.spare and one.row is not None}


def compare(
    owner: Member, choices: NetworkChoices, draft: Draft, replaced: Sequence[int], compare_with_known: bool
) -> Network:
    """A draft beside what the member has: what is known, what it becomes, how it is joined."""
    known = read_known(draft, owner)
    around = there(draft, owner, replaced)
    aliases, kept_ids = settle_known(choices.known, draft, known, around, replaced)
    snap = choices.snap_m
    distances = near_misses(draft, around, aliases=aliases) if compare_with_known or snap is None else []
    metres = min(likely_distance(distances) if snap is None else snap, FARTHEST_M)
    built = build_topology(draft, around, snap_m=metres, aliases=aliases)
    parts = parts_of(draft.family, built)
    return Network(draft, built, around, known, kept_ids, aliases, distances, metres, parts)


def settle_known(
    choice: str, draft: Draft, known: Known, around: There, replaced: Sequence[int]
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Rows whose objects are there already: left as they are, or written anew under the same ids."""
    staying = set(around.node_ids)
    aliases: dict[str, int] = {}
    kept_ids: dict[str, dict[str, int]] = {}
    for what, rows_ in rows_in(draft):
        references = known.by_kind.get(what, {})
        kept_ids[what] = {
            name: pk
            for name, (pk, brought) in references.items()
            if brought in replaced and (what != "nodes" or pk not in staying)
        }
        gone = set()
        for row in rows_:
            pk, brought = references.get(str(row.values.get("reference")), (0, None))
            if not pk or (brought in replaced and (what != "nodes" or pk not in staying)):
                continue
            if choice == ADD or (brought in replaced and what == "nodes"):
                gone.add(id(row))
                if what == "nodes":
                    aliases[row.key] = pk
            elif choice == REPLACE:
                params = {"reference": row.values["reference"]}
                draft.findings.append(finding_at(row, BY_HAND, params, spare=what in APART))
        setattr(draft, what, [row for row in rows_ if id(row) not in gone])
    return aliases, kept_ids


def differences_of(networks: Sequence[Network], owner: Member, replaced: Sequence[int]) -> list[ScopeDifference]:
    if not replaced:
        return []
    drafts = [
        (one.draft, sum(not (piece.main and piece.row.values.get("reference")) for piece in one.built.parts))
        for one in networks
    ]
    return compare_replaced(drafts, owner, replaced)


def findings_of(network: Network) -> list[Finding]:
    draft = network.draft
    return [*draft.findings, *network.built.findings, *check_parts(draft.family, network.parts)]


# -- in JSON ----------------------------------------------------------------------------------------------------------


def summary_of(
    networks: Sequence[Network], findings: Sequence[Finding], choices: NetworkChoices, replaced: Sequence[int]
) -> dict[str, Any]:
    """The plan as it is kept and shown."""
    moves = sorted((move for one in networks for move in one.built.moves), key=lambda move: -move.metres)
    loose = [one for network in networks for one in network.built.loose]
    distances = distances_of(networks)
    snap = choices.snap_m
    return {
        "networks": [counts_of(network) for network in networks],
        "errors": sum(one.severity == "error" for one in findings),
        "spare": sum(one.severity == "error" and one.spare for one in findings),
        "warnings": sum(one.severity == "warning" for one in findings),
        "snap_m": likely_distance(distances) if snap is None else snap,
        "likely_m": likely_distance(distances),
        "classes": classes_of(distances),
        "moved": len(moves),
        "targets": Counter(move.target for move in moves),
        "moves": [move_as_json(move) for move in moves[:MOST_MOVES]],
        "drawn": [[*round_place(move.start), *round_place(move.to)] for move in moves[:DRAWN_MOVES]],
        "loose": len(loose),
        "loose_rows": [
            {"file": one.file, "row": one.row, "key": one.key, "place": round_place(one.place), "metres": one.metres}
            for one in sorted(loose, key=lambda one: one.metres)[:MOST_MOVES]
        ],
        "known": {
            "count": sum(network.known.count for network in networks),
            "by_hand": sum(network.known.without_import() for network in networks),
            "imports": list(replaced),
            "same_files": bool(replaced),
        },
        "boxes": box_drawn(networks),
    }


def counts_of(network: Network) -> dict[str, Any]:
    draft, built = network.draft, network.built
    fed = [part for part in network.parts if part["ends"] or part["joined"]]
    return {
        "family": draft.family,
        "source": draft.source,
        "nodes": len(built.node_of),
        "junctions": len(built.spots) - len(set(built.node_of) | set(built.there_of)),
        "pipes": len(built.parts),
        "metres": round(sum(piece.line.length for piece in built.parts)),
        "split": len(built.parts) - len({id(piece.row) for piece in built.parts}),
        "connections": len(draft.connections),
        "repairs": len(draft.repairs),
        "cut": len(built.cuts),
        "parts": len(network.parts),
        "unfed": len(network.parts) - len(fed),
    }


def classes_of(distances: Sequence[float]) -> list[dict[str, Any]]:
    """How many near misses lie between each distance of the scale and the one before."""
    classes, below = [], 0.0
    for most in CLASSES_M:
        classes.append({"most": most, "count": sum(below < one <= most for one in distances)})
        below = most
    return classes


def move_as_json(move: Move) -> dict[str, Any]:
    row = move.pipe or move.node
    assert row is not None
    kept = {"file": row.file, "row": row.row, "key": row.key, "metres": round(move.metres, 3), "target": move.target}
    return kept | {"end": move.end if move.pipe else None, "start": round_place(move.start), "to": round_place(move.to)}


def round_place(place: tuple[float, float]) -> list[float]:
    return [round(place[0], 2), round(place[1], 2)]


def box_drawn(networks: Sequence[Network]) -> list[float] | None:
    spots = [spot for network in networks for spot in network.built.spots]
    if not spots:
        return None
    east, north = [x for x, _y in spots], [y for _x, y in spots]
    return [min(east), min(north), max(east), max(north)]


def count_edited(owner: Member, imports: Sequence[int]) -> int:
    """How many objects of former imports were changed since they came in."""
    if not imports:
        return 0
    edited = 0
    for family in ("water", "sewer"):
        for what in ("nodes", "pipes", "connections", "repairs"):
            if (family, what) == ("sewer", "repairs"):
                continue
            ((count,),) = rows(
                "select count(*) from {} o join intake_fileimport i on i.id = o.import_id"
                " where o.owner_id = %(owner)s and o.import_id = any(%(imports)s)"
                " and o.version <> coalesce((i.report ->> 'base_version')::int, 1)",
                table_identifier(family, what),
                owner=owner.pk,
                imports=list(imports),
            )
            edited += count
    return edited


def report_of(plan: NetworkPlan, more: Sequence[Finding] = ()) -> dict[str, Any]:
    """What a refusal shows: the plan, and what is amiss."""
    return {"plan": plan.summary, "findings": findings_json.as_json([*more, *plan.findings], MOST_FINDINGS)}

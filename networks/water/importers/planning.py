"""What an import would do: the files read, what they say checked, the network woven; nothing is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.models import Member
from layers.intake.findings import Finding
from layers.intake.import_loss import ScopeDifference, describe_difference
from layers.intake.services.inbox import harmless
from layers.intake.services.loading import rows
from layers.intake.services.territory import territory_wkb
from layers.intake.sources import Tell
from networks.water.importers.checking import (
    APART,
    check_references,
    check_values,
    fault,
    leave_out,
    parts_of,
    rows_in,
    tell_parts,
)
from networks.water.importers.draft import Draft
from networks.water.importers.epanet import Placing, read_epanet
from networks.water.importers.known import Known, known_of, replaced_differences, table, there
from networks.water.importers.load import Loading
from networks.water.importers.lying import check_territory
from networks.water.importers.mapped import read_mapped
from networks.water.importers.mapping import LayerReading
from networks.water.importers.raepa import read_raepa
from networks.water.importers.weaving import (
    CLASSES_M,
    FARTHEST_M,
    Move,
    There,
    Woven,
    likely_distance,
    near_misses,
    weave,
)
from networks.water.models import NetworkImport

KEPT_FAULTS = 20_000
SHOWN_MOVES = 100
DRAWN_MOVES = 3_000
PASSES = 3
REPLACE, ADD = "replace", "add"


@dataclass(slots=True)
class Network:
    """One family's network as it would be written."""

    draft: Draft
    woven: Woven
    there: There
    known: Known
    kept_ids: dict[str, dict[str, int]] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    distances: list[float] = field(default_factory=list)
    snap_m: float = 0.0
    parts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    networks: list[Network]
    faults: list[Finding]
    told: dict[str, Any]

    def differences(self, owner: Member, replaced: Sequence[int]) -> list[ScopeDifference]:
        """What replacing former imports by this plan changes, as things are now."""
        return differences_of(self.networks, owner, replaced)

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.faults if one.severity == "error"]


def folder_of(order: NetworkImport) -> Path:
    return Path(settings.INBOX_DIR) / harmless(order.folder)


def paths_of(order: NetworkImport) -> list[Path]:
    """The files that were sent. Raises Invalid when they are there no more."""
    paths = [folder_of(order) / harmless(str(one["name"])) for one in order.files]
    if not paths or not all(path.is_file() for path in paths):
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    return paths


def drafts_of(order: NetworkImport) -> list[Draft]:
    """The drafts of what was sent. Raises Invalid, ReaderUnavailable."""
    paths, options = paths_of(order), order.options
    if order.format == NetworkImport.Format.RAEPA:
        return read_raepa(paths)
    if order.format == NetworkImport.Format.EPANET:
        return read_epanet(paths, placing_in(options))
    readings = {label: LayerReading.kept(one) for label, one in dict(options.get("mapping") or {}).items()}
    return read_mapped(paths, readings)


def placing_in(options: Mapping[str, Any]) -> Placing:
    corner, scale = options.get("corner"), options.get("scale")
    return Placing(
        crs=options.get("crs"),
        corner=(float(corner[0]), float(corner[1])) if corner else None,
        scale=1.0 if scale is None else float(scale),
    )


def planned(order: NetworkImport, tell: Tell, *, look: bool = True) -> Plan:
    """What an import would do; near misses are counted where somebody looks. Raises Invalid, ReaderUnavailable."""
    tell(None, _("Reading the files"))
    owner, drafts = order.owner, drafts_of(order)
    territory = territory_wkb(owner)
    replaced = sorted(replaced_by(order, [known_of(draft, owner) for draft in drafts]))
    networks = []
    for place, draft in enumerate(drafts):
        tell(place / len(drafts), _("Putting the network together"))
        networks.append(woven_network(order, draft, territory, replaced, look))
    if order.options.get("snap_m") is None:
        agree(networks)
    faults = [one for network in networks for one in faults_of(network)]
    return Plan(networks, faults, told_of(order, networks, faults, replaced))


def agree(networks: Sequence[Network]) -> None:
    """Nobody chose a distance: one for water and sewers together is the one that is shown, and that will be loaded."""
    metres = likely_distance(distances_of(networks))
    for network in networks:
        if network.snap_m != metres:
            network.woven = weave(network.draft, network.there, snap_m=metres, aliases=network.aliases)
            network.parts, network.snap_m = parts_of(network.draft.family, network.woven), metres


def distances_of(networks: Sequence[Network]) -> list[float]:
    return sorted(one for network in networks for one in network.distances)


def replaced_by(order: NetworkImport, known: Sequence[Known]) -> set[int]:
    """The former imports that this one stands for: those of the same objects, of the same files."""
    if order.options.get("known") == ADD:
        return set()
    imports = {one for found in known for one in found.imports()}
    digests = sorted(str(one.get("sha256")) for one in order.files)
    loaded = NetworkImport.objects.filter(owner=order.owner, state=NetworkImport.State.LOADED).exclude(pk=order.pk)
    return {
        pk for pk, files in loaded.values_list("pk", "files")
        if pk in imports or sorted(str(one.get("sha256")) for one in files) == digests
    }  # fmt: skip


def woven_network(
    order: NetworkImport, draft: Draft, territory: bytes | None, replaced: Sequence[int], look: bool
) -> Network:
    """A draft checked and woven; rows that may be left out are, where somebody said so."""
    checked = list(draft.faults)
    for _pass in range(PASSES):
        draft.faults = [*checked, *check_values(draft), *check_references(draft), *check_territory(draft, territory)]
        network = compared(order, draft, replaced, look)
        chosen = left_out(order, faults_of(network))
        if not chosen:
            break
        draft.faults = checked
        leave_out(draft, chosen)
        checked = draft.faults
    return network


def left_out(order: NetworkImport, faults: Sequence[Finding]) -> set[tuple[str, int]]:
    """The rows with an error that may be left out, and that somebody chose to."""
    leave = order.options.get("leave")
    spare = {(one.file, one.row) for one in faults if one.severity == "error" and one.spare and one.row is not None}
    if leave == "all":
        return spare
    return spare & {(str(file), int(row)) for file, row in leave or ()}


def compared(order: NetworkImport, draft: Draft, replaced: Sequence[int], look: bool) -> Network:
    """A draft beside what the member has: what is known, what it becomes, how it is joined."""
    known = known_of(draft, order.owner)
    around = there(draft, order.owner, replaced)
    aliases, kept_ids = settle_known(order, draft, known, around, replaced)
    snap = order.options.get("snap_m")
    distances = near_misses(draft, around, aliases=aliases) if look or snap is None else []
    metres = min(likely_distance(distances) if snap is None else float(snap), FARTHEST_M)
    woven = weave(draft, around, snap_m=metres, aliases=aliases)
    parts = parts_of(draft.family, woven)
    return Network(draft, woven, around, known, kept_ids, aliases, distances, metres, parts)


def settle_known(
    order: NetworkImport, draft: Draft, known: Known, around: There, replaced: Sequence[int]
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Rows whose objects are there already: left as they are, or written anew under the same ids."""
    choice = order.options.get("known")
    staying = set(around.node_ids)
    aliases: dict[str, int] = {}
    kept_ids: dict[str, dict[str, int]] = {}
    for what, rows_ in rows_in(draft):
        found = known.by_kind.get(what, {})
        kept_ids[what] = {
            name: pk
            for name, (pk, brought) in found.items()
            if brought in replaced and (what != "nodes" or pk not in staying)
        }
        gone = set()
        for row in rows_:
            pk, brought = found.get(str(row.values.get("reference")), (0, None))
            if not pk or (brought in replaced and (what != "nodes" or pk not in staying)):
                continue
            if choice == ADD or (brought in replaced and what == "nodes"):
                gone.add(id(row))
                if what == "nodes":
                    aliases[row.key] = pk
            elif choice == REPLACE:
                words = _("%(reference)s is in your network already, and no import brought it: nothing replaces it.")
                message = words % {"reference": row.values["reference"]}
                draft.faults.append(fault(row, message, spare=what in APART))
        setattr(draft, what, [row for row in rows_ if id(row) not in gone])
    return aliases, kept_ids


def differences_of(networks: Sequence[Network], owner: Member, replaced: Sequence[int]) -> list[ScopeDifference]:
    if not replaced:
        return []
    drafts = [
        (one.draft, sum(not (piece.main and piece.row.values.get("reference")) for piece in one.woven.pieces))
        for one in networks
    ]
    return replaced_differences(drafts, owner, replaced)


def faults_of(network: Network) -> list[Finding]:
    draft = network.draft
    return [*draft.faults, *network.woven.faults, *tell_parts(draft.family, network.parts)]


# -- in JSON ----------------------------------------------------------------------------------------------------------


def told_of(
    order: NetworkImport, networks: Sequence[Network], faults: Sequence[Finding], replaced: Sequence[int]
) -> dict[str, Any]:
    """The plan as it is kept and shown."""
    moves = sorted((move for one in networks for move in one.woven.moves), key=lambda move: -move.metres)
    loose = [one for network in networks for one in network.woven.loose]
    distances = distances_of(networks)
    snap = order.options.get("snap_m")
    return {
        "networks": [counts_of(network) for network in networks],
        "errors": sum(one.severity == "error" for one in faults),
        "spare": sum(one.severity == "error" and one.spare for one in faults),
        "warnings": sum(one.severity == "warning" for one in faults),
        "snap_m": likely_distance(distances) if snap is None else float(snap),
        "likely_m": likely_distance(distances),
        "classes": classes_of(distances),
        "moved": len(moves),
        "targets": Counter(move.target for move in moves),
        "moves": [move_as_json(move) for move in moves[:SHOWN_MOVES]],
        "drawn": [[*rounded(move.start), *rounded(move.to)] for move in moves[:DRAWN_MOVES]],
        "loose": len(loose),
        "loose_rows": [
            {"file": one.file, "row": one.row, "key": one.key, "place": rounded(one.place), "metres": one.metres}
            for one in sorted(loose, key=lambda one: one.metres)[:SHOWN_MOVES]
        ],
        "known": {
            "count": sum(network.known.count for network in networks),
            "by_hand": sum(network.known.without_import() for network in networks),
            "imports": list(replaced),
            "edited": edited_in(order, replaced),
            "same_files": bool(replaced),
        },
        "compared": describe_difference(differences_of(networks, order.owner, replaced)),
        "boxes": box_drawn(networks),
    }


def counts_of(network: Network) -> dict[str, Any]:
    draft, woven = network.draft, network.woven
    fed = [part for part in network.parts if part["ends"] or part["joined"]]
    return {
        "family": draft.family,
        "source": draft.source,
        "nodes": len(woven.node_of),
        "junctions": len(woven.spots) - len(set(woven.node_of) | set(woven.there_of)),
        "pipes": len(woven.pieces),
        "metres": round(sum(piece.line.length for piece in woven.pieces)),
        "split": len(woven.pieces) - len({id(piece.row) for piece in woven.pieces}),
        "connections": len(draft.connections),
        "repairs": len(draft.repairs),
        "cut": len(woven.cuts),
        "parts": len(network.parts),
        "unfed": len(network.parts) - len(fed),
    }


def classes_of(distances: Sequence[float]) -> list[dict[str, Any]]:
    """How many near misses lie between each distance of the scale and the one before."""
    found, below = [], 0.0
    for most in CLASSES_M:
        found.append({"most": most, "count": sum(below < one <= most for one in distances)})
        below = most
    return found


def move_as_json(move: Move) -> dict[str, Any]:
    row = move.pipe or move.node
    assert row is not None
    told = {"file": row.file, "row": row.row, "key": row.key, "metres": round(move.metres, 3), "target": move.target}
    return told | {"end": move.end if move.pipe else None, "start": rounded(move.start), "to": rounded(move.to)}


def rounded(place: tuple[float, float]) -> list[float]:
    return [round(place[0], 2), round(place[1], 2)]


def box_drawn(networks: Sequence[Network]) -> list[float] | None:
    spots = [spot for network in networks for spot in network.woven.spots]
    if not spots:
        return None
    east, north = [x for x, _y in spots], [y for _x, y in spots]
    return [min(east), min(north), max(east), max(north)]


def edited_in(order: NetworkImport, imports: Sequence[int]) -> int:
    """How many objects of former imports were changed since they came in."""
    if not imports:
        return 0
    found = 0
    for family in ("water", "sewer"):
        for what in ("nodes", "pipes", "connections", "repairs"):
            if (family, what) == ("sewer", "repairs"):
                continue
            ((count,),) = rows(
                "select count(*) from {} o join water_networkimport i on i.id = o.import_id"
                " where o.owner_id = %(owner)s and o.import_id = any(%(imports)s) and o.version <> i.base_version",
                table(family, what),
                owner=order.owner_id,
                imports=list(imports),
            )
            found += count
    return found


def faults_as_json(faults: Sequence[Finding]) -> list[dict[str, Any]]:
    """Errors first, in the order of the files."""
    held = sorted(faults, key=lambda one: (one.severity != "error", one.file, one.row or 0))
    return [
        {"file": one.file, "row": one.row, "message": one.message, "gravity": one.severity, "spare": one.spare,
         "place": list(one.place) if one.place else None}
        for one in held[:KEPT_FAULTS]
    ]  # fmt: skip


def work_of(order: NetworkImport, owner: Member, network: Network, tell: Tell) -> Loading:
    return Loading(
        order=order,
        owner=owner,
        draft=network.draft,
        woven=network.woven,
        there=network.there,
        kept_ids=network.kept_ids,
        tell=tell,
    )

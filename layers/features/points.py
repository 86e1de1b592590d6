"""What editing, searching and describing features asks of the apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from django.contrib.gis.geos import GEOSGeometry

    from layers.catalogue.models import Layer
    from layers.features.search import Question, Search
    from layers.features.sheet import Describe

type Label = str | Promise
type Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is said of a row that was written all the same, at the field that it is about (`geometry` for its place).

    `move_to` (EPSG:2154) is where it, or this `end` of a line (`start`, `end`), would lie better, `distance_m` how far.
    """

    id: int
    field: str
    message: str
    distance_m: float | None = None
    move_to: tuple[float, float] | None = None
    end: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("field", "message", "distance_m", "move_to", "end")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What writing rows of a table asks beside the usual.

    `lock` is taken before the rows (by id) are locked, as triggers take it, so that two writers never wait for each
    other; with `lock_to_move` by those who write geometries alone. `piece` gives what a piece of a row has of its own
    (the row, its whole geometry, the piece), `apart` what a piece that is a new row has beside that, `whole` the values
    and the geometry of what several rows become (in their order, and their union). `attached` notes what hangs on rows
    (their ids) before they are split or merged, and gives what puts it on what they become (ids) after that. `checks`
    are the field to blame and what to do by check constraint; `unique` the field by unique constraint of several
    columns, and a text from what a trigger says of the other object (nothing where the constraint itself refused).
    `remarks` says of rows that were written (their ids) what nothing refuses, and people should look at. `unnumbered`
    are natures whose rows come without a reference: only a pattern of their own numbers those that are there.
    """

    table: str
    lock: Callable[[Layer, Sequence[int]], None] | None = None
    lock_to_move: bool = False
    piece: Callable[[Values, GEOSGeometry, GEOSGeometry], Values] | None = None
    apart: Callable[[Values], Values] | None = None
    whole: Callable[[Sequence[Values], GEOSGeometry], tuple[Values, GEOSGeometry]] | None = None
    attached: Callable[[Sequence[int]], Callable[[Sequence[int]], None]] | None = None
    checks: Mapping[str, tuple[str, Label]] = field(default_factory=dict)
    unique: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = field(default_factory=dict)
    remarks: Callable[[Sequence[int]], Sequence[Remark]] | None = None
    unnumbered: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """What to say where a trigger refuses an edit for a reason of this kind: `%(other)s` is the other object's id,
    `%(place)s` where it is."""

    kind: str
    text: Label


@dataclass(frozen=True, slots=True)
class Searcher:
    """A function that answers the search box, asked only for people who see the layer; without a layer, for all. Where
    one `kind` is searched alone, those that say that it is theirs are asked.

    `claim` says what to say of a text that is this one's alone where it has no result (nothing for other texts): those
    that have `yields_to_claims`, because they read any words, are then not asked.
    """

    search: Search
    layer: str = ""
    kind: str = ""
    claim: Callable[[Question], str] | None = None
    yields_to_claims: bool = False


@dataclass(frozen=True, slots=True)
class FeatureSheet:
    """What an app says of the features of a layer beyond their columns."""

    layer: str
    describe: Describe


EDITING: ExtensionPoint[Editing] = ExtensionPoint(
    "features.editing",
    "What writing rows of a table asks beside the usual: a lock, values of pieces and wholes, texts for constraints;"
    " one for each table, in no order.",
    key=lambda editing: editing.table,
)
REFUSALS: ExtensionPoint[Refusal] = ExtensionPoint(
    "features.refusals",
    "Texts for the reasons for which triggers refuse edits; their order means nothing.",
    key=lambda refusal: refusal.kind,
)
SEARCHERS: ExtensionPoint[Searcher] = ExtensionPoint(
    "features.searchers", "Who answers the search box: the best score stands first, equal ones in this order."
)
FEATURE_SHEETS: ExtensionPoint[FeatureSheet] = ExtensionPoint(
    "features.sheets",
    "What apps say of features of their layers beyond columns: all of one layer in this order, the first title counts.",
)

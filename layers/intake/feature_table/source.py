"""What an app says of a layer that files fill row by row, and the source of such files. Light: manifests import it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_core.wiring.points import Later
from layers.intake.layer_mapping import LayerMapping, Target, columns_of
from layers.intake.source import Source, Step

if TYPE_CHECKING:
    from gis_core.members.rights import Rights, Role
    from gis_core.models import Member
    from layers.intake.cells import Read
    from layers.intake.feature_table.merging import Merge
    from layers.intake.feature_table.rows import FeatureRow, Rows
    from layers.intake.findings import Finding
    from layers.intake.models import FileImport

XY: Final[tuple[Target, ...]] = (("place_x", _("X, or longitude"), {}), ("place_y", _("Y, or latitude"), {}))
"""The fields that say where a row of a table is; a source may know others."""
MODULES: Final = "layers.intake.feature_table"


def is_place(name: str) -> bool:
    """Whether a target says where a row is."""
    return name.startswith("place_")


def no_completion(_rows: Rows) -> None:
    """Each value is that of one field."""


def no_places(_rows: Rows) -> dict[int, Any]:
    """Rows lie where their coordinates are."""
    return {}


def by_coordinates(_mapping: LayerMapping) -> bool:
    """Nothing but coordinates says where rows are."""
    return False


def no_conflict(_one: Any, _row: FeatureRow, _merged: Merge) -> Iterable[Finding]:
    """The three-way merge decides alone."""
    return ()


def by_names(tables: FeatureTables, layer: Mapping[str, Any], slug: str) -> LayerMapping:
    """As the names of the fields say."""
    mapping: LayerMapping = Later(f"{MODULES}.mapping.suggest")(tables, layer, slug)
    return mapping


def no_more_numbers(_places: Any) -> dict[str, Any]:
    """Of places, how many are in the territory says enough."""
    return {}


def no_lock() -> None:
    """Rows are held when they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """A declared layer (its `slug`) whose objects are rows of files; `label` says on the page what such rows are.

    `model` names its model (`layers.intake.feature_table.models.ImportedFeature`). `headers` are the usual names of its
    columns in other tools (in small letters, without accents), `meanings` the codes of words beside the labels of the
    codes: both {column: …}. Objects are known by `key`, else by what is `alike` (columns of texts) and their place.
    A row is called by the first of `name_columns` that it has. `first` are the columns that the page asks for at once,
    beside those that are needed, `fixable` those that may have one code for all rows, `defaults` what a row has that
    says nothing, `unguessed` names of fields that no column takes by itself. `reads` are columns that are not read as
    their type says.

    What a desk adds: `targets` beside its columns; `complete` fills the values of `composed` columns; `places` of rows
    without coordinates (by rank, EPSG:2154, None where a finding says why not), and whether a mapping has such places
    (`has_places`); `conflict` takes out of a merge what may not be written. The database computes `computed`; an import
    that is taken back leaves what differs from its file in `watched` columns, or `stays` (a condition of SQL on row
    `t`).
    """

    slug: str
    label: str | Promise
    model: Later
    geometry: Literal["point", "line"] = "point"
    key: str = "reference"
    alike: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    name_columns: tuple[str, ...] = ("reference",)
    first: tuple[str, ...] = ("reference",)
    fixable: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    unguessed: frozenset[str] = frozenset()
    reads: Callable[[], Mapping[str, Read]] = dict
    targets: Callable[[], Sequence[Target]] | None = None
    places: Callable[[Rows], dict[int, Any]] = no_places
    has_places: Callable[[LayerMapping], bool] = by_coordinates
    composed: tuple[str, ...] = ()
    complete: Callable[[Rows], None] = no_completion
    conflict: Callable[[Any, FeatureRow, Merge], Iterable[Finding]] = no_conflict
    computed: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    stays: str = "false"

    @property
    def model_class(self) -> Any:
        """The model, imported now."""
        return self.model.target

    def all_targets(self) -> list[Target]:
        """What a field of a file may be: (name, label, its code list)."""
        if self.targets is not None:
            return list(self.targets())
        own = [(one["name"], one["label"], one.get("values") or {}) for one in columns_of(self.slug)]
        return [*own, *XY]

    def list_required_columns(self) -> frozenset[str]:
        """The columns that a new object must have a value of, and that no default fills."""
        required = {str(one["name"]) for one in columns_of(self.slug) if one.get("required")}
        return frozenset(required - set(self.defaults))

    def name_of(self, values: Mapping[str, Any]) -> str:
        """What a row is called in findings, empty where it has no name."""
        return str(next((values[one] for one in self.name_columns if values.get(one)), ""))[:80]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTables:
    """The layers that files of one source fill, and what is common to them.

    `suggest(tables, layer, table)` says how a layer (`layers.intake.looking.Seen` as JSON) is likely read, as rows of
    `table` where somebody says so; `numbers` counts more of where rows lie ((n, 2), EPSG:2154); `lock` is taken before
    anything is written.
    """

    slug: str
    tables: tuple[FeatureTable, ...]
    suggest: Callable[[FeatureTables, Mapping[str, Any], str], LayerMapping] = by_names
    numbers: Callable[[Any], dict[str, Any]] = no_more_numbers
    lock: Callable[[], None] = no_lock

    def get(self, slug: str) -> FeatureTable | None:
        """The table of a layer of ours; None where such files do not fill it."""
        return next((one for one in self.tables if one.slug == slug), None)

    def __getitem__(self, slug: str) -> FeatureTable:
        return next(one for one in self.tables if one.slug == slug)

    def targets_of(self, slug: str) -> list[Target]:
        """What a field of a file may be in a layer of ours."""
        table = self.get(slug)
        return table.all_targets() if table else []

    def mapping_from(self, kept: Any) -> LayerMapping:
        """How a layer is read, from JSON; what is unknown by now is left out."""
        return LayerMapping.from_json(kept, self.targets_of)

    def layer_slugs(self) -> list[str]:
        """The slugs of the layers that change."""
        return [one.slug for one in self.tables]


def feature_source(
    tables: FeatureTables,
    *,
    label: str | Promise,
    members: Callable[[Rights], list[Member]],
    roles: frozenset[Role],
    read_step: Step | None = None,
    apply_step: Step | None = None,
    revert_step: Step | None = None,
) -> Source:
    """The source of files whose rows become objects: mapped, compared with what is here, loaded, taken back.

    Its jobs are named after it where no step is given.
    """
    name = tables.slug.replace("-", "_")
    return Source(
        slug=tables.slug,
        label=label,
        members=members,
        roles=roles,
        read_step=read_step or Step(kind=f"read_{name}", title=_("Reading of %(title)s")),
        apply_step=apply_step or Step(kind=f"load_{name}", title=_("Loading of %(title)s")),
        revert_step=revert_step or Step(kind=f"take_back_{name}", title=_("Taking back %(title)s")),
        inspect=partial(Later(f"{MODULES}.steps.inspect"), tables),
        lacks=partial(Later(f"{MODULES}.steps.lacks"), tables),
        may_choose=has_contents,
        plan=partial(Later(f"{MODULES}.steps.plan"), tables),
        check=partial(Later(f"{MODULES}.steps.check"), tables),
        apply=partial(Later(f"{MODULES}.steps.apply"), tables),
        revert=partial(Later(f"{MODULES}.reverting.revert"), tables),
    )


def has_contents(made: FileImport) -> bool:
    """Whether something was read that people may say more of."""
    return bool(made.contents)

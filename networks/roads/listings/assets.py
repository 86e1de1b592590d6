"""The lists of what stands along roads: points (signs…) and stretches (barriers…), with their columns in files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.cells import NOTHING, Cell, Line
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.members.rights import Rights
from layers.features.display import code_label, display_number, is_english
from networks.roads import asset_code_lists, code_lists
from networks.roads.asset_sheets import pictogram_of
from networks.roads.iisr import name_of, normal
from networks.roads.services import assets
from networks.roads.services.assets import KINDS, AssetQuery, StretchQuery, communes_at, length_of, middle_of
from networks.roads.services.placing import Place, references_of

MOST_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Around:
    """Where assets are: on their roads, and in which commune."""

    places: Mapping[int, list[Place]]
    communes: Mapping[int, str]


def around(rows: Sequence[Any], _rights: Rights, *, what: str) -> Around:
    ids = [one.pk for one in rows]
    return Around(references_of(what, ids), communes_at(what, ids))


def rows_of(query: AssetQuery, rights: Rights) -> Any:
    return assets.list_assets(query, rights).select_related("owner")


def title_of(what: str, asset: Any) -> str:
    """A sign by what it says, others by their kind."""
    code = normal(getattr(asset, "code", None) or "")
    if code:
        described = name_of(code, english=is_english())
        label = " ".join(part for part in (code, asset.inscription) if part)
        return f"{label} · {described}" if described else label
    kind = kind_label(what, asset)
    return f"{kind} {asset.reference}" if asset.reference else kind


def picture_of(asset: Any) -> str:
    """The address of the pictogram of a sign; empty for other assets."""
    code = getattr(asset, "code", None) or ""
    return pictogram_of(code, asset.inscription or "") if code.strip() else ""


def kind_label(what: str, asset: Any) -> str:
    return code_label(KINDS[what], asset.kind)


def condition_label(asset: Any) -> str:
    return code_label(code_lists.CONDITIONS, asset.state)


def is_late(asset: Any) -> bool:
    return asset.due_date is not None and asset.due_date < database_clock.today()


# -- cells ------------------------------------------------------------------------------------------------------------


def asset_cell(asset: Any, _related: Around, *, what: str) -> Cell:
    lines = (Line(asset.reference),) if asset.reference and getattr(asset, "code", None) else ()
    href = reverse("road_asset", args=[what, asset.pk])
    return Cell(title_of(what, asset), href=href, picture=picture_of(asset), lines=lines)


def place_cell(asset: Any, related: Around) -> Cell:
    if places := related.places.get(asset.pk):
        return Cell(" → ".join(str(one.reference) for one in places))
    return Cell(related.communes.get(asset.pk) or NOTHING)


def length_cell(asset: Any, _related: Around) -> Cell:
    return Cell(f"{display_number(length_of(asset) or 0.0, 0)}\u00a0m")


def condition_cell(asset: Any, _related: Around) -> Cell:
    label = condition_label(asset)
    return Cell(label, tone=f"mark mark-{asset.state}") if label else Cell()


def due_cell(asset: Any, _related: Around) -> Cell:
    return Cell(day=asset.due_date, tone="late" if is_late(asset) else "") if asset.due_date else Cell()


# -- values of files --------------------------------------------------------------------------------------------------


def meaning(asset: Any, _related: Around) -> str | None:
    return name_of(asset.code or "", english=is_english()) or None


def reference_at(asset: Any, related: Around, *, end: int) -> str | None:
    """Of the first place (0) of an asset, or the last one (-1)."""
    places = related.places.get(asset.pk)
    return str(places[end].reference) if places else None


def side(asset: Any, related: Around) -> str | None:
    """As markers grow; nothing of what has no place on a road."""
    places = related.places.get(asset.pk)
    return code_label(asset_code_lists.SIDES, places[0].lies) if places else None


def columns(what: str, own: Sequence[Column[Any]], along: Sequence[Column[Any]] = ()) -> tuple[Column[Any], ...]:
    """The columns of assets, with those of their own: what they are, and how far they go along a road."""
    return (
        Column("reference", gettext_lazy("Reference")),
        Column("kind", gettext_lazy("Kind"), value=lambda one, _around: kind_label(what, one), sort="kind"),
        *own,
        Column("state", gettext_lazy("Condition"), value=lambda one, _around: condition_label(one) or None,
               cell=condition_cell, sort="state"),
        Column("start", pgettext_lazy("reference of a road", "Place"), value=partial(reference_at, end=0)),
        *along,
        Column("side", gettext_lazy("Side"), value=side),
        Column("commune", gettext_lazy("Commune"), value=lambda one, around: around.communes.get(one.pk)),
        Column("installed_date", gettext_lazy("Installed on"), "date"),
        Column("inspected_date", pgettext_lazy("road", "Inspected on"), "date",
               heading=pgettext_lazy("road", "Inspected"), sort="inspected_date"),
        Column("due_date", pgettext_lazy("road", "Next inspection"), "date", cell=due_cell,
               heading=gettext_lazy("Next one"), sort="due_date"),
        Column("comment", gettext_lazy("Public remark")),
        Column("owner", gettext_lazy("Member"), value="owner.name"),
        Column("x", "X (Lambert-93)", "number", lambda one, _around: round(middle_of(one)[0], 2)),
        Column("y", "Y (Lambert-93)", "number", lambda one, _around: round(middle_of(one)[1], 2)),
        Column("asset", gettext_lazy("Asset"), cell=partial(asset_cell, what=what), in_files=False),
        Column("place", pgettext_lazy("road", "Place"), cell=place_cell, in_files=False),
    )  # fmt: skip


SIGN: Final = (
    Column[Any]("code", gettext_lazy("Code of the sign")),
    Column[Any]("name", gettext_lazy("Meaning"), value=meaning),
    Column[Any]("inscription", gettext_lazy("Inscription")),
)
LENGTH: Final = (
    Column[Any]("end", pgettext_lazy("reference of a road", "To"), value=partial(reference_at, end=-1)),
    Column[Any](
        "length_m", gettext_lazy("Length (m)"), "number", lambda one, _around: round(length_of(one) or 0.0, 1),
        heading=pgettext_lazy("road", "Length"), cell=length_cell,
    ),
)  # fmt: skip


def listing(what: str, query: type[AssetQuery], own: Sequence[Column[Any]], along: Sequence[Column[Any]] = ()) -> Any:
    """The list of one kind of assets."""
    length = ("length_m",) if along else ()
    return Listing(
        name="road_assets",
        title=gettext_lazy("Assets"),
        query=query,
        rows=rows_of,
        columns=columns(what, own, along),
        on_page=("asset", "kind", "place", *length, "state", "inspected_date", "due_date"),
        related=partial(around, what=what),
        pager=Pager(farthest=5_000),
        caption=gettext_lazy("Assets of the roads"),
        nothing=gettext_lazy("No asset is recorded here, or none that your role sees."),
        none_match=gettext_lazy("No asset fits this filter."),
        files=("csv", "xlsx", "ods"),
        file_name="patrimoine",
        most_in_files=MOST_ROWS,
    )


ASSETS: Final[Mapping[str, Listing[AssetQuery, Any]]] = {
    "point": listing("point", AssetQuery, SIGN),
    "troncon": listing("troncon", StretchQuery, [Column("subtype", gettext_lazy("Type"))], LENGTH),
}

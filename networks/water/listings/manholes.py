"""The list of sewer manholes, in the order of their references."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.codes import CodeList
from gis_core.desk.cells import Cell, Line
from gis_core.desk.listing import Column, Listing, Pager
from layers.features.display import code_label
from networks.water import code_lists
from networks.water.listings.inspected_nodes import Places, due_column, node_columns, places_of
from networks.water.services.inspected_nodes import day_of
from networks.water.services.manholes import ManholeQuery, register, title_of, verdict_label, verdict_of

MOST_ROWS = 20_000


def state_label(manhole: Any, _places: Places) -> str:
    return verdict_label(verdict_of(manhole))


def state_cell(manhole: Any, places: Places) -> Cell:
    unseen = bool(manhole.last) and manhole.last["verdict"] == "unseen"
    lines = (Line(_("out of reach at the last visit")),) if unseen else ()
    return Cell(state_label(manhole, places), tone=f"verdict verdict-{verdict_of(manhole)}", lines=lines)


def inspected(name: str) -> Any:
    """What gives a value of the last inspection."""
    return lambda manhole, _places: (manhole.inspected or {}).get(name)


def part(name: str, codes: CodeList) -> Any:
    """What gives the label of a part's state at the last inspection."""
    return lambda manhole, _places: code_label(codes, (manhole.inspected or {}).get(name) or "")


def defect_labels(inspection: Mapping[str, Any] | None) -> str:
    """`DAB Fissure, DBA Racines`: codes of EN 13508-2 with our labels."""
    codes = (inspection or {}).get("defects", [])
    return ", ".join(f"{code} {code_label(code_lists.MANHOLE_DEFECTS, code)}" for code in codes)


COLOURS: Final = {
    "good": "#1f6fb2", "watch": "#8a5a00", "repair": "#b3261e", "urgent": "#7a0019", "unknown": "#59636b",
}  # fmt: skip


def on_map(manhole: Any, places: Places) -> dict[str, Any]:
    return {"label": state_label(manhole, places), "colour": COLOURS[verdict_of(manhole)]}


COLUMNS: Final[Sequence[Column[Any]]] = (
    *node_columns("manhole", gettext_lazy("Manhole"), title_of),
    Column("verdict", gettext_lazy("State"), value=state_label, cell=state_cell),
    Column("inspected", gettext_lazy("Last inspection"), "date", lambda one, _places: day_of(one.inspected),
           sort="seen"),
    Column("by", gettext_lazy("By whom"), value=inspected("done_by")),
    Column("cover", gettext_lazy("Cover"), value=part("cover", code_lists.COVERS)),
    Column("frame", gettext_lazy("Frame"), value=part("frame", code_lists.FRAMES)),
    Column("ladder", gettext_lazy("Ladder or steps"), value=part("ladder", code_lists.LADDERS)),
    Column("channel", gettext_lazy("Channel"), value=part("channel", code_lists.CHANNELS)),
    Column("infiltration", gettext_lazy("Infiltration"), value=part("infiltration", code_lists.INFILTRATIONS)),
    Column("deposit", gettext_lazy("Deposit (mm)"), "integer", inspected("deposit_mm"),
           heading=gettext_lazy("Deposit"), unit="mm"),
    Column("depth", gettext_lazy("Depth measured (m)"), "number", inspected("depth_m"),
           heading=gettext_lazy("Depth measured"), unit="m"),
    Column("defects", gettext_lazy("Defects (EN 13508-2)"), value=lambda one, _places: defect_labels(one.inspected)),
    due_column(gettext_lazy("to be inspected")),
)  # fmt: skip

MANHOLES: Final = Listing(
    name="manholes",
    title=gettext_lazy("Manholes"),
    query=ManholeQuery,
    rows=register,
    columns=COLUMNS,
    on_page=("reference", "commune", "verdict", "deposit", "depth", "inspected", "due"),
    related=places_of,
    pager=Pager(farthest=20_000),
    caption=gettext_lazy("Manholes"),
    nothing=gettext_lazy(
        "No manhole is there yet that you may see. Import your network, or draw manholes on the map "
        "(layer “Ouvrages d’assainissement”, kind “Regard”)."
    ),
    none_match=gettext_lazy("No manhole fits these filters."),
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="regards",
    most_in_files=MOST_ROWS,
    geometry="geom",
    on_map=on_map,
    saved=True,
)

"""The list of hydrants, in the order of their references."""

from collections.abc import Sequence
from typing import Any, Final

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy

from gis_core.desk.cells import NOTHING, Cell, Line
from gis_core.desk.listing import Column, Listing, Pager
from layers.features.display import code_label
from networks.water import code_lists
from networks.water.listings.inspected_nodes import Places, due_column, node_columns, places_of
from networks.water.services.hydrant_tables import MOST_ROWS, standings
from networks.water.services.hydrants import HydrantQuery, availability_of, register, title_of
from networks.water.services.inspected_nodes import day_of


def availability_label(hydrant: Any, _places: Places) -> str:
    return standings()[availability_of(hydrant)]


def availability_cell(hydrant: Any, places: Places) -> Cell:
    lines = (Line(hydrant.out["reason"]),) if hydrant.out else ()
    tone = f"standing standing-{availability_of(hydrant)}"
    return Cell(availability_label(hydrant, places), tone=tone, lines=lines)


def measure(name: str, recorded: str = "") -> Any:
    """What gives a measure of the last technical inspection; else what is recorded of the hydrant."""

    def value(hydrant: Any, _places: Places) -> float | None:
        technical = hydrant.technical or {}
        known: float | None = technical.get(name)
        return known if technical or not recorded else getattr(hydrant, recorded)

    return value


def decimal(value: float | None) -> str:
    return NOTHING if value is None else str(floatformat(value, "-1g"))


def flow_cell(hydrant: Any, places: Places) -> Cell:
    flow = measure("flow_m3h", "flow_m3h")(hydrant, places)
    return Cell() if flow is None else Cell(f"{decimal(flow)}\u00a0m³/h")


def pressures_cell(hydrant: Any, places: Places) -> Cell:
    static = measure("static_bar", "pressure_bar")(hydrant, places)
    dynamic = measure("dynamic_bar")(hydrant, places)
    return Cell(f"{decimal(static)} / {decimal(dynamic)}\u00a0bar")


def anomaly_labels(hydrant: Any, _places: Places) -> str:
    return ", ".join(code_label(code_lists.ANOMALIES, code) for code in (hydrant.last or {}).get("anomalies", []))


COLOURS: Final = {"unavailable": "#59636b", "failing": "#b3261e", "compliant": "#1f6fb2", "unknown": "#8a5a00"}


def on_map(hydrant: Any, places: Places) -> dict[str, Any]:
    return {"label": availability_label(hydrant, places), "colour": COLOURS[availability_of(hydrant)]}


COLUMNS: Final[Sequence[Column[Any]]] = (
    *node_columns("hydrant", gettext_lazy("Hydrant"), title_of),
    Column("diameter", gettext_lazy("Diameter (mm)"), "integer", "diameter_mm", heading=gettext_lazy("Diameter"),
           unit="mm", sort="diameter_mm"),
    Column("verdict", gettext_lazy("State"), value=availability_label, cell=availability_cell),
    Column("inspected", gettext_lazy("Last inspection"), "date", lambda one, _places: day_of(one.last), sort="seen"),
    Column("measured", gettext_lazy("Last technical inspection"), "date", lambda one, _places: day_of(one.technical)),
    Column("flow", gettext_lazy("Flow at 1 bar (m³/h)"), "number", measure("flow_m3h", "flow_m3h"), cell=flow_cell,
           heading=gettext_lazy("Flow at 1 bar")),
    Column("static", gettext_lazy("Static pressure (bar)"), "number", measure("static_bar", "pressure_bar")),
    Column("dynamic", gettext_lazy("Dynamic pressure (bar)"), "number", measure("dynamic_bar")),
    Column("anomalies", gettext_lazy("Anomalies"), value=anomaly_labels),
    due_column(gettext_lazy("to be measured")),
    Column("out", gettext_lazy("Unavailable because"), value=lambda one, _places: one.out["reason"] if one.out else ""),
    Column("pressures", gettext_lazy("Static / dynamic pressure"), "number", cell=pressures_cell, in_files=False),
)  # fmt: skip

HYDRANTS: Final = Listing(
    name="hydrants",
    title=gettext_lazy("Hydrants"),
    query=HydrantQuery,
    rows=register,
    columns=COLUMNS,
    on_page=("reference", "commune", "verdict", "diameter", "flow", "pressures", "inspected", "due"),
    related=places_of,
    pager=Pager(farthest=20_000),
    caption=gettext_lazy("Hydrants"),
    nothing=gettext_lazy(
        "No hydrant is there yet that you may see. Import your network, or draw hydrants on the map "
        "(layer “Équipements d’eau potable”, kind “Poteau ou bouche d’incendie”)."
    ),
    none_match=gettext_lazy("No hydrant fits these filters."),
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="poteaux-incendie",
    most_in_files=MOST_ROWS,
    geometry="geom",
    on_map=on_map,
    saved=True,
)

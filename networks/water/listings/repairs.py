"""The list of repairs: the last first."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.codes import CodeList
from gis_core.desk.cells import NOTHING, Cell, Line
from gis_core.desk.listing import Column, Listing
from gis_core.members.rights import Rights
from networks.water import code_lists
from networks.water.services.repair_tables import label_or_none
from networks.water.services.repairs import NETWORKS, RepairQuery, order_repairs, repairs


def rows_of(query: RepairQuery, rights: Rights) -> QuerySet[Any]:
    return order_repairs(repairs(query, rights)).select_related("owner").defer("geom", "geom_3857", "more")


def network_label(repair: Any, _related: Any) -> str:
    return str(dict(NETWORKS)[repair.network])


def age_of(repair: Any, _related: Any) -> int | None:
    """Whole years from the laying of the pipe to its repair."""
    return repair.repaired_date.year - repair.laid_year if repair.repaired_date and repair.laid_year else None


def day_cell(repair: Any, _related: Any) -> Cell:
    """The day, which leads to the map; below it the network and the number."""
    line = " · ".join(filter(None, (network_label(repair, None), repair.reference)))
    where = f"{reverse('map')}#v=1&s=water-repairs.{repair.pk}"
    return Cell(_("no date"), href=where, day=repair.repaired_date, lines=(Line(line),))


def pipe_cell(repair: Any, _related: Any) -> Cell:
    what = label_or_none(code_lists.REPAIRED, repair.repaired)
    return Cell(repair.object_reference or NOTHING, lines=lines(what if repair.repaired != "01" else None))


def material_cell(repair: Any, _related: Any) -> Cell:
    material = label_or_none(code_lists.MATERIALS, repair.material) or NOTHING
    return Cell(f"{material} Ø\u00a0{repair.diameter_mm}" if repair.diameter_mm else material)


def laying_cell(repair: Any, _related: Any) -> Cell:
    age = age_of(repair, None)
    years = (
        ngettext("%(count)s year", "%(count)s years", age) % {"count": age} if age is not None and age >= 0 else None
    )
    return Cell(str(repair.laid_year or NOTHING), lines=lines(years))


def cause_cell(repair: Any, _related: Any) -> Cell:
    cause = label_or_none(code_lists.CAUSES, repair.cause) or NOTHING
    return Cell(cause, lines=lines(label_or_none(code_lists.DEFECTS, repair.defect)))


def lines(text: str | None) -> tuple[Line, ...]:
    return (Line(text),) if text else ()


def code_labels(codes: CodeList, name: str) -> Any:
    """What gives the label of a row's code."""
    return lambda repair, _related: label_or_none(codes, getattr(repair, name))


COLUMNS: Final[Sequence[Column[Any]]] = (
    Column("date", gettext_lazy("Repaired on"), "date", "repaired_date", cell=day_cell, sort="repaired_date"),
    Column("network", gettext_lazy("Network"), value=network_label),
    Column("member", gettext_lazy("Member"), value="owner.name"),
    Column("reference", gettext_lazy("Number")),
    Column("repaired", gettext_lazy("What was repaired"), value=code_labels(code_lists.REPAIRED, "repaired")),
    Column("object", gettext_lazy("Object repaired"), value="object_reference", cell=pipe_cell,
           heading=gettext_lazy("Pipe"), sort="object_reference"),
    Column(
        "material", gettext_lazy("Material"), value=code_labels(code_lists.MATERIALS, "material"), cell=material_cell,
        sort="material",
    ),
    Column("diameter_mm", gettext_lazy("Diameter (mm)"), "integer"),
    Column("laid_year", gettext_lazy("Laid in"), "integer", cell=laying_cell, sort="laid_year"),
    Column("age", gettext_lazy("Age at the repair"), "integer", age_of),
    Column("defect", gettext_lazy("Defect"), value=code_labels(code_lists.DEFECTS, "defect")),
    Column("cause", gettext_lazy("Cause"), value=code_labels(code_lists.CAUSES, "cause"), cell=cause_cell,
           sort="cause"),
    Column("cost", gettext_lazy("Cost (€)"), "number", "cost_eur", heading=gettext_lazy("Cost"), unit="€",
           sort="cost_eur"),
    Column("commune", gettext_lazy("Commune")),
    Column("comment", gettext_lazy("Remark")),
)  # fmt: skip

REPAIRS: Final = Listing(
    name="repairs",
    title=gettext_lazy("Repairs"),
    query=RepairQuery,
    rows=rows_of,
    columns=COLUMNS,
    on_page=("date", "object", "material", "laid_year", "cause", "commune", "cost"),
    caption=gettext_lazy("Repairs, the last first"),
    count=lambda count: ngettext("%(count)s repair", "%(count)s repairs", count) % {"count": count},
    nothing=gettext_lazy("No repair is recorded yet: draw one on the map, or record it here."),
    none_match=gettext_lazy("No repair fits these filters."),
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="reparations",
    most_in_files=50_000,
    geometry="geom",
    saved=True,
)

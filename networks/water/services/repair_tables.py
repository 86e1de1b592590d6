"""Repairs and their statistics as tables for spreadsheets."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from gis_core.desk.tables import Table
from gis_core.errors import Invalid
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from networks.water import lists
from networks.water.services.repair_statistics import Group, Statistics, word
from networks.water.services.repairs import Filter, ordered, repairs

MOST_ROWS = 50_000
FIELDS = (
    *(
        "repaired_date",
        "network",
        "owner__name",
        "reference",
        "repaired",
        "object_reference",
        "material",
        "diameter_mm",
    ),
    *("laid_year", "defect", "cause", "cost_eur", "commune", "comment"),
)


def repair_table(wanted: Filter, rights: Rights) -> Table:
    """The repairs of a filter, the last first. Raises Invalid where there are too many."""
    rows = list(ordered(repairs(wanted, rights)).values_list(*FIELDS)[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        raise Invalid(_("A table holds 50,000 repairs at most: narrow the filters, by the year for example."))
    columns = [
        Column("date", _("Repaired on"), "date"),
        Column("network", _("Network"), "text"),
        Column("member", _("Member"), "text"),
        Column("reference", _("Number"), "text"),
        Column("repaired", _("What was repaired"), "text"),
        Column("object", _("Object repaired"), "text"),
        Column("material", _("Material"), "text"),
        Column("diameter_mm", _("Diameter (mm)"), "integer"),
        Column("laid_year", _("Laid in"), "integer"),
        Column("age", _("Age at the repair"), "integer"),
        Column("defect", _("Defect"), "text"),
        Column("cause", _("Cause"), "text"),
        Column("cost", _("Cost (€)"), "number"),
        Column("commune", _("Commune"), "text"),
        Column("comment", _("Remark"), "text"),
    ]
    return columns, [repair_row(row) for row in rows]


def repair_row(row: Sequence[Any]) -> list[Any]:
    day, network, member, reference, repaired, thing, material, diameter, laid, defect, cause, cost, *rest = row
    age = day.year - laid if day and laid else None
    kind = _("Drinking water") if network == "water" else _("Sewer")
    what = [label_or_none(lists.REPAIRED, repaired), thing, label_or_none(lists.MATERIALS, material)]
    why = [label_or_none(lists.DEFECTS, defect), label_or_none(lists.CAUSES, cause)]
    return [day, kind, member, reference, *what, diameter, laid, age, *why, cost, *rest]


def label_or_none(labels: lists.CodeList, code: str | None) -> str | None:
    return word(labels, code) if code else None


def statistics_table(statistics: Statistics) -> Table:
    """Every group of every table, one below the other."""
    columns = [
        Column("table", _("Table"), "text"),
        Column("group", _("Group"), "text"),
        Column("decade", _("Laid"), "text"),
        Column("km", _("Kilometres"), "number"),
        Column("pipes", _("Pipes"), "integer"),
        Column("repairs", _("Repairs"), "integer"),
        Column("rate", _("Repairs per km and year"), "number"),
    ]
    titles: list[tuple[str, Sequence[Group]]] = [
        (_("All pipes"), [statistics.whole]),
        (_("By material"), statistics.material),
        (_("By decade of laying"), statistics.decade),
        (_("By age at the repair"), statistics.age),
        (_("By cause"), statistics.cause),
        (_("By year"), statistics.year),
    ]
    rows = [figures(title, one.label, None, one) for title, groups in titles for one in groups]
    crossed = _("Materials by decade of laying")
    for material, cells in statistics.cross.rows:
        rows += [figures(crossed, material.label, one.label, one) for one in cells if one.km or one.repairs]
    return columns, rows


def figures(title: str, label: str, decade: str | None, one: Group) -> list[Any]:
    km = None if one.km is None else round(one.km, 3)
    rate = None if one.rate is None else round(one.rate, 4)
    return [title, label, decade, km, one.pipes, one.repairs, rate]

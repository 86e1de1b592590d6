"""Statistics of repairs as tables for spreadsheets."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from gis_core.codes import CodeList
from gis_core.desk.tables import Table
from gis_core.files.writing.rows import Column
from layers.features.display import code_label
from networks.water.services.repair_statistics import Group, Statistics


def label_or_none(labels: CodeList, code: str | None) -> str | None:
    return code_label(labels, code) if code else None


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

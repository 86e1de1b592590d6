"""RAEPA 1.2 as files: a table each, in one archive with a text that tells what RAEPA could not say."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from networks.water import raepa
from networks.water.exchange.network import OneNetwork, RowProgress
from networks.water.exchange.raepa_rows import RaepaRows
from networks.water.exchange.tables import CsvTable, Shapefile, Table

README: Final = "LISEZMOI.txt"

type FileTable = Shapefile | CsvTable


def write_raepa(
    networks: Sequence[OneNetwork], form: str, folder: Path, progress: RowProgress
) -> tuple[dict[str, int], list[str]]:
    """The tables of the networks, in a folder; how many rows each has, and what could not be said."""
    counts: dict[str, int] = {}
    losses: Counter[str] = Counter()
    for network in networks:
        counts |= write_network(network, form, folder, losses, progress)
    return counts, [label % {"count": count} for label, count in losses.items()]


def write_network(
    network: OneNetwork, form: str, folder: Path, losses: Counter[str], progress: RowProgress
) -> dict[str, int]:
    names = [table for table in raepa.TABLES.values() if table.family == network.family]
    rows = RaepaRows(network, losses)
    with ExitStack() as opened:
        made: dict[str, FileTable] = {}
        for table in names:
            one = table_for(form, folder, table)
            opened.enter_context(one)
            made[table.name] = one
        write_rows(network, rows, made, progress)
    return {name: table.rows for name, table in made.items()}


def table_for(form: str, folder: Path, table: raepa.RaepaTable) -> FileTable:
    lines = table.content == "pipes"
    if form == "raepa-csv":
        return CsvTable(folder, table.name, table.fields, lines=lines)
    return Shapefile(folder, table.name, table.fields, lines=lines)


def write_rows(network: OneNetwork, rows: RaepaRows, tables: Mapping[str, Table], progress: RowProgress) -> None:
    use = rows.use
    pipes: Table = tables[f"RAEPA_CANAL{use}_L"]
    for row in network.pipes():
        if there(row, rows):
            pipes.write(rows.pipe(row), row["shape"])
        progress(1)
    for row in network.connections():
        if row["line"] is not None and not rows.is_point(row):
            pipes.write(rows.branch(row), row["line"])
        else:
            tables[f"RAEPA_APPAR{use}_P"].write(rows.connection_point(row), row["shape"])
        progress(1)
    for row in network.nodes():
        if there(row, rows):
            name, values = rows.node(row)
            tables[name].write(values, row["shape"])
        progress(1)
    for row in network.repairs():
        tables[f"RAEPA_REPAR{use}_P"].write(rows.repair(row), row["shape"])
        progress(1)


def there(row: dict[str, Any], rows: RaepaRows) -> bool:
    """Whether an object lies in the ground: what is planned or was taken out has no place in RAEPA."""
    if row["service_state"] not in raepa.LEFT_OUT:
        return True
    rows.lose(
        _("%(count)s objects “%(state)s” left out: RAEPA describes what lies in the ground."), row["service_state"]
    )
    return False


def pack_archive(folder: Path, target: Path, text: str) -> None:
    """Every file of a folder in one archive, with the text beside them."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
        archive.writestr(README, text.encode("utf-8-sig"))

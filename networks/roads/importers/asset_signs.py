"""The signs in the rows of a file: codes, what is written on them, what hangs below; of one field or of several."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop

from layers.intake import cells
from layers.intake.cells import Cell, Read
from layers.intake.feature_table.rows import Rows
from networks.roads.iisr import Sign, read_signs
from networks.roads.importers.asset_mapping import SIGN_FIELDS

LONGEST_PANELS = 120


def complete_signs(rows: Rows) -> None:
    """Fill code, inscription and panels of every row; one that has a code is a sign."""
    sources = [(name, rows.mapping.columns.get(name, "")) for name in SIGN_FIELDS]
    known = [(name, source) for name, source in sources if source in rows.sheet.columns]
    for rank in range(len(rows.values)):
        first, others = signs_of(rows, rank, known)
        put_signs(rows, rank, first, others)


def signs_of(rows: Rows, rank: int, known: Sequence[tuple[str, str]]) -> tuple[Sign | None, list[Sign]]:
    """The sign of a row, and those below it."""
    first: Sign | None = None
    others: list[Sign] = []
    for name, source in known:
        text = rows.sheet.columns[source][rank]
        if text is None or cells.is_nothing(text):
            continue
        signs = read_signs(text)
        remark_unknown(rows, rank, source, text, signs)
        if name == "code" and signs:
            first, signs = signs[0], signs[1:]
        others += signs
    return first, others


def remark_unknown(rows: Rows, rank: int, source: str, text: str, signs: Sequence[Sign]) -> None:
    for one in signs:
        if not one.known:
            code = gettext_noop("“%(code)s” is no code of the IISR known here: kept as it is written.")
            rows.remark(rank, code, {"code": one.code or text[:40]})
            rows.keep(rank, source, text)


def put_signs(rows: Rows, rank: int, first: Sign | None, others: Sequence[Sign]) -> None:
    values = rows.values[rank]
    if first is not None and first.code:
        values["code"] = first.code
        values.setdefault("kind", "sign")
        if first.inscription:
            values.setdefault("inscription", first.inscription)
    if others:
        panels = ", ".join(f"{one.code} {one.inscription}".strip() for one in others)
        values["panels"] = panels[:LONGEST_PANELS]


def degrees(field: str, text: str) -> Cell:
    """An angle from north, from 0 to 360."""
    measure = cells.parse_measure(text.strip().rstrip("°"), {"": 1.0})
    if measure is None:
        return cells.unread(field, text)
    return Cell(round(measure[0] % 360, 4) % 360)


def own_readers() -> Mapping[str, Read]:
    """The columns that are not read as their type says."""
    return {"orientation": degrees}

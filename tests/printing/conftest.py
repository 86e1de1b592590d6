"""Prints made in a test, opened by another PDF library than the one that wrote them."""

from collections.abc import Callable, Iterator
from ctypes import byref, c_float, c_int, c_uint
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from django.db import transaction
from numpy.typing import NDArray

from gis_core.members.rights import ANONYMOUS, Rights, acting_as
from layers.printing.order import PrintOrder
from layers.printing.paper import Layout
from layers.printing.services.drawing import Printed, print_sheets
from tests import factories
from tests.external.conftest import listening, server  # noqa: F401

MM = 25.4 / 72
CENTER = (factories.ORIGIN[0] + 50, factories.ORIGIN[1] + 50)

type Points = NDArray[np.float64]


@dataclass
class DrawnPath:
    """A path on the page: its runs of points in millimetres, and how it is painted."""

    runs: list[Points]
    filled: bool
    stroked: bool
    colour: tuple[int, int, int, int]

    @property
    def points(self) -> Points:
        return np.vstack(self.runs)


@dataclass
class Opened:
    """A print as a reader sees it."""

    file: Path
    report: Printed
    sheet: Layout
    document: Any

    @cached_property
    def page(self) -> Any:
        return self.document[0]

    def size_mm(self, number: int = 0) -> tuple[float, float]:
        width, height = self.document[number].get_size()
        return width * MM, height * MM

    def text(self, number: int = 0) -> str:
        return str(self.document[number].get_textpage().get_text_range()).replace("\r\n", "\n")

    def paths(self) -> list[DrawnPath]:
        return [self.path(found, matrix) for found, matrix in objects(self.page) if is_path(found)]

    def path(self, found: Any, matrix: Points) -> DrawnPath:
        runs: list[list[tuple[float, float]]] = []
        for number in range(raw.FPDFPath_CountSegments(found)):
            segment = raw.FPDFPath_GetPathSegment(found, number)
            x, y = c_float(), c_float()
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                runs.append([])
            runs[-1].append((x.value, y.value))
        fill, stroke = c_int(), c_int()
        raw.FPDFPath_GetDrawMode(found, byref(fill), byref(stroke))
        parts = [c_uint() for _ in range(4)]
        ask = raw.FPDFPageObj_GetFillColor if fill.value else raw.FPDFPageObj_GetStrokeColor
        ask(found, *parts)
        colour = tuple(part.value for part in parts)
        placed = [moved(np.array(run), matrix) * MM for run in runs]
        return DrawnPath(placed, bool(fill.value), bool(stroke.value), colour)  # type: ignore[arg-type]

    def picture(self, dpi: int = 300, number: int = 0) -> NDArray[np.uint8]:
        return np.asarray(self.document[number].render(scale=dpi / 72).to_pil().convert("RGB"))


def is_path(found: Any) -> bool:
    return bool(raw.FPDFPageObj_GetType(found) == raw.FPDF_PAGEOBJ_PATH)


def matrix_of(found: Any) -> Points:
    values = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(found, values)
    return np.array([[values.a, values.b, 0], [values.c, values.d, 0], [values.e, values.f, 1]])


def moved(points: Points, matrix: Points) -> Points:
    placed: Points = (np.column_stack([points, np.ones(len(points))]) @ matrix)[:, :2]
    return placed


def objects(page: Any) -> Iterator[tuple[Any, Points]]:
    """Every object of a page, those inside drawings too, with what takes its coordinates to the page's."""
    for number in range(raw.FPDFPage_CountObjects(page.raw)):
        yield from inside(raw.FPDFPage_GetObject(page.raw, number), np.eye(3))


def inside(found: Any, outer: Points) -> Iterator[tuple[Any, Points]]:
    matrix = matrix_of(found) @ outer
    if raw.FPDFPageObj_GetType(found) != raw.FPDF_PAGEOBJ_FORM:
        yield found, matrix
        return
    for number in range(raw.FPDFFormObj_CountObjects(found)):
        yield from inside(raw.FPDFFormObj_GetObject(found, number), matrix)


type Print = Callable[..., Opened]


@pytest.fixture
def print_map(tmp_path: Path, db: None) -> Print:
    """Print as somebody (nobody by default), as the worker does, and open the file."""

    def made(*layers: str, rights: Rights = ANONYMOUS, order: PrintOrder | None = None, **fields: Any) -> Opened:
        wanted = [{"layer": slug} for slug in layers]
        usual = {"title": "Essai", "scale": 1000, "paper": "A4", "orientation": "landscape", "center": CENTER}
        order = order or PrintOrder.of(usual | {"layers": wanted} | fields)
        file = tmp_path / "plan.pdf"
        with factories.as_worker(), acting_as(rights), transaction.atomic():
            report = print_sheets(
                [order], rights, tmp_path, lambda share, message: None, file, author="Jeanne", organisation="",
                day=date(2026, 11, 24), language="fr",
            )  # fmt: skip
        return Opened(file, report, order.sheet, pdfium.PdfDocument(file))

    return made

"""The vector half of a session: surveys and copies of files of any format."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from .copytext import Answer, Plan, copy_rows
from .formats import Formats
from .slices import Source
from .survey import survey_layer
from .trouble import Trouble

# Arrow's own pools reserve more address space than the child may have.
pa.set_memory_pool(pa.system_memory_pool())
pa.set_cpu_count(1)
# One thread reads ahead: those of all readers of the account count together.
pa.set_io_thread_count(1)

# Seconds of reading for one layer, for all those of a file; the answer must come before the parent gives up.
LAYER_SECONDS = 45.0
FILE_SECONDS = 75.0


class Vectors:
    """The vector files that the child opens; the last one is kept open."""

    def __init__(self, limits: dict[str, int]) -> None:
        self._limits = limits
        self._formats = Formats(limits)
        self._last: tuple[Any, Source] | None = None

    def info(self, name: str, label: str, reading: Mapping[str, Any], rows: int | None = None) -> dict[str, Any]:
        """Format and layers of a file, each read through, or about so many rows of each."""
        source, around = self._open(name, label, reading), reading.get("around")
        began, layers, unread = time.monotonic(), [], []
        for head in source.heads():
            left = FILE_SECONDS - (time.monotonic() - began)
            try:
                seconds = min(LAYER_SECONDS, max(left, 0.0))
                layers.append(survey_layer(source, head, self._limits, seconds, rows, around))
            except Trouble as trouble:
                unread.append((head.name, trouble))
        unread += source.unread()
        if not layers:
            raise unread[0][1]
        problems = [[name, trouble.code, trouble.params] for name, trouble in unread]
        return {"format": source.format, "layers": layers, "notes": [], "unread": problems}

    def copy(self, name: str, label: str, layer: str | None, plan: Mapping[str, Any]) -> Iterator[Answer]:
        """Answers of a copy of a layer, of the first one for None."""
        source = self._open(name, label, plan["reading"])
        chosen = source.heads()[0].name if layer is None else layer
        return copy_rows(source, chosen, Plan.from_json(plan), self._limits)

    def style(self, name: str, layer: str | None) -> str:
        """The QML of a layer, of the first one for None, where its file keeps one; "" elsewhere."""
        opened = self._formats.open_geopackage(name)
        return opened.style(layer or opened.heads()[0].name) if opened else ""

    def _open(self, name: str, label: str, reading: Mapping[str, Any]) -> Source:
        key = name, label, sorted(reading.items())
        if self._last is None or self._last[0] != key:
            self._last = key, self._formats.open(name, label, reading)
        return self._last[1]

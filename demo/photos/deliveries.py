"""Rendering both deliveries into a folder, on all cores."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from demo.territory import Territory

from .sheets import CAMPAIGNS, Campaign, Sheet, write_scene, write_sheet

# Raise it whenever anything here draws other pixels.
RENDERER_VERSION = 1
MARK = "rendered.json"
SLOWEST_FIRST = ("jp2", "world", "collar", "jpeg")

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivered campaign on disk."""

    year: int
    acquired: str
    title: str
    folder: Path


def deliver(territory: Territory, folder: Path, say: Say = print) -> tuple[Delivery, ...]:
    """Both deliveries under `folder`: what is there already, of this version and seed, is left as it is."""
    render_campaigns(territory, folder, say)
    return tuple(Delivery(c.year, c.acquired, c.title, folder / c.folder) for c in CAMPAIGNS)


def render_campaigns(territory: Territory, folder: Path, say: Say) -> None:
    """Draw the sheets that are missing; killed and started again, it goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = _is_ours(folder, territory.seed)
    wanted = {c: [s for s in c.sheets if not (kept and (folder / c.folder / s.name).exists())] for c in CAMPAIGNS}
    total = sum(len(sheets) for sheets in wanted.values())
    if not total:
        say("Les photos aériennes de démonstration sont déjà là.")
        return
    _mark(folder, territory.seed)
    with tempfile.TemporaryDirectory(prefix="arpent-photos-") as scratch:
        for done, _ in enumerate(_draw_sheets(territory, folder, wanted, Path(scratch)), start=1):
            if done % 6 == 0 or done == total:
                say(f"Photos aériennes de démonstration : {done}/{total} dalles…")


def _draw_sheets(
    territory: Territory, folder: Path, wanted: dict[Campaign, list[Sheet]], scratch: Path
) -> Iterator[str]:
    """The names of the sheets as they are finished."""
    workers = max(1, min(4, len(os.sched_getaffinity(0))))
    # A fresh interpreter per worker: the caller may hold database connections that must not be inherited.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        scenes = {c: scratch / f"{c.year}.scene" for c, sheets in wanted.items() if sheets}
        composed = {c: pool.submit(write_scene, territory, c, scene) for c, scene in scenes.items()}
        try:
            jobs: list[Future[str]] = []
            for campaign, scene in scenes.items():
                composed[campaign].result()
                jobs += _submit(pool, scene, wanted[campaign], folder / campaign.folder)
            for job in as_completed(jobs):
                yield job.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, scene: Path, sheets: list[Sheet], folder: Path) -> list[Future[str]]:
    folder.mkdir(exist_ok=True)
    ordered = sorted(sheets, key=lambda s: (SLOWEST_FIRST.index(s.kind), s.name))
    return [pool.submit(write_sheet, scene, sheet, folder) for sheet in ordered]


def _is_ours(folder: Path, seed: int) -> bool:
    mark = folder / MARK
    return mark.exists() and json.loads(mark.read_text()) == {"seed": seed, "version": RENDERER_VERSION}


def _mark(folder: Path, seed: int) -> None:
    (folder / MARK).write_text(json.dumps({"seed": seed, "version": RENDERER_VERSION}))

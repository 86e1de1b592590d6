"""Exports that other desks make in formats of their own: ordered, kept, fetched and forgotten as all the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_core.members.rights import Rights

type Json = Mapping[str, Any]
type Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file, what it holds (`layer`, `title`, `rows`, `renamed` of each), and what is to be known about it."""

    path: Path
    layers: Sequence[Json]
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Maker:
    """How the files of a format are made, in an empty folder, of what their asker may read; raises domain errors.

    An order is `format`, `stem` (the file's name), `layers` (each with the slug `layer`: whoever may no longer see one
    may no longer fetch the file), and what the maker wants. `suffix` ends the file's name.
    """

    format: str
    suffix: str
    make: Callable[[Json, Rights, Path, Progress], MadeFile]

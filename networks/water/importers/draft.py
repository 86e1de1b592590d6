"""A network as a file tells it, before it is one: what every reader gives and the loader takes.

Geometries are in EPSG:2154. Rows carry values by the names of the models' columns, in the codes of `code_lists`. A row
that cannot be taken as it is has a finding instead, with its file and its number there, in words that say what to do;
none is dropped silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry import LineString, Point

from layers.intake.findings import Finding, Severity
from networks.water.families import FamilyName


@dataclass(slots=True, kw_only=True)
class NodeRow:
    """A node; `key` is its identifier in the file, unique among nodes."""

    key: str
    geom: Point
    values: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    row: int = 0


@dataclass(slots=True, kw_only=True)
class PipeRow:
    """A pipe; its ends are the nodes of these keys where the file says so, or those that lie where it ends."""

    key: str
    geom: LineString
    start_key: str | None = None
    end_key: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    row: int = 0


@dataclass(slots=True, kw_only=True)
class ConnectionRow:
    """A service connection; `pipe_key` is the pipe that it hangs on, where the file says so."""

    key: str
    geom: Point
    pipe_key: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    row: int = 0


@dataclass(slots=True, kw_only=True)
class RepairRow:
    """A repair, where it was done."""

    key: str
    geom: Point
    values: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    row: int = 0


@dataclass(slots=True, kw_only=True)
class Draft:
    """One family's network as read; `source` says from what (file names, standard), `systems` in which coordinate
    system (EPSG) each of its files was read.
    """

    family: FamilyName
    source: str
    nodes: list[NodeRow] = field(default_factory=list)
    pipes: list[PipeRow] = field(default_factory=list)
    connections: list[ConnectionRow] = field(default_factory=list)
    repairs: list[RepairRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    systems: dict[str, int] = field(default_factory=dict)

    def add_finding(
        self,
        file: str,
        row: int | None,
        code: str,
        params: Mapping[str, Any] | None = None,
        severity: Severity = "error",
    ) -> None:
        """Note what is amiss of a row (None: of the file)."""
        self.findings.append(Finding(file=file, row=row, code=code, params=params or {}, severity=severity))

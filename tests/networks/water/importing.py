"""Imports of networks in tests: files written as people send them, steps taken as they take them, jobs done at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from gis_core import tasks as jobs
from gis_core.members.rights import Role, acting_as
from gis_core.models import Commune, Job
from layers.features.services.origin import continue_event
from layers.intake import findings
from layers.intake.models import FileImport
from layers.intake.services import imports
from networks.water.importers.choices import Format, NetworkChoices, parse_format
from networks.water.services import importing
from networks.water.sources import JOB_KINDS, NETWORK
from tests import factories
from tests.networks.conftest import Network, Place, X, Y

WORK = {one.kind: one.work for one in JOB_KINDS}
TABLES = ("water_node", "water_pipe", "water_connection", "water_repair", "sewer_node", "sewer_pipe")

type Row = tuple[Any, Mapping[str, Any]]


def pipe(reference: str, *places: Place, **values: Any) -> Row:
    return shapely.LineString([(X + x, Y + y) for x, y in places]), {"ref": reference, **values}


def spot(reference: str, x: float, y: float, **values: Any) -> Row:
    return shapely.Point(X + x, Y + y), {"ref": reference, **values}


def widen(network: Network) -> None:
    """Give the member's commune 40 km, for networks of elsewhere."""
    with factories.as_owner():
        Commune.objects.filter(pk=network.commune.pk).update(geom=factories.square(X - 10_000, Y - 10_000, 40_000))


@dataclass
class Importing:
    """Somebody who works on a member's networks, and their files."""

    network: Network
    folder: Path
    who: str = Role.NETWORK_TECHNICIAN

    def file(self, name: str, rows: Sequence[Row]) -> Path:
        """A GeoJSON file in EPSG:2154."""
        features = [
            {"type": "Feature", "properties": dict(values), "geometry": shape and json.loads(shapely.to_geojson(shape))}
            for shape, values in rows
        ]
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
        path = self.folder / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
        return path

    def send(self, *paths: Path, format: str = "auto") -> FileImport:
        """Files received and read as far as they can be."""
        files: list[Any] = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
        rights, user = self.network.rights(self.who), self.network.people[self.who]
        with acting_as(rights), transaction.atomic():
            made = imports.receive(
                NETWORK,
                files=files,
                member=self.network.member,
                choices=parse_format(format),
                user=user,
                rights=rights,
            )
        return self.worked_off(made)

    def read(self, made: FileImport, name: str = "", **options: Any) -> FileImport:
        """Read again with what somebody chose; the mapping suggested, unless another is given."""
        if NetworkChoices.of(made).format == Format.LAYERS and "mapping" not in {**made.choices, **options}:
            with acting_as(self.network.rights(self.who)):
                _name, readings = importing.likely_readings(self.network.member, made.contents)
            options["mapping"] = {label: one.as_json() for label, one in readings.items()}
        if name:
            options["mapping_name"] = name
        return self._step(imports.choose, made, options)

    def sent(self, *paths: Path, **options: Any) -> FileImport:
        """Sent and read with the suggested mapping."""
        return self.read(self.send(*paths), **options)

    def load(self, made: FileImport, **choices: Any) -> FileImport:
        return self._step(imports.start_applying, made, choices)

    def loaded(self, *paths: Path, **options: Any) -> FileImport:
        made = self.sent(*paths, **options)
        assert made.state == "ready", made.message
        made = self.load(made)
        assert made.state == "applied", (made.message, made.findings)
        return made

    def undo(self, made: FileImport) -> FileImport:
        rights, user = self.network.rights(self.who), self.network.people[self.who]
        with acting_as(rights), transaction.atomic():
            importing.start_undoing(made.pk, user=user, rights=rights)
        return self.worked_off(made)

    def take_back(self, made: FileImport) -> FileImport:
        return self._step(imports.start_reverting, made)

    def _step(self, step: Any, made: FileImport, *more: Any, **given: Any) -> FileImport:
        rights, user = self.network.rights(self.who), self.network.people[self.who]
        with acting_as(rights), transaction.atomic():
            step(NETWORK, made.pk, *more, user=user, rights=rights, **given)
        return self.worked_off(made)

    def worked_off(self, made: FileImport) -> FileImport:
        with acting_as(self.network.rights(self.who)):
            waiting = list(Job.objects.filter(state=Job.State.WAITING, kind__in=list(WORK)).order_by("id"))
        for job in waiting:
            with factories.as_worker():
                jobs.run(job, WORK[job.kind])
                forget_events()
        with factories.as_owner():
            return FileImport.objects.select_related("owner").get(pk=made.pk)


def forget_events() -> None:
    """Forget what the end of a job's transaction forgets: a test is one transaction."""
    continue_event([*TABLES, "sewer_connection", "catalogue_layer"], None)


def messages(made: FileImport, severity: str = "error") -> list[str]:
    return [one.message for one in findings.from_json(made.findings) if one.severity == severity]


class Form(HTMLParser):
    """What a browser sends of the form of a page in which a button of this value is, untouched."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.found = action, False
        self.sent: list[tuple[str, str]] = []
        self.select: tuple[str, list[str], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form" and not self.found:
            self.sent = []
        elif self.found:
            return
        elif tag == "input" and name and self._sends(told):
            self.sent.append((name, value))
        elif tag == "select":
            self.select = (name, [], [])
        elif tag == "option" and self.select:
            self.select[1].append(value)
            self.select[2].extend([value] if "selected" in told else [])
        elif tag == "button" and name == "action" and value == self.action:
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select and not self.found:
            name, options, selected = self.select
            self.sent += [(name, (selected or options[:1])[0])]
            self.select = None
        elif tag == "form" and getattr(self, "inside", False):
            self.found, self.inside = True, False

    @staticmethod
    def _sends(told: Mapping[str, str | None]) -> bool:
        return told.get("type") not in ("checkbox", "radio") or "checked" in told


def form_of(html: str, action: str) -> dict[str, str]:
    """The fields of the form of a page that a button sends."""
    form = Form(action)
    form.feed(html)
    assert form.found, f"no button “{action}” on this page"
    return dict(form.sent) | {"action": action}

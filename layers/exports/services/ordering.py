"""Exports that are made as jobs: ordered by anybody signed in, of what they see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.jobs.files import OPEN
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.catalogue.services import visible_layer
from layers.exports.crs import read_crs
from layers.exports.services.files import FILES
from layers.exports.services.selection import Selection
from layers.features.crs import STORAGE

FORMATS = {"gpkg": "GeoPackage", "shp": "Shapefile", "xlsx": "Excel"}
MOST_LAYERS = 20
MOST_WAITING = 5

type Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A layer of an export, by its slug; its title is kept for words about one that is gone."""

    layer: str
    selection: Selection
    title: str = ""

    @classmethod
    def of(cls, given: Json) -> "Wanted":
        """Of one object of the request, its conditions those of a stream's parameters; raises Invalid."""
        bbox, ids = given.get("bbox"), given.get("ids")
        parameters = {
            "bbox": ",".join(map(repr, bbox)) if bbox else "",
            "ids": ",".join(map(str, ids)) if ids is not None else "",
            "filter": given.get("filter", ""),
            "filter-lang": given.get("filter_lang", ""),
            "filter-crs": given.get("filter_crs", ""),
        }
        if ids == []:
            raise Invalid(_("“ids” is empty: nothing would be exported."), parameter="ids")
        return cls(given["layer"], Selection.parse(parameters))

    @classmethod
    def from_json(cls, kept: Json) -> "Wanted":
        return cls(kept["layer"], Selection.from_json(kept["selection"]), kept["title"])

    def as_json(self) -> dict[str, Any]:
        return {"layer": self.layer, "selection": self.selection.as_json(), "title": self.title}


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What the file of a job holds. `points`: a workbook has x and y of each object."""

    format: str
    layers: tuple[Wanted, ...]
    srid: int
    labels: bool = False
    points: bool = False

    @classmethod
    def of(cls, given: Json) -> "ExportOrder":
        """Of a request whose shape was checked; raises Invalid."""
        wanted = tuple(Wanted.of(one) for one in given["layers"])
        if len({one.layer for one in wanted}) < len(wanted):
            raise Invalid(_("A layer is there twice: name each once."), parameter="layers")
        srid = read_crs(given.get("crs", ""), STORAGE.srid).srid
        return cls(given["format"], wanted, srid, given.get("labels", False), given.get("points", False))

    @classmethod
    def from_json(cls, kept: Json) -> "ExportOrder":
        layers = tuple(Wanted.from_json(one) for one in kept["layers"])
        return cls(kept["format"], layers, kept["srid"], kept["labels"], kept["points"])

    def as_json(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "layers": [one.as_json() for one in self.layers],
            "srid": self.srid,
            "labels": self.labels,
            "points": self.points,
        }


@transaction.atomic
def start_export(order: ExportOrder, *, user: User, rights: Rights) -> Job:
    """Queue an export. Raises Invalid (a layer that the asker does not see, a filter), Conflict (too many wait)."""
    checked = replace(order, layers=tuple(with_title(one, rights) for one in order.layers))
    return queue(checked.as_json(), title=title_of(checked), user=user, rights=rights)


@transaction.atomic
def queue(order: Json, *, title: str, user: User, rights: Rights) -> Job:
    """Queue an order that was checked, of layers or of a maker. Raises Conflict (too many wait)."""
    if FILES.jobs_of(rights).filter(state__in=OPEN).count() >= MOST_WAITING:
        message = _("%(most)s of your exports are waiting: wait until one is done.")
        raise Conflict(message % {"most": MOST_WAITING})
    kept = {"order": dict(order), "rights": mark_of(rights)}
    return start_job(kind=FILES.kind, title=title, owner=None, started_by=user, parameters=kept, rights=rights)


def with_title(wanted: Wanted, rights: Rights) -> Wanted:
    try:
        layer = visible_layer(wanted.layer, rights)
    except NotFound as error:
        raise Invalid(error.message, parameter="layers") from error
    wanted.selection.condition(layer, rights)
    return replace(wanted, title=str(layer))


def title_of(order: ExportOrder) -> str:
    names = {"format": FORMATS[order.format], "layers": ", ".join(one.title for one in order.layers)}
    return _("Export %(format)s: %(layers)s") % names


def mark_of(rights: Rights) -> str:
    """A short name of all that decides what the asker may read."""
    decisive = (sorted(rights.roles.items()), sorted(rights.insee), sorted(rights.town_insee), rights.agency)
    return blake2s(repr(decisive).encode(), digest_size=8).hexdigest()

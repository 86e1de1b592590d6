"""Prints: ordered by anybody signed in, kept for a few days, fetched by whoever ordered them and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.jobs.files import KEPT, OPEN, JobFiles
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet, User
from layers.catalogue.alternative_legends import find_alternative, legend_of
from layers.catalogue.legend import is_visible_at
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer, visible_photo
from layers.external.models import ExternalLayer
from layers.external.services.declaring import visible_external
from layers.printing.order import PrintOrder

if TYPE_CHECKING:
    from layers.printing.facts import Printable

MOST_WAITING = 5
FILES = JobFiles("print", "PRINTS_DIR", lambda job: "pdf")


@transaction.atomic
def start_print(order: PrintOrder, *, user: User, rights: Rights) -> Job:
    """Queue a print of what the asker sees. Raises Invalid, Conflict (too many are waiting)."""
    check_waiting(rights)
    kept = {"order": with_titles(order, rights).as_json()}
    return start_job(kind=FILES.kind, title=order.title, owner=None, started_by=user, parameters=kept, rights=rights)


@transaction.atomic
def start_sheets(orders: Sequence[PrintOrder], *, title: str, about: str, user: User, rights: Rights) -> Job:
    """Queue several maps as one file, about something (`sheets_about`). Raises Invalid, Conflict."""
    check_waiting(rights)
    kept = {"orders": [with_titles(order, rights).as_json() for order in orders], "about": about}
    return start_job(kind=FILES.kind, title=title, owner=None, started_by=user, parameters=kept, rights=rights)


def sheets_about(about: str, rights: Rights) -> JobQuerySet:
    """The asker's own files of several maps about something, newest first."""
    return FILES.jobs_of(rights).filter(parameters__about=about)


def check_waiting(rights: Rights) -> None:
    """Raises Conflict where too many of the asker's maps are waiting."""
    if FILES.jobs_of(rights).filter(state__in=OPEN).count() >= MOST_WAITING:
        message = _("%(most)s of your maps are waiting to be printed: wait until one is done.")
        raise Conflict(message % {"most": MOST_WAITING})


def with_titles(order: PrintOrder, rights: Rights) -> PrintOrder:
    """The order with its layers' and its photo's titles.

    Raises Invalid for one that the asker does not see, for a layer that is not shown at the scale, and for pictures
    with too many pixels.
    """
    try:
        layers = [printable(one.layer, rights) for one in order.layers]
        photo = str(visible_photo(order.photo, rights)) if order.photo else ""
        selected = tuple(replace(one, title=str(visible_layer(one.layer, rights))) for one in order.selected)
    except NotFound as error:
        raise Invalid(error.message, parameter="layers") from error
    if any(isinstance(layer, ExternalLayer) for layer in layers):
        order.check_pixels()
    for layer, wanted in zip(layers, order.layers, strict=True):
        if wanted.legend and isinstance(layer, Layer):
            find_alternative(layer, wanted.legend)
        if isinstance(layer, Layer) and not is_visible_at(layer, order.scale):
            message = _("The layer “%(layer)s” is not shown at this scale: turn it off, or choose another scale.")
            raise Invalid(message % {"layer": layer}, parameter="layers")
    titled = (replace(one, title=str(layer)) for one, layer in zip(order.layers, layers, strict=True))
    return replace(order, layers=tuple(titled), photo_title=photo, selected=selected)


def printable(slug: str, rights: Rights) -> Printable:
    """The layer of this name, ours or another server's. Raises NotFound."""
    try:
        return visible_layer(slug, rights)
    except NotFound:
        return visible_external(slug, rights)


def draw_by_legend(layer: Printable, name: str, rights: Rights) -> Printable:
    """The layer, with the lines of another of its legends in place of its own. Raises Invalid."""
    if name and isinstance(layer, Layer):
        layer.legend = legend_of(layer, name, rights)
    return layer


def get_print_file(job: Job) -> Path:
    """The PDF file of a print. Raises NotFound when there is none, or none any more."""
    if not FILES.is_there(job):
        message = _("This map is not printed yet, or its %(days)s days are over: print it again.")
        raise NotFound(message % {"days": KEPT.days})
    return FILES.file_of(job)


def name_of(job: Job) -> str:
    """What a browser calls the downloaded file."""
    return f"{slugify(job.title)[:60] or 'plan'}-{timezone.localdate(job.ended_at):%Y-%m-%d}.pdf"

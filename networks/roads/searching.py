"""The map's search box finds numbered roads and places on them: `D 2020`, `D 2020 PR 12+350`."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from layers.features.search import Found, Question, register_searcher
from networks.roads.references import NotAReferenceError, Reference, reference_of, route_of, shown_route
from networks.roads.services.overview import whole_road
from networks.roads.services.referring import place_of

LAYER = "road-sections"
EXPLICIT = re.compile(r"\bP\.?R\.?\s*\d|\d\s*\+\s*\d", re.IGNORECASE)
UNFINISHED = re.compile(r"\s*[-–,]?\s*\bP\.?(R\.?)?$", re.IGNORECASE)


def register_searchers() -> None:
    """Called when the app starts."""
    register_searcher(LAYER, search_references)
    register_searcher(LAYER, search_roads)


def search_references(question: Question) -> Iterator[Found]:
    """The place of a reference. Raises NotFound, Invalid where one is plainly written that has no place."""
    explicit = EXPLICIT.search(question.text) is not None
    try:
        found = place_of(reference_of(question.text))
    except NotAReferenceError:
        return
    except ArpentError:
        if explicit:
            raise
        return
    yield Found(
        kind="road",
        label=str(found.reference),
        detail=detail(found.reference),
        center_4326=(found.lon, found.lat),
        score=100 if explicit else 80,
        layer=LAYER,
        id=found.section,
    )


def search_roads(question: Question) -> Iterator[Found]:
    """A whole numbered road, whose PR may be about to be typed; a parcel of that section and number comes first."""
    try:
        route = route_of(UNFINISHED.sub("", question.text))
    except NotAReferenceError:
        return
    if road := whole_road(route):
        words = _("Numbered road, PR %(first)s to %(last)s") if road.first is not None else _("Numbered road")
        yield Found(
            kind="road",
            label=shown_route(route),
            detail=words % {"first": road.first, "last": road.last},
            center_4326=((road.bbox_4326[0] + road.bbox_4326[2]) / 2, (road.bbox_4326[1] + road.bbox_4326[3]) / 2),
            bbox_4326=road.bbox_4326,
            score=90,
            layer=LAYER,
            id=road.section,
        )


def detail(reference: Reference) -> str:
    words = {"D": _("Right carriageway"), "G": _("Left carriageway")}
    return words.get(reference.side or "U", _("Place on a numbered road"))

"""The map's search box finds numbered roads and places on them: `D 2020`, `D 2020 PR 12+350`."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from layers.features.search import Question, SearchResult
from networks.roads.references import NotAReferenceError, Reference, Road, reference_of, road_of
from networks.roads.services.overview import whole_roads
from networks.roads.services.referring import departments_of, place_of, unreadable

LAYER = "road-sections"
EXPLICIT = re.compile(r"\bP\.?R\.?\s*\d|\d\s*\+\s*\d", re.IGNORECASE)
PLAIN = re.compile(
    r"\s*(?:R?[DNM]|A|VC|CR|C|P\.?[RK]\.?|(?:route\s+)?(?:départementale|nationale|métropolitaine))[\s.-]*\d",
    re.IGNORECASE,
)
"""What begins like this and is explicit is a reference, whether it can be read or not."""
ABOUT_TO_COUNT = re.compile(r"(?<=\d)\s*[+.,]\s*$")
UNFINISHED = re.compile(r"\s*[-–,]?\s*\bP\.?(R\.?)?$", re.IGNORECASE)


def search_references(question: Question) -> Iterator[SearchResult]:
    """The places of a reference. Raises NotFound, Invalid where one is plainly written that has none, or that cannot
    be read."""
    explicit = EXPLICIT.search(question.text) is not None
    try:
        reference = reference_of(ABOUT_TO_COUNT.sub("", question.text))
    except NotAReferenceError as error:
        if explicit and PLAIN.match(question.text):
            raise unreadable(question.text) from error
        return
    places, refused = [], None
    for one in each_meant(reference):
        try:
            places.append(place_of(one))
        except ArpentError as error:
            refused = error
    if refused is not None and not places and explicit:
        raise refused
    for result in places:
        yield SearchResult(
            kind="road",
            label=str(result.reference),
            detail=detail(result.reference),
            center_4326=(result.lon, result.lat),
            score=100 if explicit else 80,
            layer=LAYER,
            id=result.section,
        )


def each_meant(reference: Reference) -> list[Reference]:
    """The reference in each Département whose road has its marker, where it names none of several."""
    here, _known = departments_of(reference)
    return (
        [replace(reference, department=one) for one in here]
        if len(here) > 1 and not reference.department
        else [reference]
    )


def search_roads(question: Question) -> Iterator[SearchResult]:
    """A whole numbered road, whose PR may be about to be typed; a parcel of that section and number comes first."""
    try:
        query = road_of(UNFINISHED.sub("", question.text))
    except NotAReferenceError:
        return
    result = whole_roads(query.route)
    unknown = [one.department for one in result] == [""]
    for one in result:
        if unknown or query.department in ("", one.department):
            message = _("Numbered road, PR %(first)s to %(last)s") if one.first is not None else _("Numbered road")
            west, south, east, north = one.bbox_4326
            yield SearchResult(
                kind="road",
                label=str(Road(query.route, one.department if len(result) > 1 else "")),
                detail=message % {"first": one.first, "last": one.last},
                center_4326=((west + east) / 2, (south + north) / 2),
                bbox_4326=one.bbox_4326,
                score=90,
                layer=LAYER,
                id=one.section,
                road=Road(query.route, one.department).slug,
            )


def detail(reference: Reference) -> str:
    labels = {"D": _("Right carriageway"), "G": _("Left carriageway")}
    return labels.get(reference.side or "U", _("Place on a numbered road"))

"""What the page of a file opens on: where it lies, how large, in which zones, what it declares, what waits."""

from collections.abc import Sequence
from json import loads
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database import clock as database_clock
from gis_core.desk.small_map import SmallMap
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from layers.catalogue.describe import native_zoom, photo_tiles
from layers.catalogue.models import Photo
from layers.features.display import display_area, display_date
from layers.parcels.sections import Line
from permits.acts.authorities import signatories_for
from permits.models import Consultation, Event, Permit, Piece
from permits.numbers import format_parcel
from permits.procedure import COUNTER, OPEN
from permits.services.applicants import may_read_applicant
from permits.services.completeness import count_received, list_expected
from permits.services.figures import describe_figures, joined_figures
from permits.services.ground import FileGround, describe_ground
from permits.services.recording import may_write

MOST_IN_SHORT = 12


def head_context(permit: Permit, events: Sequence[Event], rights: Rights) -> dict[str, Any]:
    """For `permits/head.html`."""
    ground = describe_ground(permit, rights)
    writes = may_write(permit, rights, COUNTER)
    figures = joined_figures(permit)
    return {
        "parcels": [format_parcel(idu) for idu in permit.idus[:MOST_IN_SHORT]],
        "more_parcels": max(0, len(permit.idus) - MOST_IN_SHORT),
        "area": display_area(ground.land.measured_m2) if ground else "",
        "zones": [describe_zone(line) for line in ground.zones.lines] if ground and ground.zones else [],
        "zone_notes": ground.zones.notes if ground and ground.zones else (),
        "zone_day": zone_day(ground),
        "ground_map": ground_map(permit, ground) if ground else None,
        "figures": describe_figures(figures),
        "given_figures": figures,
        "writes_figures": writes,
        "signatory": signatory_of(permit),
        "reads_applicant": may_read_applicant(permit),
        "waits": [*waiting_opinions(permit), *waiting_documents(permit, events)] if permit.state in OPEN else [],
    }


def describe_zone(line: Line) -> dict[str, Any]:
    """A zone with its share of the ground, and its written rules."""
    measure = line.measure
    share = measure.share if measure and not measure.uncertain else None
    return {
        "title": line.title,
        "detail": line.detail,
        "share": _("%(share)s %% of the ground") % {"share": round(100 * share)} if share and share < 0.995 else "",
        "uncertain": bool(measure and measure.uncertain),
        "link": line.links[0].url if line.links else "",
    }


def zone_day(ground: FileGround | None) -> str:
    """The day of the rules, where it is not today."""
    if ground is None or ground.land.day == database_clock.today():
        return ""
    return display_date(ground.land.day)


def signatory_of(permit: Permit) -> str:
    """Who may sign an act about the file today, with their quality, one on a line; empty where nobody may."""
    people = signatories_for(permit, database_clock.today())
    return "\n".join(f"{one}, {one.quality}" for one in people)


def waiting_opinions(permit: Permit) -> list[tuple[str, str]]:
    """The opinions that nobody gave yet, with the day of the next."""
    waiting = list(Consultation.objects.filter(permit=permit, answered_date=None).values_list("due_date", flat=True))
    if not waiting:
        return []
    label = ngettext(
        "%(count)s opinion is awaited, until %(day)s",
        "%(count)s opinions are awaited, the next until %(day)s",
        len(waiting),
    )
    values = {"count": len(waiting), "day": format_long_date(min(waiting))}
    return [(label % values, reverse("consultations", args=[permit.number]))]


def waiting_documents(permit: Permit, events: Sequence[Event]) -> list[tuple[str, str]]:
    """How many documents are not received."""
    documents = Piece.objects.filter(permit=permit, removed_at=None).exclude(code="")
    received, expected = count_received(list_expected(permit, events, documents))
    if received == expected:
        return []
    label = _("%(received)s pieces received of %(expected)s") % {"received": received, "expected": expected}
    return [(label, reverse("pieces", args=[permit.number]))]


def ground_map(permit: Permit, ground: FileGround) -> SmallMap:
    """The ground on the aerial photo."""
    photo = ground.photo
    caption = _("Aerial photo: %(photo)s") % {"photo": photo} if photo else _("No aerial photo shows this ground.")
    return SmallMap(
        name="ground-map",
        kind="ground",
        label=_("Map of the ground of the file %(number)s") % {"number": permit},
        extent_4326=list(ground.extent_4326),
        texts={
            "whole": _("The ground"),
            "caption": caption,
            "without": _("The aerial photo could not be loaded: the plan is here without it."),
        },
        more={
            "ground": {"type": "Feature", "properties": {}, "geometry": loads(ground.land.geojson)},
            "photo": photo_of_map(photo) if photo else None,
            "page": map_address(permit),
        },
        style="ground-map",
    )


def photo_of_map(photo: Photo) -> dict[str, Any]:
    """A photo as the script of small maps reads it."""
    return {
        "slug": photo.slug,
        "url": photo_tiles(photo),
        "minZoom": 0,
        "maxZoom": native_zoom(photo),
        "extent": photo.extent_4326,
        "footprint": "",
    }


def map_address(permit: Permit) -> str:
    """The map at the file's ground, its parcels chosen; empty without ground."""
    place = place_4326(permit)
    if place is None:
        return ""
    x, y = place
    return f"{reverse('map')}#v=1&c={x:.6f},{y:.6f}&z=18&ps={','.join(permit.idus[:20])}"


def place_4326(permit: Permit) -> tuple[float, float] | None:
    """The middle of the file's ground (longitude, latitude), None without ground."""
    if permit.geom is None:
        return None
    middle: Any = permit.geom.centroid.transform(4326, clone=True)
    return middle.x, middle.y

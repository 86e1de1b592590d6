"""Current works as other programs read them: GeoJSON, Atom, iCalendar. Nothing of people is in them."""

import json
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.ics import escaped, folded
from networks.works.days import said
from networks.works.headings import heading_of
from networks.works.models import Work
from networks.works.services.current import Current

ATOM: Final = "http://www.w3.org/2005/Atom"
GEORSS: Final = "http://www.georss.org/georss"
CALENDAR_LINES: Final = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Arpent//Works//FR",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",
)
ET.register_namespace("", ATOM)
ET.register_namespace("georss", GEORSS)

type Address = Callable[[str], str]
"""A path as an address of this platform."""


def page_of(work: Work) -> str:
    return reverse("public_work", args=[work.pk])


def traffic_of(work: Work) -> list[str]:
    """What traffic meets, in words."""
    told = [str(Work.Measure(work.measure).label)]
    if work.closed_bearing is not None:
        told[0] += f" ({heading_of(work.closed_bearing)})"
    if work.speed_kmh:
        told.append(_("speed limited to %(speed)s km/h") % {"speed": work.speed_kmh})
    if work.no_parking:
        told.append(_("no parking"))
    if work.no_overtaking:
        told.append(_("no overtaking"))
    return told


def text_of(work: Work, commune: str) -> str:
    days = said(work.starts_on, work.ends_on)
    lines = [days[:1].upper() + days[1:] + (f", {work.hours}" if work.hours else ""), ", ".join(traffic_of(work))]
    lines += [", ".join(filter(None, [work.located, commune])), work.description or ""]
    return "\n".join(filter(None, lines))


# -- GeoJSON ----------------------------------------------------------------------------------------------------------


def geojson(told: Current, address: Address) -> bytes:
    features = [feature(one, told.commune(one), told.places[one.pk], address) for one in told.works]
    note = {"note": told.cut()} if told.more else {}
    return json.dumps({"type": "FeatureCollection", **note, "features": features}, ensure_ascii=False).encode()


def feature(work: Work, commune: str, line: str, address: Address) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": work.pk,
        "geometry": json.loads(line),
        "properties": {
            "reference": work.reference,
            "title": work.title,
            "kind": work.kind,
            "kind_label": str(Work.Kind(work.kind).label),
            "measure": work.measure,
            "closed_bearing": work.closed_bearing,
            "traffic": ", ".join(traffic_of(work)),
            "speed_kmh": work.speed_kmh,
            "no_parking": work.no_parking,
            "starts_on": work.starts_on.isoformat(),
            "ends_on": work.ends_on.isoformat(),
            "days": said(work.starts_on, work.ends_on),
            "hours": work.hours,
            "place": work.located or None,
            "insee": work.insee,
            "commune": commune,
            "description": work.description,
            "member": work.owner.name,
            "url": address(page_of(work)),
        },
    }


# -- Atom -------------------------------------------------------------------------------------------------------------


def atom(told: Current, address: Address, path: str) -> bytes:
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": get_language() or "fr"})
    newest = max((one.changed_at for one in told.works), default=None)
    child(feed, "id", address(path))
    child(feed, "title", _("Works and events on roads"))
    if told.more:
        child(feed, "subtitle", told.cut())
    child(feed, "updated", newest.astimezone(UTC).isoformat() if newest else f"{told.day}T00:00:00+00:00")
    child(feed, "link", "", rel="self", type="application/atom+xml", href=address(path))
    child(feed, "link", "", rel="alternate", type="text/html", href=address(reverse("public_works")))
    child(child(feed, "author", ""), "name", "Arpent")
    for one in sorted(told.works, key=lambda work: work.changed_at, reverse=True):
        entry_of(feed, one, told, address)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def entry_of(feed: ET.Element, work: Work, told: Current, address: Address) -> None:
    commune = told.commune(work)
    entry = child(feed, "entry", "")
    page = address(page_of(work))
    child(entry, "id", page)
    child(entry, "title", " – ".join(filter(None, [work.title, commune])))
    child(entry, "updated", work.changed_at.astimezone(UTC).isoformat())
    child(entry, "link", "", rel="alternate", type="text/html", href=page)
    child(entry, "category", "", term=work.kind, label=str(Work.Kind(work.kind).label))
    child(entry, "summary", text_of(work, commune))
    lon, lat = told.places[work.pk].coords
    ET.SubElement(entry, f"{{{GEORSS}}}point").text = f"{lat:.6f} {lon:.6f}"


def child(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    # What XML cannot hold is no word.
    made.text = "".join(one for one in text if one >= " " or one in "\n\t") or None
    return made


# -- iCalendar --------------------------------------------------------------------------------------------------------


def calendar(told: Current, address: Address) -> bytes:
    """All-day events, which need no time zone; one that was cancelled says so to those who hold it."""
    lines = [*CALENDAR_LINES, f"X-WR-CALNAME:{escaped(_('Works and events on roads'))}"]
    if told.more:
        lines.append(f"X-WR-CALDESC:{escaped(told.cut())}")
    for one in told.works:
        lines += event_of(one, told, address)
    return b"".join(map(folded, [*lines, "END:VCALENDAR"]))


def event_of(work: Work, told: Current, address: Address) -> list[str]:
    commune = told.commune(work)
    lon, lat = told.places[work.pk].coords
    place = ", ".join(filter(None, [work.located, commune]))
    return [
        "BEGIN:VEVENT",
        f"UID:travaux-{work.pk}@{urlsplit(settings.SITE_URL).hostname}",
        f"DTSTAMP:{work.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{work.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{work.version}",
        f"DTSTART;VALUE=DATE:{work.starts_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{work.ends_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'{work.title} ({Work.Measure(work.measure).label})')}",
        f"DESCRIPTION:{escaped(text_of(work, commune))}",
        *([f"LOCATION:{escaped(place)}"] if place else []),
        f"GEO:{lat:.6f};{lon:.6f}",
        f"CATEGORIES:{escaped(str(Work.Kind(work.kind).label))}",
        f"STATUS:{'CANCELLED' if work.state == Work.State.CANCELLED else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        f"URL:{address(page_of(work))}",
        "END:VEVENT",
    ]

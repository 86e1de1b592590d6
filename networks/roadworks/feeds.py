"""Current works as other programs read them: GeoJSON, Atom, iCalendar. Nothing of people is in them."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.files.writing.ics import escape_text, fold_line
from networks.roadworks.days import format_days
from networks.roadworks.headings import heading_of
from networks.roadworks.models import Work, WorkDetour, WorkOrder
from networks.roadworks.services.current import Current, way_lines
from networks.roadworks.services.keeping import directions_text, list_computed_steps

NAMESPACES: Final = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:georss": "http://www.georss.org/georss"}
"""Written as they stand: prefixes of ElementTree are everybody's, and another library may take them."""
OWN_MACHINE: Final = ("localhost", "127.0.0.1", "::1")
CALENDAR_LINES: Final = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Arpent//Works//FR",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",
)

type Address = Callable[[str], str]
"""A path as an address of this platform."""


def page_of(work: Work) -> str:
    return reverse("public_work", args=[work.pk])


def traffic_of(work: Work) -> list[str]:
    """What traffic meets, in words."""
    sentences = [str(Work.Measure(work.measure).label)]
    if work.closed_bearing is not None:
        sentences[0] += f" ({heading_of(work.closed_bearing)})"
    if work.speed_kmh:
        sentences.append(_("speed limited to %(speed)s km/h") % {"speed": work.speed_kmh})
    if work.no_parking:
        sentences.append(_("no parking"))
    if work.no_overtaking:
        sentences.append(_("no overtaking"))
    return sentences


def text_of(work: Work, current: Current) -> str:
    """What is told of it: days, traffic, place, the way around."""
    commune = current.commune(work)
    days = format_days(work.starts_on, work.ends_on)
    lines = [days[:1].upper() + days[1:] + (f", {work.hours}" if work.hours else ""), ", ".join(traffic_of(work))]
    lines += [", ".join(filter(None, [work.located, commune])), work.description or ""]
    lines += [detour_line(one) for one in current.detours.get(work.pk, ())]
    return "\n".join(filter(None, lines))


def detour_line(one: WorkDetour) -> str:
    """« Déviation vers l’est (Véhicules légers) : Prendre la D 2020 sur 1,2 km. »"""
    head = " ".join(filter(None, [_("Detour"), one.direction, f"({one.gauge})" if one.gauge else ""]))
    return " ".join(filter(None, [_("%(what)s: %(words)s") % {"what": head, "words": sheet(one)}, one.comment]))


def sheet(one: WorkDetour) -> str:
    """Its roads; of many works at once, no line that was changed by hand is followed along the roads."""
    return directions_text(list_computed_steps(one))


def order_url(one: WorkOrder, address: Address) -> str:
    return address(reverse("public_order", args=[one.pk]))


# -- GeoJSON ----------------------------------------------------------------------------------------------------------


def geojson(current: Current, address: Address) -> bytes:
    lines = way_lines(current)
    features = [feature(one, current, lines, address) for one in current.works]
    note = {"note": current.cut()} if current.more else {}
    return json.dumps({"type": "FeatureCollection", **note, "features": features}, ensure_ascii=False).encode()


def feature(work: Work, current: Current, lines: Mapping[int, str], address: Address) -> dict[str, Any]:
    """`lines` of its detours, as far as they are read."""
    return {
        "type": "Feature",
        "id": work.pk,
        "geometry": json.loads(current.places[work.pk]),
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
            "days": format_days(work.starts_on, work.ends_on),
            "hours": work.hours,
            "place": work.located or None,
            "insee": work.insee,
            "commune": current.commune(work),
            "description": work.description,
            "detours": [
                detour_member(one, lines[one.pk]) for one in current.detours.get(work.pk, ()) if one.pk in lines
            ],
            "orders": [
                {"number": one.number, "title": one.title, "url": order_url(one, address)}
                for one in current.orders.get(work.pk, ())
            ],
            "member": work.owner.name,
            "url": address(page_of(work)),
        },
    }


def detour_member(one: WorkDetour, line: str) -> dict[str, Any]:
    return {
        "direction": one.direction,
        "vehicles": one.gauge,
        "length_m": round(one.length_m),
        "sheet": sheet(one),
        "remark": one.comment,
        "geometry": json.loads(line),
    }


def detour_feature(one: WorkDetour, rank: int, line: str) -> dict[str, Any]:
    """One as the map of its works draws it."""
    return {
        "type": "Feature",
        "id": f"detour-{one.pk}",
        "geometry": json.loads(line),
        "properties": {
            "measure": f"detour-{(rank - 1) % 4 + 1}",
            "title": _("Detour"),
            "traffic": one.direction,
            "days": one.gauge,
        },
    }


# -- Atom -------------------------------------------------------------------------------------------------------------


def atom(current: Current, address: Address, path: str) -> bytes:
    feed = ET.Element("feed", {**NAMESPACES, "xml:lang": get_language() or "fr"})
    newest = max((last_change(one, current) for one in current.works), default=None)
    child(feed, "id", address(path))
    child(feed, "title", _("Works and events on roads"))
    if current.more:
        child(feed, "subtitle", current.cut())
    child(feed, "updated", newest.astimezone(UTC).isoformat() if newest else f"{current.day}T00:00:00+00:00")
    child(feed, "link", "", rel="self", type="application/atom+xml", href=address(path))
    child(feed, "link", "", rel="alternate", type="text/html", href=address(reverse("public_works")))
    child(child(feed, "author", ""), "name", "Arpent")
    for one in sorted(current.works, key=lambda work: last_change(work, current), reverse=True):
        entry_of(feed, one, current, address)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def entry_of(feed: ET.Element, work: Work, current: Current, address: Address) -> None:
    commune = current.commune(work)
    entry = child(feed, "entry", "")
    page = address(page_of(work))
    child(entry, "id", page)
    title = " – ".join(filter(None, [work.title, commune]))
    if work.state == Work.State.CANCELLED:
        title = _("Cancelled: %(title)s") % {"title": title}
    child(entry, "title", title)
    child(entry, "updated", last_change(work, current).astimezone(UTC).isoformat())
    child(entry, "link", "", rel="alternate", type="text/html", href=page)
    for one in current.orders.get(work.pk, ()):
        name = _("Order n° %(number)s") % {"number": one.number}
        child(entry, "link", "", rel="related", type="application/pdf", href=order_url(one, address), title=name)
    child(entry, "category", "", term=work.kind, label=str(Work.Kind(work.kind).label))
    child(entry, "summary", text_of(work, current))
    lon, lat = current.places[work.pk].coords
    child(entry, "georss:point", f"{lat:.6f} {lon:.6f}")


def last_change(work: Work, current: Current) -> datetime:
    """When they last changed, or an order was published for them."""
    return max([work.changed_at, *(one.published_at for one in current.orders.get(work.pk, ()))])


def child(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name, attributes)
    # What XML cannot hold is no word.
    made.text = "".join(one for one in text if one >= " " or one in "\n\t") or None
    return made


# -- iCalendar --------------------------------------------------------------------------------------------------------


def calendar(current: Current, address: Address) -> bytes:
    """All-day events, which need no time zone; one that was cancelled says so to those who hold it."""
    lines = [*CALENDAR_LINES, f"X-WR-CALNAME:{escape_text(_('Works and events on roads'))}"]
    if current.more:
        lines.append(f"X-WR-CALDESC:{escape_text(current.cut())}")
    for one in current.works:
        lines += event_of(one, current, address)
    return b"".join(map(fold_line, [*lines, "END:VCALENDAR"]))


def host_of(address: Address) -> str:
    """Of the public address, which does not change with the way that one came; else of the way that one came."""
    known = urlsplit(settings.SITE_URL).hostname
    return known if known and known not in OWN_MACHINE else urlsplit(address("/")).hostname or "localhost"


def event_of(work: Work, current: Current, address: Address) -> list[str]:
    commune = current.commune(work)
    lon, lat = current.places[work.pk].coords
    place = ", ".join(filter(None, [work.located, commune]))
    return [
        "BEGIN:VEVENT",
        f"UID:travaux-{work.pk}@{host_of(address)}",
        f"DTSTAMP:{work.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{work.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{work.version}",
        f"DTSTART;VALUE=DATE:{work.starts_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{work.ends_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escape_text(f'{work.title} ({Work.Measure(work.measure).label})')}",
        f"DESCRIPTION:{escape_text(text_of(work, current))}",
        *([f"LOCATION:{escape_text(place)}"] if place else []),
        f"GEO:{lat:.6f};{lon:.6f}",
        f"CATEGORIES:{escape_text(str(Work.Kind(work.kind).label))}",
        f"STATUS:{'CANCELLED' if work.state == Work.State.CANCELLED else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        f"URL:{address(page_of(work))}",
        *(f"ATTACH;FMTTYPE=application/pdf:{order_url(one, address)}" for one in current.orders.get(work.pk, ())),
        "END:VEVENT",
    ]

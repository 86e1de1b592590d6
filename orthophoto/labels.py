"""A campaign as people read it: its date, its resolution, how far it is."""

import math
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.long_dates import format_long_date
from gis_core.models import Member
from layers.catalogue.models import Layer, Photo
from orthophoto.models import Campaign

FORMATS = {Photo.Precision.YEAR: "Y", Photo.Precision.MONTH: "F Y", Photo.Precision.DAY: "j F Y"}
MINUTE_S, HOUR_S = 60, 3600


def format_acquired_date(campaign: Campaign) -> str:
    """When the photos were taken, as precisely as is known: "2024", "juin 2024", "12 juin 2024"."""
    return format_long_date(campaign.acquired_date, FORMATS[Photo.Precision(campaign.acquired_precision)])


def audience(photo: Campaign | Photo) -> str:
    """Who sees a photo, in words: "Members chosen by name: Syndicat du Lys, on their own communes only"."""
    label = photo.get_visibility_display()
    if photo.visibility != Layer.Visibility.MEMBERS:
        return label
    names = ", ".join(Member.objects.filter(pk__in=photo.shared_with).order_by("name").values_list("name", flat=True))
    said = _("%(audience)s: %(names)s") % {"audience": label, "names": names}
    return f"{said}, {_('on their own communes only')}" if photo.within_communes else said


def resolution(metres: float | None) -> str:
    """A size on the ground such as "5 cm" or "1.2 m"; nothing while it is not known."""
    if metres is None:
        return ""
    amount, unit = (metres * 100, "cm") if metres < 1 else (metres, "m")
    digits = 0 if math.isclose(amount, round(amount), rel_tol=1e-6) else 1
    return f"{formats.number_format(amount, digits)} {unit}"


def sheets(counts: dict[str, Any]) -> str:
    """How many sheets there are, and how many of them are missing from the mosaic."""
    total, refused, failed = counts["total"], counts["refused"], counts["failed"]
    parts = [ngettext("%(n)s sheet", "%(n)s sheets", total) % {"n": formats.number_format(total, 0)}]
    if refused:
        parts.append(ngettext("%(n)s refused", "%(n)s refused", refused) % {"n": formats.number_format(refused, 0)})
    if failed:
        parts.append(ngettext("%(n)s failed", "%(n)s failed", failed) % {"n": formats.number_format(failed, 0)})
    return ", ".join(parts)


def remarks(findings: int, problems: int) -> str:
    """How much there is to read below; nothing for nothing."""
    parts = []
    if findings:
        label = ngettext("%(n)s remark of the inventory", "%(n)s remarks of the inventory", findings)
        parts.append(label % {"n": findings})
    if problems:
        parts.append(ngettext("%(n)s missing sheet", "%(n)s missing sheets", problems) % {"n": problems})
    return ", ".join(parts)


def going(counts: dict[str, Any], seconds_left: float | None) -> str:
    """How far a build is, with the time it may still take once there is a pace to judge by."""
    done, wanted = counts["built"] + counts["failed"], counts["total"] - counts["refused"]
    if done >= wanted:
        return _("All sheets are done; the overview of the whole is being made.")
    made = _("%(done)s of %(wanted)s sheets are done") % {"done": done, "wanted": wanted}
    if seconds_left is None:
        return _("%(made)s; the time left is known after three.") % {"made": made}
    return _("%(made)s; %(time)s left.") % {"made": made, "time": duration(seconds_left)}


def duration(seconds: float) -> str:
    """A rough duration: nobody needs the seconds of an estimate."""
    if seconds < MINUTE_S:
        return _("less than a minute")
    if seconds < HOUR_S:
        return _("about %(minutes)s min") % {"minutes": round(seconds / MINUTE_S)}
    hours, minutes = divmod(round(seconds / MINUTE_S), 60)
    return _("about %(hours)s h %(minutes)02d") % {"hours": hours, "minutes": minutes}


def weight(size_bytes: int) -> str:
    """What files take on the disk; nothing for nothing."""
    if not size_bytes:
        return ""
    if size_bytes < 1e9:
        return _("%(size)s MB") % {"size": formats.number_format(size_bytes / 1e6, 0 if size_bytes > 1e7 else 1)}
    return _("%(size)s GB") % {"size": formats.number_format(size_bytes / 1e9, 1)}

"""What an import of roads did, or would do, in lines for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from layers.features.display import display_number


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The counts of a report in words."""
    counts, is_done = report["counts"], report["written"]

    def number(name: str) -> int:
        return int(counts.get(name, 0))

    marked = report["what"] == "markers"
    yield describe_read_rows(number("read"), marked)
    done = labels_when_applied(marked) if is_done else labels_when_planned(marked)
    for name in ("new", "changed", "same"):
        yield f"{done[name]} : {display_number(number(name), 0)}"
    if number("markers_new") or number("markers_changed"):
        message = _("Markers (PR) of the delivery: %(new)s new, %(changed)s changed")
        yield message % {"new": number("markers_new"), "changed": number("markers_changed")}
    if number("removed") and not is_done:
        yield _("To remove, no longer delivered: %(count)s") % {"count": display_number(number("removed"), 0)}
    elif number("removed"):
        yield _("Removed, no longer delivered: %(count)s") % {"count": display_number(number("removed"), 0)}
    elif number("gone"):
        message = _("No longer delivered: %(count)s (they stay, unless you ask to remove them)")
        yield message % {"count": display_number(number("gone"), 0)}
    if number("sided"):
        message = _("Sections found to be of another carriageway than before (right, left, single): %(count)s")
        yield message % {"count": display_number(number("sided"), 0)}
    if is_done and (count := report.get("later")):
        message = _("Roads changed, which are measured in the minutes to come: %(count)s. See “Numbered roads” then.")
        yield message % {"count": display_number(count, 0)}
    yield from asides(report)


def describe_read_rows(count: int, marked: bool) -> str:
    if marked:
        message = ngettext("%(count)s row read", "%(count)s rows read", count)
    else:
        message = ngettext("%(count)s section read", "%(count)s sections read", count)
    return message % {"count": display_number(count, 0)}


def labels_when_applied(marked: bool) -> dict[str, str]:
    if marked:
        return {"new": _("Markers added"), "changed": _("Markers moved"), "same": _("Markers unchanged")}
    return {"new": _("Sections added"), "changed": _("Sections updated"), "same": _("Sections unchanged")}


def labels_when_planned(marked: bool) -> dict[str, str]:
    if marked:
        return {"new": _("Markers to add"), "changed": _("Markers to move"), "same": _("Markers unchanged")}
    return {"new": _("Sections to add"), "changed": _("Sections to update"), "same": _("Sections unchanged")}


def asides(report: Mapping[str, Any]) -> Iterator[str]:
    """What was left out on purpose, and what people should look at."""
    messages = {
        "elsewhere": _("Outside the chosen communes: %(count)s"),
        "unbuilt": _("Planned or being built, left out: %(count)s"),
        "held": _("Kept by another member, left to it: %(count)s"),
        "managed": _("On roads that another member manages, left to it: %(count)s"),
        "outside": _("Outside your territory and far from your sections, left out: %(count)s"),
        "absorbed": _("Merged here into another section, left as they are: %(count)s"),
        "corrected": (
            _("Markers that your people corrected, kept: %(count)s")
            if report["what"] == "markers"
            else _("Sections whose values your people corrected, kept: %(count)s")
        ),
        "aside": _("Points that are no markers (start, end or change of a section), left out: %(count)s"),
        "refused": _("Rows refused: %(count)s"),
        "markers_managed": _("Markers of roads that another member manages, left to it: %(count)s"),
        "markers_outside": _("Markers outside your territory and far from your sections, left out: %(count)s"),
        "markers_corrected": _("Markers that your people corrected, kept: %(count)s"),
        "markers_aside": _(
            "Points of the delivery that are no markers (start, end or change of a section), left out: %(count)s"
        ),
        "markers_refused": _("Markers refused: %(count)s"),
        "renamed": _("Markers that follow their sections to another Département: %(count)s"),
    }
    for name, message in messages.items():
        if count := report["counts"].get(name):
            yield message % {"count": display_number(count, 0)}
    if names := report.get("overwritten"):
        message = _("Corrected here, and changed by the source since, which was taken: %(names)s")
        yield message % {"names": ", ".join(names)}
    if names := report.get("left_drawn"):
        message = _("Drawn anew by the source, but cut or merged here, their lines stay: %(names)s")
        yield message % {"names": ", ".join(names)}
    if names := report.get("drawn_here"):
        message = _("Drawn anew by the source, and corrected here, their lines stay as they are here: %(names)s")
        yield message % {"names": ", ".join(names)}

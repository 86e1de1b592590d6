"""A report as people read it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from layers.intake.import_loss import describe_scopes
from layers.intake.report import ImportReport

SHOWN = 20


def report_in_words(report: ImportReport) -> str:
    """The counts of each file, and the first refusals, repairs and remarks."""
    return "\n".join(lines(report.as_json()))


def lines(report: dict[str, Any]) -> Iterator[str]:
    if not report["written"]:
        yield _("Nothing was written.")
    if dated := data_as_of(report):
        yield dated
    if (compared := report["compared"]) and compared["scopes"]:
        yield from describe_scopes(compared)
    if changes := difference_in_words(report.get("difference")):
        yield changes
    for file in report["files"]:
        yield f"{file['file']} : {counts(file, written=report['written'])}"
        if file["problem"]:
            yield f"  {file['problem']['words']}"
        if changes := difference_in_words(file.get("difference")):
            yield f"  {changes}"
        for title, entries, total in groups(file):
            yield f"  {title} ({total})"
            yield from (f"    {entry_in_words(entry)}" for entry in entries[:SHOWN])
            if total > SHOWN:
                yield f"    … {_('and %(count)s more') % {'count': total - SHOWN}}"


def difference_in_words(difference: dict[str, Any] | None) -> str:
    """What changed since the former vintage, in one sentence; "" where there was none."""
    if not difference:
        return ""
    words = _("Since the former vintage: %(born)s born, %(gone)s gone, %(changed)s changed, %(unchanged)s unchanged.")
    return words % difference


def data_as_of(report: dict[str, Any]) -> str:
    """The date of the data, "" where nobody and no file says it."""
    given = report.get("source_date")
    return _("Data as of %(date)s") % {"date": date_format(date.fromisoformat(given), "j F Y")} if given else ""


def groups(file: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]], int]]:
    """(title, entries, how many there are in all) of what a file's report lists, empty ones left out."""
    found = [
        (_("Refused"), file["rows"]["refused"], file["refused"]),
        (_("Repaired"), file["rows"]["repaired"], file["repaired"]),
        (_("Remarks"), file["rows"]["remarks"], file["remarks"]),
    ]
    if difference := file.get("difference"):
        titles = {"born": _("Born"), "gone": _("Gone"), "changed": _("Changed")}
        found += [(title, difference["listed"][what], difference[what]) for what, title in titles.items()]
    return [group for group in found if group[2]]


def counts(numbers: dict[str, Any], *, written: bool = True) -> str:
    """What came in, or would have where nothing was written, was repaired, was refused."""
    loaded, repaired, refused = numbers["loaded"], numbers["repaired"], numbers["refused"]
    if written:
        words = ngettext("%(count)s row loaded", "%(count)s rows loaded", loaded)
    else:
        words = ngettext("%(count)s row would come in", "%(count)s rows would come in", loaded)
    parts = [words % {"count": loaded}]
    if repaired:
        parts.append(ngettext("%(count)s row repaired", "%(count)s rows repaired", repaired) % {"count": repaired})
    if refused:
        parts.append(ngettext("%(count)s row refused", "%(count)s rows refused", refused) % {"count": refused})
    return ", ".join(parts)


def entry_in_words(entry: dict[str, Any]) -> str:
    """One line of a report: where, what, why."""
    where = [_("row %(index)s") % {"index": entry["index"]}] if entry["index"] else []
    named = [entry["identifier"]] if entry["identifier"] else []
    head = " ".join([*where, *named])
    return f"{head} : {entry['words']}" if head else str(entry["words"])


def outcome_in_words(told: dict[str, Any], *, done: bool) -> str:
    """What an import of a file as a layer did, or would do: counts, then the first refusals."""
    head = _("Imported") if done else _("Would be imported")
    parts = [f"{head} : {counts({'loaded': told['rows'], 'repaired': told['repaired'], 'refused': told['refused']})}"]
    difference = told.get("difference") or {}
    if "added" in difference:
        words = _("%(added)s added, %(changed)s changed, %(removed)s removed, %(unchanged)s unchanged")
        parts.append(f"  {words % difference}")
    elif compared := told.get("compared"):
        parts += [f"  {line}" for line in describe_scopes(compared)]
    parts += [f"  {remark}" for remark in told["remarks"]]
    parts += [f"    {entry_in_words(entry)}" for entry in told["refusals"][:SHOWN]]
    if told["refused"] > SHOWN:
        parts.append(f"    … {_('and %(count)s more') % {'count': told['refused'] - SHOWN}}")
    return "\n".join(parts)

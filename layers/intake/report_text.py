"""A report as people read it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.long_dates import format_long_date
from layers.intake.import_loss import describe_scopes

MOST_LINES = 20


def report_lines(report: dict[str, Any]) -> Iterator[str]:
    """The counts of each file, and the first refusals, repairs and remarks."""
    if not report["written"]:
        yield _("Nothing was written.")
    if dated := data_as_of(report):
        yield dated
    if (compared := report["compared"]) and compared["scopes"]:
        yield from describe_scopes(compared)
    if changes := describe_vintages(report.get("difference")):
        yield changes
    for file in report["files"]:
        counts = count_rows(file, is_saved=report["written"])
        yield f"{file['file']} : {counts}" if counts else str(file["file"])
        if file["problem"]:
            yield f"  {file['problem']['words']}"
        if changes := describe_vintages(file.get("difference")):
            yield f"  {changes}"
        for title, entries, total in groups(file):
            yield f"  {title} ({total})"
            yield from (f"    {format_entry(entry)}" for entry in entries[:MOST_LINES])
            if total > MOST_LINES:
                yield f"    … {_('and %(count)s more') % {'count': total - MOST_LINES}}"


def describe_vintages(difference: dict[str, Any] | None) -> str:
    """What changed since the former vintage, in one sentence; "" where there was none."""
    if not difference:
        return ""
    message = _("Since the former vintage: %(born)s born, %(gone)s gone, %(changed)s changed, %(unchanged)s unchanged.")
    return message % difference


def data_as_of(report: dict[str, Any]) -> str:
    """The date of the data, "" where nobody and no file says it."""
    given = report.get("source_date")
    return _("Data as of %(date)s") % {"date": format_long_date(date.fromisoformat(given))} if given else ""


def groups(file: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]], int]]:
    """(title, entries, how many there are in all) of what a file's report lists, empty ones left out."""
    lists = [
        (_("Refused"), file["rows"]["refused"], file["refused"]),
        (_("Repaired"), file["rows"]["repaired"], file["repaired"]),
        (_("Remarks"), file["rows"]["remarks"], file["remarks"]),
    ]
    if difference := file.get("difference"):
        titles = {"born": _("Born"), "gone": _("Gone"), "changed": _("Changed")}
        lists += [(title, difference["listed"][what], difference[what]) for what, title in titles.items()]
    return [group for group in lists if group[2]]


def count_rows(file: dict[str, Any], *, is_saved: bool) -> str:
    """What came in of a file; "" of a delivery whose files are counted one by one."""
    return format_counts(file, is_saved=is_saved) if file.get("has_rows", True) else ""


def format_counts(numbers: dict[str, Any], *, is_saved: bool = True) -> str:
    """What came in, or would have where nothing was written, was repaired, was refused."""
    loaded, repaired, refused = numbers["loaded"], numbers["repaired"], numbers["refused"]
    if is_saved:
        message = ngettext("%(count)s row loaded", "%(count)s rows loaded", loaded)
    else:
        message = ngettext("%(count)s row would come in", "%(count)s rows would come in", loaded)
    parts = [message % {"count": loaded}]
    if repaired:
        parts.append(ngettext("%(count)s row repaired", "%(count)s rows repaired", repaired) % {"count": repaired})
    if refused:
        parts.append(ngettext("%(count)s row refused", "%(count)s rows refused", refused) % {"count": refused})
    return ", ".join(parts)


def format_entry(entry: dict[str, Any]) -> str:
    """One line of a report: where, what, why."""
    where = [_("row %(index)s") % {"index": entry["index"]}] if entry["index"] else []
    identifier = [entry["identifier"]] if entry["identifier"] else []
    head = " ".join([*where, *identifier])
    return f"{head} : {entry['words']}" if head else str(entry["words"])


def format_outcome(outcome: dict[str, Any], *, done: bool) -> str:
    """What an import of a file as a layer did, or would do: counts, the CRS, then the first refusals."""
    head = _("Imported") if done else _("Would be imported")
    numbers = {"loaded": outcome["rows"], "repaired": outcome["repaired"], "refused": outcome["refused"]}
    parts, crs = [f"{head} : {format_counts(numbers)}"], outcome.get("crs") or {}
    parts += [f"  {crs[name]}" for name in ("text", "problem") if crs.get(name)]
    if mixture := outcome.get("mixture"):
        parts.append(f"  {mixture}")
    difference = outcome.get("difference") or {}
    if "added" in difference:
        message = _("%(added)s added, %(changed)s changed, %(removed)s removed, %(unchanged)s unchanged")
        parts.append(f"  {message % difference}")
    elif compared := outcome.get("compared"):
        parts += [f"  {line}" for line in describe_scopes(compared)]
    parts += [f"  {remark}" for remark in outcome["remarks"]]
    parts += [f"    {format_entry(entry)}" for entry in outcome["refusals"][:MOST_LINES]]
    if outcome["refused"] > MOST_LINES:
        parts.append(f"    … {_('and %(count)s more') % {'count': outcome['refused'] - MOST_LINES}}")
    return "\n".join(parts)

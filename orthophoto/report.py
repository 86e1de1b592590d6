"""What is known of a campaign, as JSON for pages and reports, and in words for the command line."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Avg, Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database import clock as database_clock
from layers.catalogue.models import Photo
from orthophoto.models import Campaign, Sheet

ACQUIRED = {Photo.Precision.YEAR: "%Y", Photo.Precision.MONTH: "%Y-%m", Photo.Precision.DAY: "%Y-%m-%d"}
NO_SHEETS: dict[str, Any] = {str(state): 0 for state in Sheet.State.values} | {
    "total": 0,
    "bytes": 0,
    "mean_seconds": None,
}


def as_json(campaign: Campaign) -> dict[str, Any]:
    """All that is known: the campaign, and every sheet with its outline (EPSG:2154)."""
    sheets = [sheet_as_json(sheet) for sheet in campaign.sheets.all()]
    return summary_as_json(campaign, counts_of(campaign)) | {"sheets": sheets}


def summary_as_json(campaign: Campaign, counts: dict[str, Any]) -> dict[str, Any]:
    """The campaign, its progress, what was found."""
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "member": campaign.owner.slug if campaign.owner else None,
        "acquired": campaign.acquired_date.strftime(ACQUIRED[Photo.Precision(campaign.acquired_precision)]),
        "state": campaign.state,
        "state_label": campaign.get_state_display(),
        "message": campaign.message,
        "resolution_m": campaign.plan.get("resolution_m"),
        "build": campaign.build,
        "published": campaign.published_build is not None,
        "published_build": campaign.published_build,
        "counts": counts,
        "progress": progress(campaign, counts),
        "seconds_left": seconds_left(campaign, counts),
        "findings": campaign.findings,
        "size_bytes": counts["bytes"],
    }


def sheet_as_json(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "file": sheet.file,
        "state": sheet.state,
        "state_label": sheet.get_state_display(),
        "code": sheet.code,
        "message": sheet.message,
        "width": sheet.facts.get("width"),
        "height": sheet.facts.get("height"),
        "sha256": sheet.sha256,
        "size_bytes": sheet.size_bytes,
        "seconds": sheet.seconds,
        "outline": [[round(x, 2), round(y, 2)] for x, y in sheet.geom[0][0].coords] if sheet.geom else None,
    }


def counts_of(campaign: Campaign) -> dict[str, Any]:
    """Sheets by state, bytes made, and the mean seconds of a sheet."""
    return counts_by_campaign([campaign])[campaign.pk]


def counts_by_campaign(campaigns: Iterable[Campaign]) -> dict[int, dict[str, Any]]:
    """The counts of several campaigns by their id, in one query."""
    by_campaign: dict[int, dict[str, Any]] = {campaign.pk: NO_SHEETS.copy() for campaign in campaigns}
    by_state = Sheet.objects.filter(campaign_id__in=by_campaign).order_by().values("campaign_id", "state")
    for row in by_state.annotate(n=Count("id"), bytes=Sum("size_bytes"), mean=Avg("seconds")):
        counts = by_campaign[row["campaign_id"]]
        counts[row["state"]] = row["n"]
        counts["total"] += row["n"]
        if row["state"] == Sheet.State.BUILT:
            counts["bytes"], counts["mean_seconds"] = row["bytes"] or 0, row["mean"]
    return by_campaign


def progress(campaign: Campaign, counts: dict[str, Any]) -> float | None:
    """The share of the sheets that are done with, the overview counted as one more; None outside a build."""
    if campaign.state != Campaign.State.BUILDING:
        return None
    wanted = counts["total"] - counts["refused"]
    return float(round((counts["built"] + counts["failed"]) / (wanted + 1), 3))


def seconds_left(campaign: Campaign, counts: dict[str, Any]) -> float | None:
    """An estimate from the pace so far, once three sheets are made."""
    done = counts["built"] + counts["failed"]
    if campaign.state != Campaign.State.BUILDING or done < 3 or campaign.build_started_at is None:
        return None
    pace = (database_clock.now() - campaign.build_started_at).total_seconds() / done
    return float(round(pace * (counts["found"] + 1)))


def report_text(campaign: Campaign) -> str:
    """The end of an ingestion, for whoever started it on the command line."""
    counts = counts_of(campaign)
    lines = [f"{campaign.title} ({campaign.slug}) : {campaign.get_state_display()}"]
    if campaign.message:
        lines.append(campaign.message)
    built = ngettext("%(n)s sheet built, %(mb)s MB.", "%(n)s sheets built, %(mb)s MB.", counts["built"])
    lines.append(built % {"n": counts["built"], "mb": round(counts["bytes"] / 1e6)})
    lines += [f"- {finding['words']}" for finding in campaign.findings]
    for sheet in campaign.sheets.filter(state__in=(Sheet.State.REFUSED, Sheet.State.FAILED)):
        lines.append(_("%(file)s: %(reason)s") % {"file": sheet.file, "reason": sheet.message})
    return "\n".join(lines)

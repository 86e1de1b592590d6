"""The inventory: every file of a delivery, what it is, whether it can be built, and what somebody should look at."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils.translation import gettext as _

from gis_core.files.reader import Limits, ReadRefused, RestrictedReader
from gis_core.files.reader.rasters import companions_of
from gis_core.models import Commune
from orthophoto import messages
from orthophoto.errors import BadOrder, WrongState
from orthophoto.models import Campaign, Sheet
from orthophoto.raster import display
from orthophoto.raster.heights import PLAUSIBLE, UNITS
from orthophoto.raster.inventory import Facts, Finding, Findings, Taken, examine
from orthophoto.services.comparing import Heights, sampled_heights, unlike_published

type Progress = Callable[[float | None, str], None]

IMAGES = {
    ".tif",
    ".tiff",
    ".asc",
    ".jp2",
    ".j2k",
    ".jpx",
    ".jpg",
    ".jpeg",
    ".png",
    ".ecw",
    ".sid",
    ".vrt",
    ".img",
    ".webp",
}
MOST_FILES = 20_000
SAMPLE_PIXELS = 256
# What of an order the inventory depends on.
READ_BY = ("delivery", "crs", "display", "kind", "unit", "vertical_crs")
LONGEST_NAME, LONGEST_FILE = 120, 400


def inspect(campaign_id: int, *, progress: Progress) -> dict[str, Any]:
    """Inspect the delivery and replace what was known of its sheets, in the transaction that is open.

    Raises BadOrder when the folder is gone, empty or too full, WrongState when the campaign was changed meanwhile.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    folder = Path(campaign.delivery)
    images, others = files_of(folder)
    with RestrictedReader(Limits.for_photos()) as reader:
        of_heights, unit = campaign.of_heights, campaign.unit if campaign.of_heights else None
        read = [inspect_image(reader, folder, file, heights=of_heights) for file in with_progress(images, progress)]
        findings = examine(read, crs=campaign.crs, unit=unit)
        limits: display.Limits = ()
        measured: list[Heights] = []
        if of_heights:
            damaged = implausible(reader, folder, findings, campaign, progress, measured)
        else:
            infrared = campaign.display == Campaign.Display.INFRARED
            limits, damaged = limits_of(reader, folder, findings, progress, infrared=infrared)
    if damaged:
        findings = examine([damaged.get(one.file, one) for one in read], crs=campaign.crs, unit=unit)
    campaign = still_wanted(campaign)
    said, campaign.vertical_crs = campaign.vertical_crs, campaign.vertical_crs or vertical_of(findings)
    keep_sheets(campaign, folder, findings)
    campaign.plan = plan_of(findings, limits)
    campaign.findings = [*describe_findings(findings), *about_the_whole(campaign, others, limits)]
    if of_heights:
        campaign.findings += about_the_datum(findings, said)
        campaign.findings += about_the_published(campaign, measured)
    campaign.state = Campaign.State.INSPECTED if findings.taken else Campaign.State.REFUSED
    campaign.message = "" if findings.taken else _("No file of the delivery can be built: see why in the list.")
    campaign.save()
    return {"taken": len(findings.taken), "refused": len(findings.refused), "findings": campaign.findings}


def still_wanted(campaign: Campaign) -> Campaign:
    """The campaign, from now on nobody else's to change (while files are read it can be taken back).

    Raises WrongState.
    """
    now = Campaign.objects.select_for_update(of=("self",)).filter(pk=campaign.pk).first()
    if now is None or any(getattr(now, name) != getattr(campaign, name) for name in ("state", *READ_BY)):
        raise WrongState(
            _("The campaign was changed while its delivery was inspected: look at it before starting again.")
        )
    return now


def leave_refused(campaign_id: int, message: str) -> None:
    """An inventory that ended badly leaves its campaign refused, in words."""
    Campaign.objects.filter(pk=campaign_id, state=Campaign.State.INSPECTING).update(
        state=Campaign.State.REFUSED, message=message[:500]
    )


def files_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """The images of a delivery, links in place of images among them, and its other files, by path. Raises BadOrder."""
    if not folder.is_dir():
        raise BadOrder(_("There is no folder %(folder)s on the server.") % {"folder": folder}, parameter="folder")
    files = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()]
    files = [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    images = [path for path in files if path.suffix.lower() in IMAGES]
    if not images:
        raise BadOrder(_("There is no image in %(folder)s: .tif and .jp2 files are expected.") % {"folder": folder})
    if len(images) > MOST_FILES:
        raise BadOrder(_("There are more than %(most)s images in %(folder)s.") % {"most": MOST_FILES, "folder": folder})
    used = {*images, *(companion for image in images for companion in companions_of(image))}
    return images, [path for path in files if path not in used]


def with_progress(images: list[Path], progress: Progress) -> Iterator[Path]:
    for done, image in enumerate(images):
        progress(done / len(images), _("Reading the headers: %(done)s of %(all)s") % {"done": done, "all": len(images)})
        yield image


def inspect_image(reader: RestrictedReader, folder: Path, file: Path, *, heights: bool = False) -> Facts:
    """What the reader says of one image; what it refuses, and a file that goes meanwhile, has a named reason."""
    name = str(file.relative_to(folder))
    if len(file.stem) > LONGEST_NAME or len(name) > LONGEST_FILE or storable(name) != name:
        return Facts(name, None, ("bad_name", {"limit": LONGEST_NAME}))
    if file.is_symlink():
        return Facts(name, None, ("linked", {}))
    try:
        admitted = reader.admit(file, *companions_of(file), link=True)
    except ReadRefused as error:
        return Facts(name, None, (error.problem.code, error.problem.params))
    except OSError:
        return Facts(name, None, ("missing", {}))
    try:
        return Facts(name, reader.raster(admitted, heights=heights))
    except ReadRefused as error:
        return Facts(name, None, (error.problem.code, error.problem.params))
    finally:
        reader.dismiss(admitted)


def storable(text: str) -> str:
    """The text with what is no text (bytes of another encoding in a name, NUL) written out."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def limits_of(
    reader: RestrictedReader, folder: Path, findings: Findings, progress: Progress, *, infrared: bool
) -> tuple[display.Limits, dict[str, Facts]]:
    """For 16 bit: per band, the values that become black and white in the whole campaign; empty for 8 bit.

    And the files whose pixels cannot be read.
    """
    deep = [sheet for sheet in findings.taken if sheet.info.dtype == "uint16"]
    stretch = display.Stretch()
    damaged = {}
    for done, sheet in enumerate(deep):
        progress(done / len(deep), _("Measuring the light: %(done)s of %(all)s") % {"done": done, "all": len(deep)})
        file = folder / sheet.file
        bands = display.bands_of(sheet.info, infrared=infrared)
        try:
            admitted = reader.admit(file, *companions_of(file), link=True)
            stretch.add(reader.sample(admitted, bands, SAMPLE_PIXELS))
            reader.dismiss(admitted)
        except ReadRefused as error:
            damaged[sheet.file] = Facts(sheet.file, None, (error.problem.code, error.problem.params))
    return stretch.limits(), damaged


def implausible(
    reader: RestrictedReader,
    folder: Path,
    findings: Findings,
    campaign: Campaign,
    progress: Progress,
    measured: list[Heights],
) -> dict[str, Facts]:
    """The files whose heights cannot be heights in France, or cannot be read; `measured` gets some of the others'."""
    least, most = PLAUSIBLE[campaign.kind]
    refused = {}
    for done, sheet in enumerate(findings.taken):
        share = done / len(findings.taken)
        progress(share, _("Measuring the heights: %(done)s of %(all)s") % {"done": done, "all": len(findings.taken)})
        file = folder / sheet.file
        try:
            admitted = reader.admit(file, *companions_of(file), link=True)
            sample = reader.sample(admitted, (1,), SAMPLE_PIXELS, heights=True)
            reader.dismiss(admitted)
        except ReadRefused as error:
            refused[sheet.file] = Facts(sheet.file, None, (error.problem.code, error.problem.params))
            continue
        metres = UNITS[campaign.unit]
        low, high = (float(value) * metres for value in (sample.min(), sample.max()))
        if sample.count() and not least <= low <= high <= most:
            extremes = {"least": round(low, 1), "most": round(high, 1)}
            refused[sheet.file] = Facts(sheet.file, None, ("implausible_heights", extremes))
        else:
            measured.append(sampled_heights(sheet, sample, metres))
    return refused


def vertical_of(findings: Findings) -> int | None:
    """The vertical datum that most sheets name."""
    codes = [sheet.info.vertical for sheet in findings.taken if sheet.info.vertical]
    return max(set(codes), key=codes.count) if codes else None


def about_the_datum(findings: Findings, said: int | None) -> list[dict[str, Any]]:
    """What is to be told of the vertical datum, given what the order says."""
    of_files = vertical_of(findings)
    if said is None and of_files is None:
        return [as_finding("vertical_unknown", [], {})]
    if said and of_files and said != of_files:
        return [as_finding("vertical_contradicted", [], {"found": of_files, "said": said})]
    return []


def about_the_published(campaign: Campaign, measured: list[Heights]) -> list[dict[str, Any]]:
    """That heights are far from those that are published at the same places."""
    unlike = unlike_published(campaign, measured)
    return [as_finding("unlike_published", [], unlike)] if unlike else []


def keep_sheets(campaign: Campaign, folder: Path, findings: Findings) -> None:
    """Replace the campaign's sheets."""
    campaign.sheets.all().delete()
    Sheet.objects.bulk_create(
        [
            *(row_of_taken(campaign, folder, rank, sheet) for rank, sheet in enumerate(findings.taken)),
            *{row.file: row for row in (row_of_refusal(campaign, finding) for finding in findings.refused)}.values(),
        ]
    )


def row_of_taken(campaign: Campaign, folder: Path, rank: int, sheet: Taken) -> Sheet:
    return Sheet(
        campaign=campaign,
        name=sheet.name,
        file=sheet.file,
        companions=[path.name for path in companions_of(folder / sheet.file)],
        facts=sheet.info.to_json() | {"epsg": sheet.crs, "warp": sheet.warp},
        geom=MultiPolygon(GEOSGeometry(memoryview(sheet.outline.wkb), srid=2154), srid=2154),
        rank=rank,
    )


def row_of_refusal(campaign: Campaign, finding: Finding) -> Sheet:
    (file,) = finding.files
    return Sheet(
        campaign=campaign,
        name=storable(Path(file).stem)[:LONGEST_NAME],
        file=storable(file)[-LONGEST_FILE:],
        state=Sheet.State.REFUSED,
        code=finding.code,
        message=storable(messages.describe_refusal(finding.code, finding.params))[:500],
    )


def plan_of(findings: Findings, limits: display.Limits) -> dict[str, Any]:
    """What every sheet of the campaign needs to know."""
    if findings.grid is None:
        return {}
    return {
        "grid": findings.grid.to_json(),
        "resolution_m": findings.grid.resolution,
        "limits": limits,
    }


def describe_findings(findings: Findings) -> list[dict[str, Any]]:
    return [as_finding(finding.code, list(finding.files), dict(finding.params)) for finding in findings.warnings]


def as_finding(code: str, files: list[str], params: dict[str, Any]) -> dict[str, Any]:
    files = [storable(file) for file in files]
    return {"code": code, "files": files, "params": params, "words": messages.describe_finding(code, files, params)}


def about_the_whole(campaign: Campaign, others: list[Path], limits: display.Limits) -> Iterator[dict[str, Any]]:
    """What is told beside the sheets themselves."""
    if others:
        yield as_finding("other_files", [path.name for path in others], {})
    if outside := outside_territory(campaign):
        yield as_finding("outside_territory", outside, {})
    if limits:
        yield as_finding("scaled", [], {"low": limits[0][0], "high": limits[0][1]})


def outside_territory(campaign: Campaign) -> list[str]:
    """Sheets that touch no commune of the member, when its communes are known."""
    if campaign.owner is None:
        return []
    codes = campaign.owner.territories.values("commune_id")
    communes = Commune.objects.filter(insee__in=codes)
    if not communes.exists():
        return []
    whole = communes.aggregate(whole=Union("geom"))["whole"]
    return list(
        campaign.sheets.filter(state=Sheet.State.INVENTORIED)
        .exclude(geom__intersects=whole)
        .values_list("file", flat=True)
    )

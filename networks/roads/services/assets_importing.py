"""Imports of assets: received, looked at, mapped by people, loaded. Jobs do the work."""

import hashlib
import itertools
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.members.technicians import members_working
from gis_core.models import Member, User
from layers.intake.findings import Finding
from layers.intake.looking import Seen, look_at
from layers.intake.services.inbox import Sent, harmless, kept_files
from layers.intake.services.reading import MAIN
from layers.intake.sources import Tell
from networks.roads.importers.asset_loading import load_assets
from networks.roads.importers.asset_mapping import TABLES, AssetReading, suggested
from networks.roads.importers.asset_rows import Delivered, key_of, read_assets
from networks.roads.importers.asset_survey import check_where, surveyed
from networks.roads.importers.asset_taking_back import take_back
from networks.roads.models import AssetDelivery, AssetMapping

READ, LOAD, TAKE_BACK = "read_road_assets", "load_road_assets", "take_back_road_assets"
State = AssetDelivery.State
MOST_FAULTS = 5_000
KEPT = timedelta(days=30)
"""How long files wait for who says what they hold: the page says so."""


# -- by people --------------------------------------------------------------------------------------------------------


def member_for(slug: str, rights: Rights) -> Member:
    """The member that is meant. Raises NotFound, Invalid."""
    members = members_working(rights)
    chosen = [one for one in members if one.slug == slug] if slug else members
    if slug and not chosen:
        raise NotFound(_("There is no such member, or you do not work on its roads."))
    if len(chosen) != 1:
        raise Invalid(_("Choose for which member."), parameter="member")
    return chosen[0]


def delivery_of(pk: int, rights: Rights) -> AssetDelivery:
    """Raises NotFound."""
    found = AssetDelivery.objects.worked_on_by(rights).select_related("owner", "made_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return found


def receive(*, files: Sequence[Sent], member: Member, user: User, rights: Rights) -> AssetDelivery:
    """Keep what was sent and queue its reading. Raises Invalid, Forbidden, Unavailable (disk full)."""
    check_kinds([one.name or "" for one in files])
    with kept_files(files) as (folder, names), transaction.atomic():
        made = register(folder, names, member=member, user=user)
        queue(made, READ, user, rights)
    return made


def check_kinds(names: Sequence[str]) -> None:
    """Raises Invalid where no file is one that layers are read of."""
    if names and not any(Path(one).suffix.lower() in MAIN for one in names):
        words = _(
            "“%(name)s” is of no kind that is read here: send CSV, XLSX, ODS, KML, GeoJSON, GeoPackage, Shapefile "
            "(with its .dbf and .prj), or a ZIP of these."
        )
        raise Invalid(words % {"name": names[0][:80]}, parameter="file")


def register(folder: str, names: Sequence[str], *, member: Member, user: User | None) -> AssetDelivery:
    """The files of a folder of the inbox, yet to be read."""
    inside = Path(settings.INBOX_DIR) / folder
    files = [{"name": one, "sha256": digest(inside / one)} for one in names]
    return AssetDelivery.objects.create(
        title=", ".join(names)[:200], owner=member, folder=folder, files=files, made_by=user
    )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def queue(made: AssetDelivery, kind: str, user: User, rights: Rights) -> None:
    titles = {
        READ: _("Reading of the assets %(title)s"),
        LOAD: _("Loading of the assets %(title)s"),
        TAKE_BACK: _("Taking back the assets %(title)s"),
    }
    start_job(
        kind=kind,
        title=titles[kind] % {"title": made.title},
        owner=made.owner,
        started_by=user,
        parameters={"delivery": made.pk},
        rights=rights,
    )


@transaction.atomic
def choose(
    pk: int,
    readings: Mapping[str, AssetReading],
    *,
    name: str = "",
    outside: bool = False,
    user: User,
    rights: Rights,
) -> AssetDelivery:
    """Take how the layers are read, and load them: `outside`, even if they lie mostly outside the member's territory.
    Raises NotFound, Conflict, Invalid.
    """
    made = delivery_of(pk, rights)
    if not any(one.table for one in readings.values()):
        raise Invalid(_("Say of one layer at least what it holds."), parameter="table")
    kept = as_kept(readings)
    if made.survey and kept == made.readings and not outside:
        check_where(made.survey, made.owner)
    changes = {"readings": kept, "mapping_name": name.strip()[:80], "outside": outside}
    return move_on(made, LOAD, (State.CHOOSING, State.REFUSED), State.LOADING, user, rights, **changes)


@transaction.atomic
def check(
    pk: int,
    readings: Mapping[str, AssetReading],
    *,
    name: str = "",
    headed: bool | None = None,
    user: User,
    rights: Rights,
) -> AssetDelivery:
    """Read the files in this way without writing anything, to see where their rows lie and what is told of them. Tables
    whose first line is not what it was taken for are looked at anew. Raises NotFound, Conflict.
    """
    made = delivery_of(pk, rights)
    changes: dict[str, Any] = {"readings": as_kept(readings), "mapping_name": name.strip()[:80], "headed": headed}
    if headed != made.headed:
        changes["contents"] = []
    return move_on(made, READ, (State.CHOOSING, State.REFUSED), State.READING, user, rights, **changes)


@transaction.atomic
def start_taking_back(pk: int, *, user: User, rights: Rights) -> AssetDelivery:
    """Queue that what an import brought goes and what it changed is as it was. Raises NotFound, Conflict."""
    return move_on(delivery_of(pk, rights), TAKE_BACK, (State.LOADED,), State.TAKING_BACK, user, rights)


def as_kept(readings: Mapping[str, AssetReading]) -> dict[str, Any]:
    return {label: one.as_json() for label, one in readings.items()}


def move_on(
    made: AssetDelivery, kind: str, before: Sequence[str], after: str, user: User, rights: Rights, **changes: Any
) -> AssetDelivery:
    """The next step, once. Raises Conflict."""
    moved = AssetDelivery.objects.filter(pk=made.pk, state__in=before).update(state=after, message="", **changes)
    if not moved:
        raise Conflict(_("Somebody has gone on with this import meanwhile: look at it again."))
    made.refresh_from_db()
    queue(made, kind, user, rights)
    return made


@transaction.atomic
def forget(pk: int, *, rights: Rights) -> None:
    """Remove an import that was never loaded, with its files. Raises NotFound, Conflict."""
    made = delivery_of(pk, rights)
    if made.state not in (State.CHOOSING, State.REFUSED):
        raise Conflict(_("This import is under way, or was loaded: it stays."))
    forget_files(made)
    made.delete()


def awaited_folders() -> Iterable[str]:
    """Those of files that are yet to be loaded."""
    done = (State.LOADED, State.TAKING_BACK, State.TAKEN_BACK)
    waiting = AssetDelivery.objects.exclude(state__in=done).filter(created_at__gte=database_clock.now() - KEPT)
    return waiting.values_list("folder", flat=True)


def forget_files(made: AssetDelivery) -> None:
    folder = Path(settings.INBOX_DIR) / harmless(made.folder)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


# -- mappings ---------------------------------------------------------------------------------------------------------


def readings_for(owner: Member, contents: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, AssetReading]]:
    """How each layer was read last time, by its fields; else what is likely. The name of what was found."""
    kept = list(AssetMapping.objects.filter(owner=owner))
    found: dict[str, AssetReading] = {}
    name = ""
    for layer in contents:
        known = next((one for one in kept if set(one.fields) == set(layer["fields"])), None)
        if known is None:
            found[key_in(layer)] = likely(layer)
        else:
            name = name or known.name
            found[key_in(layer)] = AssetReading.kept(known.reading)
    return name, found


def likely(layer: Mapping[str, Any], table: str = "") -> AssetReading:
    """How a layer is likely read; as what somebody said that it holds."""
    drawn, place = str(layer["geometry"]), layer.get("place") or []
    placed = not layer.get("table") or (drawn != "" and TABLES.get(table, drawn) == drawn)
    found = suggested(str(layer["label"]), drawn, layer["fields"], table=table, placed=placed)
    if not (found.table and placed and len(place) == 2):
        return found
    return replace(found, columns={"place_x": place[0], "place_y": place[1], **found.columns})


def key_in(layer: Mapping[str, Any]) -> str:
    return key_of(source_of(layer), str(layer["label"]))


def source_of(layer: Mapping[str, Any]) -> str:
    """The file that a layer is in; "" of one that was looked at before that was kept."""
    return str(layer.get("source", ""))


def keep_mapping(made: AssetDelivery) -> None:
    """Each layer's reading under the name that was given, else its file's; numbered where a reading of other fields, or
    another layer of these files, has that name."""
    there = {one.name: set(one.fields) for one in AssetMapping.objects.filter(owner=made.owner)}
    used: set[str] = set()
    for layer in made.contents:
        reading = made.readings.get(key_in(layer)) or made.readings.get(layer["label"]) or {}
        if not reading.get("table"):
            continue
        plain = (made.mapping_name or Path(source_of(layer)).stem or str(layer["label"]))[:76]
        names = (plain if number == 1 else f"{plain} {number}" for number in itertools.count(1))
        fields = set(layer["fields"])
        name = next(one for one in names if one not in used and there.get(one, fields) == fields)
        used.add(name)
        values = {"fields": sorted(fields), "reading": reading, "used_at": database_clock.now()}
        AssetMapping.objects.update_or_create(owner=made.owner, name=name, defaults=values)


# -- by the worker ----------------------------------------------------------------------------------------------------


def paths_of(made: AssetDelivery) -> list[Path]:
    """Raises Invalid when the files are there no more."""
    folder = Path(settings.INBOX_DIR) / harmless(made.folder)
    paths = [folder / harmless(str(one["name"])) for one in made.files]
    if not paths or not all(path.is_file() for path in paths):
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    return paths


def empty(one: Seen, made: AssetDelivery) -> Finding:
    """What is told of a layer without fields: a Shapefile lacks a part, a table has no row."""
    if any(str(file["name"]).lower().endswith((".csv", ".xlsx", ".ods")) for file in made.files):
        words = _("“%(name)s” holds no row: the first line names the fields, the others are the assets.")
    else:
        words = gettext_noop(
            "“%(name)s” has no field: of a Shapefile, the .dbf is missing. Send its .shp, .shx, .dbf and .prj together."
        )
    return Finding(file=one.file, row=None, code=words, params={"name": one.label})


def read(pk: int, tell: Tell) -> dict[str, Any]:
    """See what the layers hold, how they are likely read, and where their rows lie then. Raises Invalid,
    ReaderUnavailable.
    """
    made = AssetDelivery.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    tell(None, _("Reading the files"))
    faults = [] if made.contents else look(made)
    made.survey = None
    if any(one.get("table") for one in made.readings.values()):
        delivered = rows_of(made)
        faults += delivered.faults
        made.survey = surveyed(made.owner, delivered)
    made.faults = as_told(faults)
    made.state, made.message = State.CHOOSING, ""
    made.save()
    return {"layers": len(made.contents)}


def look(made: AssetDelivery) -> list[Finding]:
    """What the layers hold, into the import. Raises Invalid where they hold nothing."""
    seen, faults = look_at(paths_of(made), made.headed)
    faults += [empty(one, made) for one in seen if not one.fields]
    seen = [one for one in seen if one.fields]
    if not seen:
        told = " ".join(in_words(one) for one in faults[:3])
        raise Invalid(told or _("There is no layer in these files."))
    made.contents = [one.as_json() for one in seen]
    made.mapping_name, readings = readings_for(made.owner, made.contents)
    made.readings = as_kept(readings)
    return faults


def in_words(one: Finding) -> str:
    """What is told of a file, with its name where it does not say it."""
    named = Path(one.file).stem in one.message
    return one.message if named else f"{one.file} : {one.message}"


def rows_of(made: AssetDelivery) -> Delivered:
    """The rows of the files, read as somebody chose. Raises Invalid, ReaderUnavailable."""
    readings = {label: AssetReading.kept(one) for label, one in made.readings.items()}
    return read_assets(paths_of(made), readings, made.headed)


def as_told(faults: Iterable[Finding]) -> list[dict[str, Any]]:
    """Once each, what keeps rows out first, row by row."""
    ordered = sorted(dict.fromkeys(faults), key=lambda one: (one.severity != "error", one.file, one.row or 0))
    return [asdict(one) for one in ordered[:MOST_FAULTS]]


def load(pk: int, tell: Tell) -> dict[str, Any]:
    """Write the assets, all or nothing. Raises Invalid."""
    made = AssetDelivery.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    tell(None, _("Reading the files"))
    delivered = rows_of(made)
    made.survey = surveyed(made.owner, delivered)
    try:
        if not made.outside:
            check_where(made.survey, made.owner)
        report = load_assets(made, delivered, tell)
    except Invalid as refused:
        told = {"faults": as_told(delivered.faults), "survey": made.survey}
        raise Invalid(refused.message, report=told) from refused
    keep_mapping(made)
    forget_files(made)
    made.report = report
    made.faults = as_told(delivered.faults)
    made.state, made.loaded_at, made.message = State.LOADED, database_clock.now(), ""
    made.save()
    return report


def bring_back(pk: int, tell: Tell) -> dict[str, Any]:
    """What an import brought goes and what it changed is as it was, but for what somebody changed since."""
    made = AssetDelivery.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    told = take_back(made, tell)
    made.report = dict(made.report or {}) | {"taken_back": told}
    made.state, made.message = State.TAKEN_BACK, ""
    made.save()
    return told


def leave(pk: int, message: str, report: Any) -> None:
    """A job that ended badly leaves its import where people can go on, with why."""
    made = AssetDelivery.objects.filter(pk=pk).first()
    if made is None or made.state not in (State.READING, State.LOADING, State.TAKING_BACK):
        return
    waiting = State.CHOOSING if made.contents else State.REFUSED
    made.state = State.LOADED if made.state == State.TAKING_BACK else waiting
    made.message = message[:500]
    if isinstance(report, dict) and "faults" in report:
        made.faults, made.survey = report["faults"], report.get("survey")
    made.save()

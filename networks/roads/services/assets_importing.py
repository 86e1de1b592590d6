"""Imports of assets: received, looked at, mapped by people, loaded. Jobs do the work."""

import hashlib
import itertools
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.models import Member, User
from gis_core.rights import Rights
from gis_core.services.jobs import start_job
from layers.imports.services.inbox import Sent, harmless, kept_files
from layers.imports.sources import Tell
from networks.core.importers import kml
from networks.core.importers.faults import Fault
from networks.core.importers.looking import Seen, look_at
from networks.core.rights import TECHNICIANS
from networks.roads.importers.asset_loading import load_assets
from networks.roads.importers.asset_mapping import AssetReading, suggested
from networks.roads.importers.asset_rows import key_of, read_assets
from networks.roads.models import AssetDelivery, AssetMapping

READ, LOAD = "read_road_assets", "load_road_assets"
State = AssetDelivery.State
MOST_FAULTS = 5_000
KEPT = timedelta(days=30)
"""How long files wait for who says what they hold: the page says so."""


# -- by people --------------------------------------------------------------------------------------------------------


def members_working(rights: Rights) -> list[Member]:
    """The members for which the asker may import."""
    found = Member.objects.all()
    if not rights.agency:
        found = found.filter(pk__in=[member for member, role in rights.roles.items() if role in TECHNICIANS])
    return list(found.order_by("name"))


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
    with kept_files(files) as (folder, names), transaction.atomic():
        made = register(folder, names, member=member, user=user)
        queue(made, READ, user, rights)
    return made


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
    titles = {READ: _("Reading of the assets %(title)s"), LOAD: _("Loading of the assets %(title)s")}
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
    pk: int, readings: Mapping[str, AssetReading], *, name: str = "", user: User, rights: Rights
) -> AssetDelivery:
    """Take how the layers are read, and load them. Raises NotFound, Conflict, Invalid."""
    made = delivery_of(pk, rights)
    if not any(one.table for one in readings.values()):
        raise Invalid(_("Say of one layer at least what it holds."), parameter="table")
    kept = {label: one.as_json() for label, one in readings.items()}
    moved = AssetDelivery.objects.filter(pk=pk, state__in=(State.CHOOSING, State.REFUSED)).update(
        state=State.LOADING, message="", readings=kept, mapping_name=name.strip()[:80]
    )
    if not moved:
        raise Conflict(_("Somebody has gone on with this import meanwhile: look at it again."))
    made.refresh_from_db()
    queue(made, LOAD, user, rights)
    return made


@transaction.atomic
def forget(pk: int, *, rights: Rights) -> None:
    """Remove an import that is not under way, with its files. Raises NotFound, Conflict."""
    made = delivery_of(pk, rights)
    if made.state in (State.READING, State.LOADING):
        raise Conflict(_("This import is under way: wait for its end."))
    forget_files(made)
    made.delete()


def awaited_folders() -> Iterable[str]:
    """Those of files that are yet to be loaded."""
    waiting = AssetDelivery.objects.exclude(state=State.LOADED).filter(created_at__gte=timezone.now() - KEPT)
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
            found[key_in(layer)] = suggested(str(layer["label"]), str(layer["geometry"]), layer["fields"])
        else:
            name = name or known.name
            found[key_in(layer)] = AssetReading.kept(known.reading)
    return name, found


def key_in(layer: Mapping[str, Any]) -> str:
    return key_of(str(layer["file"]), str(layer["label"]))


def keep_mapping(made: AssetDelivery) -> None:
    """Each layer's reading under the name that was given, else its file's; numbered where a reading of other fields, or
    another layer of these files, has that name."""
    there = {one.name: set(one.fields) for one in AssetMapping.objects.filter(owner=made.owner)}
    used: set[str] = set()
    for layer in made.contents:
        reading = made.readings.get(key_in(layer)) or made.readings.get(layer["label"]) or {}
        if not reading.get("table"):
            continue
        plain = (made.mapping_name or Path(str(layer["file"])).stem or str(layer["label"]))[:76]
        names = (plain if number == 1 else f"{plain} {number}" for number in itertools.count(1))
        fields = set(layer["fields"])
        name = next(one for one in names if one not in used and there.get(one, fields) == fields)
        used.add(name)
        AssetMapping.objects.update_or_create(
            owner=made.owner, name=name, defaults={"fields": sorted(fields), "reading": reading}
        )


# -- by the worker ----------------------------------------------------------------------------------------------------


def paths_of(made: AssetDelivery) -> list[Path]:
    """Raises Invalid when the files are there no more."""
    folder = Path(settings.INBOX_DIR) / harmless(made.folder)
    paths = [folder / harmless(str(one["name"])) for one in made.files]
    if not paths or not all(path.is_file() for path in paths):
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    return paths


def empty(one: Seen, made: AssetDelivery) -> Fault:
    """What is told of a layer without fields: a Shapefile lacks a part, a table has no row."""
    if any(str(file["name"]).lower().endswith((".csv", ".xlsx", ".ods")) for file in made.files):
        words = _("“%(name)s” holds no row: the first line names the fields, the others are the assets.")
    else:
        words = _(
            "“%(name)s” has no field: of a Shapefile, the .dbf is missing. Send its .shp, .shx, .dbf and .prj together."
        )
    return Fault(file=one.file, row=None, message=words % {"name": one.label})


def read(pk: int, tell: Tell) -> dict[str, Any]:
    """See what the layers hold, and how they are likely read. Raises Invalid, ReaderUnavailable."""
    made = AssetDelivery.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    tell(None, _("Reading the files"))
    faults: list[Fault] = []
    seen, more = look_at(kml.readable(paths_of(made), faults))
    faults += more
    faults += [empty(one, made) for one in seen if not one.fields]
    seen = [one for one in seen if one.fields]
    if not seen:
        told = " ".join(f"{one.file} : {one.message}" for one in faults[:3])
        raise Invalid(told or _("There is no layer in these files."))
    made.contents = [one.as_json() for one in seen]
    made.faults = [asdict(one) for one in faults]
    made.mapping_name, readings = readings_for(made.owner, made.contents)
    made.readings = {label: one.as_json() for label, one in readings.items()}
    made.state, made.message = State.CHOOSING, ""
    made.save()
    return {"layers": len(seen)}


def load(pk: int, tell: Tell) -> dict[str, Any]:
    """Write the assets, all or nothing. Raises Invalid."""
    made = AssetDelivery.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    readings = {label: AssetReading.kept(one) for label, one in made.readings.items()}
    tell(None, _("Reading the files"))
    delivered = read_assets(paths_of(made), readings)
    try:
        report = load_assets(made, delivered, tell)
    except Invalid as refused:
        told = {"faults": [asdict(one) for one in delivered.faults[:MOST_FAULTS]]}
        raise Invalid(refused.message, report=told) from refused
    keep_mapping(made)
    forget_files(made)
    made.report = report
    made.faults = [asdict(one) for one in delivered.faults[:MOST_FAULTS]]
    made.state, made.loaded_at, made.message = State.LOADED, timezone.now(), ""
    made.save()
    return report


def leave(pk: int, message: str, report: Any) -> None:
    """A job that ended badly leaves its import where people can go on, with why."""
    made = AssetDelivery.objects.filter(pk=pk).first()
    if made is None or made.state not in (State.READING, State.LOADING):
        return
    made.state = State.CHOOSING if made.contents else State.REFUSED
    made.message = message[:500]
    if isinstance(report, dict) and "faults" in report:
        made.faults = report["faults"]
    made.save()

"""Imports of networks: received, read, completed by people, loaded, undone, taken back. Jobs do the work."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.members.technicians import members_working
from gis_core.models import Member, User
from layers.intake.findings import Finding
from layers.intake.import_loss import accepted_in
from layers.intake.looking import Seen, look_at
from layers.intake.services.inbox import Sent, kept_files
from layers.intake.sources import Tell
from networks.water import raepa
from networks.water.importers.applying import apply_plan, forget_files, take_back, undo_moves
from networks.water.importers.mapped import reading_for
from networks.water.importers.mapping import LayerReading, suggested
from networks.water.importers.planning import ADD, REPLACE, faults_as_json, paths_of, planned
from networks.water.importers.weaving import FARTHEST_M
from networks.water.models import NetworkImport, NetworkMapping

READ, LOAD, UNDO, TAKE_BACK = "read_network", "load_network", "undo_network_snapping", "take_back_network"
LONGEST_TITLE = 200
AUTO = "auto"
CHUNK = 1 << 20
KEPT = timedelta(days=30)
"""How long files wait for who loads them."""

State = NetworkImport.State
Format = NetworkImport.Format


# -- by people --------------------------------------------------------------------------------------------------------


def member_for(slug: str, rights: Rights) -> Member:
    """The member that is meant. Raises NotFound, Invalid."""
    members = members_working(rights)
    chosen = [one for one in members if one.slug == slug] if slug else members
    if slug and not chosen:
        raise NotFound(_("There is no such member, or you do not work on its networks."))
    if len(chosen) != 1:
        raise Invalid(_("Choose for which member."), parameter="member")
    return chosen[0]


def import_of(import_id: int, rights: Rights) -> NetworkImport:
    """An import that the asker works on. Raises NotFound."""
    found = NetworkImport.objects.worked_on_by(rights).select_related("owner", "made_by").filter(pk=import_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return found


def receive(*, files: Sequence[Sent], member: Member, format: str, user: User, rights: Rights) -> NetworkImport:
    """Keep what was sent and queue its reading. Raises Invalid, Forbidden, Unavailable (disk full)."""
    with kept_files(files) as (folder, names), transaction.atomic():
        made = register(folder, names, member=member, format=format, user=user)
        queue(made, READ, user, rights)
    return made


def register(
    folder: str, names: Sequence[str], *, member: Member, format: str, user: User | None, options: Any = None
) -> NetworkImport:
    """The files of a folder of the inbox, yet to be read. Raises Invalid."""
    inside = Path(settings.INBOX_DIR) / folder
    files = [{"name": one, "size": (inside / one).stat().st_size, "sha256": digest(inside / one)} for one in names]
    return NetworkImport.objects.create(
        title=", ".join(names)[:LONGEST_TITLE],
        owner=member,
        folder=folder,
        files=files,
        format=format_of(format, names),
        options=options or {},
        made_by=user,
    )


def digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def format_of(format: str, names: Sequence[str]) -> str:
    """Raises Invalid."""
    if format in Format.values:
        return format
    if format not in ("", AUTO):
        raise Invalid(_("This format is not known."), parameter="format")
    if any(name.lower().endswith(".inp") for name in names):
        return Format.EPANET
    return Format.RAEPA if any("raepa" in name.lower() for name in names) else Format.LAYERS


def queue(made: NetworkImport, kind: str, user: User, rights: Rights) -> None:
    titles = {
        READ: _("Reading of the network %(title)s"),
        LOAD: _("Loading of the network %(title)s"),
        UNDO: _("Snapping undone: %(title)s"),
        TAKE_BACK: _("Import taken back: %(title)s"),
    }
    parameters = {"import": made.pk, "folder": made.folder}
    title = titles[kind] % {"title": made.title}
    start_job(kind=kind, title=title, owner=made.owner, started_by=user, parameters=parameters, rights=rights)


def read_again(
    import_id: int, options: Mapping[str, Any], *, name: str = "", user: User, rights: Rights
) -> NetworkImport:
    """Take what somebody chose, and read the files with it. Raises NotFound, Conflict, Invalid."""
    made = import_of(import_id, rights)
    check_options(options)
    kept = {"options": dict(made.options) | dict(options)}
    if name:
        kept["options"]["mapping_name"] = name
    return move_on(made, READ, (State.CHOOSING, State.READY, State.REFUSED), State.READING, user, rights, **kept)


def check_options(options: Mapping[str, Any]) -> None:
    """Raises Invalid."""
    snap = options.get("snap_m")
    if snap is not None and not 0.05 <= float(snap) <= FARTHEST_M:
        raise Invalid(_("The distance of snapping is between 0.05 and 5 metres."), parameter="snap_m")
    if options.get("known") not in (None, "", REPLACE, ADD):
        raise Invalid(_("Say whether this replaces what is there, or adds to it."), parameter="known")


def start_loading(
    import_id: int, *, confirmed: bool = False, typed: str = "", user: User, rights: Rights
) -> NetworkImport:
    """Queue the loading of what was read; where too much would go, the number that goes must be `typed`.

    Raises NotFound, Conflict, Invalid.
    """
    made = import_of(import_id, rights)
    refuse_unfit(made, confirmed)
    accepted = None
    if loss := loss_of(made):
        accepted = accepted_in(typed)
        if accepted != loss["gone"]:
            words = _("You typed %(typed)s, but %(gone)s objects would go: nothing was done.")
            raise Invalid(words % {"typed": accepted, "gone": loss["gone"]}, parameter="accepted")
    chosen = {"snap_m": (made.plan or {}).get("snap_m"), "confirmed": confirmed, "accepted_loss": accepted}
    kept = {"options": dict(made.options) | chosen}
    return move_on(made, LOAD, (State.READY,), State.LOADING, user, rights, **kept)


def loss_of(made: NetworkImport) -> dict[str, Any] | None:
    """What loading would take away of former imports, where that must be confirmed."""
    compared: dict[str, Any] = (made.plan or {}).get("compared") or {}
    return compared if made.options.get("known") == REPLACE and compared.get("beyond") else None


def refuse_unfit(made: NetworkImport, confirmed: bool) -> None:
    """Raises Conflict while something has to be said or mended first."""
    plan = made.plan or {}
    known = plan.get("known", {})
    if plan.get("errors"):
        raise Conflict(_("The file has errors: mend them, or leave the rows out that may be left out."))
    if brings_nothing(plan):
        raise Conflict(_("Nothing of these files would come in: check what they are, or send others."))
    if known.get("count") and not made.options.get("known"):
        raise Conflict(_("Objects of this file are in your network already: say whether to replace them, or to add."))
    if known.get("edited") and made.options.get("known") == REPLACE and not confirmed:
        raise Conflict(_("Objects of the former import were changed since: confirm that they may be replaced."))


def brings_nothing(plan: Mapping[str, Any]) -> bool:
    """Whether the files hold no object at all, neither new nor there already."""
    counted = ("nodes", "junctions", "pipes", "connections", "repairs")
    return not plan.get("known", {}).get("count") and not any(
        one.get(name) for one in plan.get("networks", ()) for name in counted
    )


def start_undoing(import_id: int, *, user: User, rights: Rights) -> NetworkImport:
    """Queue that every end that was snapped goes back. Raises NotFound, Conflict."""
    made = import_of(import_id, rights)
    if not made.snaps.filter(undone=False).exists():
        raise Conflict(_("Nothing was snapped, or it is undone already."))
    return move_on(made, UNDO, (State.LOADED,), State.UNDOING, user, rights)


def start_taking_back(import_id: int, *, user: User, rights: Rights) -> NetworkImport:
    """Queue that what an import brought goes. Raises NotFound, Conflict."""
    made = import_of(import_id, rights)
    return move_on(made, TAKE_BACK, (State.LOADED,), State.TAKING_BACK, user, rights)


def awaited_folders() -> Iterable[str]:
    """Those of files that are yet to be loaded."""
    waiting = NetworkImport.objects.filter(loaded_at=None, created_at__gte=database_clock.now() - KEPT)
    return waiting.values_list("folder", flat=True)


@transaction.atomic
def forget(import_id: int, *, rights: Rights) -> None:
    """Remove an import that was never loaded, with its files. Raises NotFound, Conflict."""
    made = import_of(import_id, rights)
    if made.state not in (State.CHOOSING, State.READY, State.REFUSED):
        raise Conflict(_("This import is under way, or was loaded: it stays."))
    forget_files(made)
    made.delete()


@transaction.atomic
def move_on(
    made: NetworkImport, kind: str, before: Sequence[str], after: str, user: User, rights: Rights, **changes: Any
) -> NetworkImport:
    """The next step, once. Raises Conflict."""
    moved = NetworkImport.objects.filter(pk=made.pk, state__in=before).update(state=after, message="", **changes)
    if not moved:
        raise Conflict(_("Somebody has gone on with this import meanwhile: look at it again."))
    made.refresh_from_db()
    queue(made, kind, user, rights)
    return made


# -- mappings ---------------------------------------------------------------------------------------------------------


def keep_mapping(owner: Member, name: str, mapping: Mapping[str, Any]) -> None:
    """Keep how a member's layers are read, under its name."""
    plain = name.strip()[:80] or _("Network")
    values = {"layers": dict(mapping), "used_at": database_clock.now()}
    NetworkMapping.objects.update_or_create(owner=owner, name=plain, defaults=values)


def kept_mapping(owner: Member, seen: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, LayerReading]]:
    """The mapping used last in which the layers and their fields are found; suggestions for what it does not know."""
    for one in NetworkMapping.objects.filter(owner=owner):
        kept = {label: LayerReading.kept(told) for label, told in one.layers.items()}
        found = {layer["label"]: reading_for(layer["label"], kept) for layer in seen}
        if any(found.values()) and all(
            reading is None or set(reading.columns.values()) <= set(layer["fields"])
            for layer, reading in ((layer, found[layer["label"]]) for layer in seen)
        ):
            return one.name, {layer["label"]: found[layer["label"]] or suggestion(layer) for layer in seen}
    return "", {layer["label"]: suggestion(layer) for layer in seen}


def suggestion(layer: Mapping[str, Any]) -> LayerReading:
    return suggested(str(layer["label"]), str(layer["geometry"]), layer["fields"])


# -- by the worker ----------------------------------------------------------------------------------------------------


def ordered(import_id: int) -> NetworkImport:
    found = NetworkImport.objects.select_for_update(of=("self",)).select_related("owner", "made_by")
    return found.get(pk=import_id)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Python's cyclic collector waits: with every row of a network alive it would look at all of them time and again,
    for a quarter of the whole time; what it could free meanwhile is little.
    """
    worked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if worked:
            gc.enable()


@collector_at_rest()
def read(import_id: int, tell: Tell) -> dict[str, Any]:
    """Read the files; what they lack is asked for, else the plan is kept. Raises Invalid, ReaderUnavailable."""
    made = ordered(import_id)
    made.message = ""
    if made.format == Format.LAYERS and not made.contents:
        look(made, tell)
    if lacks_choice(made):
        made.state = State.CHOOSING
        made.save()
        return {}
    plan = planned(made, tell)
    if mapping := made.options.get("mapping"):
        keep_mapping(made.owner, str(made.options.get("mapping_name") or ""), mapping)
    made.plan, made.faults, made.state = plan.told, faults_as_json(plan.faults), State.READY
    made.save()
    return {name: plan.told[name] for name in ("errors", "warnings", "moved")}


def look(made: NetworkImport, tell: Tell) -> None:
    """What the layers hold. A delivery of RAEPA is taken for what it is, whatever its files are called."""
    tell(None, _("Reading the files"))
    seen, faults = look_at(paths_of(made))
    if not seen:
        raise Invalid(first_words(faults))
    if any(is_raepa(one) for one in seen):
        made.format = Format.RAEPA
        return
    made.contents = [one.as_json() for one in seen]


def first_words(faults: Sequence[Finding]) -> str:
    return " ".join(f"{one.file} : {one.message}" for one in faults[:3]) or _("There is no layer in these files.")


def is_raepa(seen: Seen) -> bool:
    """A table of RAEPA with the identifier that RAEPA gives it: a name that is alike is not enough."""
    table = raepa.table_of(seen.label, {raepa.field_name(name) for name in seen.fields})
    return table is not None and table.identifier in {name.strip().upper() for name in seen.fields}


def lacks_choice(made: NetworkImport) -> bool:
    if made.format == Format.EPANET:
        return not made.options.get("crs") and not made.options.get("corner")
    return made.format == Format.LAYERS and not made.options.get("mapping")


@collector_at_rest()
def load(import_id: int, tell: Tell) -> dict[str, Any]:
    """Load what was read. Raises Invalid, Conflict; then nothing is written."""
    made = ordered(import_id)
    plan = planned(made, tell, look=False)
    # What was counted when somebody looked stays to be seen.
    plan.told |= {name: made.plan[name] for name in ("classes", "likely_m") if made.plan and name in made.plan}
    if plan.errors:
        report = {"plan": plan.told, "faults": faults_as_json(plan.faults)}
        raise Invalid(_("The file has errors: nothing was loaded."), report=report)
    made.plan = plan.told
    refuse_unfit(made, bool(made.options.get("confirmed")))
    made.report = apply_plan(made, plan, tell)
    made.faults, made.state, made.loaded_at = faults_as_json(plan.faults), State.LOADED, database_clock.now()
    made.save()
    return dict(made.report["counts"])


def undo(import_id: int, tell: Tell) -> dict[str, Any]:
    """Every end that was snapped back to where the file had it."""
    made = ordered(import_id)
    told = undo_moves(made, tell)
    made.report = dict(made.report or {}) | {"undone": told}
    made.state, made.undone_at = State.LOADED, database_clock.now()
    made.save()
    return {"undone": told["ends"], "left": told["left"]}


def bring_back(import_id: int, tell: Tell) -> dict[str, Any]:
    """What an import brought goes, but for what was changed since."""
    made = ordered(import_id)
    told = take_back(made, tell)
    made.report = dict(made.report or {}) | {"taken_back": told}
    made.state, made.taken_back_at = State.TAKEN_BACK, database_clock.now()
    made.save()
    return told


LEFT = {State.READING: State.REFUSED, State.LOADING: State.READY}


def leave(import_id: int, message: str, report: Any) -> None:
    """A job that ended badly leaves its import where people can go on, with why."""
    made = NetworkImport.objects.filter(pk=import_id).first()
    if made is None or made.state not in (State.READING, State.LOADING, State.UNDOING, State.TAKING_BACK):
        return
    wants_choice = made.state == State.READING and (made.contents or made.format == Format.EPANET)
    made.state = State.CHOOSING if wants_choice else LEFT.get(State(made.state), State.LOADED)
    made.message = message[:500]
    if isinstance(report, dict) and "faults" in report:
        made.faults, made.plan = report["faults"], report["plan"]
    made.save()

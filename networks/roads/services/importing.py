"""Deliveries of sections (BD TOPO) and of markers (PR): what they would change, then that; all or nothing."""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.files.reader import RestrictedReader
from gis_core.jobs.services import jobs_seen_by, start_job
from gis_core.members.rights import Rights
from gis_core.members.technicians import members_working
from gis_core.models import Job, Member, User
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.features.topology import loading
from layers.intake.findings import Finding
from layers.intake.import_loss import LossRefused, ScopeDifference, accepted_in, check_loss, describe_difference
from layers.intake.services.inbox import Sent, harmless, kept_files
from layers.intake.services.loading import rows
from layers.intake.services.orders import queue_taking_back
from layers.intake.source_imports import keep_replaced_rows
from layers.intake.sources import Tell
from networks.roads.importers import marker_loading, markers, sections
from networks.roads.importers.staging import Scope, stage
from networks.roads.references import Road
from networks.roads.services.calibrating import leave_stale
from networks.roads.services.locking import lock_roads
from networks.roads.services.measured import measure
from networks.roads.services.siding import tell_sides
from networks.roads.services.taking_back import SOURCE

KIND: Final = "import_roads"
TAKE_BACK_ROADS: Final = "take_back_roads"
MOST_FAULTS: Final = 2_000
MOST_MEASURED: Final = 30
KEPT: Final = timedelta(days=7)
"""How long files stay that may be loaded: the pages say so."""
type What = Literal["sections", "markers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to import: `write` false says what would be done; `strict` writes nothing where a row is refused.

    `accepted_loss` is the number of sections that somebody said may go (`layers.intake.import_loss`).
    """

    what: What
    paths: Sequence[Path]
    scope: Scope = Scope()  # noqa: RUF009  # frozen
    replace: bool = False
    strict: bool = False
    write: bool = False
    accepted_loss: int | None = None


def bring_in(owner: Member, order: Order, tell: Tell) -> dict[str, Any]:
    """Carry an order out and report, in one transaction; `number` is the one to take it back by. Raises Invalid with
    the report where nothing can come in.

    As the worker.
    """
    if not order.write:
        return carry_out(owner, order, tell)
    title = f"{_('Roads')} · {', '.join(path.name for path in order.paths)}"
    with transaction.atomic(), keep_replaced_rows(SOURCE, title=title, owner=owner) as made:
        report = carry_out(owner, order, tell)
    return report | {"number": made.pk}


def carry_out(owner: Member, order: Order, tell: Tell) -> dict[str, Any]:
    began = time.monotonic()
    with transaction.atomic():
        report = {"sections": bring_sections, "markers": bring_markers}[order.what](owner, order, tell)
        report |= {"what": order.what, "written": order.write, "seconds": round(time.monotonic() - began, 1)}
        refused = sum(one["gravity"] == "error" for one in report["faults"])
        if not report["counts"].get("read"):
            raise Invalid(_("Nothing of these files can come in."), report=report)
        if order.write and order.strict and refused:
            raise Invalid(_("Rows are refused: nothing was loaded, as you asked (strict)."), report=report)
    return report


def bring_sections(owner: Member, order: Order, tell: Tell) -> dict[str, Any]:
    with RestrictedReader() as reader:
        staged = stage(reader, order.paths, order.scope, tell)
        found_markers = [markers.read_layer(reader, one) for one in staged.markers]
    tell(0.45, _("Comparing with what is there"))
    if order.write and order.replace and not staged.whole:
        words = _(
            "Some rows could not be read, so what is gone is not known: correct the file, or load without replacing."
        )
        raise Invalid(words, report=told(staged.faults))
    if order.write:
        lock_roads()
    plan = sections.plan(owner, order.scope, staged.refused)
    faults, roads = list(staged.faults), set(plan.roads)
    compared = difference_of(plan) if order.replace else None
    if order.write:
        check_plan(compared, order, faults, dict(staged.counts) | plan.counts)
        tell(0.5, _("Writing the sections"))
        event = open_event("road_section", order)
        with bulk(), loading():
            sections.write(owner, plan, replace=order.replace, event=event)
            faults += plan.faults
            staged.counts["refused"] += len(plan.faults)
            if lost := sections.lost_markers({one.route for one in plan.roads}):
                open_event("road_marker", order)
                sections.name_markers(lost)
        plan.counts["renamed"] = len(lost)
        roads = plan.roads | set(lost.values())
        announce_changed_slugs(["road-sections", *(["road-markers"] if found_markers or lost else [])])
    counts = dict(staged.counts) | plan.counts
    for table in found_markers:
        outcome = marker_loading.bring(owner, table, write=order.write, also=sections.staged_roads())
        faults += outcome.faults
        roads |= outcome.roads
        for name, number in outcome.counts.items():
            name = name if name == "read" else f"markers_{name}"
            counts[name] = counts.get(name, 0) + number
    if order.write:
        counts["sided"] = tell_sides(owner, roads, lambda: None)
    report = {"counts": counts, "compared": compared and describe_difference([compared]),
              "overwritten": plan.overwritten, "left_drawn": plan.left_drawn,
              "drawn_here": plan.drawn_here}  # fmt: skip
    return report | told(faults) | (measured(roads, tell) if order.write else {"roads": []})


def difference_of(plan: sections.Plan) -> ScopeDifference:
    """What a plan that removes what is no longer delivered changes, in sections that a delivery brought."""
    counts = plan.counts
    known = counts["same"] + counts["changed"] + counts["gone"]
    numbers = {name: counts[name] for name in ("new", "changed", "gone")}
    return ScopeDifference(scope=_("sections of road"), known=known, **numbers)


def check_plan(
    compared: ScopeDifference | None, order: Order, faults: Sequence[Finding], counts: Mapping[str, int]
) -> None:
    """Raises LossRefused, with a report, where more would go than may. Nobody else writes roads meanwhile."""
    if compared is None:
        return
    try:
        check_loss([compared], order.accepted_loss)
    except LossRefused as error:
        report: dict[str, Any] = {"what": order.what, "written": False, "counts": dict(counts), "roads": []}
        error.extra["report"] = report | {"compared": describe_difference([compared])} | told(faults)
        raise


def bring_markers(owner: Member, order: Order, tell: Tell) -> dict[str, Any]:
    tell(None, _("Reading the files"))
    counts: dict[str, int] = {}
    faults: list[Finding] = []
    roads: set[Road] = set()
    with RestrictedReader() as reader:
        tables = list(markers.read(reader, order.paths, faults))
    if order.write:
        lock_roads()
    for table in tables:
        outcome = marker_loading.bring(owner, table, write=order.write)
        faults += outcome.faults
        roads |= outcome.roads
        for name, number in outcome.counts.items():
            counts[name] = counts.get(name, 0) + number
    if order.write:
        counts["sided"] = tell_sides(owner, roads, lambda: open_event("road_section", order))
        announce_changed_slugs(["road-markers", *(["road-sections"] if counts["sided"] else [])])
    found = measured(roads, tell) if order.write else {"roads": []}
    return {"counts": counts, "compared": None} | told(faults) | found


def measured(roads: Collection[Road], tell: Tell) -> dict[str, Any]:
    """Few roads are measured with the import, for people to see what is amiss; many after it, for whoever edits roads
    or assets waits for its end.
    """
    if len(roads) <= MOST_MEASURED:
        return {"roads": measure(roads, tell)}
    leave_stale(roads)
    return {"roads": [], "later": len(roads)}


def told(faults: Sequence[Finding]) -> dict[str, Any]:
    """Errors first, as many as a page shows and a report keeps."""
    ordered = sorted(faults, key=lambda one: (one.severity != "error", one.file, one.row or 0))
    kept = [
        {"file": one.file, "row": one.row, "message": one.message, "gravity": one.severity, "place": one.place}
        for one in ordered[:MOST_FAULTS]
    ]
    return {"faults": kept, "more_faults": max(0, len(ordered) - MOST_FAULTS)}


def open_event(table: str, order: Order) -> int:
    """One event of the history for all that this transaction changes in a table."""
    detail = json.dumps({"from": "import", "label": ", ".join(path.name for path in order.paths)[:200]})
    ((event,),) = rows("select arpent.open_event('import', %(table)s::regclass, %(detail)s::jsonb)",
                       table=table, detail=detail)  # fmt: skip
    return int(event)


# -- by people --------------------------------------------------------------------------------------------------------


def member_for(slug: str, rights: Rights) -> Member:
    """The member that is meant. Raises Forbidden, Invalid, NotFound."""
    members = members_working(rights)
    if not members:
        raise Forbidden(_("Your role does not allow this."))
    chosen = [one for one in members if one.slug == slug] if slug else members
    if slug and not chosen:
        raise NotFound(_("There is no such member, or you do not work on its roads."))
    if len(chosen) != 1:
        raise Invalid(_("Choose for which member."), parameter="member")
    return chosen[0]


def receive(*, files: Sequence[Sent], member: Member, given: Mapping[str, str], user: User, rights: Rights) -> Job:
    """Keep what was sent and queue its reading. Raises Invalid, Forbidden, Unavailable (disk full)."""
    what = given.get("what", "")
    if what not in ("sections", "markers"):
        raise Invalid(_("Say what these files hold: sections or markers."), parameter="what")
    chosen = {"what": what, "communes": communes_in(given.get("communes", "")), "replace": bool(given.get("replace"))}
    with kept_files(files) as (folder, names), transaction.atomic():
        return queue(member, {"folder": folder, "files": list(names), "write": False, **chosen}, user, rights)


def communes_in(text: str) -> list[str]:
    """INSEE codes between commas or spaces. Raises Invalid."""
    codes = text.upper().replace(",", " ").replace(";", " ").split()
    for one in codes:
        if len(one) != 5 or not one.isalnum():
            words = _("“%(text)s” is no INSEE code of a commune: it has five signs, as in 45234.")
            raise Invalid(words % {"text": one[:20]}, parameter="communes")
    return sorted(set(codes))


def queue(member: Member, parameters: dict[str, Any], user: User, rights: Rights) -> Job:
    kinds = {"sections": _("Sections of road: %(files)s"), "markers": _("Road markers: %(files)s")}
    title = kinds[parameters["what"]] % {"files": ", ".join(parameters["files"])}
    return start_job(kind=KIND, title=title, owner=member, started_by=user, parameters=parameters, rights=rights)


def job_of(job_id: int, rights: Rights) -> Job:
    """Raises NotFound."""
    members = [one.pk for one in members_working(rights)]
    found = jobs_seen_by(rights).filter(pk=job_id, kind=KIND, owner__in=members)
    if (job := found.select_related("owner", "started_by").first()) is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job


def jobs_of(rights: Rights, most: int) -> list[Job]:
    members = [one.pk for one in members_working(rights)]
    found = jobs_seen_by(rights).filter(kind=KIND, owner__in=members).select_related("owner", "started_by")
    return list(found.defer("report").order_by("-id")[:most])


def may_load(job: Job) -> bool:
    """Whether its files may be loaded next: they were read, or their loading ended badly."""
    if job.parameters.get("write"):
        return job.state in (Job.State.FAILED, Job.State.CANCELLED)
    return job.state == Job.State.DONE


def awaited_folders() -> list[str]:
    """Those of files that may still be loaded."""
    lately = Job.objects.filter(kind=KIND, ended_at__gte=database_clock.now() - KEPT).defer("report")
    return [str(one.parameters["folder"]) for one in lately if may_load(one)]


def loss_of(job: Job) -> dict[str, Any] | None:
    """What loading would take away, where that must be confirmed."""
    compared: dict[str, Any] = (job.report or {}).get("compared") or {}
    return compared if compared.get("beyond") else None


def load(job: Job, *, typed: str = "", user: User, rights: Rights) -> Job:
    """Queue the loading of what was read; where too much would go, the number that goes must be `typed`.

    Raises Invalid, also where its files are there no more.
    """
    paths_of(job.parameters)
    if not may_load(job) or job.owner is None:
        raise Invalid(_("This step is not known."), parameter="action")
    accepted = None
    if loss := loss_of(job):
        accepted = accepted_in(typed)
        if accepted != loss["gone"]:
            words = _("You typed %(typed)s, but %(gone)s objects would go: nothing was done.")
            raise Invalid(words % {"typed": accepted, "gone": loss["gone"]}, parameter="accepted")
    return queue(job.owner, {**job.parameters, "write": True, "accepted_loss": accepted}, user, rights)


def take_back(job: Job, *, user: User, rights: Rights) -> Job:
    """Queue the taking back of what a job loaded. Raises Conflict, Forbidden, NotFound."""
    return queue_taking_back(job, kind=TAKE_BACK_ROADS, user=user, rights=rights)


def paths_of(parameters: Mapping[str, Any]) -> list[Path]:
    """The files that were sent. Raises Invalid when they are there no more."""
    folder = Path(settings.INBOX_DIR) / harmless(str(parameters["folder"]))
    paths = [folder / harmless(str(name)) for name in parameters["files"]]
    if not paths or not all(path.is_file() for path in paths):
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    return paths


def files_are_here(job: Job) -> bool:
    try:
        return bool(paths_of(job.parameters))
    except Invalid:
        return False


def run_job(owner: Member, parameters: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """As the worker."""
    order = Order(
        what=parameters["what"],
        paths=paths_of(parameters),
        scope=Scope(communes=frozenset(parameters.get("communes", ()))),
        replace=bool(parameters.get("replace")),
        write=bool(parameters.get("write")),
        accepted_loss=parameters.get("accepted_loss"),
    )
    return bring_in(owner, order, tell)

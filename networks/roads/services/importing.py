"""Deliveries of sections (BD TOPO) and of markers (PR): what they would change, then that; all or nothing."""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.errors import Invalid
from gis_core.files.reader import RestrictedReader
from gis_core.models import Member
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.features.topology import loading
from layers.intake.findings import Finding, as_json, errors_in
from layers.intake.import_loss import LossRefused, ScopeDifference, check_loss, describe_difference
from layers.intake.models import FileImport
from layers.intake.object_changes import ObjectChanges, changes_as_json
from layers.intake.params import label_param
from layers.intake.services.imports import MOST_FINDINGS, paths_of
from layers.intake.services.loading import rows
from layers.intake.source import Plan, Progress, Report
from layers.intake.source_imports import keep_replaced_rows
from networks.roads.importers import marker_loading, markers, sections
from networks.roads.importers.staging import Scope, stage
from networks.roads.references import Road
from networks.roads.services.calibrating import leave_stale
from networks.roads.services.locking import lock_roads
from networks.roads.services.measured import measure
from networks.roads.services.reverting import SOURCE
from networks.roads.services.siding import set_sides
from networks.roads.sources import MARKERS, SECTIONS

MOST_MEASURED: Final = 30
type What = Literal["sections", "markers"]
WHAT: Final[Mapping[str, What]] = {SECTIONS.slug: "sections", MARKERS.slug: "markers"}


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


def bring_in(owner: Member, order: Order, progress: Progress) -> Report:
    """Carry an order out and report, in one transaction; `number` is the one to take it back by (None where nothing
    changed). Raises Invalid, with the plan and the findings, where nothing can come in.

    As the worker.
    """
    if not order.write:
        return carry_out(owner, order, progress)
    title = f"{_('Roads')} · {', '.join(path.name for path in order.paths)}"
    with transaction.atomic(), keep_replaced_rows(SOURCE, title=title, owner=owner) as made:
        done = carry_out(owner, order, progress)
    done.report["number"] = made.pk
    return done


def carry_out(owner: Member, order: Order, progress: Progress) -> Report:
    began = time.monotonic()
    with transaction.atomic():
        done = {"sections": bring_sections, "markers": bring_markers}[order.what](owner, order, progress)
        done.report.update(what=order.what, written=order.write, seconds=round(time.monotonic() - began, 1))
        if not done.report["counts"].get("read"):
            raise Invalid(
                _("Nothing of these files can come in."), report=report_nothing_done(done.report, done.findings)
            )
        if order.write and order.strict and errors_in(done.findings):
            message = _("Rows are refused: nothing was loaded, as you asked (strict).")
            raise Invalid(message, report=report_nothing_done(done.report, done.findings))
    return done


def report_nothing_done(plan: dict[str, Any] | None, findings: Sequence[Finding]) -> dict[str, Any]:
    """What a step that wrote nothing shows: the counts, as of a plan, and what is amiss."""
    return {"plan": plan and plan | {"written": False}, "findings": as_json(findings, MOST_FINDINGS)}


def bring_sections(owner: Member, order: Order, progress: Progress) -> Report:
    with RestrictedReader() as reader:
        staged = stage(reader, order.paths, order.scope, progress)
        marker_tables = [markers.read_layer(reader, one) for one in staged.markers]
    progress(0.45, _("Comparing with what is there"))
    if order.write and order.replace and not staged.whole:
        message = _(
            "Some rows could not be read, so what is gone is not known: correct the file, or load without replacing."
        )
        raise Invalid(message, report=report_nothing_done(None, staged.findings))
    if order.write:
        lock_roads()
    plan = sections.plan_sections(owner, order.scope, staged.refused)
    findings, roads = list(staged.findings), set(plan.roads)
    compared = difference_of(plan) if order.replace else None
    if order.write:
        check_plan(compared, order, findings, dict(staged.counts) | plan.counts)
        progress(0.5, _("Writing the sections"))
        event = open_event("road_section", order)
        with bulk(), loading():
            sections.write_sections(owner, plan, replace=order.replace, event=event)
            findings += plan.findings
            staged.counts["refused"] += len(plan.findings)
            if lost := sections.find_orphan_markers({one.route for one in plan.roads}):
                open_event("road_marker", order)
                sections.name_markers(lost)
        plan.counts["renamed"] = len(lost)
        roads = plan.roads | set(lost.values())
        announce_changed_slugs(["road-sections", *(["road-markers"] if marker_tables or lost else [])])
    else:
        sections.list_changes(plan, replace=order.replace)
    counts, changes = dict(staged.counts) | plan.counts, [plan.changes]
    for table in marker_tables:
        outcome = marker_loading.bring(owner, table, write=order.write, also=sections.list_staged_roads())
        findings += outcome.findings
        changes.append(outcome.changes)
        roads |= outcome.roads
        for name, number in outcome.counts.items():
            name = name if name == "read" else f"markers_{name}"
            counts[name] = counts.get(name, 0) + number
    if order.write:
        counts["sided"] = set_sides(owner, roads, lambda: None)
    report = {"counts": counts, "compared": compared and describe_difference([compared]),
              "overwritten": plan.overwritten, "left_drawn": plan.left_drawn,
              "drawn_here": plan.drawn_here, "changes": changes_as_json(*changes)}  # fmt: skip
    return Report(report=report | (measure_roads(roads, progress) if order.write else {"roads": []}), findings=findings)


def difference_of(plan: sections.Plan) -> ScopeDifference:
    """What a plan that removes what is no longer delivered changes, in sections that a delivery brought."""
    counts = plan.counts
    known = counts["same"] + counts["changed"] + counts["gone"]
    new, changed, gone = (counts[name] for name in ("new", "changed", "gone"))
    scope = label_param(gettext_noop("sections of road"))
    return ScopeDifference(scope=scope, known=known, new=new, changed=changed, gone=gone)


def check_plan(
    compared: ScopeDifference | None, order: Order, findings: Sequence[Finding], counts: Mapping[str, int]
) -> None:
    """Refuse an import that removes more than it may (no other one runs). Raises LossRefused, with a report."""
    if compared is None:
        return
    try:
        check_loss([compared], order.accepted_loss)
    except LossRefused as error:
        report: dict[str, Any] = {"what": order.what, "written": False, "counts": dict(counts), "roads": []}
        error.extra["report"] = report_nothing_done(report | {"compared": describe_difference([compared])}, findings)
        raise


def bring_markers(owner: Member, order: Order, progress: Progress) -> Report:
    progress(None, _("Reading the files"))
    counts: dict[str, int] = {}
    findings: list[Finding] = []
    roads: set[Road] = set()
    changes: list[ObjectChanges] = []
    with RestrictedReader() as reader:
        tables = list(markers.read(reader, order.paths, findings))
    if order.write:
        lock_roads()
    for table in tables:
        outcome = marker_loading.bring(owner, table, write=order.write)
        findings += outcome.findings
        roads |= outcome.roads
        changes.append(outcome.changes)
        for name, number in outcome.counts.items():
            counts[name] = counts.get(name, 0) + number
    if order.write:
        counts["sided"] = set_sides(owner, roads, lambda: open_event("road_section", order))
        announce_changed_slugs(["road-markers", *(["road-sections"] if counts["sided"] else [])])
    again = measure_roads(roads, progress) if order.write else {"roads": []}
    report = {"counts": counts, "compared": None, "changes": changes_as_json(*changes)}
    return Report(report=report | again, findings=findings)


def measure_roads(roads: Collection[Road], progress: Progress) -> dict[str, Any]:
    """Few roads are measured with the import, for people to see what is amiss; many after it, for whoever edits roads
    or assets waits for its end.
    """
    if len(roads) <= MOST_MEASURED:
        return {"roads": measure(roads, progress)}
    leave_stale(roads)
    return {"roads": [], "later": len(roads)}


def open_event(table: str, order: Order) -> int:
    """One event of the history for all that this transaction changes in a table."""
    detail = json.dumps({"from": "import", "label": ", ".join(path.name for path in order.paths)[:200]})
    ((event,),) = rows("select arpent.open_event('import', %(table)s::regclass, %(detail)s::jsonb)",
                       table=table, detail=detail)  # fmt: skip
    return int(event)


# -- as steps of an import (`layers.intake.source.Source`) ------------------------------------------------------------


def order_of(made: FileImport, *, write: bool) -> Order:
    """What is to be imported, as it was chosen. Raises Invalid when the files are there no more."""
    chosen = made.choices
    extent = chosen.get("extent")
    return Order(
        what=WHAT[made.source],
        paths=paths_of(made),
        scope=Scope(communes=frozenset(chosen.get("communes", ())), extent=extent and tuple(extent)),
        replace=bool(chosen.get("replace")),
        strict=bool(chosen.get("strict")),
        write=write,
        accepted_loss=chosen.get("accepted_loss") if write else None,
    )


def plan_files(made: FileImport, progress: Progress) -> Plan:
    """What the files would change. Raises Invalid."""
    tried = carry_out(made.owner, order_of(made, write=False), progress)
    return Plan(plan=tried.report, findings=tried.findings)


def check_files(made: FileImport) -> None:
    """Whether the files still wait. Raises Invalid where they do not."""
    paths_of(made)


def brings(planned: Mapping[str, Any]) -> bool:
    """Whether loading would change anything, or would remember what was told."""
    names = ("new", "changed", "gone", "both", "markers_new", "markers_changed", "markers_both")
    drawn = any(planned.get(name) for name in ("drawn_here", "left_drawn"))
    return drawn or any(planned["counts"].get(name) for name in names)


def apply_files(made: FileImport, progress: Progress) -> Report:
    """Change it. Raises Invalid, LossRefused."""
    done = bring_in(made.owner, order_of(made, write=True), progress)
    made.source_import_id = done.report["number"]
    return done


def communes_in(text: str) -> list[str]:
    """INSEE codes between commas or spaces. Raises Invalid."""
    codes = text.upper().replace(",", " ").replace(";", " ").split()
    for one in codes:
        if len(one) != 5 or not one.isalnum():
            message = _("“%(text)s” is no INSEE code of a commune: it has five signs, as in 45234.")
            raise Invalid(message % {"text": one[:20]}, parameter="communes")
    return sorted(set(codes))

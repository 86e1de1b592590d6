"""Imports of networks: what the files hold, what would come in, loading, undoing the snapping, taking back.

The steps and the jobs are those of every import of files (`layers.intake.services.imports`).
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member, User
from layers.intake.findings import Finding
from layers.intake.layer_mapping import LayerMapping, with_new_texts
from layers.intake.looking import Seen, inspect_layers
from layers.intake.models import FileImport, ImportMapping
from layers.intake.services import imports
from layers.intake.services.mappings import keep_mappings, mappings_of
from layers.intake.source import Plan, Progress, Report
from networks.water import raepa
from networks.water.importers.applying import apply_plan, revert_import, undo_moves
from networks.water.importers.choices import REPLACE, Format, NetworkChoices
from networks.water.importers.mapping import bare_label, likely_code, reading_from, suggest_mapping, targets_of
from networks.water.importers.planning import make_plan, report_of
from networks.water.importers.stareau import is_table
from networks.water.models import Snap
from networks.water.sources import NETWORK, UNDO

State = FileImport.State


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


# -- reading -----------------------------------------------------------------------------------------------------------


@collector_at_rest()
def inspect(made: FileImport, progress: Progress) -> Sequence[Finding]:
    """What the layers hold. A delivery of RAEPA or of StaR-Eau is taken for what it is, whatever its files are called.

    Raises Invalid, ReaderUnavailable.
    """
    if NetworkChoices.of(made).format != Format.LAYERS:
        return ()
    progress(None, _("Reading the files"))
    seen, findings = inspect_layers(imports.paths_of(made))
    if not seen:
        raise Invalid(first_messages(findings))
    if any(is_raepa(one) for one in seen):
        made.choices = dict(made.choices) | {"format": str(Format.RAEPA)}
        return ()
    if any(is_table(one.label, list(one.fields)) for one in seen):
        made.choices = dict(made.choices) | {"format": str(Format.STAREAU)}
        return ()
    made.contents = [one.as_json() for one in seen]
    return findings


def first_messages(findings: Sequence[Finding]) -> str:
    return " ".join(f"{one.file} : {one.message}" for one in findings[:3]) or _("There is no layer in these files.")


def is_raepa(seen: Seen) -> bool:
    """A table of RAEPA with the identifier that RAEPA gives it: a name that is alike is not enough."""
    table = raepa.table_of(seen.label, {raepa.field_name(name) for name in seen.fields})
    return table is not None and table.identifier in {name.strip().upper() for name in seen.fields}


def lacks(made: FileImport) -> bool:
    """Whether somebody must say where the network lies, or what its layers hold."""
    choices = NetworkChoices.of(made)
    if choices.format == Format.EPANET:
        return not choices.crs and not choices.corner
    return choices.format == Format.LAYERS and not choices.mapping


def may_choose(made: FileImport) -> bool:
    """Whether another choice may make files readable."""
    return bool(made.contents) or NetworkChoices.of(made).format == Format.EPANET


@collector_at_rest()
def plan(made: FileImport, progress: Progress) -> Plan:
    """What would come in; the mapping that served is kept. Raises Invalid, ReaderUnavailable."""
    planned = make_plan(made, progress)
    keep_readings(made, NetworkChoices.of(made))
    return Plan(plan=planned.summary, findings=planned.findings)


# -- mappings ----------------------------------------------------------------------------------------------------------


def keep_readings(made: FileImport, choices: NetworkChoices) -> None:
    """Keep how each layer is read for the member's next files, under the name that was given."""
    name = choices.mapping_name.strip() or _("Network")
    layers = []
    for layer in made.contents:
        if (reading := choices.mapping.get(layer["label"])) is not None:
            label = bare_label(layer["label"])
            kept = reading.as_json() | {"layer": label, "name": name}
            layers.append((f"{name}: {label}", list(layer["fields"]), kept))
    keep_mappings(NETWORK.slug, made.owner, layers)


def likely_readings(owner: Member, seen: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, LayerMapping]]:
    """How each layer is likely read, and the name of what was kept of it: the mapping used last for a layer of this
    name whose fields it has, else for one of these very fields whose name says the same, else what is suggested.
    """
    kept = mappings_of(NETWORK.slug, owner)
    fitting = {layer["label"]: fitting_mapping(kept, layer) for layer in seen}
    name = next((str(one.get("name", "")) for one in fitting.values() if one), "")
    return name, {layer["label"]: likely_reading(fitting[layer["label"]], layer) for layer in seen}


def likely_reading(kept: Mapping[str, Any] | None, layer: Mapping[str, Any]) -> LayerMapping:
    """What was kept of a layer, with what words likely mean that came since; else what is suggested."""
    if kept is None:
        return suggestion(layer)
    reading = reading_from(kept)
    return with_new_texts(reading, targets_of(reading.table), layer, likely_code)


def fitting_mapping(kept: Sequence[ImportMapping], layer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first of those kept that serves a layer; what its name was is less than what the fields are called."""
    first = (one.mapping for one in kept if fits(one.mapping, layer))
    same = (one.mapping for one in kept if set(one.fields) == set(layer["fields"]))
    return next(first, None) or next((one for one in same if says_the_same(one, layer)), None)


def says_the_same(kept: Mapping[str, Any], layer: Mapping[str, Any]) -> bool:
    """Whether the names of two layers say the same of them: of sewers and of water the fields may be called alike."""
    former = dict(layer) | {"label": kept.get("layer", "")}
    return suggestion(former) == suggestion(layer)


def fits(kept: Mapping[str, Any], layer: Mapping[str, Any]) -> bool:
    """Whether what was kept of a layer says how another one is read, whatever its folder is called now."""
    columns: Mapping[str, str] = kept.get("columns") or {}
    return kept.get("layer") == bare_label(layer["label"]) and set(columns.values()) <= set(layer["fields"])


def suggestion(layer: Mapping[str, Any]) -> LayerMapping:
    return suggest_mapping(str(layer["label"]), str(layer["geometry"]), layer["fields"])


# -- loading -----------------------------------------------------------------------------------------------------------


def check(made: FileImport) -> None:
    """Nothing where the plan may be applied. Raises Conflict while something has to be said or mended first."""
    summary, choices = made.plan or {}, NetworkChoices.of(made)
    known = summary.get("known", {})
    if summary.get("errors"):
        raise Conflict(_("The file has errors: mend them, or leave the rows out that may be left out."))
    if brings_nothing(summary):
        raise Conflict(_("Nothing of these files would come in: check what they are, or send others."))
    if known.get("count") and not choices.known:
        raise Conflict(_("Objects of this file are in your network already: say whether to replace them, or to add."))
    if known.get("edited") and choices.known == REPLACE and not choices.confirmed:
        raise Conflict(_("Objects of the former import were changed since: confirm that they may be replaced."))


def brings_nothing(summary: Mapping[str, Any]) -> bool:
    """Whether the files hold no object at all, neither new nor there already."""
    names = ("nodes", "junctions", "pipes", "connections", "repairs")
    return not summary.get("known", {}).get("count") and not any(
        one.get(name) for one in summary.get("networks", ()) for name in names
    )


@collector_at_rest()
def apply(made: FileImport, progress: Progress) -> Report:
    """Read the files again and load them. Raises Invalid, Conflict; then nothing is written."""
    planned = make_plan(made, progress, compare_with_known=False)
    # What was counted and compared when somebody looked stays to be seen.
    planned.summary |= {
        name: made.plan[name] for name in ("classes", "likely_m", "changes") if made.plan and name in made.plan
    }
    if planned.errors:
        raise Invalid(_("The file has errors: nothing was loaded."), report=report_of(planned))
    made.plan = planned.summary
    check(made)
    return Report(report=apply_plan(made, planned, progress), findings=planned.findings, plan=planned.summary)


# -- undoing -----------------------------------------------------------------------------------------------------------


def has_snapped_ends(made: FileImport) -> bool:
    """Whether an import moved ends that were not put back."""
    return Snap.objects.filter(brought_by=made, undone=False).exists()


@transaction.atomic
def start_undoing(import_id: int, *, user: User, rights: Rights) -> FileImport:
    """Queue that every end that was snapped goes back. Raises Forbidden, NotFound, Conflict."""
    made = imports.import_of(NETWORK, import_id, rights)
    if not has_snapped_ends(made):
        raise Conflict(_("Nothing was snapped, or it is undone already."))
    return imports.move_on(NETWORK, UNDO, made, (State.APPLIED,), State.REVERTING, user, rights)


def undo(import_id: int, progress: Progress) -> dict[str, Any]:
    """Every end that was snapped back to where the file had it."""
    made = imports.hold(import_id)
    counts = undo_moves(made, progress)
    made.report = dict(made.report or {}) | {"undone": counts}
    made.state = State.APPLIED
    made.save()
    return {"undone": counts["ends"], "left": counts["left"]}


def revert(made: FileImport, progress: Progress) -> dict[str, Any]:
    """What an import brought goes, but for what was changed since."""
    return revert_import(made, progress)

"""What is recorded of sewer manholes: inspections, struck out where they were wrong, and the months between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.codes import CodeList
from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.features.services.origin import Origin
from layers.features.services.write import Edit, apply_edits
from networks.water import code_lists
from networks.water.models import ManholeInspection, ManholeSettings, SewerNode
from networks.water.models.manhole import MOST_DEPTH_M
from networks.water.services.inspections import (
    LONGEST_NAME,
    LONGEST_REMARK,
    about,
    check_between,
    check_day,
    may_record,
    member_to_set,
    strike_inspection,
)
from networks.water.services.manholes import MONTHS_AFTER, manhole_seen_by

SLUG = "sewer-nodes"
LEAST_DEPTH_M, MOST_DEPOSIT_MM = 0.05, 10_000
MOST_MONTHS = 240
PARTS: Final[dict[str, CodeList]] = {
    "cover": code_lists.COVERS,
    "frame": code_lists.FRAMES,
    "ladder": code_lists.LADDERS,
    "channel": code_lists.CHANNELS,
    "infiltration": code_lists.INFILTRATIONS,
}
Verdict = ManholeInspection.Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What somebody saw of a manhole: a code for each part, empty where nobody looked.

    `keep_depth`: the depth goes into the manhole's own row, too.
    """

    done_date: date
    done_by: str
    verdict: str
    cover: str = ""
    frame: str = ""
    ladder: str = ""
    channel: str = ""
    infiltration: str = ""
    deposit_mm: int | None = None
    depth_m: float | None = None
    defects: Sequence[str] = ()
    next_date: date | None = None
    remark: str = ""
    keep_depth: bool = False


def writable(pk: int, rights: Rights) -> Any:
    """The manhole, for whoever may record something of it. Raises NotFound, Forbidden."""
    manhole = manhole_seen_by(pk, rights)
    if not may_record(manhole.owner_id, rights):
        raise Forbidden(_("Your role does not let you record inspections of this manhole."))
    return manhole


@transaction.atomic
def inspect(pk: int, inspection: Inspection, *, rights: Rights, origin: Origin) -> ManholeInspection:
    """Record an inspection, and the depth in the manhole's row where that is asked for.

    Raises NotFound, Forbidden, Invalid.
    """
    manhole = writable(pk, rights)
    check_inspection(inspection)
    stated = ("done_date", "verdict", *PARTS, "deposit_mm", "depth_m", "next_date")
    made = ManholeInspection.objects.create(
        **about(manhole, rights),
        manhole=manhole.pk,
        **{name: getattr(inspection, name) for name in stated},
        done_by=inspection.done_by.strip()[:LONGEST_NAME],
        defects=list(dict.fromkeys(inspection.defects)),
        remark=inspection.remark.strip()[:LONGEST_REMARK],
    )
    if inspection.keep_depth and inspection.depth_m is not None:
        keep_depth(manhole.pk, inspection.depth_m, rights=rights, origin=origin)
    return made


def check_inspection(inspection: Inspection) -> None:
    """Refuse an inspection that does not say who or when, or says what cannot be. Raises Invalid at the field."""
    if inspection.verdict not in Verdict.values:
        raise Invalid(_("Say what the inspection concludes."), parameter="verdict")
    if not inspection.done_by.strip():
        raise Invalid(_("Say who inspected the manhole."), parameter="done_by")
    check_day(inspection.done_date, "done_date")
    if inspection.next_date is not None and inspection.next_date <= inspection.done_date:
        raise Invalid(_("The next visit comes after this one."), parameter="next_date")
    for name, codes in PARTS.items():
        if (value := getattr(inspection, name)) and value not in codes:
            raise Invalid(_("“%(name)s” is not of the list.") % {"name": value[:40]}, parameter=name)
    if unknown := set(inspection.defects) - code_lists.MANHOLE_DEFECTS.keys():
        message = _("“%(name)s” is no code of EN 13508-2 for manholes.")
        raise Invalid(message % {"name": unknown.pop()[:40]}, parameter="defects")
    check_measures(inspection)


def check_measures(inspection: Inspection) -> None:
    """A manhole that was not opened has no measure and no state of what is inside; depths and deposits are possible."""
    inside = ("ladder", "channel", "infiltration", "deposit_mm", "depth_m", "defects")
    if inspection.verdict == Verdict.UNSEEN:
        for name in inside:
            if getattr(inspection, name) not in (None, "", (), []):
                message = _("The manhole was not inspected: empty this, or choose another verdict.")
                raise Invalid(message, parameter=name)
    check_between(inspection.deposit_mm, 0, MOST_DEPOSIT_MM, "deposit_mm")
    check_between(inspection.depth_m, LEAST_DEPTH_M, MOST_DEPTH_M, "depth_m")
    depth_mm = None if inspection.depth_m is None else inspection.depth_m * 1000
    if depth_mm is not None and inspection.deposit_mm is not None and inspection.deposit_mm > depth_mm:
        raise Invalid(_("The deposit cannot be higher than the manhole is deep."), parameter="deposit_mm")


def keep_depth(pk: int, depth_m: float, *, rights: Rights, origin: Origin) -> None:
    """Give the manhole's row the depth that was measured, by the shared editing: the history has the former one."""
    node = SewerNode.objects.get(pk=pk)
    if node.depth_m == depth_m:
        return
    edit = Edit(action="update", id=pk, version=node.version, properties={"depth_m": depth_m})
    apply_edits(manhole_layer(rights), [edit], rights=rights, origin=origin)


@transaction.atomic
def strike(pk: int, inspection: int, reason: str, *, rights: Rights) -> None:
    """Strike out a wrong inspection: it counts no more. Raises NotFound, Forbidden, Invalid, Conflict."""
    manhole = writable(pk, rights)
    strike_inspection(ManholeInspection, inspection, reason, rights, manhole=manhole.pk)


def choose_months(slug: str, inspection_months: int, *, rights: Rights, **after: int | None) -> None:
    """Keep how many months a member lets pass between inspections, and `after` a verdict (`repair_months`).

    Raises NotFound, Forbidden, Invalid.
    """
    member = member_to_set(slug, rights)
    months = {"inspection_months": inspection_months, **{name: after.get(name) for name in MONTHS_AFTER.values()}}
    for name, value in months.items():
        check_between(value, 1, MOST_MONTHS, name)
    ManholeSettings.objects.update_or_create(member=member, defaults=months)


def manhole_layer(rights: Rights) -> Layer:
    """The layer that manholes are features of. Raises NotFound."""
    return visible_layer(SLUG, rights)

"""The same thing done to many files in one job: an instructor for each, or the same letter begun for each.

A file that is refused is left as it was and said why; all the others are done together, or none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import ArpentError, Forbidden, Invalid, NotFound
from gis_core.jobs.services import job_seen_by, start_job
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Rights, under_policies
from gis_core.models import Job, User
from permits.letters import CONSULTATION, KINDS, LetterRequest
from permits.models import Permit
from permits.procedure import INSTRUCTS
from permits.services.filing import change_permit, instructors_of, members_instructing
from permits.services.letters import begin_letter
from permits.services.recording import may_write

KIND: Final = "permit_bulk"
MOST_FILES: Final = 1_000


class BulkAct(models.TextChoices):
    """What is done to each file."""

    ASSIGN = "assign", gettext_lazy("Choose the instructor")
    LETTER = "letter", gettext_lazy("Begin a letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOrder:
    """What is done to which files, by their numbers: `instructor` is None for nobody, `letter` the code of a kind."""

    act: BulkAct
    numbers: Sequence[str]
    instructor: int | None = None
    letter: str = ""

    def title(self) -> str:
        """What a job of this order is called."""
        what = str(kind_of(self.letter).name) if self.act == BulkAct.LETTER else str(self.act.label)
        return _("%(what)s: %(count)s files") % {"what": what, "count": len(self.numbers)}


def may_act_on_many(rights: Rights) -> bool:
    """Whether somebody instructs anywhere."""
    return rights.agency or not INSTRUCTS.isdisjoint(rights.roles.values())


def list_instructors(rights: Rights) -> dict[int, str]:
    """Who may be chosen for the files of the asker's members, by id."""
    return {one.user_id: str(one.user) for one in instructors_of(*members_instructing(rights))}


def list_letters() -> list[tuple[str, str]]:
    """The letters that may be begun for many files: a request for an opinion is about one body."""
    return [(kind.code, str(kind.name)) for kind in KINDS if kind.code != CONSULTATION]


def check_order(order: BulkOrder, rights: Rights) -> None:
    """Refuse an order that cannot be carried out for any file. Raises Forbidden, Invalid."""
    if not may_act_on_many(rights):
        raise Forbidden(_("Your role does not allow this."))
    if not order.numbers:
        raise Invalid(_("Choose one file or more."), parameter="key")
    if len(order.numbers) > MOST_FILES:
        message = _("At most %(most)s files at once: narrow the filters.")
        raise Invalid(message % {"most": MOST_FILES}, parameter="key")
    if (
        order.act == BulkAct.ASSIGN
        and order.instructor is not None
        and order.instructor not in list_instructors(rights)
    ):
        raise Invalid(_("This person does not instruct for your members."), parameter="instructor")
    if order.act == BulkAct.LETTER and order.letter not in dict(list_letters()):
        raise Invalid(_("Choose the letter."), parameter="letter")


def order_bulk(order: BulkOrder, *, user: User, rights: Rights) -> Job:
    """Queue it. Raises Forbidden, Invalid."""
    check_order(order, rights)
    kept = {
        "act": order.act.value,
        "numbers": list(order.numbers),
        "instructor": order.instructor,
        "letter": order.letter,
    }
    return start_job(kind=KIND, title=order.title(), owner=None, started_by=user, parameters=kept, rights=rights)


def bulk_job(job_id: int, rights: Rights) -> Job:
    """A job of the asker's own. Raises NotFound."""
    job = job_seen_by(rights=rights, job_id=job_id)
    if job.kind != KIND or job.started_by_id != rights.user_id:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job


def carry_out(
    given: Mapping[str, Any], rights: Rights, report_progress: Callable[[float | None, str], None]
) -> dict[str, Any]:
    """Do what a job was `given` to each file, as whoever ordered it: the numbers of those done, why others are not."""
    order = BulkOrder(
        act=BulkAct(given["act"]), numbers=given["numbers"], instructor=given["instructor"], letter=given["letter"]
    )
    done: list[str] = []
    refused: list[dict[str, str]] = []
    with under_policies():
        permits = (
            Permit.objects.visible_to(rights)
            .select_related("owner", "instructor")
            .in_bulk(order.numbers, field_name="number")
        )
        for rank, number in enumerate(order.numbers):
            report_progress(rank / len(order.numbers), number)
            try:
                with transaction.atomic():
                    act_on(permits.get(number), order, rights)
            except ArpentError as error:
                refused.append({"number": number, "why": str(error.message)})
            else:
                done.append(number)
    return {"act": order.act.value, "done": done, "refused": refused}


def act_on(permit: Permit | None, order: BulkOrder, rights: Rights) -> None:
    """Do it to one file. Raises ArpentError."""
    if permit is None:
        raise NotFound(_("There is no file of this number, or you may not see it."))
    ACTS[order.act](permit, order, rights)


def assign(permit: Permit, order: BulkOrder, rights: Rights) -> None:
    """Give a file its instructor. Raises Forbidden, Invalid."""
    change_permit(permit, {"instructor": order.instructor}, rights)


def begin(permit: Permit, order: BulkOrder, rights: Rights) -> None:
    """Begin the letter of a file. Raises Forbidden."""
    begin_letter(permit, kind_of(order.letter), LetterRequest(), rights)


ACTS: Final[dict[BulkAct, Callable[[Permit, BulkOrder, Rights], None]]] = {
    BulkAct.ASSIGN: assign,
    BulkAct.LETTER: begin,
}


def preview(order: BulkOrder, rights: Rights) -> dict[str, Any]:
    """What an order would change: how many files, from which instructors, and how many the asker may not change."""
    permits = list(
        Permit.objects.visible_to(rights).filter(number__in=order.numbers).select_related("instructor", "owner")
    )
    mine = [one for one in permits if may_write(one, rights, INSTRUCTS)]
    former: dict[str, int] = {}
    for one in mine:
        name = str(one.instructor) if one.instructor else _("nobody yet")
        former[name] = former.get(name, 0) + 1
    return {"count": len(mine), "refused": len(order.numbers) - len(mine), "former": former, "first": mine[:20]}

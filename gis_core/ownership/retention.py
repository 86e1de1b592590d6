"""How long each kind of data is kept: one declared table, over the registry of whose the rows are.

Each app declares in its manifest what it really does: what goes by itself, what a member or the agency decides, what
stays and why. A kind that the agency may switch on (`When.CHOSEN`) is kept for ever until it does, with a time that it
enters itself and the text, or the reason, of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, LiteralString

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from psycopg import sql

from gis_core.database import clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member, RetentionChoice, User
from gis_core.ownership.declarations import DECLARED, Whose
from gis_core.ownership.people import model_of
from gis_core.ownership.stock import Stock
from gis_core.ownership.tables import table_of
from gis_core.points import Label
from gis_core.wiring.points import ExtensionPoint

type Counts = list[tuple[int | None, int]]
"""(member, rows); rows of no member have None."""


class When(StrEnum):
    """What makes rows of a kind go."""

    ALWAYS = "always"
    """The platform does, every night or sooner, without being asked."""
    MEMBER = "member"
    """The platform does, every night, after a time that each member sets."""
    CHOSEN = "chosen"
    """Nothing does until the agency switches it on; then every night."""
    HAND = "hand"
    """A person does, one by one, where a text asks for that."""
    STAYS = "stays"
    """Nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionKind:
    """A kind of data and how long it is kept, in the reader's language.

    `models` are those of the registry whose rows it is about. `duration` reads the constant or the setting that really
    decides. `article` is the text that gives the time, in French as the law is; empty where nobody but the platform,
    the member or the agency chose it, for the `reason`.

    `stock` counts what there is now. What would go says how it is counted: `due`, a condition of SQL on the first
    model's table with `{before}`, the instant `days` ago; or `rehearse`, which does it and counts, in a transaction
    that is then undone. `erase` is for kinds that the agency may switch on: it removes what is older than an instant,
    and returns the same counts; never with fewer days than `least_days`. A kind that goes by itself and is not counted
    says why (`uncounted`).
    """

    slug: str
    title: Label
    what: Label
    when: When
    duration: Callable[[], Label]
    reason: Label
    stock: Callable[[], Stock] | None = None
    uncounted: Label = ""
    article: str = ""
    models: tuple[str, ...] = ()
    due: LiteralString = ""
    days: Callable[[], int] | None = None
    rehearse: Callable[[], Counts] | None = None
    erase: Callable[[datetime], Counts] | None = None
    least_days: int = 1


RETENTIONS: ExtensionPoint[RetentionKind] = ExtensionPoint(
    "ownership.retentions",
    "How long each kind of data is kept, and by what; in the order of the apps.",
    key=lambda one: one.slug,
)
JOURNAL_DAYS: Final = 180
"""Lines of journals stay so long whatever is chosen (`arpent.forget_journal_lines`)."""
NOTHING_GOES: Final[Mapping[When, Label]] = {
    When.CHOSEN: gettext_lazy("the agency has switched nothing on: nothing goes"),
    When.HAND: gettext_lazy("nothing goes by itself: a person decides"),
    When.STAYS: gettext_lazy("nothing goes"),
}
FOR_EVER: Final = gettext_lazy("without limit, as long as the agency has chosen nothing")


def days_text(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


# -- what the agency chose --------------------------------------------------------------------------------------------


def choices_in_force() -> dict[str, RetentionChoice]:
    """By kind, the last choice that has started."""
    started = RetentionChoice.objects.filter(starts_date__lte=clock.today())
    return {one.kind: one for one in started.order_by("starts_date", "pk")}


def choices_to_come() -> dict[str, RetentionChoice]:
    """By kind, the next choice that has not started."""
    later = RetentionChoice.objects.filter(starts_date__gt=clock.today())
    return {one.kind: one for one in later.order_by("-starts_date", "pk")}


def duration_of(kind: RetentionKind, choice: RetentionChoice | None) -> str:
    """How long the kind is kept now."""
    if kind.when == When.CHOSEN:
        return days_text(choice.days) if choice and choice.applies else str(FOR_EVER)
    return str(kind.duration())


def reason_of(kind: RetentionKind, choice: RetentionChoice | None) -> str:
    """Who chose the time and why; of a kind that a text (`article`) is about, the reason alone."""
    if kind.when == When.CHOSEN and choice and choice.applies:
        return _("chosen by the agency: %(source)s") % {"source": choice.source}
    return str(kind.reason) if kind.article else _("a choice, no text: %(reason)s") % {"reason": kind.reason}


def source_of(kind: RetentionKind, choice: RetentionChoice | None) -> str:
    """The text that gives the time, or who chose it and why."""
    reason = reason_of(kind, choice)
    return f"{kind.article} — {reason}" if kind.article else reason


def why_uncounted(kind: RetentionKind) -> str:
    """Why nobody counts what would go of a kind, in the reader's language; "" where it is counted."""
    if kind.due or kind.rehearse:
        return ""
    if kind.uncounted:
        return str(kind.uncounted)
    return str(NOTHING_GOES.get(kind.when, ""))


def chosen_kind(slug: str) -> RetentionKind | None:
    """A kind that the agency may switch on."""
    kind = RETENTIONS.find(slug)
    return kind if kind and kind.when == When.CHOSEN else None


def check_days(kind: RetentionKind, days: int) -> None:
    """Refuse fewer days than the kind must be kept. Raises Invalid."""
    if days < kind.least_days:
        raise Invalid(
            _("These data are kept for %(days)s days at least.") % {"days": kind.least_days}, parameter="days"
        )


@transaction.atomic
def choose(
    kind: RetentionKind, *, days: int, applies: bool, source: str, starts_date: date, user: User, rights: Rights
) -> RetentionChoice:
    """Add a choice of the agency's. Raises Forbidden, Conflict (not for the agency to choose), Invalid."""
    if not rights.agency:
        raise Forbidden(_("Your role does not allow this."))
    if kind.when != When.CHOSEN:
        raise Conflict(_("How long these data are kept is not chosen here."))
    check_days(kind, days)
    if not source.strip():
        raise Invalid(_("Write the text that gives this time, or the agency's reason."), parameter="source")
    return RetentionChoice.objects.create(
        kind=kind.slug, days=days, applies=applies, source=source.strip(), starts_date=starts_date, made_by=user
    )


@transaction.atomic
def stop(kind: RetentionKind, *, user: User, rights: Rights) -> None:
    """From today on the nights erase nothing of a kind, whatever was to begin later.

    Raises Forbidden, Conflict (nothing is switched on).
    """
    former = [
        one for one in (choices_in_force().get(kind.slug), choices_to_come().get(kind.slug)) if one and one.applies
    ]
    if not former:
        raise Conflict(_("Nothing of this kind is erased by itself."))
    later = RetentionChoice.objects.filter(kind=kind.slug, starts_date__gt=clock.today()).values_list(
        "starts_date", flat=True
    )
    for day in sorted({clock.today(), *later}):
        choose(
            kind, days=former[0].days, applies=False, source=former[0].source, starts_date=day, user=user, rights=rights
        )


# -- counting ---------------------------------------------------------------------------------------------------------


class Undone(Exception):  # noqa: N818
    """Ends a rehearsal, whose changes go with it."""


def count_due(kind: RetentionKind, days: int | None = None) -> Counts | None:
    """What would go this night, by member; None where nobody can count it. As the worker, in a transaction.

    `days` is for a kind that the agency may switch on: the time that is tried.
    """
    if kind.when == When.CHOSEN:
        if days is None or kind.erase is None:
            return None
        return rehearse(lambda: kind.erase(instant(days)))  # type: ignore[misc]
    if kind.rehearse is not None:
        return rehearse(kind.rehearse)
    if kind.due:
        return count_rows(kind, instant(kind.days() if kind.days else 0))
    return None


def rehearse(work: Callable[[], Counts]) -> Counts:
    """Do it, count it, undo it."""
    counts: Counts = []
    try:
        with transaction.atomic():
            counts = list(work())
            raise Undone
    except Undone:
        return counts


def instant(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def count_rows(kind: RetentionKind, before: datetime) -> Counts:
    """The rows of the first model that `due` names, by member."""
    where = condition(kind.due, before)
    declared = DECLARED.get(kind.models[0])
    table = sql.Identifier("public", model_of(declared)._meta.db_table)
    (total,) = fetch_one(sql.SQL("select count(*) from {} where {}").format(table, where))
    counts: Counts = []
    if declared.whose == Whose.MEMBER and total:
        for member in Member.objects.values_list("pk", flat=True):
            owned = table_of(declared, member).where
            (rows,) = fetch_one(sql.SQL("select count(*) from {} where ({}) and ({})").format(table, owned, where))
            if rows:
                counts.append((member, int(rows)))
    rest = int(total) - sum(rows for _member, rows in counts)
    return [*counts, (None, rest)] if rest else counts


def condition(due: LiteralString, before: datetime) -> sql.Composable:
    return sql.SQL(due).format(before=sql.Literal(before))


def erase_rows(model: str, due: LiteralString, owner: LiteralString, before: datetime) -> Counts:
    """Delete the rows of a model that `due` names; `owner` is the column, or the expression, of their member."""
    table = sql.Identifier("public", model_of(DECLARED.get(model))._meta.db_table)
    statement = sql.SQL("with gone as (delete from {} where {} returning *) select {}, count(*) from gone group by 1")
    return [
        (member, int(rows))
        for member, rows in fetch_all(statement.format(table, condition(due, before), sql.SQL(owner)))
    ]


def forget_journal_lines(table: str, before: datetime) -> Counts:
    """Old lines of a journal of readings go."""
    return [
        (member, int(rows))
        for member, rows in fetch_all("select * from arpent.forget_journal_lines(%s, %s)", [table, before])
    ]


def total_of(counts: Sequence[tuple[int | None, int]]) -> int:
    return sum(rows for _member, rows in counts)

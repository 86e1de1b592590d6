"""Imports of reference data and of roads can be taken back for some days: one rule for every source.

While an import runs, triggers keep the rows that it changes and removes, and note those that come
(`sql/keep_replaced.sql`). Taking it back puts them back. An app says in `SOURCE_REVERTS` what is to be done with its
data after that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import execute
from gis_core.errors import Conflict, Forbidden, NotFound
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights, has_failed
from gis_core.models import Job, Member, SourceImport, User
from layers.intake.models import FileImport
from layers.intake.points import SOURCE_REVERTS

KEPT: Final = timedelta(days=30)
"""How long what an import replaced is kept."""
UNDER_WAY: Final = "hashtextextended('arpent source import ' || %s, 0)"
"""The key of the lock that an import holds while it runs."""

type Counts = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRevert:
    """What a source (its slug) does when an import is taken back: `remember` says before it what else was so (JSON);
    the rows are put back inside of `around`; then `finish` computes what depends on them. Nobody else writes the tables
    meanwhile, unless `around` sees to that itself.
    """

    source: str
    remember: Callable[[], dict[str, Any]] = dict
    around: Callable[[SourceImport], AbstractContextManager[None]] = lambda made: nullcontext()
    finish: Callable[[SourceImport], None] = lambda made: None
    locks_tables: bool = True


@contextmanager
def keep_replaced_rows(
    source: str,
    *,
    title: str,
    owner: Member | None = None,
    all_communes: bool = False,
) -> Iterator[SourceImport]:
    """Keep what this block replaces. Of an import that changed nothing no trace is left (`pk` is None after it).

    Until its end it cannot be taken back: a lock of the session says that it is under way, and goes with its process.
    """
    with transaction.atomic():
        made = SourceImport.objects.create(
            source=source,
            title=title[:200],
            owner=owner,
            all_communes=all_communes,
            before=SOURCE_REVERTS.get(source).remember(),
        )
    call(f"select pg_advisory_lock({UNDER_WAY})", made.pk)
    set_current_import(str(made.pk))
    try:
        yield made
    finally:
        if not (connection.needs_rollback or has_failed()):
            set_current_import("")
            call(f"select pg_advisory_unlock({UNDER_WAY})", made.pk)
            if not tables_of(made):
                made.delete()


def attach(number: int | None, job: Job) -> None:
    """Say which job made an import, for its page to take it back."""
    if number is not None:
        SourceImport.objects.filter(pk=number).update(job=job, started_by=job.started_by)


@contextmanager
def keep_nothing() -> Iterator[None]:
    """What this block removes is not kept: it may not be."""
    former = current_import()
    set_current_import("")
    yield
    set_current_import(former)


def set_current_import(number: str) -> None:
    call("select set_config('arpent.keeping', %s, false)", number)


def current_import() -> str:
    """The number of the import that is under way; "" outside of one."""
    ((number,),) = call("select coalesce(current_setting('arpent.keeping', true), '')")
    return str(number)


def tables_of(made: SourceImport) -> list[str]:
    """The tables that an import changed, as far as it is kept."""
    return [table for (table,) in call("select arpent.replaced_tables(%s)", made.pk)]


def values_in_replaced(table: str, column: str) -> set[str]:
    """The values of a column in all rows that are kept of a table."""
    return {value for (value,) in call("select arpent.replaced_values(%s, %s)", table, column)}


def revert_source_import(number: int, *, by: User | None, rights: Rights) -> Counts:
    """Put back what an import replaced; how many rows went, came back, are as before, were changed since and stay.

    As the worker, in one transaction. Raises NotFound, Conflict, Forbidden.
    """
    with transaction.atomic():
        made = SourceImport.objects.select_for_update(of=("self",)).filter(pk=number).first()
        if made is None:
            raise NotFound(_("There is no import %(number)s that can be taken back.") % {"number": number})
        check(made, rights)
        source = SOURCE_REVERTS.get(made.source)
        with source.around(made):
            tables = tables_of(made)
            if source.locks_tables:
                lock_tables(tables)
            check_later(made, rights)
            counts = put_back(made, tables)
        source.finish(made)
        made.state, made.counts, made.taken_back_by = SourceImport.State.TAKEN_BACK, counts, by
        made.save(update_fields=["state", "counts", "taken_back_by"])
        SourceImport.objects.filter(pk=made.pk).update(taken_back_at=Now())
        FileImport.objects.applied_by(made).update(state=FileImport.State.REVERTED, reverted_at=Now())
        call("select arpent.forget_replaced(%s)", made.pk)
    return counts


def check(made: SourceImport, rights: Rights) -> None:
    """Check that an import is over, can still be reverted, and may be by these rights. Raises Conflict, Forbidden."""
    check_within_rights(made, rights)
    if made.state == SourceImport.State.TAKEN_BACK:
        raise Conflict(_("This import has been taken back already."))
    if made.state == SourceImport.State.FORGOTTEN:
        message = _(
            "What this import replaced was kept for %(days)s days and is there no more: import the former file."
        )
        raise Conflict(message % {"days": KEPT.days})
    ((over,),) = call(f"select pg_try_advisory_xact_lock({UNDER_WAY})", made.pk)
    if not over:
        raise Conflict(_("This import is still under way: take it back when it is over."))


def is_within_rights(made: SourceImport, rights: Rights) -> bool:
    """Whether an import touched nobody's communes but the asker's, as far as it says. The role is another question."""
    return rights.agency or not made.all_communes


def check_within_rights(made: SourceImport, rights: Rights) -> None:
    """Check that these rights may revert an import, as far as communes go. Raises Forbidden."""
    if not is_within_rights(made, rights):
        raise Forbidden(_("This import was not held to a member's communes: only the agency takes it back."))


def check_later(made: SourceImport, rights: Rights) -> None:
    """Raises Conflict where another import changed the same since; those of others are not named."""
    if later := later_imports(made):
        seen = [one for one in later if rights.agency or one.owner_id in rights.members()]
        descriptions = [describe(one) for one in seen]
        if len(seen) < len(later):
            descriptions.append(_("another import, ask the agency"))
        raise Conflict(_("Later imports changed the same data: take them back first, the last one first: %(imports)s.")
                       % {"imports": "; ".join(descriptions)})  # fmt: skip


def describe(made: SourceImport) -> str:
    at = format_long_date(timezone.localtime(made.created_at), "j F Y H:i")
    return f"{made.pk} ({made.title}, {at})"


def later_imports(made: SourceImport) -> list[SourceImport]:
    """Those that changed the same data since, the last one first."""
    return imports_numbered("select arpent.later_imports(%s)", made.pk)


def imports_since(made: SourceImport) -> list[SourceImport]:
    """Those that changed anything since, the first one first."""
    return imports_numbered("select arpent.imports_since(%s)", made.pk)


def imports_numbered(statement: str, *values: Any) -> list[SourceImport]:
    """The imports whose numbers a statement gives, in its order, as far as they can be taken back."""
    numbers = [pk for (pk,) in call(statement, *values)]
    imports_by_number = (
        SourceImport.objects.filter(state=SourceImport.State.LOADED).select_related("owner").in_bulk(numbers)
    )
    return [imports_by_number[pk] for pk in numbers if pk in imports_by_number]


def lock_tables(names: Sequence[str]) -> None:
    """Let nobody else write these tables until the transaction's end; reading goes on."""
    for name in sorted(names):
        execute(sql.SQL("lock table {} in share row exclusive mode").format(sql.Identifier(name)))


def put_back(made: SourceImport, tables: Sequence[str]) -> Counts:
    counts: Counts = dict.fromkeys(("removed", "back", "restored", "edited"), 0)
    try:
        with transaction.atomic():
            for table in tables:
                ((counts_as_json,),) = call("select arpent.take_back_rows(%s, %s::regclass)", made.pk, table)
                for name, count in json.loads(counts_as_json).items():
                    counts[name] += count
            call("set constraints all immediate")
            call("set constraints all deferred")
    except IntegrityError as error:
        message = _("Something else relies by now on what this import brought (%(table)s): nothing was taken back.")
        table = getattr(getattr(error.__cause__, "diag", None), "table_name", None) or "?"
        raise Conflict(message % {"table": table}) from error
    return counts


def can_be_taken_back() -> list[SourceImport]:
    """The imports whose former state is kept, the latest first."""
    return imports_numbered("select arpent.kept_imports() order by 1 desc")


def last_day(made: SourceImport) -> date:
    """Until when an import can be taken back."""
    return timezone.localtime(made.created_at + KEPT).date()


def forget_old() -> int:
    """Let go what was kept long enough, whatever became of its import; of how many imports."""
    old = SourceImport.objects.filter(created_at__lt=Now() - KEPT)
    kept = [number for (number,) in call("select arpent.kept_imports()")]
    for number in old.filter(pk__in=kept).values_list("pk", flat=True):
        call("select arpent.forget_replaced(%s)", number)
    return int(old.filter(state=SourceImport.State.LOADED).update(state=SourceImport.State.FORGOTTEN))


def describe_number(number: int) -> str:
    """How an import is taken back, for its command to say."""
    message = _("To take this import back, within %(days)s days: take_back_source %(number)s")
    return message % {"days": KEPT.days, "number": number}


def describe_counts(counts: Counts) -> list[str]:
    """What taking back did, in lines."""
    lines = {
        "removed": _("Objects removed: %(count)s"),
        "back": _("Objects that are back: %(count)s"),
        "restored": _("Objects as they were before: %(count)s"),
        "edited": _("Changed since, left as they are: %(count)s"),
    }
    return [lines[name] % {"count": counts[name]} for name in lines if counts.get(name) or name != "edited"]


def call(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []

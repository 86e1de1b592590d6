"""A person's request on the worker: who is sought, what is found, given, or erased once its difference was read.

Each step is a job of its own, of whom the asker alone sees the result; no name is in its row. The journals of those who
read applicants and contacts have their lines; rows that the journal of owners opens are counted and not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.jobs.files import OPEN
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from gis_core.operations import security_journal
from gis_core.ownership import people, text_search
from gis_core.ownership.declarations import DECLARED, Declared, title_of
from gis_core.ownership.jobs import check_agency
from gis_core.ownership.private_files import PrivateFiles
from gis_core.ownership.proof import PERSON_FATES
from gis_core.ownership.row_names import describe_rows

if TYPE_CHECKING:
    from gis_core.tasks import RunningJob

KIND: Final = "person_request"
MY_KIND: Final = "my_data"
FILES: Final = PrivateFiles(KIND)
MY_FILES: Final = PrivateFiles(MY_KIND)
SEARCH, EXPORT, PREVIEW, ERASE = "search", "export", "preview", "erase"
REFERENCE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_.-]{0,29}")
NOT_COMPARED: Final = frozenset({"gis_core_idempotencykey", "gis_core_job", "django_session"})
"""Tables in which whoever erases writes by erasing."""

forget_typed = FILES.forget_typed
forget_mine = MY_FILES.forget_typed


# -- starting ---------------------------------------------------------------------------------------------------------


def check_reference(text: str) -> str:
    """The number of a request in the agency's own register: no name fits in it. Raises Invalid."""
    text = text.strip()
    if not REFERENCE.fullmatch(text) or not any(letter.isdigit() for letter in text):
        raise Invalid(
            _("Give the number of the request in your register, with no name in it: 2026-14."), parameter="reference"
        )
    return text


@transaction.atomic
def start_search(given: Mapping[str, str], *, reference: str, user: User, rights: Rights) -> Job:
    """Queue a search by name, first name, e-mail or phone. Raises Forbidden, Invalid, Conflict, Unavailable."""
    people.Sought.of(**given)
    job = start(SEARCH, check_reference(reference), {}, user=user, rights=rights)
    FILES.write(job, "typed.json", dict(given))
    return job


@transaction.atomic
def start_choice(search: Job, step: str, marks: Sequence[str], *, user: User, rights: Rights) -> Job:
    """Queue the export, or the rehearsal of the erasure, of rows that a search found.

    Raises Forbidden, Invalid (no row, or one that was not found), Conflict.
    """
    if step not in (EXPORT, PREVIEW):
        raise Invalid(_("Choose what to do with these rows: export them, or see what erasing them would do."))
    known = {one["mark"] for one in FILES.read(search, "result.json")["mentions"]}
    if not marks:
        raise Invalid(_("Choose at least one row: a name alone does not say who it is."))
    if strange := [mark for mark in marks if mark not in known]:
        raise Invalid(_("%(mark)s is none of the rows that were found.") % {"mark": strange[0][:60]})
    more = {"search": search.pk, "marks": list(dict.fromkeys(marks))}
    return start(step, search.parameters["reference"], more, user=user, rights=rights)


@transaction.atomic
def start_erasure(preview: Job, typed: str, *, user: User, rights: Rights) -> Job:
    """Queue the erasure whose difference was shown; `typed` repeats the request's number. Raises Forbidden, Invalid."""
    reference = preview.parameters["reference"]
    if typed.strip() != reference:
        raise Invalid(_("Type the number of the request, %(number)s, to confirm.") % {"number": reference})
    more = {"preview": preview.pk, "search": preview.parameters["search"], "marks": preview.parameters["marks"]}
    return start(ERASE, reference, more, user=user, rights=rights)


def start(step: str, reference: str, more: Mapping[str, Any], *, user: User, rights: Rights) -> Job:
    check_agency(rights)
    if FILES.jobs_of(rights).filter(state__in=OPEN).exists():
        raise Conflict(_("A request of yours is under way: wait until it is done."))
    job = start_job(
        kind=KIND,
        title=_("Request of a person, %(number)s") % {"number": reference},
        owner=None,
        started_by=user,
        parameters={"step": step, "reference": reference, **more},
        rights=rights,
    )
    security_journal.record(f"person_{step}", reference=reference, job=job.pk, rows=more.get("marks", [])[:200])
    return job


@transaction.atomic
def start_mine(*, user: User, rights: Rights) -> Job:
    """Queue the archive of what the platform holds of one's own account. Raises Conflict (one is under way)."""
    if MY_FILES.jobs_of(rights).filter(state__in=OPEN).exists():
        raise Conflict(_("Your file is being made: wait until it is done."))
    job = start_job(kind=MY_KIND, title=_("My data"), owner=None, started_by=user, parameters={}, rights=rights)
    security_journal.record("my_data", job=job.pk)
    return job


# -- on the worker ----------------------------------------------------------------------------------------------------


def answer(running: RunningJob) -> dict[str, Any]:
    """Do the step; the report counts, and names nobody."""
    check_agency(running.rights)
    match running.parameters["step"]:
        case "search":
            return search(running)
        case "export":
            return export(running)
        case "preview":
            return preview(running)
        case _:
            return erase(running)


def search(running: RunningJob) -> dict[str, Any]:
    """Every row that names who is sought, with what would become of it."""
    try:
        sought = people.Sought.of(**FILES.read(running.job, "typed.json"))
    except FileNotFoundError as error:
        raise Conflict(_("What was typed is gone: search again.")) from error
    mentions = people.find_mentions(sought, skip_nominative=True)
    texts = text_search.search_texts(sought, running.report_progress)
    seen = [people.Mention(declared, row, {}) for declared, row in rows_in(texts)]
    note_readings([*mentions, *seen], "read", running.parameters["reference"])
    accounts = [one.row for one in mentions if one.declared.model == "gis_core.User"]
    result = {
        "mentions": describe_rows(mentions),
        "journals": [one.as_json() for one in people.find_traces(accounts, sought)],
        "owners": [one.as_json() for one in people.count_nominative(sought)],
        "several": sought.several,
        "texts": texts.as_json(),
    }
    FILES.write(running.job, "result.json", result)
    return {"rows": len(mentions), "texts": len(texts.hits)}


def rows_in(texts: text_search.Result) -> Iterator[tuple[Declared, int]]:
    """The rows whose free texts are to be read, once each."""
    for mark in dict.fromkeys(one.mark for one in texts.hits):
        model, _colon, row = mark.rpartition(":")
        yield DECLARED.get(model), int(row)


def export(running: RunningJob) -> dict[str, Any]:
    chosen = mentions_of(running.parameters["marks"])
    reference = running.parameters["reference"]
    note_readings(chosen, "exported", reference)
    report = people.make_report(chosen, reference)
    size = FILES.write_archive(running.job, report, lines_of(report["mentions"]))
    return {"rows": len(chosen), "bytes": size}


def preview(running: RunningJob) -> dict[str, Any]:
    """Erase, count what changes in every table, and undo it all."""
    chosen = mentions_of(running.parameters["marks"])
    described = {one["mark"]: one for one in describe_rows(chosen)}
    with suppress(Undone), transaction.atomic():
        outcomes, difference = erase_and_compare(chosen)
        raise Undone
    result = {
        "mentions": [{**described[one.mention.mark], **one.as_json()} for one in outcomes],
        "difference": difference,
        "titles": titles_of(difference),
    }
    FILES.write(running.job, "result.json", result)
    return {"rows": len(chosen)}


def erase(running: RunningJob) -> dict[str, Any]:
    """Erase what the rehearsal said and nothing else; what was done is in the archive. Raises Conflict."""
    rehearsal = Job.objects.filter(pk=running.parameters["preview"]).first()
    chosen = mentions_of(running.parameters["marks"])
    report = people.make_report(chosen, running.parameters["reference"])
    outcomes, difference = erase_and_compare(chosen)
    try:
        expected = FILES.read(rehearsal, "result.json")["difference"] if rehearsal else None
    except FileNotFoundError:
        expected = None
    if expected != difference:
        raise Conflict(_("These rows have changed since you were shown what erasing does. Nothing was erased."))
    report["title"] = "Effacement des données d'une personne"
    report["mentions"] = [one.as_json() for one in outcomes]
    report["difference"] = difference
    size = FILES.write_archive(running.job, report, lines_of(report["mentions"]))
    transaction.on_commit(partial(note_erasure, running.job))
    return {"rows": len(chosen), "bytes": size}


def note_erasure(job: Job) -> None:
    """What was found goes with what was erased, and the security journal has its line."""
    kept = job.parameters
    for job_id in (kept["search"], kept["preview"]):
        FILES.path_of(Job(pk=job_id), "result.json").unlink(missing_ok=True)
    security_journal.record("person_erased", reference=kept["reference"], job=job.pk, rows=kept["marks"][:200])


def give_mine(running: RunningJob) -> dict[str, Any]:
    """What the platform holds of the account that asks, as an archive."""
    user_id = running.rights.user_id
    if user_id is None:
        raise Forbidden(_("Your role does not allow this."))
    memberships = fetch_all("select id from gis_core_membership where user_id = %s order by id", [user_id])
    marks = [f"gis_core.User:{user_id}", *(f"gis_core.Membership:{row}" for (row,) in memberships)]
    report = people.make_report(mentions_of(marks), "")
    size = MY_FILES.write_archive(running.job, report, lines_of(report["mentions"]))
    return {"rows": len(report["mentions"]), "bytes": size}


# -- rows -------------------------------------------------------------------------------------------------------------


class Undone(Exception):  # noqa: N818
    """Ends a rehearsal, whose changes go with it."""


def mentions_of(marks: Sequence[str]) -> list[people.Mention]:
    """The rows of these marks as they are now. Raises Conflict for one that is gone, Invalid for no mark."""
    mentions = []
    for mark in marks:
        model, _colon, row = mark.rpartition(":")
        declared = DECLARED.find(model)
        if declared is None or not declared.identity or people.is_nominative(declared) or not row.isdigit():
            raise Invalid(_("%(mark)s is none of the rows that were found.") % {"mark": mark[:60]})
        rows = people.rows_of(people.model_of(declared), [int(row)])
        if not rows:
            raise Conflict(_("%(mark)s is not there any more: search again.") % {"mark": mark})
        mentions.append(people.Mention(declared, int(row), rows[0]))
    return mentions


def note_readings(mentions: Sequence[people.Mention], done: str, reference: str) -> None:
    """The journals of those who read applicants and contacts say it; `done` is `read` or `exported`."""
    for declared in DECLARED.all():
        ids = list(dict.fromkeys(one.row for one in mentions if one.declared is declared))
        if declared.journal and ids:
            function = sql.SQL(".").join(map(sql.Identifier, declared.journal.split(".")))
            why = _("Request of a person, %(number)s") % {"number": reference}
            execute(sql.SQL("select {}(%s, %s, %s)").format(function), [ids, done, why])


def erase_and_compare(chosen: Sequence[people.Mention]) -> tuple[list[people.Outcome], dict[str, list[int]]]:
    """What became of each row, and by table how many rows were removed, changed and added, history included."""
    before = count_row_changes()
    outcomes = people.erase(chosen)
    after = count_row_changes()
    difference = {
        name: [now - then for now, then in zip(after[name], before.get(name, (0, 0, 0)), strict=True)]
        for name in sorted(after)
        if name not in NOT_COMPARED
    }
    return outcomes, {name: counts for name, counts in difference.items() if any(counts)}


def count_row_changes() -> dict[str, tuple[int, int, int]]:
    """By table: how many rows this transaction has removed, changed and added so far."""
    rows = fetch_all(
        "select relname::text, n_tup_del, n_tup_upd, n_tup_ins from pg_stat_xact_user_tables"
        " where schemaname = 'public' and n_tup_del + n_tup_upd + n_tup_ins > 0"
    )
    return {name: (removed, changed, added) for name, removed, changed, added in rows}


def titles_of(difference: Mapping[str, Any]) -> dict[str, str]:
    """What the rows of these tables are."""
    known = {people.model_of(one)._meta.db_table: one for one in DECLARED.all()}
    return {name: title_of(known[name]) if name in known else name for name in difference}


def lines_of(mentions: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """The rows as cells of a spreadsheet: one line for each column that says something."""
    yield ["repère", "table", "devenir", "texte", "colonne", "valeur"]
    for one in mentions:
        fate = PERSON_FATES[one.get("done", one["fate"])]
        for column, value in one["columns"].items():
            if value not in (None, "", [], {}):
                yield [one["mark"], one["title"], fate, one["article"], column, str(value)]

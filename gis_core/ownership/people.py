"""A person asks: everything that names them, one by one; what is chosen is given to them, erased or made anonymous.

To be run as the owner of the tables, or as the worker, which reads closed tables by functions. Two people of one name
are told apart by whoever answers: nothing is chosen by a name alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.apps import apps
from django.db.models import CASCADE, Model
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute, fetch_all, fetch_one
from gis_core.errors import Invalid
from gis_core.folding import fold_terms
from gis_core.members.closing import close_access
from gis_core.members.people import check_not_emergency, close_after, lock_people
from gis_core.models import Member, Membership, User
from gis_core.operations import security_journal
from gis_core.ownership.administrators import administrators, check_administrators_stay
from gis_core.ownership.declarations import DECLARED, Declared, Fate, Whose, title_of
from gis_core.ownership.law import TRACES
from gis_core.ownership.tables import stream, table_of
from gis_core.version import VERSION

MOST: Final = 500
SHORTEST: Final = 3
WHOLE_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
APART: Final = r"[\s.\-/()]{0,2}"  # between two digits of a telephone number
FORGOTTEN: Final = "compte effacé"
SECRETS: Final = ("digest", "key", "answer", "feed_digest", "token", "token_secret", "data", "session_key")
"""Columns of what hangs on an account that open something to whoever has them."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A row that may be about the person: its model and number, and what it says (columns by name)."""

    declared: Declared
    row: int
    columns: dict[str, Any]

    @property
    def mark(self) -> str:
        """By which it is chosen: `permits.Applicant:12`."""
        return f"{self.declared.model}:{self.row}"

    @property
    def title(self) -> str:
        return title_of(self.declared)

    def as_json(self) -> dict[str, Any]:
        basis = self.declared.basis
        return {
            "mark": self.mark,
            "title": self.title,
            "fate": self.declared.asks.value,
            "article": basis.article if basis else "",
            "reason": basis.reason if basis else "",
            "duration": basis.duration if basis else "",
            "columns": self.columns,
        }


def is_nominative(declared: Declared) -> bool:
    """Whether its rows are opened by a line of the journal of owners alone."""
    return str(getattr(model_of(declared), "security", "")).startswith("nominative:")


def count_nominative(sought: Sought) -> list[Trace]:
    """How many rows of such tables fit; none of them is read further."""
    traces = []
    for declared in DECLARED.all():
        if declared.identity and is_nominative(declared) and (rows := sum(1 for _id in ids_that_fit(declared, sought))):
            traces.append(Trace(declared, rows))
    return traces


def model_of(declared: Declared) -> type[Model]:
    return apps.get_model(declared.model)


def is_closed(model: type[Model]) -> bool:
    """Whether functions alone read its table, those of the worker among them."""
    return getattr(model, "security", "") in ("system", "journal")


# -- finding ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is sought: the parts of a name, folded; an e-mail address; the last nine digits of a telephone number.

    Where several are given, a row must hold them all. The words of a postal address (`place`) are sought in free texts
    alone (`gis_core.ownership.text_search`).
    """

    parts: frozenset[str]
    email: str
    digits: str
    place: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *, name: str = "", first_name: str = "", email: str = "", phone: str = "", address: str = "") -> Sought:
        """What was typed, folded. Raises Invalid for too little to go by."""
        parts, place = frozenset(fold_terms(f"{name} {first_name}")), frozenset(fold_terms(address))
        sought = cls(parts, email.strip().casefold(), digits_of(phone), place if len(place) > 1 else frozenset())
        if sought.email and not WHOLE_ADDRESS.fullmatch(sought.email):
            raise Invalid(_("Give the whole e-mail address: name@example.org."), parameter="email")
        if phone.strip() and not sought.digits:
            raise Invalid(_("Give the whole telephone number, or leave it empty."), parameter="phone")
        if address.strip() and not sought.place:
            raise Invalid(_("Give more of the postal address, 12 rue des Lys, or leave it empty."), parameter="address")
        if not sought.email and not sought.digits and sum(map(len, sought.parts)) < SHORTEST:
            raise Invalid(_("Give a name of three letters at least, an e-mail address or a whole telephone number."))
        return sought

    @property
    def several(self) -> bool:
        """Whether a name is sought together with an address or a number, or both of these."""
        return sum(map(bool, (self.parts, self.email, self.digits))) > 1

    def fits(self, values: Sequence[str]) -> bool:
        """Whether the columns hold what is given of the address, the number, and every part of the name."""
        if self.email and not any(value.strip().casefold() == self.email for value in values):
            return False
        if self.digits and not any(number_in(value, self.digits) for value in values if "@" not in value):
            return False
        return self.parts <= set(fold_terms(" ".join(values)))


def find_mentions(sought: Sought, *, skip_nominative: bool = False) -> list[Mention]:
    """Every row that names the person, in the order of the registry; lines of journals are counted (`find_traces`).

    With `skip_nominative`, rows of tables that are read through a journal of their own rules (owners) are left out too.
    Raises Invalid for too many to be read.
    """
    mentions: list[Mention] = []
    for declared in DECLARED.all():
        if skip_nominative and is_nominative(declared):
            continue
        if declared.identity and declared.basis is not TRACES:
            mentions += mentions_in(declared, sought, MOST + 1 - len(mentions))
        if len(mentions) > MOST:
            raise Invalid(
                f"Plus de {MOST} lignes répondent : ajoutez le prénom, ou l'adresse électronique (une ligne doit alors"
                " porter les deux)."
            )
    return mentions


@dataclass(frozen=True, slots=True)
class Trace:
    """How many lines of a journal are about the person, by the number of their accounts or by their name."""

    declared: Declared
    rows: int

    def as_json(self) -> dict[str, Any]:
        basis = self.declared.basis
        assert basis is not None
        return {
            "title": title_of(self.declared),
            "rows": self.rows,
            "article": basis.article,
            "reason": basis.reason,
            "duration": basis.duration,
        }


def find_traces(accounts: Sequence[int], sought: Sought | None = None) -> list[Trace]:
    """Lines of journals that these accounts wrote, and those that name who is sought. Never chosen: they stay."""
    traces = []
    for declared in DECLARED.all():
        if declared.basis is TRACES:
            rows = count_traces(declared, accounts, sought)
            if rows:
                traces.append(Trace(declared, rows))
    return traces


def count_traces(declared: Declared, accounts: Sequence[int], sought: Sought | None) -> int:
    """Their lines: by the number of an account where the journal has it, and by the name where one is sought."""
    model = model_of(declared)
    known = {str(one.column) for one in model._meta.concrete_fields}
    account = next((name for name in ("by_user", "user_id") if name in known), None)
    names = declared.identity if sought else ()
    if not account and not names:
        return 0
    wanted = [name for name in (account, *names) if name]
    if is_closed(model):
        statement: sql.Composable = sql.SQL(
            "select texts, lines from arpent.closed_text_counts({}, {}::text[])"
        ).format(sql.Literal(model._meta.db_table), sql.Literal(wanted))
    else:
        statement = sql.SQL("select array[{0}], count(*) from {1} group by 1").format(
            texts_of(wanted), sql.Identifier("public", model._meta.db_table)
        )
    numbers, first = {str(one) for one in accounts}, int(account is not None)
    return sum(
        int(rows)
        for values, rows in stream(statement)
        if (account and values[0] in numbers) or (sought is not None and names and sought.fits(values[first:]))
    )


def digits_of(phone: str) -> str:
    """The last nine digits of a number, by which `06…` and `+336…` are one; empty for what is no whole number."""
    digits = "".join(letter for letter in phone if letter.isdigit())
    return digits[-9:] if len(digits) >= 9 and "@" not in phone else ""


def number_in(text: str, digits: str) -> re.Match[str] | None:
    """Where a text holds a number of these last digits (`digits_of`), whatever other number stands beside it."""
    return re.search(rf"(?<!\d)(?:\d{APART}){{0,6}}{APART.join(digits)}(?!\d)", text)


def texts_of(columns: Sequence[str]) -> sql.Composable:
    """These columns as texts, never null."""
    return sql.SQL(", ").join(sql.SQL("coalesce({}::text, '')").format(sql.Identifier(name)) for name in columns)


def mentions_in(declared: Declared, sought: Sought, most: int) -> list[Mention]:
    """The rows of a table that fit, at most so many; capitals, accents and hyphens do not count."""
    model, ids = model_of(declared), list(islice(ids_that_fit(declared, sought), most))
    return [Mention(declared, int(columns["id"]), columns) for columns in rows_of(model, ids)]


def ids_that_fit(declared: Declared, sought: Sought) -> Iterator[int]:
    model = model_of(declared)
    name = model._meta.db_table
    if is_closed(model):
        statement: sql.Composable = sql.SQL("select id, texts from arpent.closed_texts({}, {}::text[])").format(
            sql.Literal(name), sql.Literal(list(declared.identity))
        )
    else:
        statement = sql.SQL("select id, array[{}] from {} order by id").format(
            texts_of(declared.identity), sql.Identifier("public", name)
        )
    return (row for row, texts in stream(statement) if sought.fits(texts))


def rows_of(model: type[Model], ids: Sequence[int]) -> list[dict[str, Any]]:
    """What these rows say, in the order of their ids, without what nobody is given."""
    name, hidden = model._meta.db_table, hidden_columns(model)
    if is_closed(model):
        statement: sql.Composable = sql.SQL("select one - {}::text[] from arpent.closed_rows({}, 'id', %s) one").format(
            sql.Literal(hidden), sql.Literal(name)
        )
    else:
        statement = sql.SQL("select to_jsonb(o) - {}::text[] from {} o where o.id = any (%s) order by o.id").format(
            sql.Literal(hidden), sql.Identifier("public", name)
        )
    return [json.loads(values) for (values,) in fetch_all(statement, [list(ids)])]


def hidden_columns(model: type[Model]) -> list[str]:
    """What nobody is given: secrets, what is computed, documents (their row says that they are there)."""
    kinds = {"BinaryField", "MultiPolygonField", "GeneratedField", "GeometryField"}
    hidden = [str(one.column) for one in model._meta.concrete_fields if type(one).__name__ in kinds]
    return [*hidden, "password", "former_password", "search_text", "folded_text", "geom", "geom_3857", "code_digest"]


def choose(mentions: Sequence[Mention], marks: Sequence[str]) -> list[Mention]:
    """The mentions that were chosen, one by one. Raises Invalid for a mark that is none of them."""
    by_mark = {one.mark: one for one in mentions}
    if strange := [mark for mark in marks if mark not in by_mark]:
        raise Invalid(f"{strange[0]} n'est pas une des lignes trouvées : recopiez les repères de la liste.")
    if not marks:
        raise Invalid("Choisissez au moins une ligne : un nom seul ne dit pas de qui il s'agit.")
    return [by_mark[mark] for mark in dict.fromkeys(marks)]


# -- accounts ---------------------------------------------------------------------------------------------------------


def linked_rows(accounts: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """What hangs on these accounts, by model: tokens, notices, memberships; for the person's export."""
    linked: dict[str, list[dict[str, Any]]] = {}
    for user_id in accounts:
        for model, rows in rows_of_account(user_id):
            linked.setdefault(model, []).extend(rows)
    return linked


def rows_of_account(user_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for declared in DECLARED.all():
        if declared.whose != Whose.PERSON or declared.path in ("", "pk"):
            continue
        rows = fetch_all(
            sql.SQL("select to_jsonb(o) - {}::text[] from {} o where {}").format(
                sql.Literal([*hidden_columns(model_of(declared)), *SECRETS]),
                sql.Identifier("public", model_of(declared)._meta.db_table),
                person_where(declared, user_id),
            )
        )
        if rows:
            yield declared.model, [json.loads(row) for (row,) in rows]


def person_where(declared: Declared, user_id: int) -> sql.Composable:
    return table_of(declared, user_id).where


def acts_of(user_id: int) -> list[tuple[str, str, int]]:
    """Where an account is named as who did something: (model, column, how many rows)."""
    lines = []
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.concrete_fields:
            target = getattr(one.remote_field, "model", None) if one.remote_field else None
            if target is None or target._meta.label != "gis_core.User":
                continue
            if rows := count_acts(model, str(one.column), user_id):
                lines.append((model._meta.label, str(one.column), int(rows)))
    return lines


def count_acts(model: type[Model], column: str, user_id: int) -> int:
    """In how many rows of a table this column is the account."""
    name = model._meta.db_table
    if is_closed(model):
        (rows,) = fetch_one("select arpent.count_closed_rows(%s, %s, %s)", [name, column, [user_id]])
    else:
        statement = sql.SQL("select count(*) from {} where {} = %s")
        (rows,) = fetch_one(
            statement.format(sql.Identifier("public", name), sql.Identifier(column)),
            [user_id],
        )
    return int(rows)


def forget_account(user_id: int) -> dict[str, int]:
    """An account that nobody comes in by any more and that names nobody; what it did keeps its number.

    What hangs on it goes: tokens, addresses, notices. Returns how many rows went, by table.
    """
    gone = {}
    for declared in sorted(DECLARED.all(), key=lambda one: -one.path.count("__")):
        if declared.whose == Whose.PERSON and declared.path not in ("", "pk"):
            name = model_of(declared)._meta.db_table
            table = sql.Identifier("public", name)
            gone[name] = execute(sql.SQL("delete from {} where {}").format(table, person_where(declared, user_id)))
    execute(
        "update gis_core_user set username = %s, email = '', first_name = '', last_name = '', password = '!',"
        " former_password = '', is_active = false, saved_filters = '{}', map_view = '' where id = %s",
        [f"{FORGOTTEN} {user_id}", user_id],
    )
    return gone


def make_report(chosen: Sequence[Mention], reference: str) -> dict[str, Any]:
    """What is given to a person: the chosen rows, what hangs on accounts among them, where these acted, journals."""
    accounts = [one.row for one in chosen if one.declared.model == "gis_core.User"]
    return {
        "format": "arpent-personne/1",
        "arpent": VERSION,
        "title": "Les données d'une personne",
        "reference": reference,
        "made_at": database_clock.now().isoformat(),
        "mentions": [one.as_json() for one in chosen],
        "linked": linked_rows(accounts),
        "acts": [line for user in accounts for line in acts_of(user)],
        "journals": [one.as_json() for one in find_traces(accounts)],
    }


# -- erasing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a chosen row."""

    mention: Mention
    done: Fate

    def as_json(self) -> dict[str, Any]:
        return {**self.mention.as_json(), "done": self.done.value}


def erase(mentions: Sequence[Mention]) -> list[Outcome]:
    """Erase or make anonymous what may be, keep what the law keeps; in the open transaction. Raises Conflict (the last
    administrator of the agency or of a member, an emergency account that is needed).
    """
    lock_people()
    outcomes, former = [], administrators()
    for one in mentions:
        check_no_emergency(one)
    with security_journal.without_values():
        for one in mentions:
            erase_row(one)
            outcomes.append(Outcome(one, one.declared.asks))
    check_administrators_stay(former)
    return outcomes


def erase_row(one: Mention) -> None:
    if one.declared.model == "gis_core.User":
        erase_account(one.row)
    elif one.declared.model == "gis_core.Membership":
        erase_membership(one.row)
    elif one.declared.asks == Fate.ERASE:
        delete_row(one.declared, one.row)
    elif one.declared.asks == Fate.ANONYMISE:
        blank_row(one.declared, one.row)


def check_no_emergency(one: Mention) -> None:
    """See `members.people.check_not_emergency`: neither the account nor its role at that member is erased."""
    members = Member.objects.exclude(emergency_account=None)
    if one.declared.model == "gis_core.User":
        members = members.filter(emergency_account=one.row)
    elif one.declared.model == "gis_core.Membership":
        members = members.filter(memberships=one.row, emergency_account__memberships=one.row)
    else:
        return
    for member in members.select_related("emergency_account"):
        assert member.emergency_account is not None
        check_not_emergency(member.emergency_account, member)


def erase_account(user_id: int) -> None:
    """An account, once nothing is open to it any more, its roles and what the history says of them, those that ended
    long ago too.
    """
    close_access(User.objects.get(pk=user_id), why="erased")
    memberships = DECLARED.by_key()["gis_core.Membership"]
    for (row,) in fetch_all("select id from gis_core_membership where user_id = %s", [user_id]):
        delete_row(memberships, row)
    forget_history("gis_core_membership", user_id, key="user_id")
    forget_account(user_id)


def erase_membership(row: int) -> None:
    """A role or an invitation, and at once what its person came in by there; without another one, their account."""
    former = Membership.objects.select_related("user", "member").filter(pk=row).first()
    delete_row(DECLARED.get("gis_core.Membership"), row)
    if former is not None:
        close_after(former.user, former.member, why="erased")


def delete_row(declared: Declared, row: int) -> None:
    """With its former rows, which the history keeps, and the rows that are nothing without it."""
    model = model_of(declared)
    table = model._meta.db_table
    for relation in model._meta.related_objects:
        if getattr(relation, "on_delete", None) is CASCADE:
            parts, key = relation.related_model._meta.db_table, str(relation.field.column)
            execute(
                sql.SQL("delete from {} where {} = %s").format(sql.Identifier("public", parts), sql.Identifier(key)),
                [row],
            )
    if is_closed(model):
        fetch_one("select arpent.delete_closed_row(%s, %s)", [table, row])
    else:
        execute(sql.SQL("delete from {} where id = %s").format(sql.Identifier("public", table)), [row])
    forget_history(table, row)


def blank_row(declared: Declared, row: int) -> None:
    model = model_of(declared)
    sets = [sql.SQL("{} = ''").format(sql.Identifier(name)) for name in declared.identity]
    table = sql.Identifier("public", model._meta.db_table)
    execute(sql.SQL("update {} set {} where id = %s").format(table, sql.SQL(", ").join(sets)), [row])
    forget_history(model._meta.db_table, row, columns=declared.identity)


def forget_history(table: str, value: int, *, key: str = "id", columns: Sequence[str] = ()) -> None:
    """Former rows go, or their `columns`: of the row `value`, or of those whose column `key` had this value."""
    fetch_one("select arpent.forget_former_rows(%s, %s, %s, %s::text[])", [table, key, value, list(columns)])


def names_in_history(table: str) -> list[str]:
    return [table, f"public.{table}"]

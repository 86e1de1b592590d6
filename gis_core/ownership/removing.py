"""A member leaves: what would go is shown first; then all its rows go in one transaction, with a proof.

To be run as the owner of the tables, who alone writes those that functions guard.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import CASCADE, DO_NOTHING, SET_NULL, ForeignKey, Model
from psycopg import sql

from gis_core.database.statements import execute, fetch_all, fetch_one
from gis_core.errors import Conflict
from gis_core.files.erasing import erase
from gis_core.members.closing import close_access
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member, User
from gis_core.ownership.checking import files_root, names_of_files
from gis_core.ownership.declarations import DECLARED, MADE_TABLES, Declared, GivenLayer
from gis_core.ownership.exporting import files_below
from gis_core.ownership.people import forget_account, names_in_history
from gis_core.ownership.tables import MemberTable, count, history_of, others_rows, table_of, tables_of

HISTORY: Final = frozenset({"gis_core_historyevent", "gis_core_rowhistory"})
ALL_TABLES: Final = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r'
        and not exists (select from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1
"""


@dataclass(frozen=True, slots=True)
class Visa:
    """The visa of the Archives départementales: number, day, who signed it."""

    number: str
    day: date
    signatory: str

    def as_json(self) -> dict[str, str]:
        return {"number": self.number, "date": self.day.isoformat(), "signatory": self.signatory}


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows that are not the member's and refer to its rows by a key: they lose the reference, or go (`deleted`)."""

    table: str
    column: str
    title: str
    rows: int
    deleted: bool

    def as_json(self) -> dict[str, Any]:
        return {"table": self.table, "column": self.column, "title": self.title, "rows": self.rows}


@dataclass(slots=True)
class Departure:
    """What the removal of a member would do: rows by table, and those of others that hang on them.

    `lock` are the tables that nobody else may write meanwhile: those in which the member may have rows.
    """

    member: Member
    tables: list[tuple[MemberTable, int]]
    detached: list[Hanging] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    given: list[GivenLayer] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    lock: list[str] = field(default_factory=list)
    shared: int = 0
    history: int = 0
    photos: int = 0

    @property
    def archives(self) -> int:
        """Rows that are public archives."""
        return sum(rows for table, rows in self.tables if table.archive)


# -- what it would do -------------------------------------------------------------------------------------------------


def prepare(member: Member) -> Departure:
    """What would go, and what stands in the way; nothing is changed."""
    tables = tables_of(member, shared=False)
    departure = Departure(member, [(table, rows) for table in tables if (rows := count(table))])
    departure.detached = hanging(departure)
    departure.given = MADE_TABLES.the().given_away(member.pk)
    departure.lock = sorted({table.table for table in tables} | {given.table for given in departure.given})
    refuse_shared_layers(departure)
    refuse_shared_folders(departure)
    refuse_agency(departure)
    departure.photos = count_photos(departure)
    departure.alone = [user for (user,) in fetch_all(ALONE, [member.pk, member.pk])]
    departure.shared = count_shared(departure)
    departure.history = count_history(departure)
    return departure


ALONE: Final = """
    select distinct m.user_id from gis_core_membership m where m.member_id = %s
        and not exists (select from gis_core_membership o where o.user_id = m.user_id and o.member_id <> %s)
"""


def removed_ids(tables: Sequence[MemberTable], name: str) -> sql.Composable | None:
    """A query of the ids that go of a table, None where none does."""
    table = next((one for one in tables if one.table == name), None)
    return sql.SQL("select id from {} where {}").format(table.name(), table.where) if table else None


def hanging(departure: Departure) -> list[Hanging]:
    """Rows that are not the member's and refer to its rows; what their key protects refuses the departure."""
    going = {table.table: table for table, _rows in departure.tables}
    lines = []
    for model in apps.get_models(include_auto_created=True):
        own = going.get(model._meta.db_table)
        for one in model._meta.concrete_fields:
            if not isinstance(one, ForeignKey) or model._meta.app_label == "procrastinate":
                continue
            target = going.get(one.related_model._meta.db_table)
            if target is None or one.target_field.name != "id" or follows_layer(model, one.name):
                continue
            rows = count_hanging(model._meta.db_table, one.column, target, own)
            if rows:
                action, title = one.remote_field.on_delete, str(model._meta.verbose_name_plural)
                lines.append(Hanging(model._meta.db_table, one.column, title, rows, action is not SET_NULL))
                if action not in (SET_NULL, CASCADE, DO_NOTHING):
                    departure.refused.append(f"{rows} lignes de {model._meta.verbose_name_plural} ({one.column})")
    return lines


def follows_layer(model: type[Model], name: str) -> bool:
    """Whether a condition says whose the rows are, and not this key, which is put right before anything goes."""
    declared = DECLARED.by_key().get(model._meta.label)
    return declared is not None and bool(declared.where) and declared.path == name


def hanging_where(column: str, target: MemberTable, own: MemberTable | None) -> sql.Composable:
    ids = sql.SQL("select id from {} where {}").format(target.name(), target.where)
    where = sql.SQL("{} in ({})").format(sql.Identifier(column), ids)
    return where if own is None else sql.SQL("{} and not coalesce({}, false)").format(where, own.where)


def count_hanging(name: str, column: str, target: MemberTable, own: MemberTable | None) -> int:
    where = hanging_where(column, target, own)
    (rows,) = fetch_one(sql.SQL("select count(*) from {} where {}").format(sql.Identifier("public", name), where))
    return int(rows)


def refuse_shared_layers(departure: Departure) -> None:
    """A layer of the member that holds rows of others would take them with it: it is given to the agency first."""
    for made in MADE_TABLES.the().of_member(departure.member.pk):
        if made.whole:
            continue
        (rows,) = fetch_one(
            sql.SQL("select count(*) from {} where owner_id is distinct from %s").format(
                sql.Identifier("public", made.name)
            ),
            [departure.member.pk],
        )
        if rows:
            departure.refused.append(f"la couche « {made.title} » contient {rows} objets d'autres membres")


def refuse_shared_folders(departure: Departure) -> None:
    """A folder of the member's files that a row of somebody else names too stays as long as that row."""
    going = {table.table: table for table, _rows in departure.tables}
    folders = {name for table in going.values() if has_folders(table.declared) for name in names_of_files(table)}
    if not folders:
        return
    for declared in filter(has_folders, DECLARED.all()):
        theirs = others_rows(table_of(declared, departure.member.pk))
        for name in names_of_files(theirs):
            if any(name.startswith(one) or one.startswith(name) for one in folders):
                departure.refused.append(
                    f"le dossier {name} est aussi celui de « {theirs.title} » d'un autre membre : donnez-les au même"
                )


def has_folders(declared: Declared | None) -> bool:
    return declared is not None and any(one.endswith("/") for one in declared.files)


def count_photos(departure: Departure) -> int:
    """Files that an export without photos has as a list only."""
    heavy = (table for table, _rows in departure.tables if table.declared and table.declared.heavy)
    names = {name for table in heavy for name in names_of_files(table)}
    return len({relative for name in names for relative, path in files_below(name) if path.is_file()})


def refuse_agency(departure: Departure) -> None:
    """The member by which the agency's administrators come in stays."""
    (rows,) = fetch_one(
        "select count(*) from gis_core_membership where member_id = %s and role = 'agency_administrator'",
        [departure.member.pk],
    )
    if rows:
        departure.refused.append(f"donner à {rows} administrateurs de l'agence leur rôle chez un autre membre")


def count_shared(departure: Departure) -> int:
    """Rows of other members that were shared with this one: they stay as they are."""
    total = 0
    for name in tables_with("shared_with"):
        own = next((one for one, _rows in departure.tables if one.table == name), None)
        where: sql.Composable = sql.SQL("%s = any (shared_with)")
        if own is not None:
            where = sql.SQL("%s = any (shared_with) and not coalesce({}, false)").format(own.where)
        (rows,) = fetch_one(
            sql.SQL("select count(*) from {} where {}").format(sql.Identifier("public", name), where),
            [departure.member.pk],
        )
        total += int(rows)
    return total


def tables_with(column: str) -> list[str]:
    known = fetch_all(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = %s order by 1",
        [column],
    )
    return [name for (name,) in known]


def count_history(departure: Departure) -> int:
    tables = tables_of(departure.member, shared=False)
    return sum(int(fetch_one(sql.SQL("select count(*) from {}").format(history_of(one)))[0]) for one in tables)


# -- doing it ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Removed:
    """What a removal did, before it is committed: counts of each table, and the files that go after it."""

    before: dict[str, int]
    after: dict[str, int]
    own: dict[str, int]
    detached: list[Hanging]
    of_people: dict[str, int]
    touched: dict[str, int]
    accounts: int
    history: int
    files: list[str]


def check_locked(departure: Departure, names: Sequence[str]) -> None:
    """A layer that was made since the tables were chosen is in none of them. Raises Conflict."""
    if set(departure.lock) - set(names):
        raise Conflict("Rien n'a été supprimé : une couche du membre vient d'être créée. Relancez la même commande.")


def remove(departure: Departure) -> Removed:
    """Remove every row of the member in the open transaction, and prove it. Raises Conflict; then nothing is done.

    History and rules of tables do not follow: what goes leaves no former row behind.
    """
    if departure.refused:
        raise Conflict("Rien n'a été supprimé. D'abord : " + " ; ".join(departure.refused) + ".")
    for given in departure.given:
        MADE_TABLES.the().give(given.layer)
    names = [name for (name,) in fetch_all(ALL_TABLES)]
    before = count_all(names)
    tables = tables_of(departure.member, shared=False)
    files = [name for table in tables for name in names_of_files(table)]
    accounts, history = departure.alone, departure.history
    dropped = {one.table for one in tables if one.whole}
    quiet = [table for table in tables if not table.whole]
    # A table of which something is still to be checked cannot be altered.
    execute("set constraints all immediate")
    switch_triggers(quiet, "disable")
    execute("set constraints all deferred")
    remove_history(tables)
    detached = detach(departure)
    own = {table.table: 0 for table in tables}
    for table in reversed(tables):
        own[table.table] += count(table) if table.whole else delete_rows(table)
    of_people: Counter[str] = Counter()
    for user_id in accounts:
        of_people.update(forget_account(user_id))
    transaction.on_commit(partial(close_accounts, accounts))
    execute("set constraints all immediate")
    switch_triggers(quiet, "enable")
    for name in sorted(dropped):
        MADE_TABLES.the().drop(name)
    for name, rows in sorted(own.items()):
        if rows and name not in dropped:
            MADE_TABLES.the().announce(name)
    after = count_all([name for name in names if name not in dropped])
    touched = touched_rows(after)
    removed = Removed(before, after, own, detached, dict(of_people), touched, len(accounts), history, files)
    check_removed(removed, dropped)
    if rows := remaining(departure.member.pk):
        raise Conflict(
            f"Rien n'a été supprimé : {rows} lignes resteraient au nom du membre. Relancez la même commande."
        )
    return removed


def close_accounts(accounts: Sequence[int]) -> None:
    """Whoever was of the removed member alone is out at once: sessions, and what they have in the queue."""
    with acting_as(SYSTEM), transaction.atomic():
        for user in User.objects.filter(pk__in=accounts).order_by("pk"):
            close_access(user, why="member_removed")


def switch_triggers(tables: Sequence[MemberTable], how: str) -> None:
    for table in tables:
        execute(sql.SQL("alter table {} " + how + " trigger user").format(table.name()))


def count_all(names: Sequence[str]) -> dict[str, int]:
    return {
        name: int(fetch_one(sql.SQL("select count(*) from {}").format(sql.Identifier("public", name)))[0])
        for name in names
    }


def remove_history(tables: Sequence[MemberTable]) -> None:
    """Former rows go with the rows, parts before their wholes; events stay, which say who did what and when."""
    for table in reversed(tables):
        statement = sql.SQL("delete from public.gis_core_rowhistory where id in (select h.id from {})")
        execute(statement.format(history_of(table)))
        if table.whole:
            execute(
                "delete from public.gis_core_rowhistory where event_id in (select id from"
                ' public.gis_core_historyevent where "table" = any (%s))',
                [names_in_history(table.table)],
            )


def detach(departure: Departure) -> list[Hanging]:
    """Rows of others that refer to the member's lose the reference; those that are nothing without it go."""
    going = {table.table: table for table, _rows in departure.tables}
    done = []
    for one in hanging(departure):
        where = hanging_where(one.column, going[target_of(one.table, one.column)], going.get(one.table))
        table = sql.Identifier("public", one.table)
        if one.deleted:
            # Two keys may lead to one row, which goes once.
            rows = execute(sql.SQL("delete from {} where {}").format(table, where))
        else:
            keep_name(one, where, departure.member)
            rows = execute(sql.SQL("update {} set {} = null where {}").format(table, sql.Identifier(one.column), where))
        done.append(replace(one, rows=rows))
    return done


def keep_name(hanging: Hanging, where: sql.Composable, member: Member) -> None:
    """Before a row of another loses the key of the second member, that member's name is written in it."""
    for declared in DECLARED.all():
        model = apps.get_model(declared.model)
        if not declared.other_name or model._meta.db_table != hanging.table:
            continue
        if model._meta.get_field(declared.other).column == hanging.column:
            execute(
                sql.SQL("update {} set {} = %s where {}").format(
                    sql.Identifier("public", hanging.table), sql.Identifier(declared.other_name), where
                ),
                [member.name],
            )


def target_of(table: str, column: str) -> str:
    """The table that a foreign key refers to."""
    models = apps.get_models(include_auto_created=True)
    model = next(one for one in models if one._meta.db_table == table)
    key = next(one for one in model._meta.concrete_fields if one.column == column)
    assert isinstance(key, ForeignKey)
    return str(key.related_model._meta.db_table)


def delete_rows(table: MemberTable) -> int:
    return execute(sql.SQL("delete from {} where {}").format(table.name(), table.where))


TOUCHED: Final = "select count(*) from {} where age(xmin) <= age(pg_current_xact_id()::xid)"
"""What is no older than this transaction and seen by its snapshot is its own work, in its savepoints too."""


def touched_rows(names: dict[str, int]) -> dict[str, int]:
    """By table, how many rows that are still there this transaction has written."""
    counts = ((name, fetch_one(sql.SQL(TOUCHED).format(sql.Identifier("public", name)))[0]) for name in names)
    return {name: int(rows) for name, rows in counts if rows}


def check_removed(removed: Removed, dropped: set[str]) -> None:
    """Each table lost the member's rows, all of them and no other. Raises Conflict."""
    gone_with: Counter[str] = Counter()
    for one in removed.detached:
        gone_with[one.table] += one.rows if one.deleted else 0
    for name, rows in removed.after.items():
        lost = removed.before[name] - rows
        allowed = removed.own.get(name, 0) + gone_with[name] + removed.of_people.get(name, 0)
        if name not in HISTORY and lost != allowed:
            raise Conflict(f"Rien n'a été supprimé : la table {name} aurait perdu {lost} lignes au lieu de {allowed}.")


def remaining(member_id: int) -> int:
    """Rows that still name the member in a column of owners."""
    total = 0
    for name in tables_with("owner_id"):
        statement = sql.SQL("select count(*) from {} where owner_id = %s").format(sql.Identifier("public", name))
        total += int(fetch_one(statement, [member_id])[0])
    return total


# -- files ------------------------------------------------------------------------------------------------------------


def remove_files(names: Sequence[str]) -> list[str]:
    """Remove the files of removed rows, once that is committed; returns those that are still there. Where there is a
    continuous archive they outlive their rows by the recovery window (`gis_core.files.erasing`).

    One that is there after a crash belongs to no row: the same call removes it again.
    """
    left = []
    for name in names:
        for relative, path in [*files_below(name)]:
            erase(files_root() / relative)
            if path.exists():
                left.append(relative)
        remove_empty_folders(name)
    return left


def remove_empty_folders(name: str) -> None:
    root = files_root().resolve()
    folder = (root / name).resolve()
    if root not in folder.parents:
        # A link, or a name of a row, leads elsewhere.
        return
    if name.endswith("/"):
        if folder.is_dir() and not any(one.is_file() for one in folder.rglob("*")):
            shutil.rmtree(folder, ignore_errors=True)
        return
    parent: Path = folder.parent
    if parent != root and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()


def record_departure(member: Member, detail: str) -> None:
    """One event of the history says for ever who left, with which visa, and the SHA-256 of the proof."""
    with connection.cursor() as cursor:
        cursor.execute("select arpent.open_event('departure', 'gis_core_member'::regclass, %s::jsonb)", [detail])


def is_departed(member_id: int, proof: bytes) -> bool:
    """Whether this very proof was recorded here, and the member is gone."""
    digest = hashlib.sha256(proof).hexdigest()
    (recorded,) = fetch_one(
        "select count(*) from gis_core_historyevent where kind = 'departure' and detail ->> 'proof' = %s", [digest]
    )
    return bool(recorded) and not Member.objects.filter(pk=member_id).exists()

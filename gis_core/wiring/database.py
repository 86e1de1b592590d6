"""What apps declare of the database, beside its tables and functions: triggers, policies, settings, what is reported.

PostgreSQL fires the triggers of one moment in the order of their names: a name carries its order (`arpent_020_route`).
Those that `secure_table` and its like put on tables, run-time ones too, come after those that apps declare (GENERIC).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, LiteralString

from psycopg import sql

GENERIC: Final = {
    900: "version",
    905: "number",
    910: "rules",
    950: "history",
    960: "keep",
    970: "report",
    980: "statement",
    990: "truncate",
}
"""The triggers that functions make, by their order (secure_table, apply_layer_rules)."""
GENERIC_TRIGGER: Final = (
    "^arpent_(" + "|".join(f"{order}_{name}" for order, name in GENERIC.items()) + ")(_(insert|update|delete))?$"
)
GENERIC_POLICY: Final = "^arpent_(read|insert|update|delete|work)$"
DECLARED: Final = range(2, 900)
KEPT: Final = 955
"""The place of `kept_by_imports`: after the history, as what functions have imports keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """`call` names a function of the schema arpent, with its arguments; `fires`, `when` and `referencing` are SQL."""

    table: str
    order: int
    name: str
    fires: LiteralString
    call: LiteralString
    when: LiteralString = ""
    referencing: LiteralString = ""
    each: Literal["row", "statement"] = "row"
    deferred: bool = False

    @property
    def full_name(self) -> str:
        return f"arpent_{self.order:03}_{self.name}"

    @property
    def moment(self) -> tuple[bool, bool, bool, str]:
        """Sorts the triggers of a table as they fire."""
        after = self.fires.startswith("after")
        return after, self.deferred, (self.each == "statement") is after, self.full_name

    def statements(self) -> Iterator[sql.Composed]:
        """PostgreSQL replaces a trigger by its name, but no deferred one."""
        if self.deferred:
            yield drop_trigger(self.table, self.full_name)
        yield sql.SQL("create {} {} {} on public.{} {} {} for each {} {} execute function arpent.{}").format(
            sql.SQL("constraint trigger" if self.deferred else "or replace trigger"),
            sql.Identifier(self.full_name),
            sql.SQL(self.fires),
            sql.Identifier(self.table),
            sql.SQL("referencing " + self.referencing if self.referencing else ""),
            sql.SQL("deferrable initially deferred" if self.deferred else ""),
            sql.SQL(self.each),
            sql.SQL("when (" + self.when + ")" if self.when else ""),
            sql.SQL(self.call),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A restriction of what the site may do, beside the policies that `secure_table` makes by a table's scope."""

    table: str
    name: str
    of: Literal["all", "select", "insert", "update", "delete"] = "all"
    using: LiteralString = ""
    check: LiteralString = ""

    @property
    def full_name(self) -> str:
        return self.name

    def statements(self) -> Iterator[sql.Composed]:
        yield drop_policy(self.table, self.name)
        yield sql.SQL("create policy {} on public.{} as restrictive for {} to arpent_web {} {}").format(
            sql.Identifier(self.name),
            sql.Identifier(self.table),
            sql.SQL(self.of),
            sql.SQL("using (" + self.using + ")" if self.using else ""),
            sql.SQL("with check (" + self.check + ")" if self.check else ""),
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting `arpent.<name>` of the session, declared by the app that sets it: what it tells whom, and why so.

    A local one ends with the transaction.
    """

    name: str
    why: str
    local: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A table whose changes the security journal is told, but for those of the columns `unwatched` alone.

    Tables of the scopes edited, given and visibility are reported anyway: here for their columns, or to be left out.
    """

    table: str
    unwatched: tuple[str, ...] = ()
    watched: bool = True


def drop_trigger(table: str, name: str) -> sql.Composed:
    return sql.SQL("drop trigger if exists {} on public.{}").format(sql.Identifier(name), sql.Identifier(table))


def drop_policy(table: str, name: str) -> sql.Composed:
    return sql.SQL("drop policy if exists {} on public.{}").format(sql.Identifier(name), sql.Identifier(table))


def import_triggers(table: str) -> tuple[Trigger, ...]:
    """Imports keep what they replace in a table whose rows people change, too.

    They note how they left each row: what was changed since stays when they are taken back (sql/keep_replaced.sql).
    """
    return (
        keep_trigger(table, "insert", "after insert", "new table as new_rows"),
        keep_trigger(table, "update", "after update", "old table as old_rows new table as new_rows"),
        keep_trigger(table, "delete", "after delete", "old table as old_rows"),
    )


def keep_trigger(table: str, act: str, fires: LiteralString, referencing: LiteralString) -> Trigger:
    return Trigger(
        table=table,
        order=KEPT,
        name=f"keep_{act}",
        fires=fires,
        referencing=referencing,
        each="statement",
        call="keep_replaced('edited')",
    )

"""What a directory says of the people whom Arpent knows: who is there, who is closed, in which groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from gis_core.accounts.directory.asking import READ_S, ask
from gis_core.accounts.directory.options import Options
from gis_core.models import SignInMethod


@dataclass(slots=True)
class Snapshot:
    """One whole reading. `people` are those known here, by their identifier; `twice` the identifiers given twice.

    `groups` holds the names of each group by its distinguished name, `parents` the groups that each of these people, or
    another group, is in.
    """

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_sid: dict[str, str] = field(default_factory=dict)
    people_count: int = 0
    groups_count: int = 0

    def groups_of(self, person: dict[str, Any], *, nested: bool) -> list[str]:
        """The names of the groups that a person is in, groups of groups too (which may go round in circles)."""
        first = [*self.parents.get(person["dn"], ()), *self.parents.get(person["uid"], ())]
        if primary := self.by_sid.get(person["primary"]):
            first.append(primary)
        seen, waiting = set(first), list(dict.fromkeys(first)) if nested else []
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return sorted({name for one in seen for name in self.groups.get(one, ())})


def read(method: SignInMethod, known: Collection[str]) -> Snapshot:
    """Read the whole directory and keep what is said of those known here. Raises DirectoryTrouble."""
    snapshot = Snapshot()
    # All people come before all groups. Of those who have no account here a number is kept, not their names.
    ours: set[str] = set()
    others: set[int] = set()

    def begin() -> None:
        nonlocal snapshot
        snapshot = Snapshot()
        ours.clear()
        others.clear()

    def hear(kind: str, value: Any) -> None:
        if kind == "person":
            if value["id"] in known:
                if value["id"] in snapshot.people:
                    snapshot.twice.add(value["id"])
                snapshot.people[value["id"]] = value
                ours.update((value["dn"], value["uid"]))
            else:
                others.update((hash(value["dn"]), hash(value["uid"])))
        elif kind == "group":
            snapshot.groups[value["dn"]] = value["names"]
            if value["sid"]:
                snapshot.by_sid[value["sid"]] = value["dn"]
            for member in value["members"]:
                if member in ours or hash(member) not in others:
                    snapshot.parents[member].append(value["dn"])

    done = ask(method, "read", within_s=READ_S, hear=hear, begin=begin, remembers=False)
    snapshot.people_count, snapshot.groups_count = done["people"], done["groups"]
    return snapshot


def is_nested(method: SignInMethod) -> bool:
    return Options.from_json(method.options).nested

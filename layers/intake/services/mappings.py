"""The mappings of a member's files that are kept: how a layer with certain fields is read, for the next one."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gis_core.database import clock as database_clock
from gis_core.models import Member
from layers.intake.models import ImportMapping

LONGEST_NAME = 80


def mapping_for(
    source: str, owner: Member, fields: Iterable[str], used: Callable[[Mapping[str, Any]], Iterable[str]]
) -> ImportMapping | None:
    """The mapping used last for a layer of these very fields, else one whose `used` fields such a layer has all."""
    given, kept = set(fields), list(ImportMapping.objects.filter(source=source, owner=owner))
    same = (one for one in kept if set(one.fields) == given)
    fitting = (one for one in kept if (names := set(used(one.mapping))) and names <= given)
    return next(same, None) or next(fitting, None)


def mapping_named(source: str, owner: Member, name: str) -> ImportMapping | None:
    return ImportMapping.objects.filter(source=source, owner=owner, name=name).first()


def keep_mappings(source: str, owner: Member, layers: Sequence[tuple[str, Sequence[str], Mapping[str, Any]]]) -> None:
    """Keep the mapping of each layer (name, fields, mapping): numbered where another mapping or layer has the name."""
    there = {one.name: set(one.fields) for one in ImportMapping.objects.filter(source=source, owner=owner)}
    taken: set[str] = set()
    for wanted, fields, mapping in layers:
        given = set(fields)
        names = (numbered(wanted, number) for number in itertools.count(1))
        name = next(one for one in names if one not in taken and there.get(one, given) == given)
        taken.add(name)
        values = {"fields": sorted(given), "mapping": dict(mapping), "used_at": database_clock.now()}
        ImportMapping.objects.update_or_create(source=source, owner=owner, name=name, defaults=values)


def numbered(name: str, number: int) -> str:
    plain = name.strip()[: LONGEST_NAME - 4]
    return plain if number == 1 else f"{plain} {number}"

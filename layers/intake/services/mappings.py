"""The mappings of a member's files that are kept: how a layer with certain fields is read, for the next one."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.models import Member
from layers.intake.models import ImportMapping

LONGEST_NAME = 80


def mapping_for(
    source: str, owner: Member, fields: Iterable[str], used: Callable[[Mapping[str, Any]], Iterable[str]]
) -> ImportMapping | None:
    """The mapping used last for a layer of these very fields, else one whose `used` fields such a layer has all."""
    given, kept = set(fields), mappings_of(source, owner)
    same = (one for one in kept if set(one.fields) == given)
    fitting = (one for one in kept if (names := set(used(one.mapping))) and names <= given)
    return next(same, None) or next(fitting, None)


def mappings_of(source: str, owner: Member) -> list[ImportMapping]:
    """What was kept of a member's files, the one used last first."""
    return list(ImportMapping.objects.filter(source=source, owner=owner))


def mapping_by_name(source: str, owner: Member, name: str) -> ImportMapping | None:
    return ImportMapping.objects.filter(source=source, owner=owner, name=name).first()


def choices_in_file(path: Path | None) -> dict[str, Any]:
    """The choices in a file of JSON, alone or in the report of an import; none without a file. Raises Invalid."""
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        message = _("The choices in %(path)s cannot be read: %(reason)s")
        raise Invalid(message % {"path": path, "reason": error}, parameter="map") from error
    if not isinstance(content, dict) or not isinstance(content.get("choices", {}), dict):
        raise Invalid(_("The choices in %(path)s are no JSON object.") % {"path": path}, parameter="map")
    return dict(content.get("choices", content))


def keep_mappings(source: str, owner: Member, layers: Sequence[tuple[str, Sequence[str], Mapping[str, Any]]]) -> None:
    """Keep the mapping of each layer (name, fields, mapping): numbered where another mapping or layer has the name."""
    there = {one.name: set(one.fields) for one in ImportMapping.objects.filter(source=source, owner=owner)}
    taken: set[str] = set()
    for wanted, fields, mapping in layers:
        given = set(fields)
        names = (number_mapping(wanted, number) for number in itertools.count(1))
        name = next(one for one in names if one not in taken and there.get(one, given) == given)
        taken.add(name)
        values = {"fields": sorted(given), "mapping": dict(mapping), "used_at": database_clock.now()}
        ImportMapping.objects.update_or_create(source=source, owner=owner, name=name, defaults=values)


def number_mapping(name: str, number: int) -> str:
    plain = name.strip()[: LONGEST_NAME - 4]
    return plain if number == 1 else f"{plain} {number}"

"""The rules of zones that members keep: read, and chosen where several have entered them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gis_core.members.rights import Rights
from gis_core.models import Territory
from simulation.engine.sru import Rule, read_rules
from simulation.models import RegulationText, ZoneRules

type ZoneName = tuple[str, str]
"""(idurba, label of the zone)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRules:
    """The rules of a zone, and the contents of the regulation to which they refer, by their identifiers."""

    kept: ZoneRules
    rules: Sequence[Rule]
    texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def rules_of_zones(zones: Iterable[ZoneName], insee: Iterable[str], rights: Rights) -> dict[ZoneName, KeptRules]:
    """The rules of each zone that has some: the user's own member's, else those of a member that covers the place."""
    wanted = set(zones)
    if not wanted:
        return {}
    rows = list(
        ZoneRules.objects.filter(
            idurba__in={idurba for idurba, _zone in wanted}, zone__in={zone for _idurba, zone in wanted}
        ).order_by("pk")
    )
    rows = [row for row in rows if (row.idurba, row.zone) in wanted]
    covering = covering_members(rows, insee) if len({row.owner_id for row in rows}) > 1 else set()
    rows.sort(key=lambda row: (row.owner_id in rights.roles, row.owner_id in covering))
    chosen = {(row.idurba, row.zone): row for row in rows}
    texts = texts_of(chosen.values())
    return {
        name: KeptRules(kept=row, rules=read_rules(row.rules), texts=texts.get((row.owner_id, row.idurba), {}))
        for name, row in chosen.items()
    }


def covering_members(rows: Sequence[ZoneRules], insee: Iterable[str]) -> set[int]:
    owners = {row.owner_id for row in rows}
    return set(
        Territory.objects.filter(member_id__in=owners, commune__insee__in=list(insee)).values_list(
            "member_id", flat=True
        )
    )


def texts_of(rows: Iterable[ZoneRules]) -> dict[tuple[int, str], Mapping[str, Mapping[str, Any]]]:
    """The contents of the regulations of these rules, where one of their rules refers to a content."""
    referring = {
        (row.owner_id, row.idurba)
        for row in rows
        if any(isinstance(one, dict) and one.get("idContenu") for one in row.rules)
    }
    if not referring:
        return {}
    regulations = RegulationText.objects.filter(idurba__in={idurba for _owner, idurba in referring})
    return {
        (one.owner_id, one.idurba): {content["id"]: content for content in one.contents}
        for one in regulations
        if (one.owner_id, one.idurba) in referring
    }

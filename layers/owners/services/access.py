"""Who may read owners: levels by role at each member, and the communes that they open to an asker."""

from collections.abc import Mapping

from django.db import transaction

from gis_core.database.statements import fetch_one
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights, Role
from gis_core.models import Member
from layers.owners.models import Level, OwnerAccess


def open_communes(level: Level = Level.NAMES) -> frozenset[str]:
    """INSEE codes in which whoever asks may read owners: PostgreSQL answers, by the rule that its policies follow."""
    (codes,) = fetch_one("select arpent.owner_insee(%s)", [level.value])
    return frozenset(codes)


def levels_of(member: Member) -> dict[Role, Level]:
    """The level of every role at a member."""
    levels = dict(OwnerAccess.objects.filter(member=member).values_list("role", "level"))
    return {role: Level(levels.get(role, Level.NONE)) for role in Role}


@transaction.atomic
def give_levels(slug: str, levels: Mapping[Role, Level], rights: Rights) -> Member:
    """Set what each role reads at a member. Raises NotFound and Forbidden (only its administrators may)."""
    member = get_administered_member(rights=rights, slug=slug)
    known = levels_of(member)
    for role, level in levels.items():
        if known[role] != level:
            OwnerAccess.objects.update_or_create(member=member, role=role, defaults={"level": level})
    return member

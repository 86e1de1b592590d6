"""Inspections of the demo's sewer manholes, made once: some are due, some are to be repaired, one is dangerous."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from gis_core.database import clock as database_clock
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from networks.water.models import ManholeInspection, ManholeSettings, SewerNode

SLUGS = ("cc-lys", "cc-val-de-rimarde")
MONTHS = 60
OLDEST_DAYS = 2_000
NEVER, UNSEEN, WORN = 0.15, 0.03, 0.12
BY = ("Régie des eaux", "SARL Curage et Contrôle (fictive)")
Verdict = ManholeInspection.Verdict
WRONG: tuple[dict[str, Any], ...] = (
    {"cover": "noisy", "defects": ["DAR"], "verdict": Verdict.REPAIR},
    {"ladder": "rusted", "defects": ["DAQ"], "verdict": Verdict.WATCH},
    {"channel": "worn", "defects": ["DAF"], "verdict": Verdict.WATCH},
    {"infiltration": "drops", "defects": ["DBF", "DBA"], "verdict": Verdict.REPAIR},
    {"channel": "blocked", "defects": ["DBC"], "deposit_mm": 180, "verdict": Verdict.REPAIR},
)
SOUND = {"cover": "good", "frame": "good", "ladder": "good", "channel": "good", "infiltration": "none"}


def seed_manhole_inspections(seed: int, say: Callable[[str], None]) -> None:
    """Days count back from today. Needs the owner's role, in a transaction, and the networks."""
    with acting_as(SYSTEM):
        for member in Member.objects.filter(slug__in=SLUGS).order_by("slug"):
            if ManholeInspection.objects.filter(owner=member).exists():
                continue
            nodes: Any = SewerNode.objects
            manholes: list[SewerNode] = list(nodes.filter(owner=member, kind="manhole").order_by("pk"))
            if manholes:
                say(f"Contrôles des regards : {member.name}…")
                inspect_all(member, manholes, Random(f"{seed} manholes {member.slug}"))


def inspect_all(member: Member, manholes: list[SewerNode], chance: Random) -> None:
    ManholeSettings.objects.get_or_create(member=member, defaults={"inspection_months": MONTHS})
    made = [inspection(one, chance) for one in manholes if chance.random() > NEVER]
    made[0].cover, made[0].verdict, made[0].defects = "broken", Verdict.URGENT, ["DAR"]
    made[0].remark = "Tampon fendu, balisé en attendant son remplacement"
    ManholeInspection.objects.bulk_create(made)


def inspection(manhole: SewerNode, chance: Random) -> ManholeInspection:
    """One visit in the last years: most find nothing wrong, some a manhole that is covered over."""
    day = database_clock.today() - timedelta(days=chance.randrange(15, OLDEST_DAYS))
    about = {"owner_id": manhole.owner_id, "manhole": manhole.pk, "reference": manhole.reference or ""}
    given = {**about, "done_date": day, "done_by": chance.choice(BY)}
    if chance.random() < UNSEEN:
        return ManholeInspection(**given, verdict=Verdict.UNSEEN, cover="buried")
    depth = round((manhole.depth_m or 1.5) + chance.uniform(-0.05, 0.05), 2)
    states = {**SOUND, "deposit_mm": chance.choice((0, 0, 10, 20, 40)), "verdict": Verdict.GOOD}
    wrong = chance.choice(WRONG) if chance.random() < WORN else {}
    return ManholeInspection(**given, depth_m=max(depth, 0.3), **(states | wrong))

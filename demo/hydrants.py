"""Inspections of the demo's hydrants, made once: some are due, some fail, one of each community is unavailable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from gis_core.database import clock as database_clock
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from networks.water.models import FireSettings, HydrantInspection, HydrantUnavailability, WaterNode

SLUGS = ("cc-lys", "cc-val-de-rimarde")
LEAST_M3H = 30
PERIOD_DAYS = 1096
NEVER, SEEN_SINCE, OUTWORN = 0.04, 0.3, 0.12
WORN = ("paint", "cap", "access", "sign", "stuck", "drain")
BY = ("Régie des eaux", "SARL Contrôle Hydrants (fictive)")
Kind, Verdict = HydrantInspection.Kind, HydrantInspection.Verdict

type Say = Callable[[str], None]


def seed_inspections(seed: int, say: Say) -> None:
    """Days count back from today. Needs the owner's role, in a transaction, and the networks."""
    with acting_as(SYSTEM):
        for member in Member.objects.filter(slug__in=SLUGS).order_by("slug"):
            if HydrantInspection.objects.filter(owner=member).exists():
                continue
            nodes: Any = WaterNode.objects
            hydrants: list[WaterNode] = list(nodes.filter(owner=member, kind="hydrant").order_by("pk"))
            if hydrants:
                say(f"Contrôles des poteaux d’incendie : {member.name}…")
                inspect_all(member, hydrants, Random(f"{seed} hydrants {member.slug}"))


def inspect_all(member: Member, hydrants: list[WaterNode], chance: Random) -> None:
    FireSettings.objects.get_or_create(member=member, defaults={"flow_m3h": LEAST_M3H})
    made = [one for hydrant in hydrants if chance.random() > NEVER for one in inspections(hydrant, chance)]
    HydrantInspection.objects.bulk_create(made)
    HydrantUnavailability.objects.create(
        **about(chance.choice(hydrants)),
        from_at=database_clock.now() - timedelta(days=9),
        reason="Appareil heurté par un véhicule, vanne de pied fermée",
        informed="CODIS par courriel, mairie par téléphone",
    )


def about(hydrant: WaterNode) -> dict[str, Any]:
    return {"owner_id": hydrant.owner_id, "hydrant": hydrant.pk, "reference": hydrant.reference or ""}


def inspections(hydrant: WaterNode, chance: Random) -> list[HydrantInspection]:
    """Two technical ones three years apart, the last as the hydrant's row says; for some a look since."""
    day = database_clock.today() - timedelta(days=chance.randrange(20, PERIOD_DAYS + 160))
    flow = hydrant.flow_m3h or 0.0
    static = hydrant.pressure_bar or 0.0
    found = [
        technical(hydrant, day - timedelta(days=PERIOD_DAYS), flow + chance.uniform(0, 8), static, chance),
        technical(hydrant, day, flow, static, chance),
    ]
    since = day + timedelta(days=chance.randrange(200, 400))
    if since < database_clock.today() and chance.random() < SEEN_SINCE:
        anomalies = [chance.choice(WORN)] if chance.random() < OUTWORN else []
        seen = {"kind": Kind.VISUAL, "verdict": Verdict.COMPLIANT, "anomalies": anomalies}
        found.append(HydrantInspection(**about(hydrant), done_date=since, done_by=BY[0], **seen))
    return found


def technical(hydrant: WaterNode, day: date, flow: float, static: float, chance: Random) -> HydrantInspection:
    enough = flow >= LEAST_M3H
    anomalies = [] if enough else ["flow"]
    if chance.random() < OUTWORN:
        anomalies.append(chance.choice(WORN))
    return HydrantInspection(
        **about(hydrant),
        kind=Kind.TECHNICAL,
        done_date=day,
        done_by=chance.choice(BY),
        flow_m3h=round(flow, 1),
        static_bar=static,
        dynamic_bar=round(static * chance.uniform(0.45, 0.8), 1),
        anomalies=anomalies,
        verdict=Verdict.COMPLIANT if enough else Verdict.NOT_COMPLIANT,
    )

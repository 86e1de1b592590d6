"""The demo's rules of zones: those of the houses and the old centre of its PLUi in force, as somebody types them."""

from collections.abc import Callable
from typing import Any

from demo.planning import MEMBER, SECOND
from gis_core.models import Member
from simulation.engine.sru import rule_as_json
from simulation.models import ZoneRules
from simulation.rule_fields import join_rules

IDURBA = f"999000011_PLUi_{SECOND:%Y%m%d}"
RULES: dict[str, dict[str, Any]] = {
    "UA": {
        "alignment_nature": "impose", "remark-alignment": "sauf si un bâtiment de qualité est déjà en retrait",
        "side_min": 3.0, "side_align": "alignementEtRetraitPossibles", "ridge": 12.0, "eaves": 7.0, "levels": 2.0,
        "attic": 1.0, "others": "Les toitures sont en ardoise ou en tuile plate.",
    },
    "UB": {
        "public_min": 5.0, "side_min": 3.0, "rear_min": 4.0,
        "remark-side": "sauf les annexes de moins de 12 m², en limite",
        "prospect_slope": 200.0, "prospect_min": 3.0, "ces": 0.4, "ridge": 9.0, "eaves": 6.0, "acroterion": 7.0,
        "levels": 2.0, "open_ground": 30.0, "parking_min": 2, "fence_max": 1.6,
        "forbidden": "Les constructions à usage industriel.\nLes dépôts de véhicules et de matériaux.",
        "allowed": "Les commerces de moins de 100 m² de surface de plancher.",
    },
}  # fmt: skip

type Say = Callable[[str], None]


def seed_zone_rules(say: Say) -> None:
    """Enter them, unless the member has rules of this document. Needs the owner's role, in a transaction."""
    member = Member.objects.filter(slug=MEMBER).first()
    if member is None or ZoneRules.objects.filter(owner=member, idurba=IDURBA).exists():
        return
    say("Chargement : règles de deux zones…")
    for zone, typed in RULES.items():
        rules = [rule_as_json(rule) for rule in join_rules(typed, [])]
        ZoneRules.objects.create(owner=member, idurba=IDURBA, zone=zone, rules=rules)

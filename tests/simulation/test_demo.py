"""The rules of zones of the demo."""

import pytest

from demo.zone_rules import IDURBA, seed_zone_rules
from simulation.engine.sru import read_rules, unread_of
from simulation.models import ZoneRules
from simulation.rule_fields import split_rules
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_demo_has_rules_that_the_form_shows_whole() -> None:
    factories.member(slug="cc-lys")
    with factories.as_owner():
        seed_zone_rules(print)
        seed_zone_rules(print)
        rows = list(ZoneRules.objects.filter(idurba=IDURBA).order_by("zone"))
    assert [row.zone for row in rows] == ["UA", "UB"]
    for row in rows:
        assert split_rules(read_rules(row.rules)).others == []
        assert unread_of(read_rules(row.rules)) == []

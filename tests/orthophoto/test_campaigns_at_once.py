"""What is said of a campaign, changed by several programs at the same moment."""

from functools import partial

from django.db import transaction
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from orthophoto.models import Campaign
from tests import factories
from tests.page_forms import at_once


def test_programs_that_change_different_things_at_the_same_moment_both_do(database: str) -> None:
    ours = factories.member(factories.commune(), slug="lys")
    factories.campaign(ours, slug="ortho")
    user = factories.user(ours, Role.GIS_ADMINISTRATOR)
    changes = {"title": "Été", "attribution": "IGN", "licence": "LO 2.0"}

    def change(name: str) -> int:
        client = Client()
        client.force_login(user)
        return int(client.patch("/api/v1/campaigns/ortho/", {name: changes[name]}, "application/json").status_code)

    assert at_once(*[partial(change, name) for name in changes]) == [200] * len(changes)
    with acting_as(SYSTEM), transaction.atomic():
        kept = Campaign.objects.get(slug="ortho")
    assert {name: getattr(kept, name) for name in changes} == changes

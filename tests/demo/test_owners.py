"""Fictitious owners: made for the parcels that are there, loaded by the importer that loads real ones."""

import pytest

from demo.owners import delivery, seed_owners
from layers.owners.models import Birth, Holding, Level, Owner, OwnerAccess, Premises
from tests import factories

pytestmark = pytest.mark.django_db


def seeded(parcels: int) -> bool:
    for number in range(1, parcels + 1):
        factories.parcel(number=f"{number:04d}")
    factories.member(slug="cc-lys")
    with factories.as_owner():
        return seed_owners()


def test_every_parcel_gets_an_account_with_owners_once() -> None:
    assert seeded(30) is True
    with factories.as_owner():
        accounts = set(Owner.objects.values_list("account", flat=True))
        assert Holding.objects.count() == 30
        assert set(Holding.objects.values_list("account", flat=True)) <= accounts
        assert Premises.objects.exists()
        assert Birth.objects.exists()
        assert seed_owners() is False


def test_the_demo_shows_the_three_levels() -> None:
    seeded(1)
    with factories.as_owner():
        assert set(OwnerAccess.objects.values_list("level", flat=True)) == set(Level.values)


def test_the_same_parcels_give_the_same_owners() -> None:
    parcels = [(f"45901000AB{number:04d}", "45901", 100) for number in range(20)]
    assert delivery(parcels).lines == delivery(parcels).lines

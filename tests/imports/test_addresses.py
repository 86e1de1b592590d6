"""Rows without coordinates find their place among the platform's addresses."""

from dataclasses import replace

import pytest
from django.contrib.gis.geos import Point

from layers.cadastre.models import Address
from layers.features.search_terms import search_text
from layers.intake.services.placing import address_match_fields
from tests import factories
from tests.imports.conftest import EAST, NORTH, Desk, rows_of

pytestmark = pytest.mark.django_db

TABLE = """nom;numero;voie;ville
Mairie;12;rue des Tanneurs;45300 Pithiviers
École;3;place du Marché;45300 Pithiviers
Piscine;99;rue des Tanneurs;45300 Pithiviers
Stade;;;
"""


@pytest.fixture(autouse=True)
def addresses(db: None) -> None:
    for number, road in ((12, "Rue des Tanneurs"), (3, "Place du Marché")):
        with factories.as_owner():
            Address.objects.create(
                insee="45901",
                number=number,
                road_name=road,
                postcode="45300",
                commune_name="Pithiviers",
                label=f"{number} {road}",
                search_text=search_text(number, road, "45300", "Pithiviers"),
                geom=Point(EAST + number, NORTH, srid=2154),
            )


def test_a_table_of_addresses_becomes_points_with_their_likeness(desk: Desk) -> None:
    path = desk.folder / "lieux.csv"
    path.write_text(TABLE)
    delivery = desk.deliver(path)
    choices = desk.choices(delivery, addresses=("numero", "voie", "ville"))
    made = desk.order(delivery, "create", replace(choices, fields=(*choices.fields, *address_match_fields())))
    assert made.state == "ready", made.message
    assert made.plan is not None
    assert [(one["index"], one["code"]) for one in made.plan["refusals"]] == [
        (3, "address_not_found"),
        (4, "address_empty"),
    ]
    made = desk.apply(made)
    assert rows_of(made.layer, "nom", "found_address", "found_score") == [
        ("Mairie", "12 Rue des Tanneurs, 45300 Pithiviers", 1.0),
        ("École", "3 Place du Marché, 45300 Pithiviers", 1.0),
    ]

"""What somebody who adds a desk should be able to do: the target of the desk kit, written before it.

The app `trees` beside this file is all that they write: a table, a source, a list, a layer, named by one manifest.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from tests import factories
from tests.example_desk.conftest import APP, Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xfail(strict=True, raises=ImportError, reason="the desk kit of the next issue"),
]
ROOT = Path(__file__).parents[2]
TREES = Path(__file__).with_name("trees")
EAST, NORTH = factories.ORIGIN
USUAL = "Numéro;Essence;Plantation;Hauteur;X;Y"
ODD = "Plaque;Genre;An;Taille;X;Y"


def table(*rows: str, header: str = USUAL) -> str:
    """A CSV whose rows lie ten metres apart in the members' territory."""
    placed = [f"{row};{EAST + 10 * place};{NORTH + 10}" for place, row in enumerate(rows, 1)]
    return "\n".join([header, *placed, ""])


LIME, PLANE, MAPLE = "QUAI-0101;Tilleul;1998;12,5", "QUAI-0102;platanus;2015;8", "QUAI-0103;Érable;2021;3"
UNKNOWN = "QUAI-0104;Baobab;2020;2"


def brought_in(person: Person, *rows: str) -> str:
    """The address of an import that was applied."""
    address = person.send(table(*rows))
    person.press(address, "check")
    person.press(address, "apply")
    return address


def kept() -> list[tuple[str, str]]:
    """Reference and species of every tree of the database."""
    from tests.example_desk.trees.models import StreetTree

    with acting_as(SYSTEM):
        return list(StreetTree.objects.order_by("owner_id", "reference").values_list("reference", "species"))


# -- files in ---------------------------------------------------------------------------------------------------------


def test_a_table_is_offered_its_usual_columns_and_tried_out_before_it_is_applied(ours: Person) -> None:
    address = ours.send(table(LIME, PLANE, UNKNOWN))
    proposed = ours.mapping(address)
    assert (proposed["column-reference"], proposed["column-planted_year"]) == (["Numéro"], ["Plantation"])
    plan = ours.press(address, "check")
    assert all(words in plan for words in ("2 nouveaux", "1 refusé", "Baobab"))
    assert kept() == []
    ours.press(address, "apply")
    assert kept() == [("QUAI-0101", "tilia"), ("QUAI-0102", "platanus")]


def test_an_import_is_compared_with_what_stands_and_taken_back(ours: Person) -> None:
    brought_in(ours, LIME, PLANE)
    again = ours.send(table(LIME.replace("Tilleul", "Érable"), PLANE, MAPLE))
    plan = ours.press(again, "check")
    assert all(words in plan for words in ("1 nouveau", "1 modifié"))
    ours.press(again, "apply")
    assert kept() == [("QUAI-0101", "acer"), ("QUAI-0102", "platanus"), ("QUAI-0103", "acer")]
    ours.press(again, "revert")
    assert kept() == [("QUAI-0101", "tilia"), ("QUAI-0102", "platanus")]


def test_the_mapping_that_somebody_chose_is_kept_for_their_member_alone(ours: Person, theirs: Person) -> None:
    address = ours.send(table(LIME, header=ODD))
    ours.press(address, "check", reference="Plaque", species="Genre", planted_year="An", height_m="Taille")
    ours.press(address, "apply")
    assert ours.mapping(ours.send(table(PLANE, header=ODD)))["column-species"] == ["Genre"]
    assert theirs.mapping(theirs.send(table(PLANE, header=ODD)))["column-species"] == [""]


# -- the list ---------------------------------------------------------------------------------------------------------


def test_its_list_is_filtered_and_its_files_hold_what_the_page_shows(ours: Person) -> None:
    brought_in(ours, LIME, PLANE, MAPLE)
    asked = {"species": "acer", "planted_from": "2000"}
    for shown in (ours.page("/arbres/", **asked), ours.page("/arbres/export.csv", **asked)):
        assert re.findall(r"QUAI-\d{4}", shown) == ["QUAI-0103"]
        assert "Érable" in shown
    first_line = ours.page("/arbres/export.csv", **asked).lstrip("\ufeff").splitlines()[0]
    assert re.split("[;,]", first_line) == ["Numéro", "Essence", "Planté en", "Hauteur"]
    assert ours.client.get("/arbres/export.xlsx", asked).content.startswith(b"PK")


def test_a_filter_that_cannot_be_read_is_refused(ours: Person) -> None:
    assert ours.client.get("/arbres/", {"planted_from": "jadis"}).status_code == 400


# -- the layer, and whose rows are whose ------------------------------------------------------------------------------


def test_its_layer_is_in_the_catalogue_and_its_rows_on_the_map(ours: Person) -> None:
    brought_in(ours, LIME)
    (layer,) = [one for one in layers(ours) if one["slug"] == "street-trees"]
    assert layer["title"] == "Arbres d’alignement"
    assert references(ours) == ["QUAI-0101"]


def test_rows_are_seen_by_their_member_alone(ours: Person, theirs: Person) -> None:
    address = brought_in(ours, LIME)
    assert references(theirs) == []
    for path in ("/arbres/", "/arbres/export.csv"):
        assert "QUAI-0101" not in theirs.page(path)
        assert Client(headers={"accept": "text/html"}).get(path).status_code == 302
    assert theirs.client.get(address).status_code == 404


def layers(person: Person) -> Any:
    return person.client.get("/api/v1/layers/", headers={"accept": "application/json"}).json()["results"]


def references(person: Person) -> list[str]:
    """The trees that the map is given."""
    found = person.client.get("/api/v1/layers/street-trees/features/", headers={"accept": "application/json"})
    return sorted(set(re.findall(r"QUAI-\d{4}", found.content.decode())))


# -- the wiring -------------------------------------------------------------------------------------------------------


def test_its_manifest_alone_wires_it(trees: Any) -> None:
    assert {given.point.name for given in trees.gives} >= {"intake.sources", "catalogue.layers", "desk.listings"}
    apps = ("gis_core", "layers", "networks", "permits", "tiles", "orthophoto", "webmap")
    files = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    assert [path for path in files if APP in path.read_text() or "street-trees" in path.read_text()] == []


def test_a_desk_is_short(trees: Any) -> None:
    lines = [line for path in TREES.glob("*.py") for line in path.read_text().splitlines() if line.strip()]
    assert len(lines) <= 150

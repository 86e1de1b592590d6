"""A table without places brings the attributes of a layer up to date, by its reference or by the exported number."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from layers.catalogue.models import Layer
from layers.intake.choices import FEATURE_ID, id_field, id_filling
from layers.intake.models import FileImport
from layers.intake.services.deliveries import layer_of
from tests import factories
from tests.exports.test_files import made
from tests.imports.conftest import Desk, edit, point, rows_of
from tests.imports.test_import_layer import one_transaction as one_transaction
from tests.imports.test_import_layer import run

pytestmark = pytest.mark.django_db


def table(folder: Path, *lines: str) -> Path:
    path = folder / "valeurs.csv"
    path.write_text("\n".join([*lines, ""]))
    return path


def updated(desk: Desk, path: Path, layer: Layer, key: str) -> FileImport:
    """The attributes of a layer brought up to date from a file, by this key."""
    delivery = desk.deliver(path)
    choices = desk.onto(delivery, layer, key=key)
    if key == FEATURE_ID:
        source = id_field(layer_of(delivery, 1)[1])
        choices = replace(choices, fields=(*choices.fields, id_filling(source)))
    return desk.order(delivery, "attributes", choices, layer)


def test_values_change_by_reference_and_places_stay(desk: Desk, tmp_path: Path) -> None:
    layer = desk.published([point(1), point(2)], key="ref").layer
    assert layer is not None
    before = rows_of(layer, "id", "geom")
    plan = updated(desk, table(tmp_path, "ref;nom", "P1;Neuf", "P2;Objet 2", "P9;Inconnu"), layer, "ref")
    assert plan.plan is not None
    numbers = {name: plan.plan["difference"][name] for name in ("added", "changed", "removed", "unchanged")}
    assert numbers == {"added": 0, "changed": 1, "removed": 0, "unchanged": 1}
    assert [one["code"] for one in plan.plan["refusals"]] == ["key_unknown"]
    applied = desk.apply(plan)
    assert applied.state == FileImport.State.APPLIED, applied.message
    assert rows_of(layer, "nom") == [("Neuf",), ("Objet 2",)]
    assert rows_of(layer, "id", "geom") == before


def test_it_is_taken_back(desk: Desk, tmp_path: Path) -> None:
    layer = desk.published([point(1)], key="ref").layer
    assert layer is not None
    applied = desk.apply(updated(desk, table(tmp_path, "ref;nom", "P1;Neuf"), layer, "ref"))
    assert desk.take_back(applied).state == FileImport.State.REVERTED
    assert rows_of(layer, "nom") == [("Objet 1",)]


@pytest.mark.parametrize("labels", [False, True], ids=["codes", "labels"])
def test_an_exported_workbook_comes_back_by_its_numbers(desk: Desk, labels: bool) -> None:
    layer = desk.published([point(1), point(2)]).layer
    assert layer is not None
    columns = [one | ({"values": {"a": ["Ancien", "Old"]}} if one["name"] == "nom" else {}) for one in layer.columns]
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(columns=columns)
    edit(layer, {"ref": "P1"}, nom="a")
    path, _report = made(desk.user, "xlsx", layer, labels=labels)
    edit(layer, {"ref": "P1"}, nom="autre")
    applied = desk.apply(updated(desk, path, layer, FEATURE_ID))
    assert applied.state == FileImport.State.APPLIED, applied.message
    assert rows_of(layer, "ref", "nom") == [("P1", "a"), ("P2", "Objet 2")]


def test_the_command_takes_the_number_where_the_layer_has_no_reference(desk: Desk, tmp_path: Path) -> None:
    layer = desk.published([point(1)]).layer
    assert layer is not None
    ((number,),) = rows_of(layer, "id")
    code, _said = run(table(tmp_path, "id;nom", f"{number};Neuf"), "--layer", layer.slug, "--mode", "attributes")
    assert (code, rows_of(layer, "nom")) == (0, [("Neuf",)])


def test_a_table_is_offered_every_layer_for_its_attributes(desk: Desk, client: Client, tmp_path: Path) -> None:
    layer: Any = desk.published([point(1)], key="ref").layer
    delivery = desk.deliver(table(tmp_path, "id;ref;nom", "1;P1;Neuf"))
    client.force_login(desk.user)
    address = f"/imports/fichiers/{delivery.pk}/1/existante/"
    which = client.get(address).content.decode()
    assert 'value="attributes" checked' in which
    form = client.get(address, {"couche": layer.slug, "mode": "attributes"}).content.decode()
    assert "numéro de l’objet (id)" in form

"""A table without places becomes a layer with those of another one, by a reference."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.test import Client

from layers.catalogue.models import Layer
from layers.intake.choices import Join
from layers.intake.models import FileImport
from tests import factories
from tests.imports.conftest import Desk, rows_of, square
from tests.imports.test_attributes import table
from tests.imports.test_import_layer import layer as layer_called
from tests.imports.test_import_layer import one_transaction as one_transaction
from tests.imports.test_import_layer import run

pytestmark = pytest.mark.django_db


def joined(desk: Desk, path: Path, join: Join, geometry: str = "polygon") -> FileImport:
    delivery = desk.deliver(path)
    choices = replace(desk.choices(delivery), join=join, geometry=geometry)
    return desk.order(delivery, "create", choices)


def test_rows_take_the_places_of_objects_with_their_reference(desk: Desk, tmp_path: Path) -> None:
    layer = desk.published([square(1), square(2)], key="ref").layer
    assert layer is not None
    path = table(tmp_path, "lot;prix", "S2;10", "S9;20", "S1;30")
    plan = joined(desk, path, Join(layer=layer.slug, column="ref", source="lot"))
    assert plan.plan is not None
    assert [(one["code"], one["index"]) for one in plan.plan["refusals"]] == [("join_unknown", 2)]
    applied = desk.apply(plan)
    assert applied.state == FileImport.State.APPLIED, applied.message
    assert rows_of(applied.layer, "lot", "geom") == [
        ("S2", rows_of(layer, "geom")[1][0]),
        ("S1", rows_of(layer, "geom")[0][0]),
    ]


def test_the_command_joins_parcels_by_their_identifier(desk: Desk, tmp_path: Path) -> None:
    factories.parcel(number="0012")
    path = table(tmp_path, "parcelle;note", "45901000AB0012;à voir")
    order = ["--new", "--title", "Notes", "--member", desk.member.slug, "--theme", "essai"]
    code, _said = run(path, *order, "--join", "parcels.idu=parcelle")
    assert code == 0
    assert rows_of(layer_called("notes"), "note") == [("à voir",)]


@pytest.mark.parametrize("join", ["parcels.section=parcelle", "inconnue.idu=parcelle", "parcels"])
def test_a_join_that_is_none_is_refused(desk: Desk, tmp_path: Path, join: str) -> None:
    path = table(tmp_path, "parcelle;note", "45901000AB0012;à voir")
    with pytest.raises(CommandError):
        run(path, "--new", "--title", "Notes", "--theme", "essai", "--join", join)


def test_a_layer_of_others_is_not_offered(desk: Desk, client: Client, tmp_path: Path) -> None:
    ours = desk.published([square(1)], key="ref").layer
    assert ours is not None
    factories.editable_layer(factories.member(), slug="ailleurs", visibility=Layer.Visibility.OWNER, key_column="name")
    delivery = desk.deliver(table(tmp_path, "lot;prix", "S2;10"))
    client.force_login(desk.user)
    page = client.get(f"/imports/fichiers/{delivery.pk}/1/nouvelle/").content.decode()
    assert f'value="{ours.slug}.ref"' in page
    assert "parcels.idu" in page
    assert "ailleurs" not in page

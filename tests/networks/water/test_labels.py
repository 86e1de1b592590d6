"""What pipes, nodes and connections write beside themselves on maps."""

import importlib
from typing import Any

import pytest

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.label_text import label_text
from layers.catalogue.models import Layer
from layers.catalogue.validators import validate_label_column, validate_labels
from networks.water import code_lists, layers

LABELLED = ["water-nodes", "water-connections", "water-pipes", "sewer-nodes", "sewer-connections", "sewer-pipes"]


def declared(slug: str) -> Layer:
    with acting_as(SYSTEM):
        return Layer.objects.get(slug=slug)


def test_every_material_has_a_short_word() -> None:
    assert list(code_lists.SHORT_MATERIALS) == list(code_lists.MATERIALS)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", LABELLED)
def test_objects_of_networks_are_labelled_with_columns_of_the_tiles(slug: str) -> None:
    layer = declared(slug)
    validate_labels(layer.labels)
    validate_label_column(layer.labels, layer.tile_columns())
    assert layer.labels["from_scale"] == (500 if "connections" in slug else 1_000)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["water-pipes", "sewer-pipes"])
def test_a_pipe_says_its_reference_material_and_diameter(slug: str) -> None:
    written = {"reference": "LYS-C0012", "material": "fd", "diameter_mm": 150}
    assert label_text(declared(slug), written) == "LYS-C0012 FD Ø150"


def test_installed_sites_get_the_labels_of_new_ones() -> None:
    migration: Any = importlib.import_module("layers.catalogue.migrations.0004_network_labels")
    assert {one.slug: one.labels for one in layers.declarations() if one.labels} == migration.DECLARED

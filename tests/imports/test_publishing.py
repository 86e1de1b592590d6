"""A file becomes a layer: every mode, and taking each back."""

import pytest
import shapely
from django.db import connection

from gis_core.errors import Invalid
from gis_core.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.imports.models import Import
from tests import factories
from tests.geopackages import Row
from tests.imports.conftest import EAST, NORTH, Desk, edit, point, rows_of, square

pytestmark = pytest.mark.django_db


def events_of(layer: Layer | None) -> list[tuple[int, str]]:
    """(id, kind) of the history's events about a layer's table."""
    assert layer is not None
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute('select id, kind from gis_core_historyevent where "table" = %s order by id', [layer.table])
        return list(cursor.fetchall())


def tables() -> list[str]:
    """The tables that imports made."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relname like 'layer\\_%' order by 1")
        return [name for (name,) in cursor.fetchall()]


def test_a_delivery_tells_what_is_in_it(desk: Desk) -> None:
    delivery = desk.file([point(1, hauteur=2.5), point(2, hauteur=None)])
    assert delivery.state == "inspected", delivery.message
    ((data_set, layer),) = delivery.layers()
    assert (data_set["format"], layer["features"], layer["crs"]) == ("GPKG", 2, 2154)
    assert [(one["name"], one["guess"]) for one in layer["fields"]] == [
        ("ref", "text"),
        ("nom", "text"),
        ("hauteur", "number"),
    ]


def test_a_dry_run_leaves_no_layer(desk: Desk) -> None:
    delivery = desk.file([point(1), point(2)])
    made = desk.order(delivery, "create", desk.choices(delivery))
    assert (made.state, made.plan and made.plan["rows"]) == ("prepared", 2)
    with acting_as(SYSTEM):
        assert not Layer.objects.filter(rows=Layer.Rows.LAYER).exists()


def test_a_new_layer_has_the_rows_of_the_file(desk: Desk) -> None:
    made = desk.published([point(1, hauteur=2.5), point(2, hauteur=3)])
    assert rows_of(made.layer, "id", "version", "ref", "hauteur", "import_id", "owner_id") == [
        (1, 1, "P1", 2.5, made.pk, desk.member.pk),
        (2, 1, "P2", 3.0, made.pk, desk.member.pk),
    ]


def test_a_new_layer_is_described_as_was_said(desk: Desk) -> None:
    layer = desk.published([square(1)]).layer
    assert layer is not None
    assert (layer.slug, layer.title, layer.geometry_type, layer.rows) == ("objets", "Objets", "polygon", "layer")
    assert (layer.owner, layer.visibility, layer.title_field) == (desk.member, "owner", "ref")
    assert layer.legend
    assert layer.extent_4326


# -- append ------------------------------------------------------------------------------------------------------------


def test_appended_rows_stand_beside_those_of_the_layer(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2), point(3)]))
    assert (made.state, made.report and made.report["rows"]) == ("applied", 2)
    assert rows_of(layer, "ref") == [("P1",), ("P2",), ("P3",)]


def test_appended_rows_whose_reference_is_known_are_refused(desk: Desk) -> None:
    layer = desk.published([point(1)], key="ref").layer
    made = desk.apply(desk.brought("append", layer, [point(1), point(2), point(3), point(3)]))
    assert made.report is not None
    assert [(one["index"], one["code"]) for one in made.report["refusals"]] == [
        (1, "key_exists"),
        (3, "duplicate_key"),
        (4, "duplicate_key"),
    ]
    assert rows_of(layer, "ref") == [("P1",), ("P2",)]


def test_an_append_with_another_schema_tells_what_is_left_out_and_stays_empty(desk: Desk) -> None:
    layer = desk.published([point(1, hauteur=2.0)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2, couleur="vert")]))
    assert made.report is not None
    assert made.report["remarks"] == [
        "Champ laissé de côté : couleur.",
        "Colonne qui reste vide dans les nouvelles lignes : Hauteur.",
    ]
    assert rows_of(layer, "ref", "hauteur") == [("P1", 2.0), ("P2", None)]


def test_an_append_whose_values_do_not_fit_refuses_those_rows(desk: Desk) -> None:
    layer = desk.published([point(1, etage=2)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2, etage="3"), point(3, etage="haut")]))
    assert made.report is not None
    assert [one["index"] for one in made.report["refusals"]] == [2]
    assert "haut" in made.report["refusals"][0]["words"]
    assert rows_of(layer, "ref", "etage") == [("P1", 2), ("P2", 3)]


def test_an_append_is_taken_back_but_for_what_was_edited_since(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2), point(3)]))
    edit(layer, {"ref": "P3"}, nom="Corrigé")
    made = desk.take_back(made)
    assert (made.state, made.report and made.report["taken_back"]) == ("taken_back", {"removed": 1, "edited": 1})
    assert rows_of(layer, "ref") == [("P1",), ("P3",)]


# -- synchronise -------------------------------------------------------------------------------------------------------


def keyed(desk: Desk) -> Layer | None:
    return desk.published([square(1, etat="bon"), square(2, etat="moyen"), square(3, etat="bon")], key="ref").layer


def moved(number: int, **values: object) -> Row:
    shape, given = square(number, **values)
    return shapely.affinity.translate(shape, 3, 0), dict(given)


def test_the_difference_is_shown_before_it_is_applied(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.brought("synchronise", layer, [square(1, etat="bon"), moved(2, etat="mauvais"), square(4, etat="neuf")])
    assert made.state == "prepared", made.message
    assert made.plan is not None
    found = made.plan["difference"]
    counted = {name: found[name] for name in ("added", "changed", "removed", "unchanged")}
    assert counted == {"added": 1, "changed": 1, "removed": 1, "unchanged": 1}
    (changed,) = found["samples"]["changed"]
    assert changed["key"] == "S2"
    assert changed["changes"] == [{"label": "Etat", "before": "moyen", "after": "mauvais"}]
    assert changed["moved"]["shift_m"] == 3.0
    assert changed["moved"]["before"].startswith("M ")
    assert (found["samples"]["added"], found["samples"]["removed"]) == (["S4"], ["S3"])
    assert rows_of(layer, "ref", "etat") == [("S1", "bon"), ("S2", "moyen"), ("S3", "bon")]


def test_a_synchronised_layer_is_what_the_file_says_and_objects_keep_their_ids(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.brought("synchronise", layer, [square(1, etat="bon"), moved(2, etat="mauvais"), square(4, etat="neuf")])
    assert desk.apply(made).state == "applied"
    assert rows_of(layer, "id", "version", "ref", "etat") == [
        (1, 1, "S1", "bon"),
        (2, 2, "S2", "mauvais"),
        (4, 1, "S4", "neuf"),
    ]


def test_a_synchronisation_is_one_event(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.apply(desk.brought("synchronise", layer, [square(1, etat="usé"), square(5), square(6)]))
    events = events_of(layer)
    assert [(kind, event) for event, kind in events[-1:]] == [("import", made.event)]


def test_a_layer_that_changed_since_it_was_compared_is_compared_again(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.brought("synchronise", layer, [square(1, etat="bon")])
    edit(layer, {"ref": "S2"}, etat="changé")
    made = desk.apply(made)
    assert made.state == "prepared"
    assert "a changé depuis" in made.message
    assert rows_of(layer, "ref", "etat") == [("S1", "bon"), ("S2", "changé"), ("S3", "bon")]
    assert desk.apply(made).state == "applied"


def test_an_edit_that_the_file_does_not_touch_stops_nothing(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.brought("synchronise", layer, [square(1, etat="bon"), square(2, etat="moyen"), square(3, etat="neuf")])
    edit(layer, {"ref": "S1"}, shared_with=[])
    assert desk.apply(made).state == "applied"


def test_a_refused_row_is_not_taken_for_a_removed_one(desk: Desk) -> None:
    layer = keyed(desk)
    rows = [square(1, etat="bon"), (None, {"ref": "S2", "etat": "x"}), square(3, etat="a"), square(3, etat="b")]
    made = desk.apply(desk.brought("synchronise", layer, rows))
    assert made.report is not None
    assert made.report["difference"]["removed"] == 0
    assert rows_of(layer, "ref", "etat") == [("S1", "bon"), ("S2", "moyen"), ("S3", "bon")]


def test_rows_without_a_reference_are_refused(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.brought("synchronise", layer, [square(1, etat="bon"), (square(2)[0], {"ref": None})])
    assert made.plan is not None
    assert [one["code"] for one in made.plan["refusals"]] == ["key_missing"]


def test_a_layer_whose_references_come_back_cannot_be_synchronised(desk: Desk) -> None:
    layer = desk.published([square(1, etat="a"), square(1, etat="b")]).layer
    made = desk.brought("synchronise", layer, [square(1, etat="c")], key="ref")
    assert made.state == "refused"
    assert "S1 (×2)" in made.message


def test_a_synchronisation_is_taken_back_row_by_row(desk: Desk) -> None:
    layer = keyed(desk)
    before = rows_of(layer, "id", "ref", "etat", "geom")
    made = desk.apply(desk.brought("synchronise", layer, [moved(1, etat="bon"), square(2, etat="x"), square(4)]))
    made = desk.take_back(made)
    assert made.report is not None
    assert made.report["taken_back"] == {"removed": 1, "back": 1, "restored": 2, "edited": 0}
    assert rows_of(layer, "id", "ref", "etat", "geom") == before


def test_rows_edited_since_a_synchronisation_stay_as_they_are(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.apply(desk.brought("synchronise", layer, [square(1, etat="a"), square(2, etat="b"), square(4)]))
    edit(layer, {"ref": "S1"}, etat="corrigé")
    edit(layer, {"ref": "S4"}, etat="corrigé")
    made = desk.take_back(made)
    assert made.report is not None
    assert made.report["taken_back"] == {"removed": 0, "back": 1, "restored": 1, "edited": 2}
    assert rows_of(layer, "ref", "etat") == [("S1", "corrigé"), ("S2", "moyen"), ("S3", "bon"), ("S4", "corrigé")]


# -- replace -----------------------------------------------------------------------------------------------------------


def replaced(desk: Desk, layer: Layer | None) -> Import:
    delivery = desk.file([point(7, neuf=1), point(8, neuf=2)], "suite")
    assert layer is not None
    made = desk.order(delivery, "replace", desk.choices(delivery, layer=None), layer)
    return desk.apply(made)


def test_a_replacement_shows_the_file_alone_under_new_ids(desk: Desk) -> None:
    layer = desk.published([point(1), point(2), point(3)]).layer
    made = replaced(desk, layer)
    assert made.state == "applied", made.message
    assert made.layer == layer
    assert rows_of(made.layer, "id", "ref", "neuf") == [(4, "P7", 1), (5, "P8", 2)]


def test_what_was_said_of_a_column_stays_when_it_is_replaced(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    assert layer is not None
    with factories.as_owner(), acting_as(SYSTEM):
        layer.columns[1]["label"] = "Dénomination"
        layer.save()
    made = replaced(desk, layer)
    assert made.layer is not None
    assert [column["label"] for column in made.layer.columns] == ["Ref", "Dénomination", "Neuf"]


def test_a_replacement_is_taken_back_with_the_former_table(desk: Desk) -> None:
    layer = desk.published([point(1), point(2)]).layer
    made = desk.take_back(replaced(desk, layer))
    assert made.state == "taken_back", made.message
    assert rows_of(made.layer, "id", "ref") == [(1, "P1"), (2, "P2")]


def test_a_replacement_that_was_edited_since_is_taken_back_on_confirmation_only(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = replaced(desk, layer)
    edit(made.layer, {"ref": "P7"}, nom="Corrigé")
    made = desk.take_back(made)
    assert made.state == "applied"
    assert "1 objet" in made.message
    assert desk.take_back(made, confirmed=True).state == "taken_back"


def test_an_import_before_a_replacement_is_taken_back_after_it_only(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    appended = desk.apply(desk.brought("append", layer, [point(2)]))
    replaced(desk, layer)
    assert "remplacée" in desk.take_back(appended).message


# -- a new layer is taken back -----------------------------------------------------------------------------------------


def test_a_new_layer_that_is_taken_back_is_gone_with_its_tables(desk: Desk) -> None:
    made = desk.published([point(1)])
    replaced(desk, made.layer)
    made = desk.take_back(made, confirmed=True)
    assert (made.state, made.layer) == ("taken_back", None)
    assert tables() == []


def test_a_new_layer_that_was_edited_since_is_taken_back_on_confirmation_only(desk: Desk) -> None:
    made = desk.published([point(1)])
    edit(made.layer, {"ref": "P1"}, nom="Corrigé")
    assert desk.take_back(made).state == "applied"
    assert desk.take_back(desk.again(made), confirmed=True).state == "taken_back"


# -- the territory -----------------------------------------------------------------------------------------------------


def test_rows_outside_the_territory_are_refused(desk: Desk) -> None:
    far = (shapely.Point(EAST + 90_000, NORTH), {"ref": "loin"})
    made = desk.published([point(1), far])
    assert made.report is not None
    assert [(one["index"], one["code"]) for one in made.report["refusals"]] == [(2, "outside_territory_place")]
    assert rows_of(made.layer, "ref") == [("P1",)]


def test_only_the_agency_lets_rows_outside_the_territory_in(desk: Desk) -> None:
    delivery = desk.file([point(1)])
    with pytest.raises(Invalid, match="hors du territoire"):
        desk.order(delivery, "create", desk.choices(delivery, outside=True))

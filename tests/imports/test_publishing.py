"""A file becomes a layer: every mode, and taking each back."""

from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from django.db import connection
from django.utils import timezone, translation
from pyproj import Transformer

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.features.services.rules import set_rules
from layers.intake.choices import Opening
from layers.intake.layer_sources import DELIVERY
from layers.intake.models import FileImport
from layers.intake.outcome import word_result
from layers.intake.services import imports
from layers.intake.services.deliveries import discard, open_otherwise
from layers.intake.services.reading import layers_in
from layers.intake.services.retiring import retire
from layers.intake.tasks import forget_replaced_rows
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
    assert delivery.state == "choosing", delivery.message
    ((data_set, layer),) = layers_in(delivery.contents)
    assert (data_set["format"], layer["features"], layer["crs"]) == ("GPKG", 2, 2154)
    assert [(one["name"], one["guess"]) for one in layer["fields"]] == [
        ("ref", "text"),
        ("nom", "text"),
        ("hauteur", "number"),
    ]


def test_a_dry_run_leaves_no_layer(desk: Desk) -> None:
    delivery = desk.file([point(1), point(2)])
    made = desk.order(delivery, "create", desk.choices(delivery))
    assert (made.state, made.plan and made.plan["rows"]) == ("ready", 2)
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
    assert word_result(made.report)["remarks"] == [
        "Champ laissé de côté : couleur.",
        "Colonne qui reste vide dans les nouvelles lignes : Hauteur.",
    ]
    with translation.override("en"):
        assert word_result(made.report)["remarks"][0] == "Field left out: couleur."
    assert rows_of(layer, "ref", "hauteur") == [("P1", 2.0), ("P2", None)]


def test_an_append_whose_values_do_not_fit_refuses_those_rows(desk: Desk) -> None:
    layer = desk.published([point(1, etage=2)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2, etage="3"), point(3, etage="haut")]))
    assert made.report is not None
    assert [one["index"] for one in made.report["refusals"]] == [2]
    assert "haut" in word_result(made.report)["refusals"][0]["words"]
    assert rows_of(layer, "ref", "etage") == [("P1", 2), ("P2", 3)]


def test_an_append_is_taken_back_but_for_what_was_edited_since(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2), point(3)]))
    edit(layer, {"ref": "P3"}, nom="Corrigé")
    made = desk.take_back(made)
    assert (made.state, made.report and made.report["reverted"]) == ("reverted", {"removed": 1, "edited": 1})
    assert rows_of(layer, "ref") == [("P1",), ("P3",)]


def test_an_appended_object_that_was_only_moved_since_stays_when_the_import_is_taken_back(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = desk.apply(desk.brought("append", layer, [point(2), point(3)]))
    edit(layer, {"ref": "P3"}, geom=f"SRID=2154;POINT({EAST + 35} {NORTH + 10})")
    made = desk.take_back(made)
    assert made.report is not None
    assert made.report["reverted"] == {"removed": 1, "edited": 1}
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
    assert made.state == "ready", made.message
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
    assert [(kind, event) for event, kind in events[-1:]] == [("import", made.revert_data["event"])]


def test_a_layer_that_changed_since_it_was_compared_is_compared_again(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.brought("synchronise", layer, [square(1, etat="bon")])
    edit(layer, {"ref": "S2"}, etat="changé")
    made = desk.apply(made)
    assert made.state == "ready"
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
    assert made.report["reverted"] == {"removed": 1, "back": 1, "restored": 2, "edited": 0}
    assert rows_of(layer, "id", "ref", "etat", "geom") == before


def test_two_synchronisations_are_taken_back_the_last_one_first(desk: Desk) -> None:
    layer = keyed(desk)
    before = rows_of(layer, "id", "ref", "etat", "geom")
    rows = [moved(1, etat="a"), square(2, etat="b"), square(4, etat="c")]
    first = desk.apply(desk.brought("synchronise", layer, rows))
    between = rows_of(layer, "id", "ref", "etat", "geom")
    second = desk.apply(desk.brought("synchronise", layer, [square(1, etat="d"), moved(4, etat="e"), square(5)]))
    desk.take_back(second)
    assert rows_of(layer, "id", "ref", "etat", "geom") == between
    made = desk.take_back(first)
    assert made.report is not None
    assert made.report["reverted"] == {"removed": 1, "back": 1, "restored": 2, "edited": 0}
    assert rows_of(layer, "id", "ref", "etat", "geom") == before


def test_appended_rows_that_a_synchronisation_changed_go_once_it_is_taken_back(desk: Desk) -> None:
    layer = keyed(desk)
    first = desk.apply(desk.brought("append", layer, [square(4, etat="neuf")]))
    rows = [square(1, etat="bon"), square(2, etat="moyen"), square(3, etat="bon"), square(4, etat="usé")]
    second = desk.apply(desk.brought("synchronise", layer, rows))
    desk.take_back(second)
    made = desk.take_back(first)
    assert made.report is not None
    assert made.report["reverted"] == {"removed": 1, "edited": 0}
    assert rows_of(layer, "ref") == [("S1",), ("S2",), ("S3",)]


def test_rows_edited_since_a_synchronisation_stay_as_they_are(desk: Desk) -> None:
    layer = keyed(desk)
    made = desk.apply(desk.brought("synchronise", layer, [square(1, etat="a"), square(2, etat="b"), square(4)]))
    edit(layer, {"ref": "S1"}, etat="corrigé")
    edit(layer, {"ref": "S4"}, etat="corrigé")
    made = desk.take_back(made)
    assert made.report is not None
    assert made.report["reverted"] == {"removed": 0, "back": 1, "restored": 1, "edited": 2}
    assert rows_of(layer, "ref", "etat") == [("S1", "corrigé"), ("S2", "moyen"), ("S3", "bon"), ("S4", "corrigé")]


# -- replace -----------------------------------------------------------------------------------------------------------


def replaced(desk: Desk, layer: Layer | None) -> FileImport:
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
    assert made.state == "reverted", made.message
    assert rows_of(made.layer, "id", "ref") == [(1, "P1"), (2, "P2")]


def test_a_replacement_that_was_edited_since_is_taken_back_on_confirmation_only(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = replaced(desk, layer)
    edit(made.layer, {"ref": "P7"}, nom="Corrigé")
    made = desk.take_back(made)
    assert made.state == "applied"
    assert "1 objet" in made.message
    assert desk.take_back(made, confirmed=True).state == "reverted"


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
    assert (made.state, made.layer) == ("reverted", None)
    assert tables() == []


def test_a_new_layer_that_was_edited_since_is_taken_back_on_confirmation_only(desk: Desk) -> None:
    made = desk.published([point(1)])
    edit(made.layer, {"ref": "P1"}, nom="Corrigé")
    assert desk.take_back(made).state == "applied"
    assert desk.take_back(desk.again(made), confirmed=True).state == "reverted"


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


# -- rules of the layer ------------------------------------------------------------------------------------------------


def ruled(desk: Desk, rows: list[Row], **rule: object) -> Layer:
    """A layer with a hard rule."""
    layer = desk.published(rows).layer
    assert layer is not None
    with factories.as_worker(), acting_as(SYSTEM):
        set_rules(layer, [{"hard": True, **rule}])
    return layer


def test_rows_that_a_rule_refuses_do_not_come_in_by_halves(desk: Desk) -> None:
    layer = ruled(desk, [square(1)], kind="no_overlap")
    made = desk.apply(desk.brought("append", layer, [square(5), square(1, ref="autre")]))
    assert made.state == "ready"
    assert "Une règle de la couche refuse" in made.message
    assert rows_of(layer, "ref") == [("S1",)]


def test_a_replaced_layer_keeps_its_rules_and_has_them_again_when_it_is_taken_back(desk: Desk) -> None:
    layer = ruled(desk, [point(1)], kind="unique", column="ref")
    made = replaced(desk, layer)
    assert made.state == "applied", made.message
    for number, taken_back in ((7, False), (1, True)):
        if taken_back:
            desk.take_back(made, confirmed=True)
        doubled = desk.apply(desk.brought("append", layer, [point(number)]))
        assert "Une règle de la couche refuse" in doubled.message


# -- odd files ---------------------------------------------------------------------------------------------------------


def test_places_without_fields_come_in(desk: Desk) -> None:
    made = desk.published([(shapely.Point(EAST, NORTH), {})])
    assert rows_of(made.layer, "id", "import_id") == [(1, made.pk)]
    appended = desk.apply(desk.brought("append", made.layer, [(shapely.Point(EAST + 1, NORTH), {})]))
    assert appended.state == "applied", appended.message


def test_a_layer_without_rows_is_refused_in_words(desk: Desk) -> None:
    delivery = desk.file([])
    with pytest.raises(Invalid, match="vide"):
        desk.order(delivery, "create", desk.choices(delivery))


def test_a_reference_that_comes_back_cannot_be_chosen(desk: Desk) -> None:
    delivery = desk.file([point(1), point(1), point(2)])
    made = desk.order(delivery, "create", desk.choices(delivery, key="ref"))
    assert made.state == "refused"
    assert "P1 (×2)" in made.message


def test_one_kind_of_geometry_comes_in_and_the_others_are_told(desk: Desk) -> None:
    made = desk.published([point(1), square(2), point(3)])
    assert made.report is not None
    assert (made.report["rows"], [one["index"] for one in made.report["refusals"]]) == (2, [2])


def test_an_invalid_polygon_comes_in_repaired_and_is_told(desk: Desk) -> None:
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    made = desk.published([(bow, {"ref": "noeud"}), square(3)], key="ref")
    assert made.report is not None
    assert (made.report["rows"], made.report["repaired"]) == (2, 1)
    assert made.report["repairs"][0]["identifier"] == "noeud"


def test_invalid_polygons_may_be_refused_instead(desk: Desk) -> None:
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    made = desk.published([(bow, {"ref": "noeud"}), square(3)], invalid="refuse")
    assert made.report is not None
    assert (made.report["rows"], made.report["refused"]) == (1, 1)


def test_two_layers_of_one_title_have_names_of_their_own(desk: Desk) -> None:
    slugs = [made.layer.slug for made in (desk.published([point(1)]), desk.published([point(1)])) if made.layer]
    assert slugs == ["objets", "objets-2"]


def test_a_file_in_degrees_lands_in_lambert_93(desk: Desk) -> None:
    there = Transformer.from_crs(2154, 4326, always_xy=True).transform(EAST + 50, NORTH + 50)
    delivery = desk.file([(shapely.Point(there), {"ref": "a"})], epsg=4326)
    made = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("select round(st_x(geom)), round(st_y(geom)) from " + tables()[0])
        assert cursor.fetchall() == [(EAST + 50, NORTH + 50)]
    assert made.state == "applied"


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_former_tables_go_after_a_time(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = replaced(desk, layer)
    assert len(tables()) == 2
    with factories.as_worker(), acting_as(SYSTEM):
        assert retire() == []
        FileImport.objects.filter(pk=made.pk).update(applied_at=timezone.now() - timedelta(days=91))
        assert len(retire()) == 1
    assert len(tables()) == 1
    assert "n’est plus conservé" in desk.take_back(made).message


def test_a_replacement_that_was_taken_back_goes_after_a_time(desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    made = desk.take_back(replaced(desk, layer))
    with factories.as_worker(), acting_as(SYSTEM):
        FileImport.objects.filter(pk=made.pk).update(reverted_at=timezone.now() - timedelta(days=31))
        assert retire() == [made.revert_data["table"]]
    assert rows_of(layer, "ref") == [("P1",)]


def test_files_of_long_ago_go_and_what_they_became_stays(desk: Desk, inbox: Path) -> None:
    made = desk.published([point(1)])
    waiting = desk.file([point(1)], "oublie")
    with factories.as_worker(), acting_as(SYSTEM):
        FileImport.objects.update(touched_at=timezone.now() - timedelta(days=31))
        forget_replaced_rows(timestamp=0)
    with desk.asking():
        assert not FileImport.objects.filter(source=DELIVERY.slug).exists()
        assert desk.again(made).layer is not None
        assert not FileImport.objects.filter(folder=waiting.folder).exists()
        assert not list(imports.list_awaited_folders())


def test_an_import_that_waits_is_done_after_its_files_were_forgotten_as_a_whole(desk: Desk) -> None:
    delivery = desk.file([point(1)])
    first = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    waiting = desk.order(delivery, "create", desk.choices(delivery))
    with factories.as_worker(), acting_as(SYSTEM):
        FileImport.objects.filter(pk=delivery.pk).update(touched_at=timezone.now() - timedelta(days=31))
        forget_replaced_rows(timestamp=0)
    assert desk.again(waiting).files_of_id is None
    second = desk.apply(waiting)
    assert (second.state, rows_of(first.layer, "ref")) == ("applied", rows_of(second.layer, "ref"))


def test_files_that_are_discarded_take_what_was_only_tried_out_with_them(desk: Desk) -> None:
    delivery = desk.file([point(1)])
    made = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    waiting = desk.order(delivery, "create", desk.choices(delivery))
    with desk.asking():
        FileImport.objects.filter(pk=waiting.pk).update(state="applying")
    with desk.asking(), pytest.raises(Conflict):
        discard(delivery, desk.rights)
    with desk.asking():
        FileImport.objects.filter(pk=waiting.pk).update(state="ready")
        discard(delivery, desk.rights)
        assert [one.pk for one in FileImport.objects.all()] == [made.pk]
        assert not list(imports.list_awaited_folders())


def test_files_that_filled_the_layer_of_another_member_stay_in_words(desk: Desk, inbox: Path) -> None:
    delivery = desk.file([point(1)])
    other = factories.layer_import(factories.editable_layer(factories.member()))
    with factories.as_owner():
        FileImport.objects.filter(pk=other.pk).update(files_of=delivery)
    with pytest.raises(Conflict, match="autre membre"), desk.asking():
        discard(delivery, desk.rights)
    with desk.asking():
        assert FileImport.objects.filter(pk=delivery.pk).exists()
    assert (inbox / delivery.folder).is_dir()


def test_how_a_layer_is_read_is_not_kept_over_what_somebody_chose_meanwhile(desk: Desk) -> None:
    delivery = desk.file([point(1)])
    with desk.asking():
        FileImport.objects.filter(pk=delivery.pk).update(state="reading", contents=[])
    with desk.asking(), pytest.raises(Conflict):
        open_otherwise(delivery, 1, Opening(crs=2154), user=desk.user, rights=desk.rights)
    with desk.asking():
        delivery.refresh_from_db()
    assert delivery.contents == []


def test_what_was_taken_back_is_forgotten_long_after_its_table_is(desk: Desk) -> None:
    made = desk.take_back(replaced(desk, desk.published([point(1)]).layer))
    long_ago = timezone.now() - timedelta(days=100)
    with factories.as_worker(), acting_as(SYSTEM):
        ours = FileImport.objects.filter(pk=made.pk)
        ours.update(applied_at=long_ago)
        imports.forget_old()
        assert ours.exists()
        ours.update(reverted_at=long_ago)
        imports.forget_old()
        assert not ours.exists()

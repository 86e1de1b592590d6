"""The pages from a file to a layer: what they show, what they order, what they refuse."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from layers.intake.models import FileImport
from tests import factories
from tests.geopackages import geopackage
from tests.imports.conftest import EAST, NORTH, Desk, point, rows_of, square

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html"}


@pytest.fixture
def page(desk: Desk) -> Client:
    """The browser of our GIS administrator."""
    client = Client(headers=HTML)
    client.force_login(desk.user)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


NEW = {
    "title": "Lampadaires",
    "theme": "essai",
    "visibility": "signed_in",
    "editor_roles": ["network_technician"],
    "title_field": "ref",
    "key": "ref",
    "field-0-keep": "on",
    "field-1-keep": "on",
    "field-1-label": "Dénomination",
    "field-1-roles": "gis_administrator+agency_administrator",
}


def test_a_sent_file_is_read_and_its_only_layer_shown(page: Client, desk: Desk) -> None:
    path = geopackage(desk.folder / "objets.gpkg", [point(1), point(2)])
    answer = page.post("/imports/fichiers/", {"file": sent(path)})
    with acting_as(SYSTEM):
        delivery = FileImport.objects.get()
    assert answer.headers["Location"] == f"/imports/fichiers/{delivery.pk}/"
    assert "En attente" in text(page.get(f"/imports/fichiers/{delivery.pk}/"))
    desk.work_off()
    assert page.get(f"/imports/fichiers/{delivery.pk}/").headers["Location"] == f"/imports/fichiers/{delivery.pk}/1/"
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/1/"))
    for word in ("2 points", "EPSG:2154", "Objet 1", "texte"):
        assert word in shown, word


def test_a_file_without_objects_is_not_offered_for_publishing(page: Client, desk: Desk) -> None:
    (desk.folder / "objets.csv").write_text("ref;x;y\n")
    delivery = desk.deliver(desk.folder / "objets.csv")
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/1/"))
    assert "Envoyer un autre fichier" in shown
    assert "/nouvelle/" not in shown


def test_a_script_is_told_the_address(page: Client, desk: Desk) -> None:
    path = geopackage(desk.folder / "objets.gpkg", [point(1)])
    answer = page.post("/imports/fichiers/", {"file": sent(path)}, headers={"accept": "application/json"})
    assert answer.status_code == 201
    assert answer.json()["address"].startswith("/imports/fichiers/")


def test_nothing_sent_is_told_on_the_page(page: Client) -> None:
    answer = page.post("/imports/fichiers/", {})
    assert answer.status_code == 400
    assert "Choisissez au moins un fichier" in text(answer)


def test_a_file_that_cannot_be_read_says_why(page: Client, desk: Desk) -> None:
    broken = desk.folder / "objets.gpkg"
    broken.write_bytes(b"SQLite format 3\0" + b"\0" * 4000)
    delivery = desk.deliver(broken)
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/"))
    assert "objets.gpkg :" in shown
    assert delivery.state == "refused"


def test_several_layers_are_listed(page: Client, desk: Desk) -> None:
    path = geopackage(desk.folder / "deux.gpkg", [point(1)], name="points")
    geopackage(path, [square(1)], name="surfaces")
    delivery = desk.deliver(path)
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/"))
    for word in ("Il contient 2 couches", "points", "surfaces", "1 polygone"):
        assert word in shown, word


def test_a_file_without_a_reference_system_asks_for_one(page: Client, desk: Desk) -> None:
    delivery = desk.file([point(1)], epsg=-1)
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/1/"))
    assert "ressemblent à de l’EPSG:2154" in shown
    answer = page.post(f"/imports/fichiers/{delivery.pk}/1/nouvelle/", NEW)
    assert "Dites dans quel système" in text(answer)
    page.post(f"/imports/fichiers/{delivery.pk}/1/", {"crs": "2154"})
    page.post(f"/imports/fichiers/{delivery.pk}/1/nouvelle/", NEW)
    desk.work_off()
    with acting_as(SYSTEM):
        assert FileImport.objects.get(source="layer").state == "ready"


def test_another_encoding_has_the_file_read_again(page: Client, desk: Desk) -> None:
    path = desk.folder / "noms.csv"
    path.write_bytes(f"nom;x;y\nHêtre;{EAST};{NORTH}\n".encode())
    delivery = desk.deliver(path)
    address = f"/imports/fichiers/{delivery.pk}/1/"
    assert "Hêtre" in text(page.get(address))
    answer = page.post(address, {"encoding": "cp1252", "x": "x", "y": "y", "crs": "2154"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert page.get(f"{address}nouvelle/").headers["Location"] == f"/imports/fichiers/{delivery.pk}/"
    desk.work_off()
    assert "HÃªtre" in text(page.get(address))
    assert "EPSG:2154" in text(page.get(address))


def test_an_unknown_system_is_refused(page: Client, desk: Desk) -> None:
    delivery = desk.file([point(1)])
    answer = page.post(f"/imports/fichiers/{delivery.pk}/1/", {"other_crs": "9999"})
    assert answer.status_code == 400
    assert "EPSG:9999" in text(answer)


def test_invalid_geometries_are_shown_with_what_their_repair_does(page: Client, desk: Desk) -> None:
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    delivery = desk.file([(bow, {"ref": "noeud"})])
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/1/"))
    assert "1 géométrie est invalide" in shown
    assert "50" in shown


def test_choices_are_checked_then_published(page: Client, desk: Desk) -> None:
    delivery = desk.file([point(1), point(2)])
    answer = page.post(f"/imports/fichiers/{delivery.pk}/1/nouvelle/", NEW)
    assert answer.status_code == 302, answer.context["form"].errors
    desk.work_off()
    address = answer.headers["Location"]
    shown = text(page.get(address))
    for word in (">Lu<", "Publier la couche", "Lignes à importer"):
        assert word in shown, word
    page.post(f"{address}appliquer/")
    desk.work_off()
    with acting_as(SYSTEM):
        layer = FileImport.objects.select_related("layer").get(source="layer").layer
        assert layer is not None
        assert (layer.title, layer.visibility, layer.key_column) == ("Lampadaires", "signed_in", "ref")
        assert layer.editor_roles == ["network_technician"]
        assert layer.columns[1]["label"] == "Dénomination"
        assert layer.columns[1]["roles"] == ["gis_administrator", "agency_administrator"]
    assert "Voir sur la carte" in text(page.get(address))


@pytest.mark.parametrize(("given", "expected"), [({}, False), ({"visible_at_first": "on"}, True)])
def test_a_new_layer_is_shown_at_first_only_where_one_ticks_it(
    page: Client, desk: Desk, given: dict[str, str], expected: bool
) -> None:
    delivery = desk.file([point(1)])
    answer = page.post(f"/imports/fichiers/{delivery.pk}/1/nouvelle/", NEW | given)
    desk.work_off()
    page.post(f"{answer.headers['Location']}appliquer/")
    desk.work_off()
    with acting_as(SYSTEM):
        layer = FileImport.objects.select_related("layer").get(source="layer").layer
        assert layer is not None
        assert layer.visible_at_first is expected


def test_only_chosen_fields_come_in(page: Client, desk: Desk) -> None:
    delivery = desk.file([point(1)])
    chosen = {name: value for name, value in NEW.items() if not name.startswith("field-1")}
    renamed = chosen | {"field-0-name": "reference"}
    answer = page.post(f"/imports/fichiers/{delivery.pk}/1/nouvelle/", renamed)
    desk.work_off()
    page.post(f"{answer.headers['Location']}appliquer/")
    desk.work_off()
    with acting_as(SYSTEM):
        layer = FileImport.objects.select_related("layer").get(source="layer").layer
    assert layer is not None
    assert [column["name"] for column in layer.columns] == ["reference"]
    assert (layer.key_column, layer.title_field) == ("reference", "reference")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Ce champ est obligatoire"),
        ({"theme": "+", "new_theme": ""}, "Choisissez un thème"),
        ({"visibility": "members"}, "au moins un membre"),
        ({"field-0-name": "Réf !"}, "minuscules sans accent"),
        ({"field-0-name": "id"}, "mot réservé"),
        ({"field-0-name": "nom"}, "Deux champs s’appellent nom"),
        ({"source_date": "2999-01-01"}, "à venir"),
        ({"editor_roles": ["reader"]}, "Sélectionnez un choix valide"),
    ],
)
def test_a_wrong_choice_is_told_and_nothing_typed_is_lost(
    page: Client, desk: Desk, wrong: dict[str, Any], said: str
) -> None:
    factories.member(desk.member.communes.get())
    delivery = desk.file([point(1)])
    answer = page.post(f"/imports/fichiers/{delivery.pk}/1/nouvelle/", NEW | {"licence": "ODbL 1.0"} | wrong)
    assert answer.status_code == 400
    shown = text(answer)
    assert said in shown
    assert 'value="ODbL 1.0"' in shown
    assert 'value="Dénomination"' in shown
    with acting_as(SYSTEM):
        assert not FileImport.objects.filter(source="layer").exists()


def test_a_layer_that_exists_is_chosen_then_mapped(page: Client, desk: Desk) -> None:
    layer = desk.published([point(1)], key="ref").layer
    delivery = desk.file([(point(2)[0], {"ref": "P2", "designation": "Deux"})], "suite")
    base = f"/imports/fichiers/{delivery.pk}/1/existante/"
    assert "Objets" in text(page.get(base))
    assert layer is not None
    shown = text(page.get(base, {"couche": layer.slug, "mode": "append"}))
    assert '<option value="ref" selected>' in shown
    answer = page.post(f"{base}?couche={layer.slug}&mode=append", {"column-0": "ref", "column-1": "designation"})
    assert answer.status_code == 302, answer.context["form"].errors
    desk.work_off()
    page.post(f"{answer.headers['Location']}appliquer/")
    desk.work_off()
    assert rows_of(layer, "ref", "nom") == [("P1", "Objet 1"), ("P2", "Deux")]


def test_a_difference_is_shown_before_it_is_applied(page: Client, desk: Desk) -> None:
    layer = desk.published([square(1, etat="bon"), square(2, etat="bon")], key="ref").layer
    assert layer is not None
    delivery = desk.file([square(1, etat="usé"), square(3, etat="neuf")], "suite")
    base = f"/imports/fichiers/{delivery.pk}/1/existante/?couche={layer.slug}&mode=synchronise"
    answer = page.post(base, {"column-0": "ref", "column-1": "etat", "key": "ref"})
    desk.work_off()
    shown = text(page.get(answer.headers["Location"]))
    for word in ("<del>bon</del>", "<ins>usé</ins>", "S3", "S2", "Appliquer la différence", "50 % de la couche"):
        assert word in shown, word


def test_replacing_keeps_the_names_of_columns(page: Client, desk: Desk) -> None:
    layer = desk.published([point(1)]).layer
    assert layer is not None
    delivery = desk.file([(point(5)[0], {"REF": "x"})], "suite")
    shown = text(page.get(f"/imports/fichiers/{delivery.pk}/1/existante/?couche={layer.slug}&mode=replace"))
    assert 'name="field-0-name" value="ref"' in shown


def test_anothers_layer_cannot_be_brought_up_to_date(page: Client, desk: Desk) -> None:
    other = factories.editable_layer(slug="secrete")
    delivery = desk.file([point(1)])
    base = f"/imports/fichiers/{delivery.pk}/1/existante/"
    assert other.title not in text(page.get(base))
    assert page.get(f"{base}?couche=secrete&mode=append").status_code == 404


def test_taking_back_is_asked_about_then_done(page: Client, desk: Desk) -> None:
    made = desk.published([point(1)])
    address = f"/imports/couches/{made.pk}/"
    assert "disparaît, avec tous ses objets" in text(page.get(f"{address}reprendre/"))
    page.post(f"{address}reprendre/")
    desk.work_off()
    assert f"{desk.user} · <time" in text(page.get(address))
    assert "Annulé" in text(page.get(address))
    assert "taken_back" in page.get(f"{address}rapport.json").json()


def test_the_report_is_downloaded_with_formulas_defused(page: Client, desk: Desk) -> None:
    made = desk.published([point(1), (None, {"ref": "=1+1", "nom": None})], key="ref")
    answer = page.get(f"/imports/couches/{made.pk}/rapport.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:3] == ["2", "'=1+1", "refusée"]
    assert page.get(f"/imports/couches/{made.pk}/rapport.json").json()["rows"] == 1


def test_files_can_be_removed(page: Client, desk: Desk, inbox: Path) -> None:
    delivery = desk.file([point(1)])
    page.post(f"/imports/fichiers/{delivery.pk}/oublier/")
    with acting_as(SYSTEM):
        assert not FileImport.objects.exists()


def test_the_list_shows_files_and_imports(page: Client, desk: Desk) -> None:
    desk.file([point(1)], "en-attente")
    desk.published([point(1)])
    shown = text(page.get("/imports/"))
    for word in ("en-attente.gpkg", "objets.gpkg", "Nouvelle couche · Objets", "Chargé"):
        assert word in shown, word


@pytest.mark.parametrize("role", [Role.READER, Role.NETWORK_TECHNICIAN])
def test_who_administers_nothing_has_no_imports(desk: Desk, role: str) -> None:
    delivery = desk.file([point(1)])
    client = Client(headers=HTML)
    client.force_login(factories.user(desk.member, role))
    assert client.get(f"/imports/fichiers/{delivery.pk}/").status_code == 403


def test_anothers_file_and_import_are_not_there(desk: Desk) -> None:
    made = desk.published([point(1)])
    client = Client(headers=HTML)
    client.force_login(factories.user(factories.member(), Role.GIS_ADMINISTRATOR))
    for address in (f"fichiers/{made.files_of_id}/", f"fichiers/{made.files_of_id}/1/", f"couches/{made.pk}/"):
        assert client.get(f"/imports/{address}").status_code == 404

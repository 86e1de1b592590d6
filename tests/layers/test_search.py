"""The search route over rows."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.test import Client

from layers.cadastre.models import Address, NamedPlace, Road
from layers.catalogue.models import Layer
from layers.features.search import SearchResult, choose
from layers.features.search_terms import search_text
from tests import factories

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN


def search(client: Client, q: str, **more: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/search/", {"q": q, **more})
    assert answer.status_code == 200, answer.content
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def labels(client: Client, q: str, **more: Any) -> list[str]:
    return [one["label"] for one in search(client, q, **more)]


@pytest.fixture
def town() -> None:
    commune = factories.commune("45901", name="Saint-Aubin-du-Lys")
    with factories.as_owner():
        commune.search_text = search_text(commune.name)
        commune.save()
        line = MultiLineString(LineString((X, Y), (X + 100, Y)), srid=2154)
        Road.objects.create(
            insee="45901", name="Rue des Tanneurs", kind="communale", geom=line,
            search_text=search_text("Rue des Tanneurs", commune.name),
        )  # fmt: skip
        for number, suffix in ((12, ""), (12, "bis"), (120, "")):
            Address.objects.create(
                insee="45901", number=number, suffix=suffix, road_name="Rue des Tanneurs", postcode="45998",
                commune_name=commune.name, label=f"{number} {suffix} rue des Tanneurs".replace("  ", " "),
                search_text=search_text(number, suffix, "Rue des Tanneurs", "45998", commune.name),
                geom=Point(X + number, Y, srid=2154),
            )  # fmt: skip


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("q", ["saint aubin", "Saint-Aubin-du-Lys", "ST AUBIN", "st-aub", "lys aubin", "45901"])
def test_a_commune_is_found_by_the_beginnings_of_its_words(client: Client, q: str) -> None:
    first = search(client, q)[0]
    assert (first["kind"], first["label"], first["detail"], first["layer"]) == (
        "commune",
        "Saint-Aubin-du-Lys",
        "45901",
        "communes",
    )


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("q", ["12 bis rue des Tanneurs Saint-Aubin", "12bis tanneurs", "12 bis, rue des tann 45998"])
def test_an_address_is_found_with_its_suffix(client: Client, q: str) -> None:
    assert labels(client, q)[0] == "12 bis rue des Tanneurs"


@pytest.mark.usefixtures("town")
def test_a_house_number_is_the_whole_number(client: Client) -> None:
    found = [one["label"] for one in search(client, "12 rue des tanneurs") if one["kind"] == "address"]
    assert found == ["12 rue des Tanneurs", "12 bis rue des Tanneurs"]


@pytest.mark.usefixtures("town")
def test_a_road_is_found_before_its_houses(client: Client) -> None:
    assert search(client, "tanneurs")[0]["kind"] == "road"


@pytest.mark.parametrize(
    "q", ["45901 AB 123", "AB 123", "ab123", "45901000AB0123", "450901000AB0123", "45901 000 AB 0123"]
)
def test_a_parcel_is_found_by_every_way_to_write_it(client: Client, q: str) -> None:
    parcel = factories.parcel(number="0123")
    first = search(client, q)[0]
    assert (first["kind"], first["label"], first["id"], first["layer"]) == ("parcel", "AB 123", parcel.pk, "parcels")


@pytest.mark.usefixtures("town")
def test_a_parcel_is_found_by_its_communes_name(client: Client) -> None:
    factories.parcel("45902", number="0123")
    factories.parcel("45901", number="0123")
    assert [one["detail"] for one in search(client, "Saint-Aubin AB 123")] == ["Saint-Aubin-du-Lys (45901)"]


def test_exact_numbers_come_before_those_they_begin(client: Client) -> None:
    for number in ("0120", "0012", "1200"):
        factories.parcel(number=number)
    assert labels(client, "AB 12") == ["AB 12", "AB 120", "AB 1200"]


def test_near_parcels_come_first(client: Client) -> None:
    factories.parcel("45901", number="0012", geom=factories.square(X - 60_000))
    near = factories.parcel("45902", number="0012")
    assert search(client, "AB 12", lon=1.89, lat=47.55)[0]["id"] == near.pk


def test_coordinates_are_a_place(client: Client) -> None:
    (found,) = search(client, "617284 6717902")
    assert (found["kind"], found["id"]) == ("coordinates", None)
    assert found["center_4326"] == pytest.approx([1.90007, 47.55631], abs=1e-4)


@pytest.mark.parametrize(("visibility", "found"), [("public", True), ("owner", False), ("signed_in", False)])
def test_a_hidden_layer_suggests_nothing(client: Client, visibility: str, found: bool) -> None:
    factories.parcel(number="0123")
    owner = factories.member()
    with factories.as_owner():
        Layer.objects.filter(slug="parcels").update(visibility=visibility, owner=owner)
    assert bool(labels(client, "AB 123")) is found


@pytest.mark.parametrize(
    "q", ["", " ", "%", "_", "'; drop table", "\\", "100%", "a" * 200, "é" * 100, "{words}", "%s", "%(x)s", "AB 99999"]
)
def test_odd_texts_find_nothing_quietly(client: Client, q: str) -> None:
    factories.parcel(number="0123")
    assert search(client, q) == []


@pytest.mark.parametrize(
    "query",
    ["q=" + "a" * 201, "q=a&limit=0", "q=a&limit=51", "q=a&lon=1", "q=a&lon=x&lat=1", "q=a%00", "q=a&lon=1&lat=99"],
)
def test_impossible_questions_are_refused(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/search/?{query}").status_code == 400


@pytest.mark.parametrize("place", [(0, -90), (180, 90), (-180, 0)])
def test_looking_from_far_away_is_no_error(client: Client, place: tuple[int, int]) -> None:
    factories.parcel(number="0123")
    assert labels(client, "AB 123", lon=place[0], lat=place[1]) == ["AB 123"]


def test_the_limit_holds(client: Client) -> None:
    for number in range(1, 8):
        factories.parcel(number=f"{number:04d}", section="AC")
        factories.parcel(f"4590{number}", number="0001")
    assert len(labels(client, "AB 1", limit=3)) == 3


@pytest.mark.parametrize("q", ["901 AB 123", "901AB123", "AB 123 45901", "section AB parcelle 123"])
def test_three_digits_before_the_section_may_be_the_end_of_the_communes_code(client: Client, q: str) -> None:
    parcel = factories.parcel("45901", number="0123")
    assert [one["id"] for one in search(client, q)] == [parcel.pk]


def test_three_digits_before_the_section_may_be_a_prefix(client: Client) -> None:
    merged = factories.parcel("45001", number="0123", prefix="901")
    factories.parcel("45001", number="0123")
    assert [one["id"] for one in search(client, "901 AB 123")] == [merged.pk]


@pytest.mark.usefixtures("town")
def test_the_commune_may_stand_after_the_number(client: Client) -> None:
    factories.parcel("45902", number="0123")
    factories.parcel("45901", number="0123")
    assert [one["detail"] for one in search(client, "AB 123 Saint-Aubin")] == ["Saint-Aubin-du-Lys (45901)"]


def test_every_parcel_of_a_list_is_found(client: Client) -> None:
    for number in ("0012", "0013", "0120"):
        factories.parcel(number=number)
    assert labels(client, "AB 12, AB 13") == ["Choisir les 2 parcelles de la liste", "AB 12", "AB 13"]


@pytest.fixture
def lane() -> None:
    """A lane whose words begin as a section and a number."""
    factories.commune("45901", name="Bray")
    with factories.as_owner():
        line = MultiLineString(LineString((X, Y), (X + 100, Y)), srid=2154)
        text = search_text("Rue de l'Abbé 12", "Bray")
        Road.objects.create(insee="45901", name="Rue de l'Abbé 12", kind="communale", geom=line, search_text=text)
        Address.objects.create(
            insee="45901", number=12, suffix="", road_name="Rue de l'Abbé", postcode="45998", commune_name="Bray",
            label="12 rue de l'Abbé", search_text=search_text(12, "Rue de l'Abbé", "45998", "Bray"),
            geom=Point(X, Y, srid=2154),
        )  # fmt: skip


@pytest.mark.usefixtures("lane")
@pytest.mark.parametrize("q", ["AB 12", "AB 12, AB 13", "section AB n° 12"])
def test_a_parcel_reference_never_becomes_an_address(client: Client, q: str) -> None:
    answer = client.get("/api/v1/search/", {"q": q}).json()
    assert answer["results"] == []
    assert q in answer["message"]


def test_all_parcels_of_a_list_are_offered_together_with_their_number(client: Client) -> None:
    factories.commune("45901", name="Bray")
    for number in range(1, 13):
        factories.parcel("45901", "AB", f"{number:04}", geom=factories.square(X + 20 * number, Y, 10))
    factories.parcel("45902", "AB", "0003", geom=factories.square(X + 900, Y, 10))
    results = search(client, "AB 1 à 12, AB 99")
    assert (results[0]["label"], results[0]["detail"]) == (
        "Choisir les 12 parcelles de la liste",
        "Bray · le plan n’a pas AB 99",
    )
    assert results[0]["parcels"] == [f"45901000AB{number:04}" for number in range(1, 13)]
    assert results[0]["url"].endswith("AB0011,45901000AB0012")
    assert len(results) == 8


def test_a_list_says_how_many_of_it_are_left_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.cadastre.lists.MOST", 3)
    factories.commune("45901", name="Bray")
    for number in range(1, 6):
        factories.parcel("45901", "AB", f"{number:04}", geom=factories.square(X + 20 * number, Y, 10))
    one = search(client, "AB 1 à 5")[0]
    assert (len(one["parcels"]), one["detail"]) == (3, "Bray · 2 autres laissées de côté : 3 à la fois")


def test_a_list_has_no_more_parcels_than_a_link_takes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.cadastre.lists.MOST", 3)
    factories.commune("45901", name="Bray")
    for number in ("0001", "0002"):
        for prefix in ("000", "901"):
            factories.parcel("45901", "AB", number, prefix=prefix)
    one = search(client, "AB 1, AB 2")[0]
    assert (len(one["parcels"]), one["detail"]) == (3, "Bray · 1 autre laissée de côté : 3 à la fois")


def test_the_address_of_a_list_frames_its_parcels_and_opens_their_panel(client: Client) -> None:
    factories.commune("45901", name="Bray")
    shapes = [factories.square(X + 200 * number, Y, 10) for number in (1, 2)]
    first, last = (factories.parcel("45901", "AB", f"000{number}", geom=shapes[number - 1]) for number in (1, 2))
    url = urlsplit(search(client, "AB 1, AB 2")[0]["url"])
    given = dict(part.split("=") for part in url.fragment.split("&"))
    assert (url.path, given["p"]) == ("/", "choose")
    west, south, east, north = map(float, given["bb"].split(","))
    shape = first.geom.union(last.geom).transform(4326, clone=True)
    assert (west, south, east, north) == pytest.approx(shape.extent, abs=1e-6)


@pytest.mark.parametrize("q", ["AB 1", "AB 1, AB 99", "Bray"])
def test_a_single_parcel_is_no_list(client: Client, q: str) -> None:
    factories.commune("45901", name="Bray")
    factories.parcel("45901", "AB", "0001", geom=factories.square(X, Y, 10))
    assert not [one for one in search(client, q) if one["parcels"]]


@pytest.mark.usefixtures("lane")
def test_a_street_and_a_number_are_no_parcel_where_no_commune_has_the_name(client: Client) -> None:
    assert search(client, "abb 12")[0]["kind"] == "road"


@pytest.mark.usefixtures("town")
def test_results_of_a_kind_stand_together_under_a_heading(client: Client) -> None:
    groups = [one["group"] for one in search(client, "saint aubin tanneurs")]
    assert groups == ["Routes et voies", "Adresses", "Adresses", "Adresses"]


def test_no_kind_fills_the_list_while_others_have_results() -> None:
    results = [SearchResult(kind="parcel", label=str(i), detail="", score=95) for i in range(20)]
    results += [SearchResult(kind="permit", label="PC", detail="", score=60)]
    assert [one.label for one in choose(results, 8)] == ["0", "1", "2", "3", "4", "5", "6", "PC"]


@pytest.mark.parametrize("q", ["grandes vignes", "les gran", "L'ETANG"])
def test_a_named_place_is_found_once_by_its_words(client: Client, q: str) -> None:
    factories.commune("45901", name="Bray")
    with factories.as_owner():
        for sheet in ("45901000AB01", "45901000AB02"):
            NamedPlace.objects.create(
                insee="45901", name="LES GRANDES VIGNES DE L'ÉTANG", sheet=sheet, geom=factories.square()
            )
    (place,) = [one for one in search(client, q) if one["kind"] == "place"]
    assert (place["label"], place["detail"]) == ("LES GRANDES VIGNES DE L'ÉTANG", "Bray")


@pytest.mark.parametrize(("visibility", "found"), [("public", True), ("owner", False)])
def test_a_layer_is_found_by_its_title_by_those_who_see_it(client: Client, visibility: str, found: bool) -> None:
    factories.layer("arbres", title="Arbres remarquables", visibility=visibility, owner=factories.member())
    results = [one for one in search(client, "arbres rem") if one["kind"] == "layer"]
    assert [one["url"] for one in results] == (["/#v=1&l=arbres"] if found else [])


@pytest.mark.usefixtures("town")
def test_addresses_are_searched_alone_for_the_fields_of_addresses(client: Client) -> None:
    assert {one["kind"] for one in search(client, "12 tanneurs", kind="address")} == {"address"}


def test_a_kind_that_nobody_knows_is_refused(client: Client) -> None:
    assert client.get("/api/v1/search/", {"q": "a", "kind": "nothing"}).status_code == 400


@pytest.mark.parametrize("q", ["pré st jean", "PRE ST-JEAN", "pré saint jean", "saint"])
def test_a_named_place_that_is_written_short_is_found(client: Client, q: str) -> None:
    with factories.as_owner():
        NamedPlace.objects.create(insee="45901", name="PRE ST JEAN", sheet="45901000AB01", geom=factories.square())
        NamedPlace.objects.create(insee="45901", name="PRE STATION JEAN", sheet="45901000AB01", geom=factories.square())
    assert [one["label"] for one in search(client, q) if one["kind"] == "place"] == ["PRE ST JEAN"]

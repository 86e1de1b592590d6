"""Coverage studies: counted against a definition of their own, by operator and technology; kept, shown, printed."""

import csv
import io
import json
import math
import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pypdfium2
import pytest
import shapely
from django.contrib.gis.geos import LineString, MultiPolygon, Polygon
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Job, Member, Territory, User
from gis_core.tasks import run
from layers.catalogue.models import Layer
from networks.roads import reach, study_map
from networks.roads.models import CoverageStudy, RoadSection
from networks.roads.services import studies
from networks.roads.services.studies import Question, Technology
from networks.roads.services.study_results import share, sites_kept
from networks.roads.study_tables import map_of
from networks.roads.tasks import coverage_study
from tests import factories
from tests.module_rows import check_references, module_transaction

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data"))
ARCEP = SHARED / "telecom" / "arcep_sites_mobiles_2018_loiret_L93.csv"
WEST, SOUTH, SIDE = 610_000.0, 6_750_000.0, 10_000.0
COLUMNS: list[dict[str, Any]] = [
    {"name": "operator", "label": "Opérateur", "type": "text"},
    *({"name": f"g{n}", "label": f"{n}G", "type": "integer"} for n in (2, 3, 4)),
]
THREE = tuple(
    Technology(label=f"{n}G", column=f"g{n}", reach_m=reach_m) for n, reach_m in ((2, 3000), (3, 2000), (4, 900))
)


def box(west: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, SOUTH, west + SIDE, SOUTH + SIDE)), srid=2154)


@dataclass
class Land:
    member: Member
    technician: User
    layer: Layer
    sites: list[dict[str, str]]
    addresses: list[tuple[float, float, str]]
    roads: list[tuple[Any, str, str]]


@pytest.fixture(scope="module")
def shared_land(django_db_setup: None, django_db_blocker: Any) -> Iterator[Land]:
    with module_transaction(django_db_blocker):
        made = make_land()
        check_references()
        yield made


@pytest.fixture
def land(shared_land: Land, db: None) -> Land:
    """As it was made, whatever another test did with it."""
    return deepcopy(shared_land)


def make_land() -> Land:
    """Two communes with addresses and roads at random; the sites are ARCEP's in the Loiret."""
    chance = Random(45)
    communes = [factories.commune(geom=box(WEST)), factories.commune(geom=box(WEST + SIDE))]
    member = factories.member(*communes)
    layer = factories.editable_layer(member, columns=COLUMNS, title_field="operator", title="Sites mobiles")
    with ARCEP.open(encoding="utf-8-sig") as file:
        sites = list(csv.DictReader(file, delimiter=";"))
    with factories.as_owner():
        with connection.cursor() as cursor:
            cursor.executemany(
                f"insert into {layer.table} (operator, g2, g3, g4, geom)"
                " values (%s, %s, %s, %s, st_setsrid(st_makepoint(%s, %s), 2154))",
                [
                    [one["Operateur"], one["2G"], one["3G"], one["4G"], float(one["x"]), float(one["y"])]
                    for one in sites
                ],
            )
        places = [(WEST + chance.random() * 2 * SIDE, SOUTH + chance.random() * SIDE) for _n in range(400)]
        addresses = [(x, y, communes[x >= WEST + SIDE].insee) for x, y in places]
        put_addresses(addresses)
        roads = []
        for n in range(150):
            x, y = WEST + chance.random() * 2 * SIDE, SOUTH + chance.random() * SIDE
            turn, length = chance.random() * math.tau, chance.uniform(50, 4000)
            line = ((x, y), (x + length * math.cos(turn), y + length * math.sin(turn)))
            sides = (communes[0].insee, communes[1].insee) if n % 10 == 0 else (communes[x >= WEST + SIDE].insee,) * 2
            roads.append((line, *sides))
        for line, left, right in roads:
            RoadSection.objects.create(
                owner=member, insee_left=left, insee_right=right, nature="1chaussee", geom=LineString(*line, srid=2154)
            )
    return Land(member, factories.user(member, Role.NETWORK_TECHNICIAN), layer, sites, addresses, roads)


def put_addresses(addresses: list[tuple[float, float, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into cadastre_address (insee, number, suffix, road_name, postcode, commune_name, label,"
            " search_text, parcel_idu, geom) values (%s, 1, '', 'Rue', '45000', 'Ville', '1 Rue', '1 rue', '',"
            " st_setsrid(st_makepoint(%s, %s), 2154))",
            [(insee, x, y) for x, y, insee in addresses],
        )


def made(land: Land, **more: Any) -> CoverageStudy:
    asked = {"member": land.member, "layer": land.layer, "technologies": THREE, "operator": "operator"} | more
    with acting_as(rights_of(land.technician)):
        found = studies.ask(Question(**asked), rights=rights_of(land.technician), user=land.technician)
    assert isinstance(found, CoverageStudy)
    return found


def near(place: tuple[float, float], sites: list[dict[str, str]], reach_m: float) -> bool:
    return any(math.dist(place, (float(one["x"]), float(one["y"]))) <= reach_m for one in sites)


def sampled(line: Any, at: Any, reach_m: float) -> float:
    """Metres of a line within reach of these places (x, y), by steps of a metre."""
    (ax, ay), (bx, by) = line
    # Those too far from its middle for any of it are left out.
    at = at[np.hypot(at[:, 0] - (ax + bx) / 2, at[:, 1] - (ay + by) / 2) <= reach_m + math.dist(*line)]
    steps = max(1, round(math.dist(*line)))
    share = np.linspace(0.5 / steps, 1 - 0.5 / steps, steps)
    xs, ys = ax + (bx - ax) * share, ay + (by - ay) * share
    if not len(at):
        return 0.0
    distances = np.sqrt((xs[:, None] - at[:, 0]) ** 2 + (ys[:, None] - at[:, 1]) ** 2).min(axis=1)
    return float((distances <= reach_m).mean() * math.dist(*line))


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_addresses_and_roads_are_counted_as_by_definition(land: Land, rank: int) -> None:
    study = made(land)
    technology = THREE[rank]
    for operator in ("", *study.answer["operators"]):
        sites = [one for one in land.sites
                 if one[technology.label] == "1" and operator in ("", one["Operateur"])]  # fmt: skip
        at = np.array([(float(one["x"]), float(one["y"])) for one in sites]).reshape(-1, 2)
        covered = [(sampled(line, at, technology.reach_m), left, right) for line, left, right in land.roads]
        for commune in study.answer["communes"]:
            code = commune["insee"]
            found = share(study, rank, operator, code)
            ours = [place for place in land.addresses if place[2] == code]
            assert found.addresses == len(ours)
            assert found.covered == sum(near(place[:2], sites, technology.reach_m) for place in ours)
            expected = sum(metres * ((left == code) + (right == code)) / 2 for metres, left, right in covered)
            assert found.covered_m == pytest.approx(expected, abs=150, rel=0.005)


def test_every_operator_of_the_layer_is_told_apart(land: Land) -> None:
    assert made(land).answer["operators"] == ["20801", "20810", "20815", "20820"]


def test_a_road_between_two_communes_counts_half_for_each(land: Land) -> None:
    study = made(land)
    assert sum(one["road_m"] for one in study.answer["communes"]) == pytest.approx(
        sum(math.dist(*line) for line, *_sides in land.roads), abs=1
    )


def test_paths_are_no_roads(land: Land) -> None:
    before = sum(one["road_m"] for one in made(land).answer["communes"])
    with factories.as_owner():
        RoadSection.objects.create(
            owner=land.member,
            nature="sentier",
            geom=LineString((WEST + 5, SOUTH + 5), (WEST + 900, SOUTH + 5), srid=2154),
        )
    assert sum(one["road_m"] for one in made(land).answer["communes"]) == before


def test_a_layer_offers_what_may_be_told_apart(land: Land) -> None:
    with acting_as(rights_of(land.technician)):
        choices = studies.choices_of(land.layer, rights_of(land.technician))
    assert ("operator", "Opérateur") in choices.operators
    assert {("2G", "g2", ""), ("4G", "g4", ""), ("Opérateur : 20801", "operator", "20801")} <= set(choices.technologies)


def test_columns_that_the_asker_may_not_see_are_not_offered(land: Land) -> None:
    with factories.as_owner():
        columns = [one | ({"roles": [Role.AGENCY_ADMINISTRATOR]} if one["name"] == "g4" else {}) for one in COLUMNS]
        Layer.objects.filter(pk=land.layer.pk).update(columns=columns)
        land.layer.refresh_from_db()
    with acting_as(rights_of(land.technician)):
        choices = studies.choices_of(land.layer, rights_of(land.technician))
    assert "g4" not in {column for _label, column, _value in choices.technologies}
    with pytest.raises(Invalid, match="colonne"):
        made(land)


def test_columns_for_some_roles_alone_are_told_to_nobody_by_a_study(land: Land) -> None:
    with factories.as_owner():
        columns = [one | ({"roles": [Role.NETWORK_TECHNICIAN]} if one["name"] == "g4" else {}) for one in COLUMNS]
        Layer.objects.filter(pk=land.layer.pk).update(columns=columns)
        land.layer.refresh_from_db()
    with acting_as(rights_of(land.technician)):
        choices = studies.choices_of(land.layer, rights_of(land.technician))
    assert "g4" not in {column for _label, column, _value in choices.technologies}
    with pytest.raises(Invalid, match="colonne"):
        made(land)


def test_a_private_layer_of_another_member_is_not_studied(land: Land) -> None:
    other = factories.editable_layer(factories.member(factories.commune()), visibility=Layer.Visibility.OWNER)
    with pytest.raises(Invalid, match="autre membre"):
        made(land, layer=other, technologies=(Technology(label="x", reach_m=100),), operator="")


def test_points_beyond_the_communes_count_where_they_reach_in(land: Land) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"delete from {land.layer.table}")
        cursor.execute(
            f"insert into {land.layer.table} (operator, g2, g3, g4, geom)"
            " values ('1', 1, 0, 0, st_setsrid(st_makepoint(%s, %s), 2154))", [WEST - 1000, SOUTH + SIDE / 2]
        )  # fmt: skip
    study = made(land)
    assert len(study.sites) == 1
    assert share(study, 0).covered_m > 0


def test_nothing_is_covered_without_points(land: Land) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"delete from {land.layer.table}")
    study = made(land)
    assert (share(study, 0).covered, share(study, 0).covered_m, study.sites) == (0, 0, [])


@pytest.mark.parametrize("reach_m", [0, -5, 50_001])
def test_an_impossible_reach_is_refused(land: Land, reach_m: int) -> None:
    with pytest.raises(Invalid, match="portée"):
        made(land, technologies=(Technology(label="x", reach_m=reach_m),))


def test_a_reader_makes_no_study(land: Land) -> None:
    reader = factories.user(land.member)
    with pytest.raises(Forbidden), acting_as(rights_of(reader)):
        studies.ask(
            Question(member=land.member, layer=land.layer, technologies=THREE), rights=rights_of(reader), user=reader
        )


def test_the_last_twenty_are_kept(land: Land) -> None:
    for n in range(22):
        last = made(land, technologies=(Technology(label="2G", column="g2", reach_m=900 + n),), operator="")
    kept = CoverageStudy.objects.order_by("-made_at")
    with factories.as_owner():
        assert (kept.count(), kept[0].pk) == (20, last.pk)


def test_the_metres_of_a_line_in_several_zones_are_added_up() -> None:
    lines = np.array([shapely.LineString([(0, 0), (100, 0)])])
    around = shapely.union_all([shapely.box(10, -5, 20, 5), shapely.box(50, -5, 90, 5)])
    assert reach.metres_within(lines, around).tolist() == [50.0]


# -- pages ------------------------------------------------------------------------------------------------------------

ADDRESS = "/voirie/couverture/"
HTML = {"accept": "text/html"}


def asked(land: Land, **more: str) -> dict[str, str]:
    ticked = {"use_4": "on", "reach_4": "2500", "use_6": "on"}
    return {"layer": land.layer.slug, "member": land.member.slug, "insee": "", "operator": "operator",
            "reach_m": "1200", **ticked, **more}  # fmt: skip


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def test_a_study_is_made_on_its_page_shown_and_taken_away(client: Client, land: Land) -> None:
    signed_in(client, land.technician)
    assert "Sites mobiles" in client.get(ADDRESS).text
    assert "reach_0" in client.get(ADDRESS, {"layer": land.layer.slug}).text
    answer = client.post(ADDRESS, asked(land))
    assert answer.status_code == 302
    page = client.get(answer["location"])
    assert all(one in page.text for one in ("2G", "20815", "<svg"))
    rows = list(csv.reader(io.StringIO(client.get(answer["location"], {"format": "csv"}).content.decode("utf-8-sig")),
                           delimiter=";"))  # fmt: skip
    assert len(rows) == 1 + 2 * 2 * 5
    zone = json.loads(client.get(answer["location"], {"format": "geojson", "technology": "1"}).content)
    shape = shapely.geometry.shape(zone["features"][0]["geometry"])
    assert shape.is_valid
    assert 1 < shape.bounds[0] < 4
    document = pypdfium2.PdfDocument(client.get(answer["location"], {"format": "pdf"}).content)
    assert "Sites mobiles" in document[0].get_textpage().get_text_range()


def test_the_map_on_paper_has_its_colours(client: Client, land: Land) -> None:
    signed_in(client, land.technician)
    address = client.post(ADDRESS, asked(land))["location"]
    pages = pypdfium2.PdfDocument(client.get(address, {"format": "pdf"}).content)
    shown = [page.render(scale=2).to_pil().convert("RGB") for page in pages]
    colours = [{colour: count for count, colour in one.getcolors(1 << 24) or []} for one in shown]
    assert sum(one.get((0xFB, 0xFA, 0xF7), 0) for one in colours) > 1000
    assert max(one.get((0, 0, 0), 0) for one in colours) < 1000


@pytest.mark.parametrize(
    ("change", "words"),
    [({"reach_m": "0"}, "id_reach_m"), ({"reach_4": "x"}, "id_reach_4"), ({"insee": "99999"}, "id_insee")],
)
def test_what_is_wrong_is_told_at_its_field(client: Client, land: Land, change: dict[str, str], words: str) -> None:
    answer = signed_in(client, land.technician).post(ADDRESS, asked(land) | change, headers=HTML)
    assert answer.status_code == 400
    assert f'id="{words}_error"' in answer.text


def test_another_member_sees_no_study(client: Client, land: Land) -> None:
    study = made(land)
    other = factories.user(factories.member(factories.commune()), Role.NETWORK_TECHNICIAN)
    assert signed_in(client, other).get(f"{ADDRESS}{study.pk}/").status_code == 404


def test_a_layer_that_one_may_not_see_is_not_there(client: Client, land: Land) -> None:
    with factories.as_owner():
        Layer.objects.filter(pk=land.layer.pk).update(visibility=Layer.Visibility.OWNER)
    other = factories.user(factories.member(factories.commune()), Role.NETWORK_TECHNICIAN)
    assert signed_in(client, other).get(ADDRESS, {"layer": land.layer.slug}).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [({"format": "doc"}, 400), ({"technology": "9"}, 400), ({"operator": "?"}, 400), ({"format": "geojson"}, 200)],
)
def test_a_study_is_asked_for_in_known_words(client: Client, land: Land, given: dict[str, str], status: int) -> None:
    study = made(land)
    assert signed_in(client, land.technician).get(f"{ADDRESS}{study.pk}/", given).status_code == status


def test_many_addresses_are_measured_in_the_background(
    client: Client, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studies, "AT_ONCE", 10)
    signed_in(client, land.technician)
    answer = client.post(ADDRESS, asked(land))
    assert answer["location"] == ADDRESS
    with factories.as_owner():
        job = Job.objects.select_related("owner", "started_by").get(kind=studies.KIND)
    assert job.owner == land.member
    with factories.as_worker():
        run(job, coverage_study)
    with factories.as_owner():
        job.refresh_from_db()
        assert (job.state, job.report) == ("done", {"study": CoverageStudy.objects.get().pk})


def test_circles_by_the_thousand_are_joined_in_the_background(
    client: Client, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few addresses, but many points for each technology and operator."""
    rights = rights_of(land.technician)
    with acting_as(rights):
        few = Question(member=land.member, layer=land.layer, technologies=THREE[:1])
        codes = list(land.member.communes.values_list("insee", flat=True))
        points = studies.reaches(few, codes)
        many = Question(member=land.member, layer=land.layer, technologies=THREE, operator="operator")
        assert 0 < points < len(land.sites)
        assert studies.reaches(many, codes) == points * 3 * 2
        monkeypatch.setattr(studies, "AT_ONCE_REACHES", points)
        assert isinstance(studies.ask(few, rights=rights, user=land.technician), CoverageStudy)
        assert isinstance(studies.ask(many, rights=rights, user=land.technician), Job)


def test_a_study_whose_inputs_have_not_changed_is_not_computed_again(land: Land) -> None:
    first = made(land)
    assert made(land).pk == first.pk
    assert made(land, insee=land.addresses[0][2]).pk != first.pk
    with factories.as_owner():
        Layer.objects.filter(slug="road-sections").update(version=F("version") + 1)
    assert made(land).pk != first.pk


def test_whether_a_study_was_made_is_found_without_its_points(land: Land) -> None:
    first = made(land)
    with CaptureQueriesContext(connection) as asked:
        assert made(land).pk == first.pk
    assert not [one for one in asked if '"sites"' in one["sql"]]


@pytest.mark.parametrize("one_commune", [False, True])
def test_a_study_of_a_member_is_another_one_when_its_communes_change(
    client: Client, land: Land, one_commune: bool
) -> None:
    asked = {"insee": land.addresses[0][2]} if one_commune else {}
    first, words = made(land, **asked), "ont changé depuis"
    with factories.as_owner():
        Territory.objects.create(member=land.member, commune=factories.commune())
    page = signed_in(client, land.technician).get(f"{ADDRESS}{first.pk}/", headers=HTML).text
    assert ((words in page), (made(land, **asked).pk != first.pk)) == (not one_commune, not one_commune)


def test_whoever_may_study_computes_again_what_has_not_changed(client: Client, land: Land) -> None:
    study = made(land)
    assert "Calculer à nouveau" in signed_in(client, land.technician).get(f"{ADDRESS}{study.pk}/", headers=HTML).text
    assert client.post(f"{ADDRESS}{study.pk}/")["location"] != f"{ADDRESS}{study.pk}/"


def test_the_page_reads_what_was_kept_alone(client: Client, land: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made(land)

    def refuse(*_given: Any) -> None:
        raise AssertionError("computed while one looks")

    monkeypatch.setattr("networks.roads.reach.zone", refuse)
    monkeypatch.setattr("networks.roads.study_tables.roads_of", refuse)
    page = signed_in(client, land.technician).get(f"{ADDRESS}{study.pk}/?technology=1&operator=20815", headers=HTML)
    assert page.status_code == 200
    assert study_map.STYLES["zone"] in page.text
    assert client.get(f"{ADDRESS}{study.pk}/", {"format": "pdf"}).status_code == 200


def test_the_map_that_was_kept_is_the_one_that_an_older_study_draws(land: Land) -> None:
    study = made(land)
    with acting_as(rights_of(land.technician)):
        kept = map_of(study, 1, "20815")
        study.drawn = {}
        assert map_of(study, 1, "20815") == kept


def test_a_study_says_that_something_changed_and_is_computed_again(client: Client, land: Land) -> None:
    study, words = made(land), "ont changé depuis"
    signed_in(client, land.technician)
    assert words not in client.get(f"{ADDRESS}{study.pk}/", headers=HTML).text
    with factories.as_owner():
        Layer.objects.filter(slug=land.layer.slug).update(version=F("version") + 1)
    assert words in client.get(f"{ADDRESS}{study.pk}/", headers=HTML).text
    answer = client.post(f"{ADDRESS}{study.pk}/")
    assert answer.status_code == 302
    assert answer["location"] != f"{ADDRESS}{study.pk}/"
    assert words not in client.get(answer["location"], headers=HTML).text


def test_a_reader_is_told_but_does_not_compute_again(client: Client, land: Land) -> None:
    study = made(land)
    with factories.as_owner():
        Layer.objects.filter(slug="road-sections").update(version=F("version") + 1)
    reader = factories.user(land.member, Role.READER)
    page = signed_in(client, reader).get(f"{ADDRESS}{study.pk}/", headers=HTML).text
    assert "ont changé depuis" in page
    assert "Calculer à nouveau" not in page
    assert client.post(f"{ADDRESS}{study.pk}/").status_code == 403


# -- what is too much -------------------------------------------------------------------------------------------------


def test_too_many_sections_are_refused_rather_than_studied_in_part(land: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "MOST_SECTIONS", 149)
    with pytest.raises(Invalid, match="149"):
        made(land)
    monkeypatch.setattr(studies, "MOST_SECTIONS", 150)
    assert made(land)


def test_a_map_draws_the_most_important_roads_and_says_how_many_it_leaves_out(
    client: Client, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("networks.roads.study_map.MOST_ROADS", 1)
    with factories.as_worker():
        important = RoadSection.objects.order_by("-pk")[0]
        RoadSection.objects.filter(pk=important.pk).update(importance="1")
        RoadSection.objects.exclude(pk=important.pk).update(importance="5")
    study = made(land)
    (x, y), _end = (
        study_map.Frame(study.drawn["bounds"]).place_shapes(shapely.from_wkb(bytes(important.geom.wkb))).coords
    )
    assert study.drawn["lines"].startswith(f'<path class="road" fill-rule="evenodd" d="M{x:.2f} {y:.2f}L')
    page = signed_in(client, land.technician).get(f"{ADDRESS}{study.pk}/", headers=HTML).text
    assert "149 tronçons de route, les moins importants, ne sont pas dessinés" in page
    document = pypdfium2.PdfDocument(client.get(f"{ADDRESS}{study.pk}/", {"format": "pdf"}).content)
    told = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "149 tronçons" in " ".join(told.split())


def test_a_map_with_too_many_points_draws_some_of_all_places_and_says_so(
    land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = made(land)
    every = len(sites_kept(study, 0))
    monkeypatch.setattr(study_map, "MOST_SITES", every // 3)
    with acting_as(rights_of(land.technician)):
        drawn = map_of(study, 0)
    assert drawn is not None
    (told,) = drawn.left_out
    assert f"points sur {every}" in told
    assert drawn.svg.count("<circle") <= every // 3


def test_the_form_reads_the_communes_of_all_members_at_once(client: Client, land: Land) -> None:
    person = factories.user(land.member, Role.AGENCY_ADMINISTRATOR)
    signed_in(client, person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ADDRESS, {"layer": land.layer.slug}).status_code == 200
        return len(asked)

    before = queries()
    for _n in range(3):
        factories.member(factories.commune())
    assert queries() == before

"""Repairs know their pipe and keep what it was made of; they are recorded from the office and counted."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Role
from layers.features.services.write import Edit
from networks.water.models import Repair
from networks.water.services.repair_statistics import Group, Statistics, StatisticsQuery, statistics
from networks.water.services.repairs import NewRepair, record_repair
from tests.exports.conftest import read
from tests.networks.conftest import Network, along, at

PAGE = "/reseaux/reparations/"
DAY = date(2025, 3, 4)
COLUMNS = "pipe_id, object_reference, material, diameter_mm, laid_year"


def drawn(network: Network, x: float, y: float, family: str = "water", **values: Any) -> int:
    """A repair drawn on the map."""
    values = {"network": family, "repaired_date": DAY.isoformat()} | values
    (written,) = network.edit("water-repairs", [Edit(action="create", properties=values, geometry=at(x, y))])
    return written.id


def told(network: Network, pk: int) -> tuple[Any, ...]:
    return network.rows(f"select {COLUMNS} from water_repair where id = {pk}")[0]


@pytest.fixture
def pipe(network: Network) -> int:
    made = {"reference": "C1", "material": "fg", "diameter_mm": 100, "laid_from_year": 1955, "laid_to_year": 1960}
    return network.pipe((10, 10), (90, 10), **made)


def test_a_repair_drawn_on_the_map_takes_over_what_the_nearest_pipe_is_made_of(network: Network, pipe: int) -> None:
    assert told(network, drawn(network, 40, 13)) == (pipe, "C1", "fg", 100, 1960)


def test_what_somebody_filled_in_stays(network: Network, pipe: int) -> None:
    repair = drawn(network, 40, 13, material="pvc", laid_year=1990)
    assert told(network, repair) == (pipe, "C1", "pvc", 100, 1990)


def test_farther_than_ten_metres_there_is_no_pipe(network: Network, pipe: int) -> None:
    assert told(network, drawn(network, 40, 25)) == (None, None, None, None, None)


def test_a_reference_wins_over_the_nearest_pipe(network: Network, pipe: int) -> None:
    other = network.pipe((10, 60), (90, 60), reference="C2", material="fd")
    assert told(network, drawn(network, 40, 13, object_reference="C2"))[:3] == (other, "C2", "fd")


def test_the_reference_of_a_pipe_that_is_gone_is_kept_and_nothing_is_made_up(network: Network, pipe: int) -> None:
    assert told(network, drawn(network, 40, 10, object_reference="ANCIENNE"))[:3] == (None, "ANCIENNE", None)


def test_a_repair_of_a_fitting_has_no_pipe(network: Network, pipe: int) -> None:
    assert told(network, drawn(network, 40, 10, repaired="02"))[:3] == (None, None, None)


def test_a_sewer_repair_looks_for_a_sewer(network: Network, pipe: int) -> None:
    sewer = network.make("sewer-pipes", along((10, 12), (90, 12)), system="02", reference="S1", material="gres")
    assert told(network, drawn(network, 40, 10, "sewer"))[:3] == (sewer, "S1", "gres")


def test_moved_to_another_pipe_a_repair_takes_over_its_values(network: Network, pipe: int) -> None:
    other = network.pipe((10, 60), (90, 60), reference="C2", material="fd", diameter_mm=150)
    repair = drawn(network, 40, 10, cause="frost")
    network.change("water-repairs", repair, at(40, 60))
    assert told(network, repair) == (other, "C2", "fd", 150, None)


def test_a_pipe_replaced_by_another_material_does_not_change_its_past_repairs(network: Network, pipe: int) -> None:
    repair = drawn(network, 40, 10)
    network.change("water-pipes", pipe, material="pehd", laid_from_year=2024, laid_to_year=2024)
    assert told(network, repair) == (pipe, "C1", "fg", 100, 1960)


def test_a_split_pipe_leaves_each_repair_on_its_piece_and_a_merge_brings_them_back(network: Network, pipe: int) -> None:
    left, right = drawn(network, 20, 10), drawn(network, 80, 10)
    valve = network.node(60, 10)
    pieces = dict(network.rows("select st_xmin(geom)::int % 1000, id from water_pipe"))
    assert told(network, left)[0] == pipe
    assert told(network, right)[0] in set(pieces.values()) - {pipe}
    network.remove("water-nodes", valve)
    assert {told(network, one)[0] for one in (left, right)} == {pipe}


def test_repairs_of_a_removed_pipe_keep_what_it_was_made_of(network: Network, pipe: int) -> None:
    network.pipe((10, 14), (90, 14), reference="C9")
    repair = drawn(network, 40, 10)
    network.remove("water-pipes", pipe)
    assert told(network, repair) == (None, "C1", "fg", 100, 1960)


# -- recorded from the office ------------------------------------------------------------------------------------------


def record(network: Network, who: str = Role.NETWORK_TECHNICIAN, **given: Any) -> Repair:
    with network.as_(who):
        return record_repair(NewRepair(**({"repaired_date": DAY} | given)), rights=network.rights(who))


def test_a_repair_recorded_from_the_office_lies_on_its_pipe(network: Network, pipe: int) -> None:
    made = record(network, pipe=pipe, along_m=20.0, cause="corrosion")
    assert (made.geom.x, made.geom.y) == pytest.approx((at(30, 10).x, at(30, 10).y))
    assert (made.pipe_id, made.material, made.laid_year, made.owner) == (pipe, "fg", 1960, network.member)


def test_it_is_in_the_history_of_the_layer(network: Network, pipe: int) -> None:
    made = record(network, pipe_reference="C1")
    answer = network.client(Role.GIS_ADMINISTRATOR).get(f"/api/v1/layers/water-repairs/features/{made.pk}/history/")
    assert answer.json()["entries"][0]["kind"] == "edit" if "entries" in answer.json() else answer.status_code == 200


def test_the_agency_records_for_the_member_of_the_pipe(network: Network, pipe: int) -> None:
    assert record(network, Role.AGENCY_ADMINISTRATOR, pipe=pipe).owner == network.member


@pytest.mark.parametrize("who", [Role.READER, Role.PERMIT_INSTRUCTOR])
def test_only_those_who_edit_networks_record_repairs(network: Network, pipe: int, who: str) -> None:
    with pytest.raises(Forbidden):
        record(network, who, pipe=pipe)


def test_anothers_pipe_is_not_there(network: Network, pipe: int) -> None:
    with pytest.raises(NotFound):
        record(network, "stranger", pipe=pipe)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"repaired_date": date(2999, 1, 1)}, "avenir"),
        ({"along_m": 500.0}, "80,0 m"),
        ({"cause": "magic"}, "liste"),
        ({"cost_eur": -1.0}, "coût"),
        ({"pipe": None}, "quelle canalisation"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_in_words(
    network: Network, pipe: int, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        record(network, **({"pipe": pipe} | given))


def test_a_number_is_given_once(network: Network, pipe: int) -> None:
    record(network, pipe=pipe, reference="I-1")
    with pytest.raises(Conflict):
        record(network, pipe=pipe, reference="I-1")


# -- statistics --------------------------------------------------------------------------------------------------------


def counted(network: Network, who: str = Role.NETWORK_TECHNICIAN, **asked: Any) -> Statistics:
    with network.as_(who):
        return statistics(StatisticsQuery(**({"first": 2021, "last": 2024} | asked)), network.rights(who))


def found(groups: Any, key: str) -> Group:
    (one,) = [group for group in groups if group.key == key]
    return one


@pytest.fixture
def streets(network: Network) -> None:
    """1 km of grey iron of 1950, 0.5 km of PVC of 1990, 0.25 km of which nothing is known; 2021 to 2024."""
    network.pipe((0, 0), (1000, 0), material="fg", laid_from_year=1950, reference="F")
    network.pipe((0, 50), (500, 50), material="pvc", laid_to_year=1990, reference="P")
    network.pipe((0, 90), (250, 90), material="inc")
    network.pipe((0, 95), (900, 95), material="fg", service_state="abandon")
    for day, x, y, cause in (
        ("2021-05-01", 10, 0, "frost"),
        ("2022-06-01", 20, 0, "frost"),
        ("2024-12-31", 30, 50, None),
    ):
        drawn(network, x, y, repaired_date=day, cause=cause)
    drawn(network, 40, 0, repaired_date="2019-01-01")
    drawn(network, 40, 0, repaired_date="2023-01-01", repaired="02")


@pytest.mark.usefixtures("streets")
def test_a_rate_is_repairs_by_kilometre_in_service_and_year(network: Network) -> None:
    whole = counted(network).whole
    assert (whole.repairs, whole.km) == (3, pytest.approx(1.75, rel=1e-3))
    assert whole.rate == pytest.approx(3 / (1.75 * 4), rel=1e-3)


@pytest.mark.usefixtures("streets")
def test_materials_have_their_rate_and_what_has_none_is_told_apart(network: Network) -> None:
    groups = counted(network).material
    assert found(groups, "fg").rate == pytest.approx(2 / (1.0 * 4), rel=1e-3)
    assert found(groups, "pvc").rate == pytest.approx(1 / (0.5 * 4), rel=1e-3)
    assert (groups[-1].key, groups[-1].km, groups[-1].repairs) == ("", pytest.approx(0.25, rel=1e-3), 0)


@pytest.mark.usefixtures("streets")
def test_decades_of_laying_cross_materials(network: Network) -> None:
    cross = counted(network).cross
    assert [one.key for one in cross.decades] == ["1950", "1990", ""]
    (iron, cells), *_others = cross.rows
    assert iron.key == "fg"
    assert [cell.repairs for cell in cells] == [2, 0, 0]


@pytest.mark.usefixtures("streets")
def test_by_age_kilometres_are_those_that_were_of_that_age(network: Network) -> None:
    groups = counted(network).age
    seventies = found(groups, "70")
    assert seventies.repairs == 2
    assert seventies.rate == pytest.approx(2 / 4, rel=1e-3)
    assert found(groups, "30").rate == pytest.approx(1 / (0.5 * 4), rel=1e-3)


@pytest.mark.usefixtures("streets")
def test_causes_and_years_are_counted_and_fittings_apart(network: Network) -> None:
    made = counted(network)
    assert [(one.key, one.repairs) for one in made.cause] == [("frost", 2), ("", 1)]
    assert [(one.key, one.repairs) for one in made.year] == [("2021", 1), ("2022", 1), ("2023", 0), ("2024", 1)]
    assert made.others == 1


@pytest.mark.usefixtures("streets")
def test_pipes_repaired_more_than_once_are_listed(network: Network) -> None:
    assert [(one.reference, one.repairs) for one in counted(network).worst] == [("F", 2)]


@pytest.mark.usefixtures("streets")
def test_statistics_hold_what_one_may_see(network: Network) -> None:
    made = counted(network, "stranger")
    assert (made.whole.repairs, made.whole.pipes, made.undated) == (0, 0, 0)


def test_this_year_counts_for_the_part_that_is_over() -> None:
    today = timezone.localdate()
    shares = StatisticsQuery(first=today.year - 1, last=today.year).years()
    assert shares[today.year - 1] == 1
    assert shares[today.year] == pytest.approx((today.timetuple().tm_yday - 1) / 365.25)


def test_a_period_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(Invalid):
        StatisticsQuery.parse({"from": "2024", "to": "2020"})


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("streets")
def test_the_list_follows_its_filters(network: Network) -> None:
    client = network.client()
    assert "5 réparations" in client.get(PAGE).content.decode()
    assert "2 réparations" in client.get(PAGE, {"cause": "frost"}).content.decode()
    assert "1 réparation" in client.get(PAGE, {"year": "2021", "material": "fg"}).content.decode()
    assert "Lorris" in client.get(PAGE, {"insee": "45901"}).content.decode()
    assert client.get(PAGE, {"material": "or"}).status_code == 400


@pytest.mark.usefixtures("streets")
def test_the_list_and_the_statistics_are_taken_away(network: Network) -> None:
    client = network.client()
    table = client.get(PAGE, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(table) == 6
    assert "Fonte grise" in table[-1]
    book = openpyxl.load_workbook(BytesIO(client.get(PAGE, {"format": "xlsx"}).content))
    assert book.active.max_row == 6
    rates = client.get(f"{PAGE}statistiques/", {"format": "csv", "from": 2021, "to": 2024}).content.decode("utf-8-sig")
    assert "Par matériau;Fonte grise;;1;1;2;0,5" in rates.replace("1,001", "1").replace("0,999", "1")


@pytest.mark.usefixtures("streets")
def test_repairs_are_taken_away_as_a_geopackage(network: Network, tmp_path: Path) -> None:
    answer = network.client().get(PAGE, {"format": "gpkg", "sort": "-date", "cause": "frost"})
    (tmp_path / "repairs.gpkg").write_bytes(answer.content)
    table = read(tmp_path / "repairs.gpkg")
    assert (table.layers, table.crs, table.geometry_type) == (["reparations"], "EPSG:2154", "Point")
    assert (len(table.shapes), table.types[table.fields.index("Réparé le")]) == (2, "OFTDate")
    assert set(table.column("Cause")) == {"Gel"}


@pytest.mark.usefixtures("streets")
def test_the_statistics_page_says_what_a_rate_is(network: Network) -> None:
    text = network.client(Role.READER).get(f"{PAGE}statistiques/", {"from": 2021, "to": 2024}).content.decode()
    assert "divisé par les kilomètres" in text
    assert '<svg class="chart"' in text


def test_the_form_comes_filled_in_for_a_pipe_and_records_its_repair(network: Network, pipe: int) -> None:
    client = network.client()
    form = client.get(f"{PAGE}nouvelle/", {"network": "water", "pipe": pipe}).content.decode()
    assert "Fonte grise" in form
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    sent = {"network": "water", "pipe": pipe, "repaired_date": yesterday, "cause": "frost", "cost_eur": "450,50"}
    answer = client.post(f"{PAGE}nouvelle/", sent)
    assert answer.status_code == 302
    assert network.rows("select pipe_id, cause, cost_eur from water_repair") == [(pipe, "frost", 450.5)]


def test_a_wrong_form_keeps_what_was_typed_and_writes_nothing(network: Network, pipe: int) -> None:
    sent = {"network": "water", "pipe_reference": "C404", "repaired_date": "2025-01-01", "comment": "Fuite vue"}
    answer = network.client().post(f"{PAGE}nouvelle/", sent, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "C404" in answer.content.decode()
    assert "Fuite vue" in answer.content.decode()
    assert network.rows("select count(*) from water_repair") == [(0,)]


# -- sheets ------------------------------------------------------------------------------------------------------------


def sheet(
    network: Network, layer: str, pk: int, who: str = Role.NETWORK_TECHNICIAN
) -> tuple[dict[str, str], list[str]]:
    answer = network.client(who).get(f"/api/v1/layers/{layer}/features/{pk}/").json()
    said = {one["name"]: one["display"] for one in answer["properties"]}
    return said, [one["url"] for one in answer["links"]]


def test_the_sheet_of_a_pipe_tells_its_repairs_and_connections_and_leads_on(network: Network, pipe: int) -> None:
    drawn(network, 40, 10)
    network.make("water-connections", at(40, 20))
    network.make("water-connections", at(50, 20), sensitive="school")
    said, links = sheet(network, "water-pipes", pipe)
    assert (said["repairs"], said["last_repair"], said["measured_length"]) == ("1", "4\xa0mars\xa02025", "80\xa0m")
    assert said["connections"] == "2, 1 usager sensible"
    assert links == [
        f"/reseaux/profil/?family=water&pipe={pipe}",
        f"/reseaux/reparations/?network=water&pipe={pipe}",
        f"/reseaux/reparations/nouvelle/?network=water&pipe={pipe}",
    ]


def test_a_reader_is_not_led_to_recording(network: Network, pipe: int) -> None:
    _said, links = sheet(network, "water-pipes", pipe, Role.READER)
    assert links == [f"/reseaux/profil/?family=water&pipe={pipe}"]


def test_the_sheet_of_a_node_names_the_pipes_that_meet(network: Network, pipe: int) -> None:
    ((start,),) = network.rows(f"select start_node_id from water_pipe where id = {pipe}")
    said, links = sheet(network, "water-nodes", start)
    assert said["pipes"] == "1 canalisation (C1)"
    assert links == [f"/reseaux/profil/?family=water&from={start}"]


def test_the_sheet_of_a_repair_says_how_old_the_pipe_was(network: Network, pipe: int) -> None:
    said, links = sheet(network, "water-repairs", drawn(network, 40, 10))
    assert said["age"] == "65 ans"
    assert links == [f"/reseaux/reparations/?network=water&pipe={pipe}"]

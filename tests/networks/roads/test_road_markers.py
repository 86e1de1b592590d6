"""Markers (PR) of tables as people send them."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.management import CommandError, call_command
from django.utils import translation
from pyproj import Transformer

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.findings import from_json
from networks.roads.models import RoadAxis, RoadMarker, RoadSection
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.referring import locate
from tests import factories

X, Y = 620_000.0, 6_720_000.0


@pytest.fixture
def member(db: None) -> Member:
    found = factories.member(factories.commune("45901"), slug="agglo")
    with factories.as_worker():
        RoadSection.objects.create(owner=found, route="D2020", geom=LineString([(X, Y), (X + 4000, Y)], srid=2154))
    return found


def bring(member: Member, tmp_path: Path, text: str, *, encoding: str = "utf-8", **more: Any) -> dict[str, Any]:
    path = tmp_path / "pr.csv"
    path.write_bytes(text.encode(encoding))
    order = Order(what="markers", paths=[path], **({"write": True} | more))
    with translation.override("fr"), factories.as_worker(), acting_as(SYSTEM):
        done = bring_in(member, order, lambda _share, _words: None)
        return done.report | {"findings": list(done.findings)}


def places() -> dict[int, float]:
    return {one.number: round(one.geom.x - X, 1) for one in RoadMarker.objects.all()}


def row(number: int, along: float, code: int) -> str:
    x, y = Transformer.from_crs(2154, code, always_xy=True).transform(X + along, Y + 3)
    return f"RD 2020;PR {number};{str(round(x, 7)).replace('.', ',')};{str(round(y, 7)).replace('.', ',')}"


@pytest.mark.parametrize("code", [2154, 4326, 3857])
def test_coordinates_tell_their_system(member: Member, tmp_path: Path, code: int) -> None:
    lines = [row(number, along, code) for number, along in ((12, 100), (13, 1137), (14, 2100))]
    bring(member, tmp_path, "Route;N° PR;X;Y\n" + "\n".join(lines))
    assert places() == pytest.approx({12: 100, 13: 1137, 14: 2100}, abs=0.1)


def test_markers_that_the_file_holds_no_more_stay(member: Member, tmp_path: Path) -> None:
    lines = [row(number, 100 + number * 100, 2154) for number in range(20)]
    bring(member, tmp_path, "Route;N° PR;X;Y\n" + "\n".join(lines))
    bring(member, tmp_path, "Route;N° PR;X;Y\n" + lines[0])
    assert len(places()) == 20


def test_headings_separators_and_encodings_are_messy(member: Member, tmp_path: Path) -> None:
    text = f"Numéro route\tP.R.\tCôté\tX (L93)\tY (L93)\nd 2020\t12+000\tUnique\t{X + 100:.0f},5\t{Y:.0f}\n" + (
        f"D2020\t13\t\t{X + 1100:.0f},5\t{Y:.0f}\n"
    )
    bring(member, tmp_path, text, encoding="cp1252")
    assert places() == {12: 100.5, 13: 1100.5}


def test_latitude_first_is_put_back(member: Member, tmp_path: Path) -> None:
    lon, lat = Transformer.from_crs(2154, 4326, always_xy=True).transform(X + 100, Y)
    report = bring(
        member, tmp_path, f"route,pr,x,y\nD2020,12,{lat:.7f},{lon:.7f}\nD2020,13,{lat:.7f},{lon + 0.01:.7f}\n"
    )
    assert places()[12] == pytest.approx(100, abs=0.1)
    assert sum("latitude" in one.message for one in report["findings"]) == 2


def test_cumulated_metres_are_measured_between_placed_markers(member: Member, tmp_path: Path) -> None:
    text = f"route;pr;x;y;cumul\nD2020;0;{X};{Y};0\nD2020;1;;;1010\nD2020;2;{X + 2000};{Y};2020\nD2020;3;;;3000,5\n"
    bring(member, tmp_path, text)
    assert places() == {0: 0, 1: 1000, 2: 2000, 3: 2980.5}


def test_places_of_zeros_are_none(member: Member, tmp_path: Path) -> None:
    text = f"route;pr;x;y;cumul\nD2020;0;{X};{Y};0\nD2020;1;0;0;1000\nD2020;2;{X + 2000};{Y};2000\nD2020;3;0;0;\n"
    (told,) = bring(member, tmp_path, text)["findings"]
    assert (places(), "position" in told.message) == ({0: 0, 1: 1000, 2: 2000}, True)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([("DS", 12, 90), ("PR", 12, 100), ("CS", 12, 600), ("FS", 12, 900), ("PR", 13, 1100)], {12: 100, 13: 1100}),
        ([("PR0", 0, 0), ("PR", 1, 1000), ("PRF", 999, 1800)], {0: 0, 1: 1000}),
        ([("PR0", 0, 0), ("PRF", 999, 1800)], {0: 0, 999: 1800}),
        ([("PR0", 0, 0), ("PR", 1, 1000), ("PRF", 2, 1800)], {0: 0, 1: 1000, 2: 1800}),
        ([("PRF", 1, 1800), ("PR0", 0, 0), ("PR", 1, 1000)], {0: 0, 1: 1000}),
        ([("", 0, 0), ("PR", 1, 1000)], {0: 0, 1: 1000}),
    ],
)
def test_what_bears_the_number_of_a_marker_without_being_one_is_left_out(
    member: Member, tmp_path: Path, rows: list[tuple[str, int, int]], kept: dict[int, float]
) -> None:
    text = "".join(f"D2020;{number};{kind};{X + along};{Y}\n" for kind, number, along in rows)
    report = bring(member, tmp_path, f"ROUTE;NUMERO;TYPE_DE_PR;x;y\n{text}")
    assert (places(), report["counts"]["aside"], report["counts"]["refused"]) == (kept, len(rows) - len(kept), 0)


def test_rows_that_cannot_come_in_are_told_one_by_one(member: Member, tmp_path: Path) -> None:
    text = (
        f"route;pr;cote;x;y\nD2020;12;U;{X + 100};{Y}\nD2020;13;U;{X + 1100};{Y}\n"
        f"D2020;13;U;{X + 1500};{Y}\nD999;1;U;{X};{Y}\nD2020;14;U;;\nD2020;15;U;12;15\nrue Haute;1;U;{X};{Y}\n"
        f"D2020;seize;U;{X};{Y}\nD2020;17;milieu;{X};{Y}\n"
    )
    report = bring(member, tmp_path, text)
    told = {one.row: one.message for one in report["findings"] if one.severity == "error"}
    assert set(told) == {3, 4, 5, 6, 7, 8, 9}
    assert ("ligne 2" in told[3], "D 999" in told[4], "position" in told[5]) == (True, True, True)
    assert ("France" in told[6], "rue Haute" in told[7], "seize" in told[8], "milieu" in told[9]) == (True,) * 4
    assert places() == {12: 100, 13: 1100}
    assert report["roads"][0]["route"] == "D 2020"


def test_strict_loads_nothing_where_a_row_is_refused(member: Member, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        bring(member, tmp_path, f"route;pr;x;y\nD2020;12;{X};{Y}\nD999;1;{X};{Y}\n", strict=True)
    assert not RoadMarker.objects.exists()


def test_roads_are_measured_with_what_is_amiss(member: Member, tmp_path: Path) -> None:
    text = f"route;pr;x;y\nD2020;1;{X};{Y}\nD2020;2;{X + 1000};{Y}\nD2020;3;{X + 1500};{Y + 400}\n"
    report = bring(member, tmp_path, text)
    assert report["roads"][0]["amiss"] == ["1 PR à plus de 50 m de la route (PR 3)"]
    assert RoadAxis.objects.get().stale is False
    with factories.as_role("arpent_web"):
        assert locate("D 2020 PR 1+250").x == X + 250


def test_the_same_markers_again_move_only_what_moved(member: Member, tmp_path: Path) -> None:
    bring(member, tmp_path, f"route;pr;x;y\nD2020;1;{X};{Y}\nD2020;2;{X + 1000};{Y}\n")
    ids = set(RoadMarker.objects.values_list("pk", flat=True))
    report = bring(member, tmp_path, f"route;pr;x;y\nD2020;1;{X};{Y}\nD2020;2;{X + 1010};{Y}\n")
    assert (report["counts"]["same"], report["counts"]["changed"], report["counts"].get("new")) == (1, 1, 0)
    assert set(RoadMarker.objects.values_list("pk", flat=True)) == ids
    assert places() == {1: 0, 2: 1010}


def correct(number: int, /, **values: Any) -> None:
    with factories.as_worker():
        assert RoadMarker.objects.filter(number=number).update(**values) == 1


def table(*markers: tuple[int, float]) -> str:
    return "route;pr;x;y\n" + "\n".join(f"D2020;{number};{X + along};{Y}" for number, along in markers)


def test_a_marker_that_was_corrected_here_stays_where_the_file_has_it_where_it_had(
    member: Member, tmp_path: Path
) -> None:
    bring(member, tmp_path, table((1, 0), (2, 1000)))
    correct(2, geom=Point(X + 1020, Y, srid=2154))
    report = bring(member, tmp_path, table((1, 5), (2, 1000)))
    assert places() == {1: 5, 2: 1020}
    assert (report["counts"]["changed"], report["counts"]["same"], report["counts"]["corrected"]) == (1, 1, 1)


def test_a_marker_moved_here_and_in_the_file_stays_and_is_told_once(member: Member, tmp_path: Path) -> None:
    bring(member, tmp_path, table((1, 0), (2, 1000)))
    correct(2, geom=Point(X + 1020, Y, srid=2154))
    report = bring(member, tmp_path, table((1, 0), (2, 1040)))
    (told,) = report["findings"]
    assert report["counts"]["both"] == 1
    assert ("PR 2" in told.message, told.severity, places()[2]) == (True, "warning", 1020)
    assert bring(member, tmp_path, table((1, 0), (2, 1040)))["findings"] == []


def test_a_marker_whose_number_was_corrected_here_does_not_come_twice(member: Member, tmp_path: Path) -> None:
    bring(member, tmp_path, table((1, 0), (2, 1000), (3, 2000)))
    correct(2, number=12)
    correct(3, number=2)
    report = bring(member, tmp_path, table((1, 0), (2, 1010), (3, 2000)))
    assert (places(), report["counts"]["new"]) == ({1: 0, 12: 1010, 2: 2000}, 0)
    (told,) = bring(member, tmp_path, table((1, 0), (2, 1010), (3, 2000), (12, 3000)))["findings"]
    assert ("PR 12" in told.message, places()) == (True, {1: 0, 12: 1010, 2: 2000})


def test_a_marker_drawn_here_is_not_moved_by_a_file(member: Member, tmp_path: Path) -> None:
    with factories.as_worker():
        RoadMarker.objects.create(owner=member, route="D2020", number=2, geom=Point(X + 990, Y, srid=2154))
    report = bring(member, tmp_path, table((1, 0), (2, 1000)))
    assert (places(), len(report["findings"])) == ({1: 0, 2: 990}, 1)


def test_a_table_without_the_columns_says_which_are_missing(member: Member, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        bring(member, tmp_path, "nom;valeur\nx;1\n")
    assert "route" in from_json(refused.value.extra["report"]["findings"])[0].message


def test_the_command_says_what_it_did_in_french(
    member: Member, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pr.csv"
    path.write_text(f"route;pr;x;y\nD2020;1;{X};{Y}\nD2020;2;{X + 1000};{Y}\nD7;1;{X};{Y}\n")
    with translation.override("fr"), factories.as_worker(), pytest.raises(SystemExit) as ended:
        call_command("import_pr", str(path), member="agglo")
    shown = capsys.readouterr().out
    assert ended.value.code == 1
    assert ("3 lignes lues" in shown, "pr, ligne 3" in shown, "D 2020 (4 km)" in shown) == (True, True, True)
    with factories.as_worker(), pytest.raises(CommandError):
        call_command("import_pr", str(path), member="personne")

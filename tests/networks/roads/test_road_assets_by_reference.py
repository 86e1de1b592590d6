"""Tables that tell a road, a PR and metres instead of coordinates, as road services keep them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.models import FileImport
from networks.roads.models import RoadAsset, RoadMarker, RoadSection, RoadStretch
from networks.roads.references import Reference, reference_of
from networks.roads.services.calibrating import calibrate
from networks.roads.services.placing import place_asset
from networks.roads.services.placing_rows import LinearLocation, place_rows
from tests import factories
from tests.findings import findings_of
from tests.networks.roads.road_assets import loaded, looked_at

X, Y = factories.ORIGIN


@pytest.fixture
def member(db: None) -> Iterator[Member]:
    """The D 2020: 3,000 m eastwards in two sections, PR 1 at 0 m, PR 2 at 1,020 m and PR 3 at 2,000 m."""
    made = factories.member(factories.commune("45901"))
    with factories.as_worker():
        for start, end in ((0, 1500), (3000, 1500)):
            line = LineString((X + start, Y + 50), (X + end, Y + 50), srid=2154)
            RoadSection.objects.create(owner=made, route="D2020", geom=line)
        for number, x in ((1, 0), (2, 1020), (3, 2000)):
            RoadMarker.objects.create(owner=made, route="D2020", number=number, geom=Point(X + x, Y + 50, srid=2154))
        calibrate("D2020")
    with acting_as(SYSTEM):
        yield made


def sent(member: Member, folder: Path, *rows: str) -> FileImport:
    file = folder / "panneaux.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    return looked_at(member, file)


def places() -> dict[str | None, tuple[float, float]]:
    return {one.reference: (round(one.geom.x - X, 2), round(one.geom.y - Y, 2)) for one in RoadAsset.objects.all()}


def told(made: FileImport) -> dict[int, str]:
    return {one["row"]: one["message"] for one in findings_of(made)}


HEADING = "Id;Code;Route;PR;Abscisse;Côté;Distance"


def test_columns_of_road_pr_metres_side_and_distance_place_the_rows(member: Member, tmp_path: Path) -> None:
    loaded(sent(member, tmp_path, HEADING, "1;B14;RD 2020;1;350;D;4", "2;AB4;D2020;2;80,5;G;2,5", "3;B1;D2020;3;0;;"))
    assert places() == {"1": (350, 46), "2": (1100.5, 52.5), "3": (2000, 50)}


def test_one_column_of_references_places_the_rows(member: Member, tmp_path: Path) -> None:
    loaded(sent(member, tmp_path, "Id;Code;Emplacement", "1;B14;D 2020 PR 1+350", "2;B1;RD2020 PR 2"))
    assert places() == {"1": (350, 50), "2": (1020, 50)}


def test_a_column_of_pr_may_have_the_metres_too(member: Member, tmp_path: Path) -> None:
    loaded(sent(member, tmp_path, "Id;Code;Route;PR", "1;B14;D2020;1+0350", "2;B1;D2020;2.080"))
    assert places() == {"1": (350, 50), "2": (1100, 50)}


def test_stretches_go_from_a_reference_to_another(member: Member, tmp_path: Path) -> None:
    made = sent(member, tmp_path, "Id;Route;PR début;Abs début;PR fin;Abs fin;Côté;Distance", "1;D2020;1;100;2;80;D;3")
    assert next(iter(made.choices["readings"].values()))["table"] == "road-stretches"
    loaded(made, {"fixed": {"kind": "barrier"}})
    line = RoadStretch.objects.get().geom
    assert [(round(x - X), round(y - Y)) for x, y in (line[0], line[-1])] == [(100, 47), (1100, 47)]


def test_references_that_cannot_be_are_told_row_by_row_with_the_reason(member: Member, tmp_path: Path) -> None:
    rows = ("1;B14;D2020;9;0;;", "2;B14;D77;1;0;;", "3;B14;D2020;1;1500;;", "4;B14;D2020;3;5000;;",
            "5;B14;chemin;1;0;;", "6;B14;D2020;;;;", "7;B14;D2020;1;10;D;40", "8;B14;D2020;1;10;;")  # fmt: skip
    made = loaded(sent(member, tmp_path, HEADING, *rows))
    reasons = told(made)
    assert sorted(reasons) == [1, 2, 3, 4, 5, 6, 7]
    assert "PR 9" in reasons[1]
    assert "D 77" in reasons[2]
    assert "1 020 m" in reasons[3].replace("\u202f", " ").replace("\xa0", " ")
    assert "chemin" in reasons[5]
    assert (made.report["created"], made.report["refused"]) == (1, 7)


def test_the_reason_is_in_the_language_of_who_reads_it(member: Member, tmp_path: Path) -> None:
    rows = ("1;B14;D2020;9;0;;", "2;B14;D77;1;0;;", "3;B14;D2020;1;1500;;", "4;B14;D2020;3;5000;;",
            "7;B14;D2020;1;10;D;40")  # fmt: skip
    with translation.override("fr"):
        made = sent(member, tmp_path, HEADING, *rows)
    with translation.override("en"):
        assert list(told(made).values()) == [
            "The D 2020 has no PR 9 here: its markers go from 1 to 3.",
            "No numbered road D 77 with markers is known here.",
            "PR 2 comes 1,020 m after PR 1 on the D 2020: 1,500 m is beyond it.",
            "The D 2020 ends 1,000 m after PR 3.",
            "Give the metres from the axis, up to 15.",
        ]
    with translation.override("fr"):
        assert told(made)[3].startswith("Le PR 2 vient 1\u202f020 m après le PR 1")


def test_rows_that_would_be_left_out_are_told_before_anything_is_loaded(member: Member, tmp_path: Path) -> None:
    made = sent(member, tmp_path, HEADING, "1;B14;D2020;9;0;;", "2;B14;D2020;1;0;;")
    assert "PR 9" in told(made)[1]
    assert (made.plan["survey"]["placed"], made.plan["survey"]["nowhere"]) == (1, 1)


def test_a_side_without_a_distance_is_put_beside_the_axis_and_told(member: Member, tmp_path: Path) -> None:
    made = loaded(sent(member, tmp_path, "Id;Code;Route;PR;Abscisse;Côté", "1;B14;D2020;1;350;gauche"))
    assert places() == {"1": (350, 53)}
    assert "3 m" in told(made)[1]


def test_a_road_that_is_yet_to_be_measured_anew_is_told(member: Member, tmp_path: Path) -> None:
    with factories.as_worker():
        RoadMarker.objects.filter(number=3).update(geom=Point(X + 2010, Y + 50, srid=2154))
    made = sent(member, tmp_path, HEADING, "1;B14;D2020;1;350;;")
    assert "minute" in told(made)[1]


def test_coordinates_go_before_references(member: Member, tmp_path: Path) -> None:
    loaded(sent(member, tmp_path, "Id;Code;Route;PR;Abscisse;X;Y", f"1;B14;D2020;1;350;{X + 7};{Y + 9}"))
    assert places() == {"1": (7, 9)}


def test_rows_without_coordinates_are_placed_by_references_where_somebody_says_so(
    member: Member, tmp_path: Path
) -> None:
    change = {"columns": {"place_route": "Route", "place_marker": "PR", "place_metres": "Abscisse"}}
    made = sent(member, tmp_path, "Id;Code;Route;PR;Abscisse;X;Y", f"1;B14;D2020;1;350;{X + 7};{Y + 9}",
                "2;B1;D2020;1;350;;")  # fmt: skip
    loaded(made, change)
    assert places() == {"1": (7, 9), "2": (350, 50)}


def test_fields_of_x_and_y_are_chosen_by_hand(member: Member, tmp_path: Path) -> None:
    made = sent(member, tmp_path, "Id;Code;c1;c2", f"1;B14;{X + 7};{Y + 9}")
    assert next(iter(made.choices["readings"].values()))["table"] == ""
    loaded(made, {"table": "road-assets", "columns": {"reference": "Id", "place_x": "c1", "place_y": "c2"}})
    assert places() == {"1": (7, 9)}


def test_a_table_that_says_no_place_is_not_taken_for_assets(member: Member, tmp_path: Path) -> None:
    made = sent(member, tmp_path, "Id;Code;Rue", "1;B14;Rue des Lilas")
    assert (next(iter(made.choices["readings"].values()))["table"], made.plan) == ("", None)


REFERENCES = ("D 2020 PR 1+0", "D 2020 PR 1+350", "D 2020 PR 1+1020", "D 2020 PR 2+500", "D 2020 PR 3+999",
              "D 2020 PR 3+1200", "D 2020 PR 7", "D 99 PR 1", "D 2020 PR 1+5000")  # fmt: skip


@pytest.mark.parametrize("text", REFERENCES)
@pytest.mark.parametrize("side", ["on", "left"])
def test_many_at_once_get_what_each_gets_alone(member: Member, text: str, side: str) -> None:
    asked = LinearLocation(start=reference_of(text), side=side, distance_m=4)  # type: ignore[arg-type]
    (found,) = place_rows("point", [asked])
    assert shown(found) == shown(alone(text, side))


def alone(text: str, side: str) -> Any:
    try:
        return place_asset("point", start=text, side=side, distance_m=4)  # type: ignore[arg-type]
    except ArpentError as error:
        return error


def shown(found: Any) -> Any:
    return found.message if isinstance(found, ArpentError) else (round(found.x, 3), round(found.y, 3))


def test_many_rows_ask_few_questions(member: Member) -> None:
    asked = [
        LinearLocation(
            start=Reference(route="D2020", marker=1, metres=n), end=Reference(route="D2020", marker=2, metres=n + 1)
        )
        for n in range(500)
    ]
    with CaptureQueriesContext(connection) as asked_of:
        found = place_rows("troncon", asked)
    assert len(asked_of) < 10
    assert not any(isinstance(one, ArpentError) for one in found)


def test_a_first_line_that_is_an_object_comes_in_where_somebody_says_so(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "panneaux.csv"
    file.write_text(f"P1;B14;{X + 7};{Y + 9}\nP2;B1;{X + 8};{Y + 9}\n", "utf-8")
    made = looked_at(member, file, headed=False)
    names = next(iter(made.contents))["order"]
    assert len(names) == 4
    columns = {"reference": names[0], "code": names[1], "place_x": names[2], "place_y": names[3]}
    loaded(made, {"table": "road-assets", "columns": columns})
    assert places() == {"P1": (7, 9), "P2": (8, 9)}


@pytest.mark.parametrize("driver", ["XLSX", "ODS"])
def test_a_sheet_of_texts_alone_has_names_where_somebody_says_so(member: Member, tmp_path: Path, driver: str) -> None:
    file = tmp_path / f"bancs.{driver.lower()}"
    values = {"Id": "P1", "X": str(X + 7), "Y": str(Y + 9)}
    pyogrio.raw.write(file, geometry=None, field_data=[np.array([one], object) for one in values.values()],
                      fields=list(values), driver=driver, layer="Feuil1")  # fmt: skip
    loaded(looked_at(member, file, headed=True))
    assert places() == {"P1": (7, 9)}

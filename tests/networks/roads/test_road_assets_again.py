"""A newer file of assets keeps what was corrected here."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.models import FileImport
from networks.roads.models import RoadAsset, RoadInspection, RoadSection, RoadStretch
from tests import factories
from tests.findings import findings_of
from tests.networks.roads.road_assets import loaded, looked_at

type Bring = Callable[..., FileImport]
X, Y = 620_000.0, 6_720_000.0


@pytest.fixture
def member(db: None) -> Iterator[Member]:
    made = factories.member(factories.commune("45901"))
    with acting_as(SYSTEM):
        yield made


@pytest.fixture
def bring(member: Member, tmp_path: Path) -> Bring:
    """Rows of a file under its headings."""

    def brought(heading: str, *rows: str) -> FileImport:
        file = tmp_path / "panneaux.csv"
        file.write_text("\n".join((heading, *rows)) + "\n", "utf-8")
        return loaded(looked_at(member, file), {"values": {"state": {"Bon": "2", "Mauvais": "4"}}})

    return brought


def counts(made: FileImport) -> dict[str, int]:
    return {name: count for name, count in made.report.items() if count and isinstance(count, int)}


def correct(**values: Any) -> None:
    """The only asset that there is."""
    with factories.as_worker():
        assert RoadAsset.objects.update(**values) == 1


def at(x: float, y: float = 0) -> Point:
    return Point(X + x, Y + y, srid=2154)


NAMED, NAMELESS = "Id;Code;Etat;X;Y", "Code;X;Y"


def test_what_was_corrected_here_stays_where_the_file_says_what_it_said(bring: Bring) -> None:
    bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    correct(inscription="30", geom=at(8))
    made = bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    found = RoadAsset.objects.get()
    assert (found.inscription, found.geom.x, found.version) == ("30", X + 8, 2)
    assert (counts(made), findings_of(made)) == ({"same": 1, "kept": 1}, [])


def test_assets_that_the_file_holds_no_more_stay(bring: Bring) -> None:
    bring(NAMED, *(f"{number};B14-50;Bon;{X + number};{Y}" for number in range(20)))
    bring(NAMED, f"0;B14-50;Bon;{X};{Y}")
    assert RoadAsset.objects.count() == 20


def test_what_the_file_changed_and_nobody_here_is_taken(bring: Bring) -> None:
    bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    correct(inscription="30")
    made = bring(NAMED, f"1;B14-50;Mauvais;{X + 4};{Y}")
    found = RoadAsset.objects.get()
    assert (found.inscription, found.state, found.geom.x) == ("30", "4", X + 4)
    assert counts(made) == {"updated": 1, "kept": 1}


def test_what_both_changed_stays_and_is_told_once(bring: Bring) -> None:
    bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    correct(inscription="30", geom=at(8))
    made = bring(NAMED, f"1;B14-70;Bon;{X};{Y + 20}")
    found = RoadAsset.objects.get()
    assert (found.inscription, found.geom.x) == ("30", X + 8)
    assert counts(made) == {"same": 1, "both": 1}
    (told,) = findings_of(made)
    assert all(words in told["message"] for words in ("«\u00a01\u00a0»", "Inscription 70", "un autre endroit"))
    again = bring(NAMED, f"1;B14-70;Bon;{X};{Y + 20}")
    assert (counts(again), findings_of(again)) == ({"same": 1, "kept": 1}, [])


def test_what_was_emptied_here_stays_empty(bring: Bring) -> None:
    bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    correct(inscription=None)
    bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    assert RoadAsset.objects.get().inscription is None


def test_a_column_that_the_file_did_not_have_overwrites_nothing(bring: Bring) -> None:
    bring("Id;Code;X;Y", f"1;B14;{X};{Y}")
    correct(state="5")
    made = bring(NAMED, f"1;B14;Bon;{X};{Y}", f"2;B1;Bon;{X + 50};{Y}")
    assert dict(RoadAsset.objects.values_list("reference", "state")) == {"1": "5", "2": "2"}
    assert counts(made) == {"created": 1, "same": 1, "both": 1}


def test_an_object_whose_reference_was_corrected_here_does_not_come_twice(bring: Bring) -> None:
    bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    correct(reference="D12-1")
    bring(NAMED, f"1;B14-50;Mauvais;{X};{Y}")
    found = RoadAsset.objects.get()
    assert (found.reference, found.state) == ("D12-1", "4")
    made = bring(NAMED, f"1;B14-50;Mauvais;{X};{Y}", f"D12-1;B1;Bon;{X + 50};{Y}")
    assert (RoadAsset.objects.count(), counts(made)) == (1, {"same": 1, "kept": 1, "refused": 1})
    assert "D12-1" in findings_of(made)[0]["message"]


def test_a_sign_drawn_here_is_completed_and_not_overwritten(member: Member, bring: Bring) -> None:
    with factories.as_worker():
        RoadAsset.objects.create(owner=member, kind="sign", code="B14", reference="1", inscription="30", geom=at(0))
    made = bring(NAMED, f"1;B14-50;Bon;{X};{Y}")
    found = RoadAsset.objects.get()
    assert (found.inscription, found.state, counts(made)) == ("30", "2", {"updated": 1, "both": 1})


# -- without a reference ----------------------------------------------------------------------------------------------


def test_a_sign_without_a_reference_that_moved_a_little_moves_here(bring: Bring) -> None:
    bring(NAMELESS, f"B14;{X};{Y}", f"B14;{X + 8};{Y}", f"B1;{X + 1};{Y}")
    ids = dict(RoadAsset.objects.values_list("pk", "code"))
    made = bring(NAMELESS, f"B14;{X + 2};{Y}", f"B14;{X + 10};{Y}", f"B1;{X + 1};{Y}")
    assert counts(made) == {"updated": 2, "same": 1}
    assert dict(RoadAsset.objects.values_list("pk", "code")) == ids
    assert sorted(one.geom.x - X for one in RoadAsset.objects.all()) == [1, 2, 10]


def test_another_code_or_a_place_farther_away_is_another_sign(bring: Bring) -> None:
    bring(NAMELESS, f"B14;{X};{Y}")
    made = bring(NAMELESS, f"B14;{X};{Y}", f"B14;{X + 2};{Y}", f"B1;{X};{Y}", f"B14;{X + 30};{Y}")
    assert counts(made) == {"created": 3, "same": 1}


def test_alike_objects_in_one_place_come_once_each(bring: Bring) -> None:
    rows = [f"B14;{X};{Y}"] * 12
    assert counts(bring(NAMELESS, *rows)) == {"created": 12}
    assert counts(bring(NAMELESS, *rows)) == {"same": 12}


@pytest.mark.parametrize("change", [{"geom": at(40)}, {"code": "B1"}, {"reference": "D12-1"}])
def test_one_without_a_reference_that_was_corrected_here_is_known_again(bring: Bring, change: dict[str, Any]) -> None:
    bring(NAMELESS, f"B14;{X};{Y}")
    correct(**change)
    made = bring(NAMELESS, f"B14;{X + 0.5};{Y}")
    ((name, value),) = change.items()
    assert (getattr(RoadAsset.objects.get(), name), counts(made).get("created")) == (value, None)


@pytest.mark.parametrize(("first", "then"), [(NAMED, NAMELESS), (NAMELESS, NAMED)])
def test_a_file_that_gains_or_loses_its_references_brings_nothing_twice(bring: Bring, first: str, then: str) -> None:
    rows = {NAMED: [f"1;B14;Bon;{X};{Y}", f"2;B14;Bon;{X + 1.5};{Y}"], NAMELESS: [f"B14;{X};{Y}", f"B14;{X + 1.5};{Y}"]}
    bring(first, *rows[first])
    made = bring(then, *rows[then])
    assert counts(made)["by_place"] == 2
    assert sorted((one.reference, one.geom.x - X) for one in RoadAsset.objects.all()) == [("1", 0), ("2", 1.5)]


def test_a_new_reference_is_none_of_the_objects_that_have_one(bring: Bring) -> None:
    bring(NAMED, f"1;B14;Bon;{X};{Y}")
    assert counts(bring(NAMED, f"2;B14;Bon;{X + 1};{Y}")) == {"created": 1}


def test_a_stretch_whose_line_was_corrected_here_stays(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "glissieres.csv"
    file.write_text(f'Hauteur;WKT\n0,75;"LINESTRING({X} {Y}, {X + 50} {Y})"\n', "utf-8")
    loaded(looked_at(member, file))
    line = LineString((X, Y), (X + 50, Y + 5), srid=2154)
    with factories.as_worker():
        RoadStretch.objects.update(geom=line)
    file.write_text(f'Hauteur;WKT\n0,9;"LINESTRING({X} {Y}, {X + 50} {Y})"\n', "utf-8")
    loaded(looked_at(member, file))
    found = RoadStretch.objects.get()
    assert (found.height_m, found.geom.coords) == (0.9, line.coords)


# -- followed its road meanwhile --------------------------------------------------------------------------------------


def line(y: float) -> LineString:
    return LineString((X - 50, Y + y), (X + 100, Y + y), srid=2154)


def shift_road(by: float) -> None:
    """It takes along what stands beside it, as when a transaction ends."""
    with factories.as_worker(), connection.cursor() as cursor:
        RoadSection.objects.update(geom=line(by))
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


@pytest.fixture
def road(member: Member) -> None:
    with factories.as_worker():
        RoadSection.objects.create(owner=member, geom=line(3))


@pytest.mark.parametrize("given", [3, 40])
def test_a_new_place_is_taken_of_an_asset_that_followed_its_road(road: None, bring: Bring, given: float) -> None:
    bring(NAMED, f"1;B14;Bon;{X};{Y}")
    shift_road(8)
    shift_road(10)
    assert RoadAsset.objects.get().geom.y == pytest.approx(Y + 7)
    made = bring(NAMED, f"1;B14;Bon;{X};{Y + given}")
    found = RoadAsset.objects.get()
    assert (found.geom.y, counts(made), findings_of(made)) == (Y + given, {"updated": 1}, [])
    assert "followed" not in found.delivered


def test_an_asset_stays_with_its_road_while_the_file_says_its_former_place(road: None, bring: Bring) -> None:
    bring(NAMED, f"1;B14;Bon;{X};{Y}")
    shift_road(10)
    made = bring(NAMED, f"1;B14;Bon;{X};{Y}")
    assert (RoadAsset.objects.get().geom.y, counts(made)) == (pytest.approx(Y + 7), {"same": 1})


def test_an_asset_that_somebody_moved_before_it_followed_stays(road: None, bring: Bring) -> None:
    bring(NAMED, f"1;B14;Bon;{X};{Y}")
    correct(geom=at(5))
    shift_road(10)
    made = bring(NAMED, f"1;B14;Bon;{X};{Y + 40}")
    found = RoadAsset.objects.get()
    assert (found.geom.x - X, found.geom.y - Y, counts(made)) == (5, pytest.approx(7), {"same": 1, "both": 1})


def test_a_new_line_is_taken_of_a_stretch_that_followed_its_road(road: None, member: Member, tmp_path: Path) -> None:
    file = tmp_path / "glissieres.csv"
    for y in (0, 12):
        file.write_text(f'Hauteur;WKT\n0,75;"LINESTRING({X} {Y + y}, {X + 50} {Y + y})"\n', "utf-8")
        made = loaded(looked_at(member, file))
        if y == 0:
            shift_road(14)
            assert RoadStretch.objects.get().geom.coords[0][1] == pytest.approx(Y + 11)
    assert (RoadStretch.objects.get().geom.coords[0][1], counts(made)) == (Y + 12, {"updated": 1})


# -- brought before it was remembered ---------------------------------------------------------------------------------


# -- inspected meanwhile ----------------------------------------------------------------------------------------------


def inspected(member: Member, mark: str) -> None:
    with factories.as_worker():
        RoadInspection.objects.create(
            owner=member, of="point", asset_id=RoadAsset.objects.get().pk, done_date=date(2026, 5, 1), done_by="A. B.",
            mark=mark,
        )  # fmt: skip


@pytest.mark.parametrize("mark", ["1", "2"])
def test_a_condition_older_than_the_last_inspection_is_not_taken(member: Member, bring: Bring, mark: str) -> None:
    bring(NAMED, f"1;B14;Bon;{X};{Y}")
    inspected(member, mark)
    made = bring(NAMED + ";Date relevé", f"1;B14;Mauvais;{X};{Y};12/03/2025")
    assert (RoadAsset.objects.get().state, counts(made)["both"]) == (mark, 1)
    assert "1er\u00a0mai\u00a02026" in findings_of(made)[0]["message"]


def test_a_condition_surveyed_since_the_last_inspection_is_taken(member: Member, bring: Bring) -> None:
    bring(NAMED, f"1;B14;Bon;{X};{Y}")
    inspected(member, "1")
    made = bring(NAMED + ";Date relevé", f"1;B14;Mauvais;{X};{Y};12/06/2026")
    assert (RoadAsset.objects.get().state, findings_of(made)) == ("4", [])

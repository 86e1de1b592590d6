"""Places on numbered roads as people write them."""

import pytest

from networks.roads.references import NotAReferenceError, Reference, Road, format_route, reference_of, road_of, route_of


@pytest.mark.parametrize(
    "text",
    [
        *("D 2020 PR 12+350", "D2020 12+350", "RD2020 PR12+350", "rd-2020 pr 12 + 350 m", "D 2020 P.R. 12.350"),
        *("d2020 pr 12,350", "D\u00a02020 PR\u202f12+350"),
    ],
)
def test_one_place_is_written_in_many_ways(text: str) -> None:
    assert reference_of(text) == Reference(route="D2020", marker=12, metres=350)


@pytest.mark.parametrize(
    ("text", "route", "marker", "metres", "side"),
    [
        ("N 60 PR 3+045 G", "N60", 3, 45, "G"),
        ("A10 PR 98", "A10", 98, 0, None),
        ("D 2020 (2a) PR 4", "D2020", 4, 0, None),
        ("VC 12 PR 0+100 côté D", "VC12", 0, 100, "D"),
        ("D 952E1 PR 4+520", "D952E1", 4, 520, None),
        ("D 906BIS PR 4.520", "D906BIS", 4, 520, None),
        ("D 906 bis PR 4+20", "D906BIS", 4, 20, None),
        ("RM 2020 PR 1+20", "M2020", 1, 20, None),
        ("M6 PR 1", "M6", 1, 0, None),
        ("route métropolitaine 6 PR 3+20", "M6", 3, 20, None),
        ("D 2020 PR 12+350,5", "D2020", 12, 350.5, None),
        ("D 2020 PR 12+350.25 G", "D2020", 12, 350.25, "G"),
    ],
)
def test_roads_markers_and_sides_are_read(text: str, route: str, marker: int, metres: float, side: str | None) -> None:
    found = reference_of(text)
    assert (found.route, found.marker, found.metres, found.side) == (route, marker, metres, side)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rue Haute",
        "D 906 PR 4,5",
        "D 906 PR 4.5",
        "D2020 D 12+350",
        "12+350",
        "D PR 12",
        "D 2020",
        "D 2020 PR -3",
        "45901 AC 200",
        "D 2020 (999) PR 12+350",
        "D 2020 PR 12-30",
        "D 2020 PR 12+1.350",
        "D 2020 D PR 12+350",
    ],
)
def test_what_names_no_place_is_no_reference(text: str) -> None:
    with pytest.raises(NotAReferenceError):
        reference_of(text)


def test_a_reference_is_shown_as_people_read_it() -> None:
    assert str(Reference(route="D2020", marker=12, metres=350.4, side="U")) == "D 2020 PR 12+350"
    assert str(Reference(route="D952E1", marker=0, metres=7, side="G")) == "D 952E1 PR 0+7 G"
    assert (route_of("rn 060"), format_route("N60")) == ("N60", "N 60")


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("D 2020 (45) PR 12+350", "45"),
        ("RD2020(2A) 12+350", "2A"),
        ("D 2020 ( 974 ) PR 12+350 G", "974"),
        ("D 2020 (045) PR 12+350", "45"),
        ("D 2020 (4) PR 12+350", "04"),
    ],
)
def test_a_departement_is_named_in_brackets(text: str, department: str) -> None:
    found = reference_of(text)
    assert (found.route, found.department, found.marker, found.metres) == ("D2020", department, 12, 350)


def test_a_departement_is_shown_in_brackets() -> None:
    assert str(Reference(route="D2020", department="45", marker=12, metres=350)) == "D 2020 (45) PR 12+350"
    assert (road_of("rd 2020 (45)"), str(Road("D2020", "45"))) == (("D2020", "45"), "D 2020 (45)")

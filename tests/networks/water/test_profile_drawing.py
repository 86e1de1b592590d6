"""A profile as SVG, read as XML: what is drawn where, and what is said of it."""

import itertools
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from math import nan
from typing import Any

import pytest

from gis_core.errors import Invalid
from networks.water.profile.drawing import KEY_MM, LABELS_MM, PITCH_MM, Drawing, draw
from networks.water.profile.layout import Layout, screen_layout, sheets
from networks.water.profile.points import NodeData, PipeData, Profile, Step, profile_of

MATERIALS = {"pvc": "PVC lisse"}
SVG = "{http://www.w3.org/2000/svg}"


def chain(count: int, length: float = 40.0, fall: float = 0.2, **more: Any) -> Profile:
    """A sewer of so many pipes that falls by so much each, 2 m under the ground."""
    steps, nodes = [], {}
    for at in range(count + 1):
        z = 100 - at * fall
        nodes[at] = NodeData(id=at, reference=f"R{at}", kind="manhole", top_z=z + 2, bottom_z=z)
    for at in range(count):
        given = {"start_z": 100 - at * fall, "end_z": 100 - (at + 1) * fall} | more
        steps.append(Step(PipeData(id=at + 1, start=at, end=at + 1, length_m=length, reference=f"C{at + 1}", **given)))
    return profile_of("sewer", steps, nodes)


def read(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.svg)


def drawn(profile: Profile, scale: int = 500, exaggeration: int = 10, **more: Any) -> Drawing:
    return draw(profile, Layout(scale=scale, exaggeration=exaggeration, to_m=profile.length_m, **more), MATERIALS)


def texts(drawing: Drawing) -> list[str]:
    return ["".join(one.itertext()) for one in read(drawing).iter(f"{SVG}text")]


def lines(drawing: Drawing, name: str) -> list[ElementTree.Element]:
    return [one for one in read(drawing).iter(f"{SVG}line") if one.get("class") == name]


def span(one: ElementTree.Element) -> tuple[float, float]:
    x1, x2, y1, y2 = (float(one.get(name, "nan")) for name in ("x1", "x2", "y1", "y2"))
    return x2 - x1, y2 - y1


def test_lengths_and_heights_are_to_scale() -> None:
    ground = [one for one in lines(drawn(chain(1)), "p-ground") if one.get("y1") != "3"]
    assert [span(one) for one in ground] == [(pytest.approx(80), pytest.approx(4))]


def test_the_comparison_plane_is_a_whole_metre_below_everything() -> None:
    assert "99,00 m NGF" in texts(drawn(chain(1)))


def test_the_bands_tell_what_a_draughtsman_writes() -> None:
    told = texts(drawn(chain(2, material="pvc", diameter_mm=200, accuracy="C"), scale=200))
    assert {"R0", "R1", "R2", "102,00", "100,00", "2,00", "40,00", "80,00", "0,50\xa0%", "C"} <= set(told)
    assert "Ø\xa0200 PVC lisse" in told


def test_the_top_of_a_sewer_runs_its_diameter_above_the_invert() -> None:
    first, second = [one for one in lines(drawn(chain(1, diameter_mm=500)), "p-sewer") if one.get("y1") != "3"]
    assert float(first.get("y1", 0)) - float(second.get("y1", 0)) == pytest.approx(0.5 * 1000 / 50)


def test_what_is_between_known_heights_is_dashed_and_its_figure_says_about() -> None:
    profile = chain(2)
    steps = [one.step for one in profile.stretches]
    bare = {at: NodeData(id=at, reference=f"R{at}", kind="manhole") for at in range(3)}
    first = PipeData(id=1, start=0, end=1, length_m=40, start_z=100.0)
    made = drawn(profile_of("sewer", [Step(first), steps[1]], {**bare, 2: NodeData(id=2, top_z=102)}))
    dashed = [one.get("stroke-dasharray") is not None for one in lines(made, "p-sewer") if one.get("y1") != "3"]
    assert dashed == [True, False]
    assert any(text.startswith("≈") for text in texts(made))


def test_a_profile_without_any_height_still_has_its_bands() -> None:
    made = drawn(profile_of("water", [Step(PipeData(id=1, start=1, end=2, length_m=25))], {}))
    assert "25,00" in texts(made)
    assert not [one for one in lines(made, "p-water") if one.get("y1") != "3"]


def test_a_counter_slope_is_marked_by_a_sign_not_by_colour_alone() -> None:
    assert any("▲" in text for text in texts(drawn(chain(1, fall=-0.2))))


def test_a_drop_is_drawn_and_told() -> None:
    profile = profile_of(
        "sewer",
        [
            Step(PipeData(id=1, start=1, end=2, length_m=40, start_z=100, end_z=99.5)),
            Step(PipeData(id=2, start=2, end=3, length_m=40, start_z=98.7, end_z=98.5)),
        ],
        {},
    )
    told = texts(drawn(profile))
    assert "▼ 0,80" in told
    assert {"99,50", "98,70"} <= set(told)


def test_it_has_a_title_and_a_description() -> None:
    tree = read(drawn(chain(3)))
    title, desc = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Profil en long de R0 à R3"
    assert desc is not None
    assert "100,00" in str(desc.text)
    assert tree.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


def test_names_from_the_register_stay_text() -> None:
    nodes = {1: NodeData(id=1, reference="<script>&"), 2: NodeData(id=2)}
    made = drawn(profile_of("water", [Step(PipeData(id=1, start=1, end=2, length_m=25))], nodes))
    assert "<script>&" in texts(made)


def test_on_the_screen_each_pipe_leads_to_its_row_with_one_stop_for_the_keyboard() -> None:
    links = list(read(drawn(chain(3), interactive=True)).iter(f"{SVG}a"))
    assert [one.get("href") for one in links] == ["#pipe-1", "#pipe-2", "#pipe-3"]
    assert [one.get("tabindex") for one in links] == ["0", "-1", "-1"]


def test_a_file_leads_nowhere() -> None:
    assert not list(read(drawn(chain(3))).iter(f"{SVG}a"))


def test_figures_never_lie_over_one_another_however_many_there_are() -> None:
    profile = chain(600, length=12, fall=0.01)
    made = draw(profile, screen_layout(profile, 5_000, 10), MATERIALS)
    turned: dict[str, list[float]] = {}
    for one in read(made).iter(f"{SVG}text"):
        if where := one.get("transform"):
            x, y = where.removeprefix("translate(").split(")")[0].split(" ")
            turned.setdefault(y, []).append(float(x))
    assert made.reduced
    assert made.width_mm < 3_700
    for places in turned.values():
        assert all(after - before >= PITCH_MM - 0.05 for before, after in itertools.pairwise(places))


def test_a_stretch_of_the_way_shows_its_part_alone() -> None:
    made = draw(chain(10), Layout(scale=500, from_m=100, to_m=200), MATERIALS)
    assert "R3" in texts(made)
    assert "R1" not in texts(made)
    for one in lines(made, "p-ground"):
        assert float(one.get("x1", 0)) >= LABELS_MM - 0.01 or one.get("y1") == "3"


# -- sheets of paper ---------------------------------------------------------------------------------------------------


def test_sheets_are_cut_at_manholes_and_cover_the_whole_way() -> None:
    profile = chain(30)
    found = sheets(profile, scale=500, exaggeration=10, width_mm=350, height_mm=150)
    assert found[0].from_m == 0
    assert found[-1].to_m == pytest.approx(profile.length_m)
    for before, after in itertools.pairwise(found):
        assert before.to_m == after.from_m
    assert all(layout.to_m % 40 == pytest.approx(0) and layout.to_m - layout.from_m <= 175 for layout in found)


def test_nothing_is_drawn_above_its_sheet() -> None:
    profile = chain(60, fall=1.5)
    for layout in sheets(profile, scale=500, exaggeration=10, width_mm=350, height_mm=140):
        made = read(draw(profile, layout, MATERIALS))
        tops = [float(one.get("y1", 0)) for one in made.iter(f"{SVG}line") if one.get("class") == "p-ground"]
        assert min(top for top in tops if top != 3) >= KEY_MM


def test_a_pipe_longer_than_a_sheet_is_cut() -> None:
    found = sheets(chain(1, length=1_000), scale=500, exaggeration=10, width_mm=350, height_mm=150)
    assert len(found) > 1
    assert all(layout.to_m - layout.from_m <= 175.01 for layout in found)


def test_a_short_way_takes_the_largest_scale_that_fits_on_one_sheet() -> None:
    (only,) = sheets(chain(4), scale=None, exaggeration=10, width_mm=350, height_mm=150)
    assert only.scale == 500


def test_a_scale_that_takes_too_many_sheets_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="60 feuilles"):
        sheets(chain(600), scale=100, exaggeration=1, width_mm=200, height_mm=100)


def natural(profile: Profile, *ground: tuple[float, float]) -> Profile:
    return replace(profile, natural=ground, natural_source="MNT 2025")


def grounds(drawing: Drawing) -> list[ElementTree.Element]:
    """Below the key, which has a sample of it."""
    lines = [one for one in read(drawing).iter(f"{SVG}polyline") if one.get("class") == "p-natural"]
    return [one for one in lines if not (one.get("points") or "").endswith(",3")]


def test_the_natural_ground_is_drawn_to_scale_with_its_model() -> None:
    drawing = drawn(natural(chain(1), (0, 102), (20, 103), (40, 102)))
    (ground,) = grounds(drawing)
    places = [tuple(map(float, one.split(","))) for one in (ground.get("points") or "").split()]
    assert [x - places[0][0] for x, _y in places] == pytest.approx([0, 40, 80])
    assert [places[0][1] - y for _x, y in places] == pytest.approx([0, 20, 0])
    assert any("MNT 2025" in text for text in texts(drawing))


def test_a_hole_breaks_the_natural_ground() -> None:
    assert len(grounds(drawn(natural(chain(1), (0, 102), (10, 102), (20, nan), (30, 102), (40, 102))))) == 2


def test_the_drawing_is_high_enough_for_the_natural_ground() -> None:
    assert drawn(natural(chain(1), (0, 102), (20, 108), (40, 102))).height_mm > drawn(chain(1)).height_mm


def test_the_natural_ground_has_a_band_of_figures() -> None:
    assert "102,50" in texts(drawn(natural(chain(1), (0, 102.5), (40, 102))))
    assert natural(chain(2), (0, 102), (80, 104)).natural_at(chain(2).points[1]) == pytest.approx(103)


def test_without_a_model_nothing_of_it_is_drawn() -> None:
    drawing = drawn(chain(1))
    assert not grounds(drawing)
    assert not any("naturel" in text for text in texts(drawing))

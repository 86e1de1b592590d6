"""What fits on a plot of 20 x 30 m, with literal answers."""

from typing import Any

import pytest

from simulation.engine.envelope import Envelope, buildable
from simulation.engine.plots import Plot
from simulation.engine.sru import read_rules
from tests.simulation.grounds import box, plot, setback, sides


def envelope(*rules: dict[str, Any], on: Plot | None = None) -> Envelope:
    return buildable(read_rules(list(rules)), on or plot())


HEIGHT = {"catContrainte": "Hauteur", "hauteurMaxAcrotere": 9}
SETBACKS = (setback(5, "emprisePublique"), setback(3, "limiteLaterale"), setback(4, "fond"))


def test_setbacks_leave_a_rectangle() -> None:
    made = envelope(*SETBACKS, HEIGHT)
    assert made.footprint.equals(box(3, 5, 17, 26))
    assert (made.area, made.volume) == (pytest.approx(14 * 21), pytest.approx(14 * 21 * 9))


def test_the_ces_bounds_what_is_built_with_what_stands() -> None:
    standing = plot(buildings=[box(0, 26, 5, 30)])
    made = envelope(*SETBACKS, HEIGHT, {"catContrainte": "CES", "ratioMax": 0.25}, on=standing)
    assert made.ces == pytest.approx(150 - 20)
    assert made.bounded_volume == pytest.approx(130 * 9)


def test_a_gabarit_makes_steps() -> None:
    gabarit = {"catContrainte": "Gabarit", "reference": ["limiteLaterale"], "pente": 100, "pointAccrochage": "4 m"}
    made = envelope(gabarit, HEIGHT)
    areas = {step.top: step.shape.area for step in made.steps}
    # At 4 m nothing is lost; at 9 m both sides stand back by 5 m.
    assert areas[4.0] == pytest.approx(600)
    assert areas[9.0] == pytest.approx(10 * 30)
    assert made.volume == pytest.approx(600 * 4 + 30 * sum(20 - 2 * (0.5 * n) for n in range(1, 11)) * 0.5)


def test_half_of_the_height_and_three_metres_at_least() -> None:
    rule = {"catContrainte": "RetraitFacadeHauteur", "reference": ["limiteLaterale"], "pente": 200, "retraitMin": 3}
    made = envelope(rule, HEIGHT)
    widths = {step.top: step.shape.area / 30 for step in made.steps}
    assert (widths[1.0], widths[6.0], widths[9.0]) == (
        pytest.approx(14), pytest.approx(14), pytest.approx(11),
    )  # fmt: skip


def test_without_height_there_is_ground_and_no_volume() -> None:
    made = envelope(*SETBACKS)
    assert (made.area, made.top, made.volume, made.bounded_volume) == (pytest.approx(294), None, None, None)


def test_a_setback_from_an_alignment_counts() -> None:
    made = envelope({"catContrainte": "RetraitAlignement", "reference": ["emprisePublique"], "vMinRetrait": 5})
    assert made.area == pytest.approx(500)


def test_nothing_fits_where_setbacks_meet() -> None:
    assert envelope(setback(10, "limiteLaterale"), HEIGHT).area == 0


def test_rules_in_words_are_left_out_and_told() -> None:
    unsure = {"conditions": [{"catCondition": "TypeBatiment", "libelle": "x"}], "contraintes": [setback(9, "fond")]}
    made = envelope(*SETBACKS, HEIGHT, unsure, {"catContrainte": "Interdiction", "libelle": "y"})
    assert (made.area, made.left_out) == (pytest.approx(294), ["Retrait", "Interdiction"])


def test_doubtful_sides_count_as_the_strictest() -> None:
    made = envelope(setback(5, "emprisePublique"), HEIGHT, on=plot(sides(neighbours=[])))
    assert made.footprint.equals(box(5, 5, 15, 25))

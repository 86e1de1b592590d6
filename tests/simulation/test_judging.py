"""Verdicts on a plot drawn by hand, with literal answers (simulation.md: what each measure means)."""

from typing import Any

import numpy as np
import pytest
from shapely.geometry import Polygon

from simulation.engine.accuracy import Accuracy, area_accuracy, plan_accuracy
from simulation.engine.judging import judge_national, national_rules
from simulation.engine.verdicts import Status, Verdict
from simulation.engine.volumes import Roof
from tests.simulation.grounds import (
    ACROSS,
    EAST,
    NORTH,
    TERRAIN,
    WEST,
    body,
    box,
    codes,
    gable,
    plot,
    setback,
    sides,
    verdict,
)  # fmt: skip

HOUSE = box(2, 6, 12, 16)
"""2 m from the western limit, 8 from the eastern, 6 from the street, 14 from the rear."""


@pytest.mark.parametrize(
    ("reference", "distance"),
    [("emprisePublique", 6), ("limiteLaterale", 2), ("fond", 14), ("axeVoie", 10), ("alignementOppose", 14)],
)
def test_a_setback_is_the_shortest_distance_to_its_limit(reference: str, distance: float) -> None:
    made = verdict(setback(1, reference), body(HOUSE))
    assert made.decisive.value == pytest.approx(distance)
    assert made.decisive.margin == pytest.approx(distance - 1)


@pytest.mark.parametrize(
    ("least", "status"), [(1.0, "respected"), (1.9, "to_judge"), (2.0, "to_judge"), (2.1, "to_judge"), (3.0, "broken")]
)
def test_a_margin_smaller_than_the_accuracy_is_to_be_judged(least: float, status: str) -> None:
    made = verdict(setback(least, "limiteLaterale"), body(HOUSE))
    assert (made.status.value, made.decisive.accuracy) == (status, 0.2)


def test_what_is_broken_is_drawn() -> None:
    where = verdict(setback(3, "limiteLaterale"), body(HOUSE)).decisive.where
    assert where.equals(box(2, 6, 3, 16))


def test_a_volume_across_a_limit_has_no_setback_left() -> None:
    made = verdict(setback(3, "limiteLaterale"), body(box(-1, 6, 9, 16)))
    assert (made.status, made.decisive.value, made.decisive.margin) == (Status.BROKEN, 0, -3)


def test_the_worst_volume_decides() -> None:
    made = verdict(setback(3, "fond"), body(HOUSE), body(box(15, 20, 19, 28.5), number=1))
    assert (made.status, made.decisive.volume, made.decisive.value) == (Status.BROKEN, 1, 1.5)


def test_a_corner_plot_has_no_rear_limit_to_keep_from() -> None:
    corner = sides(neighbours=[WEST, NORTH, box(28, 0, 48, 30), ACROSS])
    made = verdict(setback(4, "fond"), body(HOUSE), on=plot(corner))
    assert (made.status, codes(made)) == (Status.NOT_APPLICABLE, ["no_rear"])


def test_both_alignments_of_a_corner_plot_count() -> None:
    corner = sides(neighbours=[WEST, NORTH, box(28, 0, 48, 30), ACROSS])
    assert verdict(setback(4, "emprisePublique"), body(box(2, 8, 17, 16)), on=plot(corner)).decisive.value == 3


def test_without_axis_a_setback_from_it_is_to_be_judged() -> None:
    made = verdict(setback(4, "axeVoie"), body(HOUSE), on=plot(sides(axes=[])))
    assert (made.status, codes(made)) == (Status.TO_JUDGE, ["no_axis"])


def test_without_way_the_rear_limit_is_to_be_judged_and_both_kinds_together_are_not() -> None:
    enclosed = plot(sides(neighbours=[box(-50, -50, 70, 80).difference(TERRAIN)], axes=[]))
    assert verdict(setback(3, "fond"), body(HOUSE), on=enclosed).status == Status.TO_JUDGE
    assert verdict(setback(3, "limiteLaterale", "fond"), body(HOUSE), on=enclosed).status == Status.BROKEN
    assert verdict(setback(1, "fond"), body(HOUSE), on=enclosed).status == Status.RESPECTED


def test_other_buildings_of_the_plot() -> None:
    shed = plot(buildings=[box(16, 6, 20, 10)])
    made = verdict(setback(5, "batimentMitoyen"), body(HOUSE), on=shed)
    assert (made.status, made.decisive.value) == (Status.BROKEN, 4)
    assert codes(verdict(setback(5, "batimentMitoyen"), body(HOUSE))) == ["no_building"]


def test_water_near_by() -> None:
    wet = plot(sides(waters=[box(-40, 35, 60, 45)]))
    assert verdict(setback(15, "bergesCoursEau"), body(HOUSE), on=wet).decisive.value == 19


def test_a_setback_from_an_alignment_may_say_its_distance_itself() -> None:
    made = verdict({"catContrainte": "RetraitAlignement", "reference": ["axeVoie"], "vMinRetrait": 12}, body(HOUSE))
    assert (made.category, made.decisive.margin) == ("RetraitAlignement", pytest.approx(-2))


def test_standing_on_the_limit_may_be_allowed() -> None:
    rule = setback(3, "limiteLaterale", alignement="alignementEtRetraitPossibles")
    on_it = verdict(rule, body(box(0, 6, 10, 16)))
    assert (on_it.status, on_it.decisive.margin) == (Status.TO_JUDGE, 0)
    between = verdict(rule, body(box(1, 6, 10, 16)))
    assert (between.status, between.decisive.margin) == (Status.BROKEN, -1)


def test_an_imposed_alignment() -> None:
    rule = {"catContrainte": "Alignement", "nature": ["impose"], "alignementTotal": True}
    made = verdict(rule, body(HOUSE))
    assert (made.status, made.decisive.margin) == (Status.BROKEN, -6)
    assert verdict(rule, body(box(2, 0, 12, 10))).status == Status.TO_JUDGE


# -- emprise ----------------------------------------------------------------------------------------------------------


def test_the_ces_is_the_emprise_over_the_area_of_the_terrain() -> None:
    made = verdict({"catContrainte": "CES", "ratioMax": 0.25}, body(HOUSE))
    assert made.decisive.value == pytest.approx(100 / 600)
    assert made.status == Status.RESPECTED


def test_buildings_that_stay_count_in_the_ces_and_overlaps_once() -> None:
    standing = plot(buildings=[box(8, 6, 18, 16), box(18, 25, 25, 30)])
    made = verdict({"catContrainte": "CES", "ratioMax": 0.25}, body(HOUSE), on=standing)
    assert made.decisive.value == pytest.approx((160 + 10) / 600)
    assert made.status == Status.BROKEN


def test_the_accuracy_of_a_ces_follows_from_that_of_the_area() -> None:
    # Each corner of 20 x 30 m moves the area by half the diagonal: 0.2 / 2 * sqrt(4) * sqrt(1300).
    assert area_accuracy(TERRAIN, 0.2) == pytest.approx(0.2 * 1300**0.5)
    made = verdict({"catContrainte": "CES", "ratioMax": 1 / 6 + 0.001}, body(HOUSE))
    assert (made.status, made.decisive.accuracy) == (Status.TO_JUDGE, pytest.approx(0.2 * 1300**0.5 / 600 / 6))


def test_an_emprise_in_square_metres_is_measured_as_it_is_drawn() -> None:
    assert verdict({"catContrainte": "CES", "empriseMax": 100}, body(HOUSE)).status == Status.RESPECTED
    made = verdict({"catContrainte": "CES", "empriseMax": 90}, body(HOUSE))
    assert (made.status, made.decisive.margin, made.decisive.unit) == (Status.BROKEN, pytest.approx(-10), "m²")


def test_sealed_ground_can_only_be_broken_and_trees_are_for_a_person() -> None:
    rule = {"catContrainte": "CoefficientBiotope", "surfaceImpermeableMax": 350}
    made = verdict(rule, body(HOUSE))
    assert (made.status, codes(made)) == (Status.TO_JUDGE, ["ways_not_drawn"])
    assert verdict({**rule, "surfaceImpermeableMax": 60}, body(HOUSE)).status == Status.BROKEN
    trees = verdict({"catContrainte": "CoefficientBiotope", "pleineTerreParArbre": 200}, body(HOUSE))
    assert (trees.status, codes(trees)) == (Status.TO_JUDGE, ["not_drawn"])


def test_open_ground_can_only_be_broken() -> None:
    rule = {"catContrainte": "CoefficientBiotope", "proportionEspacePleineTerre": 30}
    made = verdict(rule, body(HOUSE))
    assert (made.status, codes(made)) == (Status.TO_JUDGE, ["ways_not_drawn"])
    assert verdict({**rule, "proportionEspacePleineTerre": 90}, body(HOUSE)).status == Status.BROKEN


# -- heights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "limit", "status", "value"),
    [
        ("hauteurFaitageMaxBatimentToiturePente", 10, "respected", 9),
        ("hauteurFaitageMaxBatimentToiturePente", 8, "broken", 9),
        ("hauteurFaitageMaxBatimentToiturePente", 9.4, "to_judge", 9),
        ("hauteurMaxEgoutBatimentToiturePente", 5, "broken", 6),
        ("hauteurMaxFacade", 7, "respected", 6),
        ("hauteurMaxAcrotereBatiment", 5, "not_applicable", None),
    ],
)
def test_heights_of_a_pitched_roof(name: str, limit: float, status: str, value: float | None) -> None:
    made = verdict({"catContrainte": "Hauteur", name: limit}, gable(HOUSE, 6, 9))
    assert (made.status.value, made.decisive.value) == (status, value)


def test_heights_of_a_flat_roof() -> None:
    flat = body(HOUSE, 7)
    assert verdict({"catContrainte": "Hauteur", "hauteurMaxAcrotere": 6}, flat).status == Status.BROKEN
    ridge = verdict({"catContrainte": "Hauteur", "hauteurFaitageMax": 6}, flat)
    assert (ridge.status, codes(ridge)) == (Status.NOT_APPLICABLE, ["flat_roof"])


def test_one_constraint_has_one_verdict_and_a_measure_for_each_attribute() -> None:
    made = verdict({"catContrainte": "Hauteur", "hauteurFaitageMax": 12, "hauteurMaxEgout": 5}, gable(HOUSE, 6, 9))
    assert (made.status, [one.status.value for one in made.measures]) == (Status.BROKEN, ["respected", "broken"])


def test_levels_are_judged_where_they_are_said() -> None:
    rule = {"catContrainte": "Hauteur", "nbMaxNivDroits": 2}
    assert verdict(rule, body(HOUSE, 9, levels=3)).status == Status.BROKEN
    assert codes(verdict(rule, body(HOUSE, 9))) == ["levels_unknown"]


def test_levels_in_the_roof_are_what_a_volume_with_levels_does_not_say() -> None:
    rule = {"catContrainte": "Hauteur", "nbMaxNivDroits": 2, "nbMaxNivSupplAttiqueComble": 1}
    assert codes(verdict(rule, body(HOUSE, 9, levels=2))) == ["roof_levels_unknown"]


def slope(points: np.ndarray) -> np.ndarray:
    """Ground that rises by 10 cm a metre to the north, from 100 m NGF on the street."""
    return 100 + 0.1 * points[:, 1]


@pytest.mark.parametrize(
    ("point", "height"),
    [
        # The house stands on its lowest point, 100.6 m; its ridge is at 109.6.
        ("pointPlusBasBatiment", 9.0),
        ("pointLePlusBasTerrain", 9.6),
        ("pointLePlusHautTerrain", 6.6),
        ("pointRueOuEmprisePubliqueJouxtantUniteFonciere", 9.6),
    ],
)
def test_a_height_is_counted_from_the_low_point_of_the_rule(point: str, height: float) -> None:
    rule = {"catContrainte": "Hauteur", "hauteurFaitageMax": 20, "pointBas": point}
    made = verdict(rule, gable(HOUSE, 6, 9), on=plot(ground=slope))
    assert made.decisive.value == pytest.approx(height)


def test_a_volume_with_a_height_of_its_own_counts_from_the_natural_ground() -> None:
    rule = {"catContrainte": "Hauteur", "hauteurMaxAcrotere": 20}
    made = verdict(rule, body(HOUSE, 4, base=103.0), on=plot(ground=slope))
    assert made.decisive.value == pytest.approx(103 + 4 - 100.6)
    unknown = verdict(rule, body(HOUSE, 4, base=103.0))
    assert (unknown.status, codes(unknown)) == (Status.TO_JUDGE, ["ground_unknown"])


# -- gabarits ---------------------------------------------------------------------------------------------------------


def test_a_gabarit_lets_heights_grow_with_distance() -> None:
    # A flat roof of 7 m at 2 m of the limit, under 4 + 2 x 1.
    rule = {"catContrainte": "Gabarit", "reference": ["limiteLaterale"], "pente": 100, "pointAccrochage": "4 m"}
    made = verdict(rule, body(HOUSE, 7))
    assert (made.status, made.decisive.value, made.decisive.limit) == (Status.BROKEN, 7, 6)
    assert made.decisive.accuracy == pytest.approx((0.2**2 + 0.5**2) ** 0.5)
    assert verdict(rule, body(HOUSE, 5)).status == Status.RESPECTED


def test_the_ridge_of_a_gable_may_be_what_breaks_a_gabarit() -> None:
    # Eaves 3 at 2 m of the limit (limit 4), ridge 9 in the middle, at 7 m of it (limit 9 with base 2): its slope is
    # steeper than the gabarit's, so that the ridge decides.
    rule = {"catContrainte": "Gabarit", "reference": ["limiteLaterale"], "pente": 100, "pointAccrochage": "0 m"}
    made = verdict(rule, gable(HOUSE, 1, 9))
    assert (made.decisive.value, made.decisive.limit) == (pytest.approx(9), pytest.approx(7))


def test_a_gabarit_from_the_alignment_across_the_way() -> None:
    rule = {"catContrainte": "Gabarit", "reference": ["alignementOppose"], "pente": 100}
    made = verdict(rule, body(HOUSE, 15))
    assert (made.status, made.decisive.limit) == (Status.BROKEN, pytest.approx(14))


def test_a_gabarit_hangs_at_the_eaves_of_its_rule() -> None:
    rule = {
        "contraintes": [
            {"catContrainte": "Gabarit", "reference": ["limiteLaterale"], "pente": 100, "pointAccrochage": "égout"},
            {"catContrainte": "Hauteur", "hauteurMaxEgout": 6},
        ]
    }
    assert verdict(rule, body(HOUSE, 5)).decisive.limit == pytest.approx(8)


def test_half_of_the_height_and_three_metres_at_least() -> None:
    rule = {
        "catContrainte": "RetraitFacadeHauteur", "reference": ["limiteLaterale", "fond"], "nature": ["toutes"],
        "pente": 200, "retraitMin": 3,
    }  # fmt: skip
    near = verdict(rule, body(HOUSE, 4))
    assert (near.status, near.decisive.value, near.decisive.limit) == (Status.BROKEN, pytest.approx(2), 3)
    high = verdict(rule, body(box(5, 6, 15, 16), 14))
    assert (high.status, high.decisive.limit) == (Status.BROKEN, 7)
    assert verdict(rule, body(box(5, 6, 15, 16), 6)).status == Status.RESPECTED


def test_a_hip_roof_slopes_towards_every_limit() -> None:
    rule = {"catContrainte": "Gabarit", "reference": ["fond"], "pente": 100, "pointAccrochage": "3 m"}
    # At 1 m of the rear limit with eaves 4 (limit 4), and a slope of 1.2: the hip overtakes the gabarit inside.
    hip = body(box(5, 9, 15, 29), 4, 10, roof=Roof.HIP, ridge_azimuth=0)
    made = verdict(rule, hip)
    assert (made.decisive.value, made.decisive.limit) == (pytest.approx(10), pytest.approx(9))


# -- what a person judges ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        ({"catContrainte": "Interdiction", "libelle": "les industries"}, "label"),
        ({"catContrainte": "Autorisation", "reserve": "à condition que"}, "label"),
        ({"catContrainte": "Stationnement", "nbMinPlaceVoiture": 2}, "not_drawn"),
        ({"catContrainte": "Cloture", "hMax": 1.6}, "not_drawn"),
        ({"catContrainte": "AspectExterieur", "toitures": "ardoise"}, "label"),
        ({"catContrainte": "Prospect spécial", "x": 1}, "unknown_class"),
        ({"catContrainte": "CES"}, "no_value"),
        ({"catContrainte": "CES", "ratioMax": "beaucoup"}, "unread"),
        (setback(3, "pignonAttenant"), "reference_unknown"),
        (setback(3, "limiteLaterale", pMinRetrait=50), "part_of_facade"),
    ],
)
def test_words_and_missing_values_are_to_be_judged(constraint: dict[str, object], code: str) -> None:
    made = verdict(constraint, body(HOUSE))
    assert made.status == Status.TO_JUDGE
    assert code in codes(made)


def test_an_attribute_that_the_catalogue_has_not_changes_no_verdict_and_is_told() -> None:
    made = verdict(setback(1, "limiteLaterale", couleur="vert"), body(HOUSE))
    assert (made.status, codes(made)) == (Status.RESPECTED, ["unknown_attribute"])


def test_an_exception_in_words_lets_nothing_be_broken_by_itself() -> None:
    rule = setback(3, "limiteLaterale", commentaire="sauf pour les annexes de moins de 12 m²")
    assert (verdict(rule, body(HOUSE)).status, codes(verdict(rule, body(HOUSE)))) == (Status.TO_JUDGE, ["exception"])
    assert verdict({**rule, "vMinRetrait": 1}, body(HOUSE)).status == Status.RESPECTED


def conditional(*conditions: dict[str, object]) -> dict[str, object]:
    return {"conditions": list(conditions), "contraintes": [setback(3, "limiteLaterale")]}


def test_a_condition_in_words_is_to_be_judged() -> None:
    made = verdict(conditional({"catCondition": "TypeBatiment", "libelle": "Commerces"}), body(HOUSE))
    assert (made.status, codes(made), made.decisive.value) == (Status.TO_JUDGE, ["condition"], 2)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"aireMin": 1000}, "not_applicable"),
        ({"aireMin": 500}, "broken"),
        ({"aireMax": 601}, "to_judge"),
        ({"aireMin": 500, "largeurMin": 12}, "to_judge"),
    ],
)
def test_the_area_of_the_terrain_is_a_condition(condition: dict[str, float], status: str) -> None:
    made = verdict(conditional({"catCondition": "DimensionParcelle", "libelle": "x", **condition}), body(HOUSE))
    assert made.status.value == status


def test_a_band_limits_what_a_rule_is_about() -> None:
    band = {
        "catCondition": "BandeConstructibilite", "libelle": "BC1", "nature": "principale", "profondeurDebut": 0,
        "profondeurFin": 15, "reference": ["emprisePublique"],
    }  # fmt: skip
    assert verdict(conditional(band), body(HOUSE)).status == Status.BROKEN
    beyond = verdict(conditional(band), body(box(2, 20, 12, 25)))
    assert (beyond.status, codes(beyond)) == (Status.NOT_APPLICABLE, ["outside_band"])


def test_a_rule_of_another_zone_does_not_apply() -> None:
    other = {"catCondition": "ChampApplication", "libelle": "Règles applicables à la zone UE2", "reference": ["fond"]}
    assert verdict(conditional(other), body(HOUSE), on=plot(zone="UB")).status == Status.NOT_APPLICABLE
    assert verdict(conditional(other), body(HOUSE), on=plot(zone="UE2")).status == Status.BROKEN


# -- national rules ---------------------------------------------------------------------------------------------------


def national(shape: Polygon, eaves: float, **of_plot: Any) -> dict[str, Verdict]:
    return {one.rule: one for one in judge_national(plot(**of_plot), [body(shape, eaves)])}


def level(points: Any) -> Any:
    return np.zeros(len(points))


def falling_to_the_north(points: Any) -> Any:
    """A metre lower for each two metres northwards: 15 m at the limit behind the plot."""
    return -np.asarray(points)[:, 1] / 2


def test_every_national_rule_is_judged() -> None:
    assert list(national(HOUSE, 9)) == ["R.111-15", "R.111-16", "R.111-17", "R.111-18", "R.111-19"]


def test_half_the_height_to_the_limit_and_three_metres_are_needed() -> None:
    made = national(HOUSE, 9, ground=level)["R.111-17"]
    assert (made.status, made.decisive.limit, made.decisive.value) == (Status.BROKEN, 4.5, 2)
    assert national(HOUSE, 4, ground=level)["R.111-17"].decisive.limit == 3


def test_who_stands_on_the_limit_needs_no_distance_to_it() -> None:
    on_it, beside_it = (national(box(x, 4, 10, 14), 4, ground=level)["R.111-17"] for x in (0, 1.5))
    assert (codes(on_it), beside_it.status) == (["margin_within_accuracy"], Status.BROKEN)


def test_altitudes_are_those_above_the_limit() -> None:
    """A volume 6 m high, 10 m before a limit that lies 5 m lower: 11 m to rise, 5.5 m to keep."""
    made = national(box(6, 16, 14, 20), 6, ground=falling_to_the_north)["R.111-17"]
    (rear,) = [one for one in made.measures if one.reference == "fond"]
    assert (rear.value, rear.limit) == (pytest.approx(10), pytest.approx(5.5))


def test_without_ground_what_depends_on_heights_is_left_to_be_judged() -> None:
    made = national(HOUSE, 9)["R.111-17"]
    assert (made.status, codes(made)) == (Status.TO_JUDGE, ["level_ground"])
    assert national(HOUSE, 4)["R.111-17"].status == Status.BROKEN


def test_the_opposite_alignment_is_as_far_as_the_building_is_high() -> None:
    high, low = (national(box(4, 0, 12, 8), eaves, ground=level)["R.111-16"] for eaves in (12, 6))
    assert (high.status, low.status) == (Status.BROKEN, Status.RESPECTED)
    assert high.decisive.limit == pytest.approx(8)


def test_what_may_be_imposed_breaks_nothing() -> None:
    made = national(HOUSE, 4, buildings=[box(13, 6, 18, 16)])["R.111-15"]
    assert (made.status, made.decisive.value, codes(made)) == (Status.TO_JUDGE, 1, ["may_be_imposed"])


def test_an_article_whose_text_nobody_read_is_left_to_be_judged() -> None:
    assert "unconfirmed" in codes(national(HOUSE, 4)["R.111-19"])
    assert [one.article for one in national_rules() if not one.confirmed] == ["R.111-19"]


# -- accuracy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quality", "scale", "metres", "known"),
    [
        ("03", 500, 0.2, True),
        ("05", 1000, 0.4, True),
        ("01", 1000, 0.5, True),
        ("01", 5000, 2.5, True),
        ("02", 2500, 2.5, True),
        ("", None, 1.0, False),
    ],
)
def test_the_accuracy_of_the_plan_is_its_sheets(quality: str, scale: int | None, metres: float, known: bool) -> None:
    assert plan_accuracy(quality, scale) == (metres, known)


def test_accuracies_add_up_by_their_squares() -> None:
    assert Accuracy(plan=0.3, photo=0.4).limits == pytest.approx(0.5)


def test_the_eastern_neighbour_of_a_triangle() -> None:
    triangle = Polygon([(0, 0), (20, 0), (0, 30)])
    made = sides(triangle, [WEST, box(0, 0, 40, 60).difference(triangle).buffer(0), ACROSS])
    assert sorted(side.kind.value for side in made.sides) == ["alignment", "side", "side"]
    assert EAST.area == 600

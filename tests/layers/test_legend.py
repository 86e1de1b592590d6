"""Which line of a legend draws a feature."""

from datetime import date
from typing import Any

import pytest

from layers.catalogue.legend import apart, line_for, scale_at, zoom_at

SYMBOL = {"kind": "fill"}


def line(**where: Any) -> dict[str, Any]:
    return {"label": "A", "where": where, "symbol": SYMBOL}


def test_the_first_line_that_a_feature_fits_draws_it() -> None:
    legend = [line(kind="a"), line(height={"from": 10}), line()]
    assert [line_for(legend, one) for one in ({"kind": "a", "height": 12}, {"height": 12}, {"height": 2})] == [0, 1, 2]


def test_a_feature_that_fits_no_line_is_not_drawn() -> None:
    assert line_for([line(kind="a")], {"kind": "b"}) is None


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ({"in": ["a", "b"]}, "b", True),
        ({"in": ["a", "b"]}, None, False),
        ({"in": ["a", None]}, None, True),
        ({"from": 1, "below": 2}, 1, True),
        ({"from": 1, "below": 2}, 2, False),
        ({"above": 1, "to": 2}, 1, False),
        ({"above": 1, "to": 2}, 2.0, True),
        ({"from": 1}, None, False),
        ({"from": 1}, "2", False),
        ({"from": "2024-01-01"}, date(2024, 6, 1), True),
        ({"from": "2024-01-01"}, date(2023, 6, 1), False),
        (None, None, True),
        (True, True, True),
        ("1", 1, False),
    ],
)
def test_a_condition_holds_for_a_value_or_not(condition: Any, value: Any, holds: bool) -> None:
    assert (line_for([line(x=condition)], {"x": value}) == 0) == holds


@pytest.mark.parametrize(
    ("one", "other", "plain"),
    [
        ({"x": "a"}, {"x": "b"}, True),
        ({"x": "a"}, {"x": {"in": ["a", "b"]}}, False),
        ({"x": "a"}, {"y": "b"}, False),
        ({"x": "a"}, {}, False),
        ({"x": {"below": 2}}, {"x": {"from": 2}}, True),
        ({"x": {"to": 2}}, {"x": {"from": 2}}, False),
        ({"x": {"from": 2, "below": 3}}, {"x": {"from": 0, "below": 2}}, True),
        ({"x": 5}, {"x": {"from": 6}}, True),
        ({"x": {"from": 6}}, {"x": 7}, False),
    ],
)
def test_lines_that_no_feature_fits_both_of_are_told_apart(one: Any, other: Any, plain: bool) -> None:
    assert apart(one, other) == plain


def test_a_scale_and_its_zoom_say_the_same() -> None:
    assert scale_at(zoom_at(5_000)) == pytest.approx(5_000)
    assert 16 < zoom_at(5_000) < 17

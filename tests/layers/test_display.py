"""Values as people read them."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from layers.features.display import display, display_difference
from layers.features.sheet import column_property


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (612, "area_m2", "612\u00a0m²"),
        (9_999, "area_m2", "9\u202f999\u00a0m²"),
        (12_345, "area_m2", "12\u202f345\u00a0m² (1,23\u00a0ha)"),
        (6.5, "length_m", "6,5\u00a0m"),
        (1_742, "integer", "1\u202f742"),
        (date(2026, 11, 24), "date", "24\u00a0nov.\u00a02026"),
        (date(2026, 1, 1), "date", "1er\u00a0janv.\u00a02026"),
        ("2026-11-24", "date", "24\u00a0nov.\u00a02026"),
        (None, "text", "—"),
        ("", "text", "—"),
        (0, "integer", "0"),
        ("rue <b>", "text", "rue <b>"),
    ],
)
def test_french_typography(value: Any, kind: str, shown: str) -> None:
    assert display(value, kind) == shown


def test_english_on_request() -> None:
    with translation.override("en"):
        assert [display(1_742.5, "number"), display(date(2026, 11, 24), "date")] == ["1,742.5", "24 Nov 2026"]


@pytest.mark.parametrize(("share", "shown"), [(0.0123, "+1,2\u00a0%"), (-0.0123, "−1,2\u00a0%"), (0.00001, "0\u00a0%")])
def test_differences_carry_their_sign(share: float, shown: str) -> None:
    assert display_difference(share) == shown


@pytest.mark.parametrize(("maximum", "shown"), [(2100, "1987"), (9999, "1\u202f987")])
def test_a_year_has_no_thousands_apart(maximum: int, shown: str) -> None:
    column = {"name": "laid", "label": "Posé en", "type": "integer", "minimum": 1700, "maximum": maximum}
    assert column_property(column, 1987).display == shown

"""Months are added by the calendar."""

from datetime import date

import pytest

from gis_core.dates import add_months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-31", 0, "2026-12-31"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("1896-02-29", 48, "1900-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2026-01-31", -2, "2025-11-30"),
        ("2026-01-10", -120, "2016-01-10"),
    ],
)
def test_the_same_day_number_or_the_last_day_of_a_shorter_month(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_a_day_after_the_last_year_is_refused() -> None:
    with pytest.raises(ValueError, match="year"):
        add_months(date(9999, 12, 31), 1)

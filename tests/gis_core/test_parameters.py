"""Numbers that people, and others, write in addresses and forms."""

import pytest

from gis_core.desk.parameters import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("9" * 18, 10**18 - 1)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1_000", " 1", "٣", "²", "9" * 19, "9" * 5_000, "douze"])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert whole_number(text) is None

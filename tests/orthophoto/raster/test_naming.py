"""Names of sheets, as producers write them."""

import pytest

from orthophoto.raster.naming import SheetName, parse

NAMES = {
    "33-2024-0410-6425-LA93-0M20-E080.jp2": SheetName(410_000, 6_425_000, "km", "33", 2024, "LA93", 0.2),
    "45-2021-0605-6750-LA93-0M20-E080.jp2": SheetName(605_000, 6_750_000, "km", "45", 2021, "LA93", 0.2),
    "67-2015-1050-6850-LA93-5M00-E100.tab": SheetName(1_050_000, 6_850_000, "km", "67", 2015, "LA93", 5.0),
    "2020-06180-67560-LA93-0M05-RVB.tif": SheetName(618_000, 6_756_000, "hm", None, 2020, "LA93", 0.05, "RVB"),
    "2020-2440-67366-LA93-0M05-RVB.tif": SheetName(244_000, 6_736_600, "hm", None, 2020, "LA93", 0.05, "RVB"),
    "56-2019-0229-6764-LA93-0M05-RVB-E100.jp2": SheetName(229_000, 6_764_000, "km", "56", 2019, "LA93", 0.05, "RVB"),
    "HFC-2022-0766-6987-LA93-0M05-RVB.tif": SheetName(766_000, 6_987_000, "km", None, 2022, "LA93", 0.05, "RVB"),
    "7066-65292.tif": SheetName(706_600, 6_529_200, "hm"),
    "2020-244000-6736600-LA93-0M05-IRC.tif": SheetName(244_000, 6_736_600, "m", None, 2020, "LA93", 0.05, "IRC"),
    "a/b/2A-2022-1180-6100-LAMB93-0M20.tif": SheetName(1_180_000, 6_100_000, "km", "2A", 2022, "LAMB93", 0.2),
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_the_digits_of_y_tell_the_unit(name: str, expected: SheetName) -> None:
    assert parse(name) == expected


@pytest.mark.parametrize(
    "name", ["photo.tif", "45-2020.tif", "2024-06-12.tif", "IMG_20240612_101500.jpg", "1-2-3-4.tif"]
)
def test_a_name_without_a_place_says_nothing(name: str) -> None:
    assert parse(name) is None


@pytest.mark.parametrize(
    ("corner", "agrees"),
    [
        ((618_000, 6_756_000), True),
        ((618_000.04, 6_755_999.96), True),
        ((618_500, 6_755_500), True),
        ((617_999.9, 6_756_000), False),
        ((619_000, 6_756_000), False),
        ((618_000, 6_755_000), False),
        ((618_000, 6_756_001), False),
    ],
)
def test_a_sheet_lies_in_the_square_of_its_name(corner: tuple[float, float], agrees: bool) -> None:
    name = parse("45-2020-0618-6756-LA93-0M20.tif")
    assert name is not None
    assert name.agrees_with(*corner, 0.05) is agrees


def test_a_name_in_metres_is_exact() -> None:
    name = parse("2020-618000-6756000-LA93-0M05.tif")
    assert name is not None
    assert name.agrees_with(618_000.02, 6_756_000, 0.05)
    assert not name.agrees_with(618_001, 6_756_000, 0.05)

"""The hatches of the CNIG's styles stand in the legends of surfaces, and reach legends that nobody changed."""

from typing import Any

import pytest

from layers.catalogue.legend import line_for
from layers.planning.layers import declarations

SLUG = "plu-prescriptions-surf"


def legend(slug: str = SLUG) -> list[Any]:
    return next(one.beginnings()["legend"] for one in declarations() if one.slug == slug)


def drawn(slug: str, **values: str) -> Any:
    line = line_for(legend(slug), values)
    assert line is not None
    return legend(slug)[line]["symbol"]


# What `plu_prescription_surf.qml` and `plu_information_surf.qml` say, in points of 1.333 pixels.
@pytest.mark.parametrize(
    ("slug", "values", "hatch"),
    [
        (SLUG, {"typepsc": "05", "stypepsc": "01"}, ("#e600a9", 45, 6.67, 1.07, True)),
        (SLUG, {"typepsc": "14", "stypepsc": "00"}, ("#000000", 0, 13.33, 1.33, False)),
        (SLUG, {"typepsc": "18", "stypepsc": "00"}, ("#ff5500", 90, 12, 1.07, False)),
        ("plu-informations-surf", {"typeinf": "41", "stypeinf": "00"}, ("#e60000", 135, 16, 1.07, False)),
        ("plu-informations-surf", {"typeinf": "22", "stypeinf": "00"}, ("#004da8", 100, 13.33, 1.33, False)),
    ],
)
def test_surfaces_have_the_hatch_of_their_official_style(slug: str, values: dict[str, str], hatch: Any) -> None:
    found = drawn(slug, **values)
    assert tuple(found["hatch"].values()) == hatch
    assert found["fill"] is None

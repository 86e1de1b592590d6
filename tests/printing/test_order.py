"""What may be ordered: within limits, in words that say what to change."""

from typing import Any

import pytest

from gis_core.errors import Invalid
from layers.printing.order import MOST_LAYERS, MOST_PIXELS, PrintOrder
from tests.printing.conftest import CENTER

USUAL: dict[str, Any] = {
    "title": "Essai",
    "scale": 1000,
    "paper": "A4",
    "orientation": "portrait",
    "center": CENTER,
    "layers": [{"layer": "parcels"}],
}


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({"scale": 99}, "scale"),
        ({"scale": 100_001}, "scale"),
        ({"paper": "A5"}, "paper"),
        ({"orientation": "oblique"}, "orientation"),
        ({"center": [0, 0]}, "center"),
        ({"center": [1e308, 6_700_000]}, "center"),
        ({"center": [float("nan"), 6_700_000]}, "center"),
        ({"layers": []}, "layers"),
        ({"layers": [{"layer": f"c{number}"} for number in range(MOST_LAYERS + 1)]}, "layers"),
        ({"layers": [{"layer": "parcels"}, {"layer": "parcels"}]}, "layers"),
        ({"layers": [{"layer": "parcels", "opacity": 1.1}]}, "layers"),
        ({"layers": [{"layer": "parcels", "opacity": float("nan")}]}, "layers"),
        ({"photo": "p", "dpi": 71}, "dpi"),
        ({"photo": "p", "dpi": 301}, "dpi"),
        ({"photo": "p", "dpi": 300, "paper": "A0"}, "dpi"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "漢字"}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "a\ud800b"}, "title"),
        ({"note": "x" * 601}, "note"),
        ({"author": "x" * 81}, "author"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_name(fields: dict[str, Any], parameter: str) -> None:
    with pytest.raises(Invalid) as refused:
        PrintOrder.of(USUAL | fields)
    assert refused.value.extra["parameter"] == parameter


def test_a_photo_that_is_too_large_says_at_how_many_dpi_it_fits() -> None:
    with pytest.raises(Invalid) as refused:
        PrintOrder.of(USUAL | {"photo": "p", "dpi": 300, "paper": "A0"})
    fitting = int(refused.value.message.split("choisissez ")[1].split()[0])
    assert PrintOrder.of(USUAL | {"photo": "p", "dpi": fitting, "paper": "A0"}).pixels <= MOST_PIXELS


def test_without_a_photo_the_resolution_limits_nothing() -> None:
    assert PrintOrder.of(USUAL | {"dpi": 300, "paper": "A0"}).pixels > MOST_PIXELS


def test_an_order_survives_its_journey_as_json() -> None:
    order = PrintOrder.of(USUAL | {"photo": "p", "note": "Deux\nlignes", "grid": True})
    assert PrintOrder.from_json(order.as_json()) == order


def test_an_order_that_an_older_version_kept_is_printed() -> None:
    order = PrintOrder.of(USUAL)
    kept = order.as_json()
    kept["layers"] = [one | {"captions": []} for one in kept["layers"]]
    assert PrintOrder.from_json(kept) == order


def test_a_title_is_one_line_and_a_note_keeps_its_lines() -> None:
    order = PrintOrder.of(USUAL | {"title": " Deux \n lignes ", "note": "Deux\r\nlignes\n"})
    assert order.title == "Deux lignes"
    assert order.note == "Deux\nlignes"

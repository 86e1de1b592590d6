"""Layers of other servers on paper: their images under the vectors, or no print at all."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.members.rights import ANONYMOUS, acting_as
from layers.external.models import ExternalLayer
from layers.printing.order import PrintOrder
from layers.printing.services.prints import with_titles
from tests import factories
from tests.external.conftest import Server, allow, external
from tests.printing.conftest import CENTER, Opened, Print
from tests.printing.test_order import USUAL

RED = (200, 30, 30)


def tile(colour: tuple[int, ...]) -> bytes:
    made = BytesIO()
    Image.new("RGBA", (256, 256), colour).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def foreign(server: Server, db: None) -> ExternalLayer:
    """A layer of another server that everybody sees, and whose server may be asked."""
    allow(server.host)
    return external(server, slug="plan-ailleurs", title="Plan d’ailleurs", max_zoom=16)


def everywhere(server: Server, body: bytes, **answer: Any) -> None:
    """Every tile around the place."""
    from layers.external.services.paper import tiles_around

    for zoom in range(10, 17):
        first, last = tiles_around((CENTER[0] - 400, CENTER[1] - 400, CENTER[0] + 400, CENTER[1] + 400), zoom)
        for x in range(first.x, last.x + 1):
            for y in range(first.y, last.y + 1):
                server.gives(f"/{zoom}/{x}/{y}.png", body, **answer)


def seen(printed: Opened) -> list[int]:
    """The colour in the middle of a quarter of the map, where nothing else lies."""
    frame, picture = printed.sheet.map, printed.picture(72)
    row = int((printed.sheet.height - frame.y - frame.height / 4) / 25.4 * 72)
    colour: list[int] = picture[row, int((frame.x + frame.width / 4) / 25.4 * 72)].tolist()
    return colour


def test_its_images_lie_on_the_map_and_its_source_is_told(
    print_map: Print, foreign: ExternalLayer, server: Server
) -> None:
    everywhere(server, tile((*RED, 255)))
    printed = print_map("plan-ailleurs", scale=2000)
    assert max(abs(a - b) for a, b in zip(seen(printed), RED, strict=True)) <= 3
    text = " ".join(printed.text().split())
    assert "Plan d’ailleurs : © Ailleurs" in text
    assert "Légende Plan d’ailleurs" in text


def test_what_is_half_clear_lets_the_paper_through(print_map: Print, foreign: ExternalLayer, server: Server) -> None:
    everywhere(server, tile((*RED, 128)))
    expected = [(part + 255) / 2 for part in RED]
    assert max(abs(a - b) for a, b in zip(seen(print_map("plan-ailleurs", scale=2000)), expected, strict=True)) <= 4


def test_its_opacity_is_the_one_of_the_map(print_map: Print, foreign: ExternalLayer, server: Server) -> None:
    everywhere(server, tile((*RED, 255)))
    printed = print_map(scale=2000, layers=[{"layer": "plan-ailleurs", "opacity": 0.5}])
    expected = [(part + 255) / 2 for part in RED]
    assert max(abs(a - b) for a, b in zip(seen(printed), expected, strict=True)) <= 4


def test_a_server_that_fails_stops_the_print_by_the_layers_name(
    print_map: Print,
    foreign: ExternalLayer,
    server: Server,
) -> None:
    everywhere(server, b"", status=500)
    with pytest.raises(Unavailable, match="Plan d’ailleurs"):
        print_map("plan-ailleurs", scale=2000)


def test_a_layer_without_images_here_is_told(print_map: Print, foreign: ExternalLayer) -> None:
    factories.parcel()
    assert print_map("parcels", "plan-ailleurs").report.remarks == ["Sans objet dans ce cadre : Plan d’ailleurs"]


def test_it_is_printed_for_those_who_see_it_only(print_map: Print, foreign: ExternalLayer) -> None:
    with factories.as_owner():
        ExternalLayer.objects.update(visibility="signed_in")
    with pytest.raises(NotFound, match="plan-ailleurs"):
        print_map("plan-ailleurs")


def test_its_pixels_are_limited_like_those_of_a_photo(foreign: ExternalLayer) -> None:
    order = PrintOrder.of(USUAL | {"paper": "A0", "dpi": 300, "layers": [{"layer": "plan-ailleurs"}]})
    with acting_as(ANONYMOUS), pytest.raises(Invalid, match="300"):
        with_titles(order, ANONYMOUS)

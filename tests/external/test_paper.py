"""Layers of other servers on paper: their images side by side, in Lambert-93."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gis_core.outside.errors import NoAnswer
from layers.external.errors import NotAnImage
from layers.external.models import ExternalLayer
from layers.external.services.paper import paper_image, tiles_around, zoom_for
from tests.external.conftest import Server, png

BOX = (616_000.0, 6_716_000.0, 618_000.0, 6_717_000.0)


def layer(server: Server, **fields: Any) -> ExternalLayer:
    return ExternalLayer(kind="xyz", url=server.url("/{z}/{x}/{y}.png"), max_zoom=19, **fields)


def every_tile(server: Server, body: bytes) -> None:
    first, last = tiles_around(BOX, zoom_for(layer(server), BOX, 200))
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            server.gives(f"/{first.z}/{x}/{y}.png", body)


def test_a_box_is_filled_with_the_images_around_it(server: Server) -> None:
    every_tile(server, png("#0b5c6b", 256))
    made = paper_image(layer(server), BOX, 200, 100, {server.host})
    assert made.size == (200, 100)
    assert np.asarray(made).reshape(-1, 4).tolist().count([11, 92, 107, 255]) == 20_000


def test_what_lies_in_a_corner_of_the_ground_lies_there_on_paper(server: Server) -> None:
    """The western half of each image is red: the seams of the tiles are where the grid of Web Mercator has them."""
    zoom = zoom_for(layer(server), BOX, 200)
    first, last = tiles_around(BOX, zoom)
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            server.gives(f"/{zoom}/{x}/{y}.png", png("#ff0000" if x == first.x else "#0000ff", 256))
    made = np.asarray(paper_image(layer(server), BOX, 200, 100, {server.host}))
    reds = np.flatnonzero(made[50, :, 0] > 128)
    assert reds[0] == 0
    assert 0 < len(reds) < 200


def test_where_a_layer_has_no_image_the_paper_is_clear(server: Server) -> None:
    made = paper_image(layer(server), BOX, 20, 10, {server.host})
    assert not np.asarray(made)[..., 3].any()


def test_half_clear_colours_keep_their_hue(server: Server) -> None:
    half = BytesIO()
    Image.new("RGBA", (256, 256), (200, 100, 50, 128)).save(half, "PNG")
    every_tile(server, half.getvalue())
    made = np.asarray(paper_image(layer(server), BOX, 200, 100, {server.host}))
    assert np.abs(made[50, 100].astype(int) - [200, 100, 50, 128]).max() <= 1


def test_a_server_that_fails_is_told_and_nothing_is_half_drawn(server: Server) -> None:
    first, _last = tiles_around(BOX, zoom_for(layer(server), BOX, 200))
    server.gives(f"/{first.z}/{first.x}/{first.y}.png", status=500)
    with pytest.raises(NoAnswer):
        paper_image(layer(server), BOX, 200, 100, {server.host})


def test_a_damaged_picture_is_told(server: Server) -> None:
    every_tile(server, png()[:40])
    with pytest.raises(NotAnImage, match="abîmée"):
        paper_image(layer(server), BOX, 200, 100, {server.host})

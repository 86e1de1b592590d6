"""The server's own WSGI application over a campaign that is published for the test, and ways to ask it."""

import shutil
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from gis_core.models import User
from gis_core.tokens.authentication import create_token
from tests.tiles.conftest import Answer, ThinLayer
from tests.tiles.ortho.server import address  # noqa: F401
from tiles import asking
from tiles.ortho import application, files
from tiles.ortho.rights import areas
from tiles.services.address import HALF_WORLD_M


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Every test has a database of its own: what this process remembers of another's goes."""
    shutil.rmtree(files.root(), ignore_errors=True)
    forget()
    yield
    shutil.rmtree(files.root(), ignore_errors=True)
    forget()


def forget() -> None:
    asking.forget_everybody()
    application.serving.forget()
    areas.kept.clear()


def bearer(user: User) -> dict[str, str]:
    _token, secret = create_token(user=user, name="essai")
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def kvp(thin: ThinLayer, parameters: dict[str, Any], **environ: str) -> Answer:
    return thin.get(f"/ortho/service?{urlencode(parameters)}", **environ)


def pixels(answer: Answer) -> np.ndarray:
    """The picture that was answered, as RGBA."""
    assert answer.status_code == 200, answer.content[:300]
    return np.asarray(Image.open(BytesIO(answer.content)).convert("RGBA"))


def kept_files() -> list[str]:
    return sorted(str(path) for path in files.root().rglob("*") if path.is_file())


def lambert_tile(x: float, y: float, zoom: int) -> str:
    """The path of the tile that holds a point of EPSG:2154, in the French grid."""
    side = 209_715.2 * 256 / 2**zoom
    return f"LAMB93/{zoom}/{int(x // side)}/{int((12_000_000 - y) // side)}.png"


def mercator_tile(longitude: float, latitude: float, zoom: int) -> str:
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(longitude, latitude)
    side = 2 * HALF_WORLD_M / 2**zoom
    return f"PM/{zoom}/{int((x + HALF_WORLD_M) // side)}/{int((HALF_WORLD_M - y) // side)}.png"

"""A layer over one square parcel near Saint-Aubin, and ways to ask for its tiles."""

import gzip
import shutil
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from math import floor
from typing import Any

import mapbox_vector_tile
import pytest
from django.db import connection
from django.test import Client
from pyproj import Transformer

from tiles import asking, cache
from tiles.services.address import HALF_WORLD_M, Address

TO_WEB_MERCATOR = Transformer.from_crs(2154, 3857, always_xy=True)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    shutil.rmtree(cache.root(), ignore_errors=True)
    asking.forget_everybody()
    yield
    shutil.rmtree(cache.root(), ignore_errors=True)


@pytest.fixture
def five_seconds_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Puts the clock that rights are kept by five seconds forward."""

    def put_forward() -> None:
        now = time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: now() + 5)

    return put_forward


def address_of(x: float, y: float, z: int) -> Address:
    """The tile at zoom z that holds a point of EPSG:2154."""
    east, north = TO_WEB_MERCATOR.transform(x, y)
    side = 2 * HALF_WORLD_M / 2**z
    return Address(z, floor((east + HALF_WORLD_M) / side), floor((HALF_WORLD_M - north) / side))


def url_of(slug: str, address: Address) -> str:
    return f"/tiles/{slug}/{address.z}/{address.x}/{address.y}.mvt"


def decoded(response: Any, slug: str) -> list[dict[str, Any]]:
    """The features of a tile's one layer, y upwards."""
    if response.status_code == 204:
        return []
    content = response.content
    if response.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    layers = mapbox_vector_tile.decode(content)
    assert list(layers) == [slug]
    features: list[dict[str, Any]] = layers[slug]["features"]
    return features


def kept_files() -> list[str]:
    return sorted(str(path.relative_to(cache.root())) for path in cache.root().rglob("*.gz*"))


class Answer:
    """What a WSGI application answered, with the little of Django's response that the tests read."""

    def __init__(self, status: str, headers: list[tuple[str, str]], content: bytes) -> None:
        self.status_code = int(status.split()[0])
        self.headers = dict(headers)
        self.content = content

    def get(self, name: str) -> str | None:
        return self.headers.get(name)


class ThinLayer:
    """The WSGI application as the server runs it, over a Django that only says it was asked."""

    def __init__(self) -> None:
        from tiles.wsgi import tiles_first

        self.passed_on = 0
        self.application = tiles_first(self.django)

    def django(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.passed_on += 1
        start_response("404 Not Found", [])
        return []

    def get(self, path: str, **environ: str) -> Answer:
        found: list[Any] = []
        path, _mark, query = path.partition("?")
        asked: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            **environ,
        }
        content = b"".join(self.application(asked, lambda status, headers: found.extend((status, headers))))
        return Answer(found[0], found[1], content)


@pytest.fixture
def thin(db: None) -> ThinLayer:
    return ThinLayer()


@pytest.fixture
def signed_in(db: None) -> Callable[[Any], Client]:
    def sign_in(user: Any) -> Client:
        browser = Client(raise_request_exception=False, headers={"accept": "application/json"})
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement sent to PostgreSQL while the test runs."""
    sent: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield sent

"""Asking /ogc in tests."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

ROOT = "/ogc"
ITEMS = f"{ROOT}/collections/lampes/items"
GEOJSON = "application/geo+json"
PATCH = "application/merge-patch+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
REL = "http://www.opengis.net/def/rel/ogc/1.0"


def epsg(code: int) -> str:
    return f"http://www.opengis.net/def/crs/EPSG/0/{code}"


@dataclass
class Asker:
    """A client with headers of its own. Parameters with a low line at the end lose it; `__` stands for a hyphen."""

    client: Client
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, accept: str = "application/json", **parameters: Any) -> HttpResponse:
        named = {name.rstrip("_").replace("__", "-"): value for name, value in parameters.items()}
        return self.client.get(path, named, headers={**self.headers, "Accept": accept})

    def json(self, path: str, accept: str = "application/json", **parameters: Any) -> Any:
        answer = self.get(path, accept, **parameters)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def items(self, **parameters: Any) -> Any:
        return self.json(ITEMS, GEOJSON, **parameters)

    def item(self, number: int, **parameters: Any) -> Any:
        return self.json(f"{ITEMS}/{number}", GEOJSON, **parameters)

    def status(self, path: str, **parameters: Any) -> int:
        return self.get(path, **parameters).status_code

    def send(self, method: str, path: str, body: Any = None, kind: str = GEOJSON, **headers: str) -> HttpResponse:
        """`If_Match` is sent as If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        given = {**self.headers, **named}
        return self.client.generic(method, path, content, content_type=kind, headers=given)

    def post(self, body: Any, kind: str = GEOJSON, path: str = ITEMS, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, kind, **headers)

    def put(self, number: int, body: Any, kind: str = GEOJSON, **headers: str) -> HttpResponse:
        return self.send("PUT", f"{ITEMS}/{number}", body, kind, **headers)

    def patch(self, number: int, body: Any, kind: str = PATCH, **headers: str) -> HttpResponse:
        return self.send("PATCH", f"{ITEMS}/{number}", body, kind, **headers)

    def delete(self, number: int, **headers: str) -> HttpResponse:
        return self.send("DELETE", f"{ITEMS}/{number}", "", "", **headers)

    def options(self, path: str) -> HttpResponse:
        return self.client.options(path, headers=self.headers)


def links(document: Any, rel: str) -> list[dict[str, Any]]:
    return [one for one in document["links"] if one["rel"] == rel]


def feature(name: str = "Neuf", coordinates: tuple[float, float] = (1.9, 47.55), **more: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(coordinates)}
    return {"type": "Feature", "geometry": geometry, "properties": {"name": name, **more}}


def methods(answer: HttpResponse) -> set[str]:
    return set(answer["Allow"].split(", "))

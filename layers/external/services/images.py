"""One image of another server's layer: asked for, and looked at before it is passed on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import atan, degrees, pi, sinh

from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotFound
from gis_core.files.markup import parse_xml
from gis_core.outside.errors import NoAnswer
from gis_core.outside.fetching import TILE, Fetched, fetch
from layers.external.capabilities import exception_text
from layers.external.errors import NotAnImage
from layers.external.models import AllowedHost, ExternalLayer
from layers.external.requests import HALF_WORLD_M, Tile, tile_url

IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
CONDITIONS = ("If-None-Match", "If-Modified-Since")
LONGEST_CONDITION = 200
KEPT_SECONDS = 3_600  # where the other server does not say for how long
MOST_KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Image:
    """What is passed on: no body where the asker's own copy is still good. `kept_s`: 0 for not at all."""

    media_type: str
    body: bytes
    unchanged: bool
    kept_s: int
    validators: Mapping[str, str]


def list_allowed_hosts() -> frozenset[str]:
    return frozenset(AllowedHost.objects.values_list("host", flat=True))


def tile_image(
    layer: ExternalLayer, tile: Tile, hosts: Collection[str], conditions: Mapping[str, str] | None = None
) -> Image:
    """One image of the pyramid. It asks no database. Raises NotFound, NotAllowed, NoAnswer, NotAnImage, Busy."""
    if not layer.min_zoom <= tile.z <= layer.max_zoom or max(tile.x, tile.y) >= 1 << tile.z or not meets(layer, tile):
        raise NotFound(_("The layer has no image there."))
    return image_at(tile_url(layer, tile), hosts, conditions)


def image_at(url: str, hosts: Collection[str], conditions: Mapping[str, str] | None = None) -> Image:
    answer = fetch(url, TILE, hosts.__contains__, {"Accept": "image/*", **conditional_headers(conditions or {})})
    if answer.status == 304:
        return Image("", b"", True, cache_age_s(answer), validators(answer))
    if answer.status in (204, 404, 410):
        raise NotFound(_("The layer has no image there."))
    if answer.status in (401, 403):
        raise NoAnswer(_("The server refuses the image (%(status)s): it may need a key.") % {"status": answer.status})
    if answer.status != 200:
        raise NoAnswer(_("The server answers by an error (%(status)s).") % {"status": answer.status})
    return Image(media_type(answer), answer.body, False, cache_age_s(answer), validators(answer))


def conditional_headers(conditions: Mapping[str, str]) -> dict[str, str]:
    """Of what the asker's browser sent: whether its copy is still good, and nothing else."""
    return {
        name: conditions[name]
        for name in CONDITIONS
        if name in conditions and len(conditions[name]) <= LONGEST_CONDITION and conditions[name].isprintable()
    }


def media_type(answer: Fetched) -> str:
    """The type of the image, by its first bytes. Raises NotAnImage, in the server's own words where it has any."""
    body = answer.body
    detected = next((kind for start, kind in IMAGES if body.startswith(start)), None)
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        detected = "image/webp"
    said = answer.media_type
    if detected and (said.startswith("image/") or said in ("", "application/octet-stream", "binary/octet-stream")):
        return detected
    if message := service_exception(answer):
        raise NotAnImage(_("The server says: %(words)s") % {"words": message})
    raise NotAnImage(_("The server answers by “%(kind)s” in place of an image.") % {"kind": said[:60] or "?"})


def service_exception(answer: Fetched) -> str:
    """What an OGC service says that went wrong."""
    if "xml" not in answer.media_type:
        return ""
    try:
        return exception_text(parse_xml(answer.body, most_bytes=100_000))
    except Invalid:
        return ""


def cache_age_s(answer: Fetched) -> int:
    """For how many seconds the image may be kept, as the other server says."""
    directives = [one.strip().lower() for one in answer.headers.get("cache-control", "").split(",")]
    if any(one in ("no-store", "no-cache", "private") for one in directives):
        return 0
    ages = [one.partition("=")[2].strip('"') for one in directives if one.startswith("max-age=")]
    age = next((int(one) for one in ages if one.isdecimal() and len(one) < 10), KEPT_SECONDS)
    return min(age, MOST_KEPT_SECONDS)


def validators(answer: Fetched) -> dict[str, str]:
    """By what the asker's browser asks whether its copy is still good."""
    names = {"etag": "ETag", "last-modified": "Last-Modified"}
    present = {names[name]: answer.headers[name] for name in names if name in answer.headers}
    return {name: value for name, value in present.items() if value.isprintable() and len(value) <= LONGEST_CONDITION}


def meets(layer: ExternalLayer, tile: Tile) -> bool:
    """Whether an image can hold anything of the layer's extent."""
    if layer.extent_4326 is None:
        return True
    west, south, east, north = layer.extent_4326
    left, bottom, right, top = tile.bbox_3857
    in_x = longitude(left) < east and longitude(right) > west
    return in_x and latitude(bottom) < north and latitude(top) > south


def longitude(x: float) -> float:
    return x / HALF_WORLD_M * 180


def latitude(y: float) -> float:
    return degrees(atan(sinh(y / HALF_WORLD_M * pi)))

"""MapProxy's configuration, built from the catalogue and checked by MapProxy itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from mapproxy.config.configuration.base import ConfigurationError
from mapproxy.config.configuration.proxy import ProxyConfiguration
from mapproxy.config.spec import validate_options
from mapproxy.config.validator import validate

from tiles.ortho import source
from tiles.ortho.mosaic import Mosaic
from tiles.services.address import DEEPEST_ZOOM, HALF_WORLD_M

WEB_MERCATOR, LAMBERT_93 = "PM", "LAMB93"
LARGEST_PX = 3000
JPEG_QUALITY = 88
CC_ZONES = [f"EPSG:{code}" for code in range(3942, 3951)]

GRIDS: Mapping[str, Mapping[str, Any]] = {
    WEB_MERCATOR: {
        "srs": "EPSG:3857",
        "bbox": [-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M],
        "origin": "nw",
        "tile_size": [256, 256],
        "num_levels": DEEPEST_ZOOM + 1,
    },
    # The French set: its origin is far north of the country, its rows and columns are counted from there.
    LAMBERT_93: {
        "srs": "EPSG:2154",
        "bbox": [0, 6_000_000, 1_300_000, 12_000_000],
        "origin": "nw",
        "tile_size": [256, 256],
        "res": [209_715.2 / 2**level for level in range(DEEPEST_ZOOM + 1)],
    },
}
NOTHING = {"name": "_", "title": "_", "sources": ["_"]}  # MapProxy wants a layer; nobody sees this one


@dataclass(frozen=True, slots=True)
class Published:
    """A photo as it is served: what the capabilities say of it, and its pixels."""

    slug: str
    edition: int
    pixels_edition: int
    title: str
    abstract: str
    attribution: str
    mosaic: Mosaic

    @property
    def key(self) -> str:
        """Its cache is `<cache>/ortho/<key>/<grid>`."""
        return f"{self.slug}/{self.pixels_edition}"


def configure(photos: Sequence[Published], folder: Path) -> ProxyConfiguration:
    """The configuration for these photos, caches under `folder`. Raises ConfigurationError."""
    source.register()
    source.MOSAICS.update({photo.key: photo.mosaic for photo in photos})
    described = describe(photos, folder)
    errors, _informal = validate_options(described)
    errors = errors or validate(described)
    if errors:
        raise ConfigurationError("; ".join(errors))
    return ProxyConfiguration(described, conf_base_dir=str(folder))


def describe(photos: Sequence[Published], folder: Path) -> dict[str, Any]:
    """What a mapproxy.yaml would say."""
    return {
        "services": {
            "wmts": {"restful": True, "kvp": True},
            "wms": {
                "versions": ["1.1.1", "1.3.0"],
                "srs": ["EPSG:2154", "EPSG:3857", "EPSG:4326", "CRS:84", *CC_ZONES],
                "image_formats": ["image/png", "image/jpeg"],
                "max_output_pixels": [LARGEST_PX, LARGEST_PX],
                "md": {"title": "Arpent : photos aériennes", "abstract": "", "access_constraints": "none"},
            },
        },
        "grids": {name: dict(grid) for name, grid in GRIDS.items()},
        "sources": {photo.slug: {"type": source.TYPE, "mosaic": photo.key} for photo in photos}
        | ({} if photos else {"_": {"type": "debug"}}),
        "caches": {photo.key: cache(photo) for photo in photos},
        "layers": [
            {"title": "Arpent : photos aériennes", "layers": [layer(photo) for photo in photos] or [dict(NOTHING)]}
        ],
        "globals": {
            "cache": {
                "base_dir": str(folder),
                "meta_size": [1, 1],
                "meta_buffer": 0,
            },
            "image": {"paletted": False, "jpeg_quality": JPEG_QUALITY, "resampling_method": "bilinear"},
            "http": {"access_control_allow_origin": ""},
        },
    }


def cache(photo: Published) -> dict[str, Any]:
    return {
        "sources": [photo.slug],
        "grids": list(GRIDS),
        "format": "mixed",
        "request_format": "image/png",
        "cache": {"type": "file", "directory_layout": "tms", "use_grid_names": True},
    }


def layer(photo: Published) -> dict[str, Any]:
    """Tiles come from the cache, WMS maps from the pixels at the very resolution asked for.

    MapProxy writes these texts into XML as they are.
    """
    return {
        "name": photo.slug,
        "title": escape(photo.title),
        "sources": [photo.slug],
        "tile_sources": [photo.key],
        "md": {
            "abstract": escape(photo.abstract),
            "attribution": {"title": escape(photo.attribution or photo.title)},
        },
    }

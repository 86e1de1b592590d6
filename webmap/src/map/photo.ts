import TileLayer from "ol/layer/Tile";
import { transformExtent } from "ol/proj";
import XYZ from "ol/source/XYZ";
import { createXYZ } from "ol/tilegrid";
import type { MapPhoto } from "./model";

const TILE_PX = 256;
const FADE_MS = 120;
const UNDER_LAYERS = { right: -0.8, left: -0.7 };

export type PhotoSide = keyof typeof UNDER_LAYERS;

/**
 * A photo beneath the layers. It has a canvas of its own (`photo photo-left`), so that the style sheets divide and
 * brighten it: moving the divider draws nothing again. On a dense screen tiles are shown at half size, each pixel sharp.
 */
export function photoLayer(photo: MapPhoto, side: PhotoSide, failed: () => void): TileLayer<XYZ> {
  const dense = devicePixelRatio >= 1.5 ? 2 : 1;
  const source = new XYZ({
    url: photo.url,
    tileGrid: createXYZ({ tileSize: TILE_PX / dense, minZoom: photo.minZoom, maxZoom: photo.maxZoom }),
    tilePixelRatio: dense,
    transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FADE_MS,
    wrapX: false,
  });
  source.on("tileloaderror", failed);
  return new TileLayer({
    className: `photo photo-${side}`,
    source,
    extent: transformExtent(photo.extent, "EPSG:4326", "EPSG:3857"),
    zIndex: UNDER_LAYERS[side],
  });
}

import MVT from "ol/format/MVT";
import { transformExtent } from "ol/proj";
import VectorTileSource from "ol/source/VectorTile";
import TileGrid from "ol/tilegrid/TileGrid";
import type { MapLayer } from "./model";

const HALF_WORLD = 20037508.342789244;
const TILE_SIZE = 512;
const RESOLUTIONS = Array.from({ length: 23 }, (_, z) => (2 * HALF_WORLD) / TILE_SIZE / 2 ** z);
/** Vector tiles of 512 px: a view zoom of n shows tiles of zoom n - 1. */
export const TILE_ZOOM_LAG = 1;

/** A layer's own vector tiles. */
export function tileSource(layer: MapLayer): VectorTileSource {
  const extent = layer.extent ? transformExtent(layer.extent, "EPSG:4326", "EPSG:3857") : undefined;
  return new VectorTileSource({
    format: new MVT(),
    url: layer.url,
    tileGrid: new TileGrid({
      origin: [-HALF_WORLD, HALF_WORLD],
      resolutions: RESOLUTIONS.slice(0, layer.maxZoom + 1),
      minZoom: layer.minZoom,
      tileSize: TILE_SIZE,
      ...(extent ? { extent } : {}),
    }),
    wrapX: false,
    transition: 0,
  });
}

import { get as getProjection } from "ol/proj";
import type TileSource from "ol/source/Tile";
import WMTS from "ol/source/WMTS";
import XYZ from "ol/source/XYZ";
import WMTSTileGrid from "ol/tilegrid/WMTS";
import type { Background } from "../api/types";

const HALF_WORLD = 20037508.342789244;
const MATRIX_ZOOMS = 22;

function wmts(background: Background): WMTS {
  const url = background.url ?? "";
  const zooms = Array.from({ length: MATRIX_ZOOMS }, (_, z) => z);
  return new WMTS({
    url,
    layer: background.layer ?? "",
    matrixSet: background.matrix_set || "PM",
    format: background.format || "image/png",
    style: background.style || "normal",
    requestEncoding: url.includes("{TileMatrix}") ? "REST" : "KVP",
    projection: getProjection("EPSG:3857") ?? "EPSG:3857",
    tileGrid: new WMTSTileGrid({
      origin: [-HALF_WORLD, HALF_WORLD],
      resolutions: zooms.map((z) => (2 * HALF_WORLD) / 256 / 2 ** z).slice(0, background.max_zoom + 1),
      matrixIds: zooms.map(String).slice(0, background.max_zoom + 1),
    }),
  });
}

/** Tiles of a background that an administrator declared. */
export function backgroundSource(background: Background): TileSource {
  if (background.kind === "wmts") return wmts(background);
  return new XYZ({ url: background.url ?? "", minZoom: background.min_zoom, maxZoom: background.max_zoom || 19 });
}

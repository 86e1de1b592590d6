import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import TileLayer from "ol/layer/Tile";
import VectorLayer from "ol/layer/Vector";
import { transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import XYZ from "ol/source/XYZ";
import Fill from "ol/style/Fill";
import Style from "ol/style/Style";
import { createXYZ } from "ol/tilegrid";
import type { MapPhoto } from "./model";

const TILE_PX = 256;
const FADE_MS = 120;
const UNDER_LAYERS = { right: -0.8, left: -0.7 };
const UNDER_PHOTOS = -0.9;

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

/** Where photos lie on the plain ground: dark until their tiles come, so that the lines over them are seen. */
export class Patches {
  private readonly shapes: Geometry[];
  readonly layer: VectorLayer;

  constructor(footprints: readonly string[], colour: string) {
    const format = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });
    this.shapes = footprints.flatMap((text) => format.readGeometry(text) ?? []);
    this.layer = new VectorLayer({
      source: new VectorSource({ features: this.shapes.map((shape) => new Feature(shape)) }),
      style: new Style({ fill: new Fill({ color: colour }) }),
      zIndex: UNDER_PHOTOS,
      updateWhileAnimating: true,
      updateWhileInteracting: true,
    });
  }

  has(place: number[]): boolean {
    return this.shapes.some((shape) => shape.intersectsCoordinate(place));
  }
}

import { defaults as defaultInteractions } from "ol/interaction/defaults";
import type TileLayer from "ol/layer/Tile";
import VectorTileLayer from "ol/layer/VectorTile";
import OlMap from "ol/Map";
import { toLonLat, transformExtent } from "ol/proj";
import View from "ol/View";
import type { Labels, Layer, LegendLine, Photo } from "../api/types";
import { sameOrigin, tilesUrl } from "../api/urls";
import type { Bbox } from "../geo/mercator";
import { scaleDenominator, zoomForScale } from "../geo/mercator";
import { detailAt, type Look, type MapLayer, shownAt } from "./model";
import { palette } from "./palette";
import { photoLayer } from "./photo";
import { layerStyle } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

export const GROUNDS = ["light", "dark", "photo"] as const;
export type Ground = (typeof GROUNDS)[number];

/** How the layer is to look. */
export interface Drawn {
  legend: readonly LegendLine[];
  labels: Labels | null;
  scale_from: number | null;
  scale_to: number | null;
}

/** Ground of a photo where there is none: the middle grey-green of fields seen from above. */
const BARE_PHOTO = "#5f6653";
export const CONTEXT_RANK: Readonly<Record<string, number>> = {
  parcels: 0.1,
  roads: 0.2,
  buildings: 0.3,
  communes: 0.4,
};

/** A small map of one layer, as the web map draws it, over the ground that one chooses. */
export class Preview {
  private readonly map: OlMap;
  private readonly placed = new Map<string, VectorTileLayer>();
  private photo: TileLayer | null = null;
  private ground: Ground = "light";
  private drawn: Drawn;
  /** The look that the context was last drawn in. */
  private looked = "";

  constructor(
    private readonly target: HTMLElement,
    private readonly layer: Layer,
    private readonly context: readonly Layer[],
    drawn: Drawn,
    extent: Bbox,
    moved: () => void,
  ) {
    this.drawn = drawn;
    const view = new View({ center: [0, 0], zoom: 12, maxZoom: 21.5, minZoom: 4, enableRotation: false });
    this.map = new OlMap({
      target,
      view,
      controls: [],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, mouseWheelZoom: false }),
    });
    for (const one of [...context, layer]) this.place(one);
    this.map.on("moveend", () => {
      this.draw(this.drawn);
      moved();
    });
    this.map.on("rendercomplete", () => {
      target.dataset["rendered"] = String(Number(target.dataset["rendered"] ?? 0) + 1);
    });
    view.fit(transformExtent(layer.extent_4326 ?? extent, "EPSG:4326", "EPSG:3857"), {
      size: [target.clientWidth || 400, target.clientHeight || 400],
      padding: [24, 24, 24, 24],
      maxZoom: 18,
    });
    const nearest = layer.min_zoom + TILE_ZOOM_LAG;
    if ((view.getZoom() ?? 0) < nearest) view.setZoom(nearest);
    this.setGround("light");
    new ResizeObserver(() => this.map.updateSize()).observe(target);
  }

  private place(layer: Layer): void {
    const source = tileSource(this.mapLayer(layer));
    const zIndex = layer === this.layer ? 1 : (CONTEXT_RANK[layer.slug] ?? 0);
    const minZoom = layer.min_zoom + TILE_ZOOM_LAG - 0.51;
    const placed = new VectorTileLayer({ source, declutter: true, zIndex, minZoom, renderBuffer: 64 });
    this.placed.set(layer.slug, placed);
    this.map.addLayer(placed);
  }

  /** The layer in another style: the tiles that are here are drawn anew. */
  draw(drawn: Drawn): void {
    this.drawn = drawn;
    const look = JSON.stringify(this.look);
    for (const layer of look === this.looked ? [this.layer] : [...this.context, this.layer]) {
      this.placed.get(layer.slug)?.setStyle(layerStyle(this.mapLayer(layer), this.latitude, "whole", null));
    }
    this.looked = look;
    this.placed.get(this.layer.slug)?.setVisible(shownAt({ ...this.layer, ...this.limits() }, this.scale));
  }

  /** Other tiles of the layer: they carry another column. */
  renew(version: number): void {
    this.layer.version = version;
    this.placed.get(this.layer.slug)?.setSource(tileSource(this.mapLayer(this.layer)));
  }

  setGround(ground: Ground): void {
    this.ground = ground;
    this.photo?.setVisible(ground === "photo");
    const bare = ground === "photo" && !this.photo ? BARE_PHOTO : palette(this.look).paper;
    this.target.style.backgroundColor = bare;
    this.draw(this.drawn);
  }

  /** A photo to lie under the layer when one asks for that ground. */
  addPhoto(photo: Photo): void {
    const { slug, min_zoom, max_zoom, extent_4326 } = photo;
    const placed = { slug, url: sameOrigin(photo.tiles), minZoom: min_zoom, maxZoom: max_zoom, extent: extent_4326 };
    this.photo = photoLayer({ ...placed, footprint: "" }, "right", () => undefined);
    this.map.addLayer(this.photo);
    this.setGround(this.ground);
  }

  zoomBy(step: number): void {
    const view = this.map.getView();
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration });
  }

  goToScale(denominator: number): void {
    this.map.getView().setZoom(zoomForScale(denominator, this.latitude));
  }

  /** Denominator of the scale that is seen now. */
  get scale(): number {
    return scaleDenominator(this.map.getView().getZoom() ?? 12, this.latitude);
  }

  private get latitude(): number {
    return toLonLat(this.map.getView().getCenter() ?? [0, 0])[1] ?? 46.5;
  }

  private get look(): Look {
    const zoom = this.map.getView().getZoom() ?? 12;
    return { dark: this.ground === "dark", photo: this.ground === "photo", detail: detailAt(zoom, this.latitude) };
  }

  private limits(): Pick<Layer, "scale_from" | "scale_to"> {
    return { scale_from: this.drawn.scale_from, scale_to: this.drawn.scale_to };
  }

  private mapLayer(layer: Layer): MapLayer {
    const own = layer === this.layer;
    const drawn = { legend: own ? this.drawn.legend : layer.legend, labels: own ? this.drawn.labels : layer.labels };
    return { ...contextLayer(layer, this.look), legend: drawn.legend, labels: drawn.labels ?? null };
  }
}

/** A layer as a small map draws it, in its own style. */
export function contextLayer(layer: Layer, look: Look): MapLayer {
  return {
    slug: layer.slug,
    url: tilesUrl("/tiles/", layer.slug, layer.version),
    geometryType: layer.geometry_type,
    minZoom: layer.min_zoom,
    maxZoom: layer.max_zoom,
    extent: layer.extent_4326,
    visible: true,
    opacity: 1,
    zIndex: 1,
    titleField: layer.title_field,
    legend: layer.legend,
    labels: layer.labels ?? null,
    look,
    image: null,
    hidden: [],
  };
}

import type TileLayer from "ol/layer/Tile";
import VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import type VectorTileSource from "ol/source/VectorTile";
import type { StyleFunction } from "ol/style/Style";
import { CLUSTERED } from "./cluster-cells";
import { Clusters } from "./clusters";
import { CommuneNames, NAMED } from "./commune-names";
import { imageLayer } from "./external";
import type { MapLayer } from "./model";
import type { Patches } from "./photo";
import type { MapEvents } from "./port";
import { labelsRank, layerStyle, type OnPhoto, type Part } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

/** Names go above the layer that lies just over their own. */
const LABELS_ABOVE = 1.5;
/** Over all layers, and under what is selected. */
const FIRST_LABELS = 900;
const LAST_LABELS = 0.51;
const LEAST_STEP = 10_000;

/** Where the names of a layer lie: the topmost are placed first, those of a rank by the order of their layers. */
function labelsIndex(rank: number, zIndex: number): number {
  if (rank === 0) return zIndex + LABELS_ABOVE;
  return (rank > 0 ? FIRST_LABELS + rank : LAST_LABELS + rank / 10) + zIndex / LEAST_STEP;
}

/** From the zoom at which a layer's own tiles begin; beyond the last one the last tiles are enlarged. */
export const firstZoom = ({ minZoom }: MapLayer): number => minZoom + TILE_ZOOM_LAG - 0.51;

/** Of the names that are placed anew for each view the tiles draw none. */
function partsOf(layer: MapLayer): [Part, ...Part[]] {
  if (layer.slug === NAMED) return ["body"];
  return labelsRank(layer) === null ? ["whole"] : ["body", "labels"];
}

/** The layers of the catalogue on the map: those of vector tiles, their names apart where they have some, and images. */
export class PlacedLayers {
  private readonly layers = new Map<string, VectorTileLayer>();
  private readonly labels = new Map<string, VectorTileLayer>();
  private readonly images = new Map<string, TileLayer>();

  private clusters: Clusters | null = null;
  private names: CommuneNames | null = null;

  constructor(
    private readonly map: OlMap,
    private readonly events: MapEvents,
    /** Where a photo lies on the plain ground; null for nowhere. */
    private readonly patches: () => Patches | null,
  ) {}

  /** The layer of tiles of that slug, without its names. */
  get(slug: string): VectorTileLayer | undefined {
    return this.layers.get(slug);
  }

  add(layer: MapLayer): void {
    if (layer.image) return this.addImage(layer);
    const source = tileSource(layer);
    source.on("tileloaderror", () => this.events.tileFailed());
    for (const part of partsOf(layer)) this.addPart(layer, part, source);
    this.addMarks(layer);
    this.adjust(layer);
  }

  /** What is placed anew for each view: numbers, and names that keep clear of them. */
  private addMarks(layer: MapLayer): void {
    const tiles = this.layers.get(layer.slug);
    if (tiles && layer.slug === CLUSTERED) this.clusters = new Clusters(this.map, tiles, layer);
    if (tiles && layer.slug === NAMED) {
      this.names = new CommuneNames(this.map, tiles, layer, () => this.clusters?.taken() ?? [], this.onPhoto);
    }
  }

  private adjustMarks(layer: MapLayer): void {
    if (layer.slug === CLUSTERED) this.clusters?.adjust(layer);
    if (layer.slug === NAMED) this.names?.adjust(layer);
  }

  private removeMarks(slug: string): void {
    if (slug === CLUSTERED) {
      this.clusters?.remove();
      this.clusters = null;
    }
    if (slug === NAMED) {
      this.names?.remove();
      this.names = null;
    }
  }

  /** Where to look closer when one clicks a number that stands for several things; null for anything else. */
  clusterAt(pixel: number[]): [number, number, number, number] | null {
    return this.clusters?.at(pixel) ?? null;
  }

  private addImage(layer: MapLayer): void {
    const added = imageLayer(layer, (detail) => this.events.imageFailed(layer.slug, detail));
    this.images.set(layer.slug, added);
    this.map.addLayer(added);
    this.adjust(layer);
  }

  private addPart(layer: MapLayer, part: Part, source: VectorTileSource): void {
    const added = new VectorTileLayer({
      source,
      style: this.styleOf(layer, part),
      declutter: true,
      minZoom: firstZoom(layer),
      renderBuffer: 64,
      updateWhileAnimating: false,
      updateWhileInteracting: false,
    });
    (part === "labels" ? this.labels : this.layers).set(layer.slug, added);
    this.map.addLayer(added);
  }

  private styleOf(layer: MapLayer, part: Part): StyleFunction {
    const latitude = toLonLat(this.map.getView().getCenter() ?? [0, 0])[1] ?? 0;
    return layerStyle(layer, latitude, part, this.onPhoto());
  }

  private readonly onPhoto = (): OnPhoto | null => {
    const patches = this.patches();
    return patches && ((place) => patches.has(place));
  };

  /** The layer as it was stays beneath until the new one is drawn: no blink when data changed. */
  replace(layer: MapLayer): void {
    const before = [this.layers, this.labels, this.images].map((parts) => parts.get(layer.slug));
    for (const parts of [this.layers, this.labels, this.images]) parts.delete(layer.slug);
    this.removeMarks(layer.slug);
    this.add(layer);
    this.map.once("rendercomplete", () => {
      for (const part of before) if (part) this.map.removeLayer(part);
    });
  }

  restyle(layer: MapLayer): void {
    const labels = this.labels.get(layer.slug);
    this.layers.get(layer.slug)?.setStyle(this.styleOf(layer, partsOf(layer)[0]));
    labels?.setStyle(this.styleOf(layer, "labels"));
    this.adjustMarks(layer);
  }

  remove(slug: string): void {
    this.removeMarks(slug);
    for (const parts of [this.layers, this.labels, this.images]) {
      const layer = parts.get(slug);
      if (layer) this.map.removeLayer(layer);
      parts.delete(slug);
    }
  }

  adjust(layer: MapLayer): void {
    for (const parts of [this.layers, this.labels, this.images]) {
      const placed = parts.get(layer.slug);
      placed?.setVisible(layer.visible);
      placed?.setOpacity(layer.opacity);
      const apart = parts === this.labels;
      placed?.setZIndex(apart ? labelsIndex(labelsRank(layer) ?? 0, layer.zIndex) : layer.zIndex);
    }
    this.adjustMarks(layer);
  }

  idsAt(slug: string, pixel: number[], hitTolerance: number): number[] {
    const searched: unknown[] = [this.layers.get(slug), this.labels.get(slug)];
    const layerFilter = (layer: unknown): boolean => searched.includes(layer);
    const found = this.map.getFeaturesAtPixel(pixel, { layerFilter, hitTolerance });
    return found.map((feature) => feature.getId()).filter((id) => typeof id === "number");
  }

  idsIn(slug: string, extent: number[]): number[] {
    const found = this.layers.get(slug)?.getFeaturesInExtent(extent) ?? [];
    const ids = found.filter((feature) => feature.getGeometry()?.intersectsExtent?.(extent) ?? true);
    return [...new Set(ids.map((feature) => feature.getId()).filter((id) => typeof id === "number"))];
  }
}

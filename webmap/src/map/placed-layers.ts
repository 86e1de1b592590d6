import type TileLayer from "ol/layer/Tile";
import VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import type VectorTileSource from "ol/source/VectorTile";
import type { StyleFunction } from "ol/style/Style";
import { imageLayer } from "./external";
import type { MapLayer } from "./model";
import type { Patches } from "./photo";
import type { MapEvents } from "./port";
import { hasOwnLabels, layerStyle, type Part } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

/** Names go above the layer that lies just over their own. */
const LABELS_ABOVE = 1.5;

/** From the zoom at which a layer's own tiles begin; beyond the last one the last tiles are enlarged. */
export const firstZoom = ({ minZoom }: MapLayer): number => minZoom + TILE_ZOOM_LAG - 0.51;

/** The layers of the catalogue on the map: those of vector tiles, their names apart where they have some, and images. */
export class PlacedLayers {
  private readonly layers = new Map<string, VectorTileLayer>();
  private readonly labels = new Map<string, VectorTileLayer>();
  private readonly images = new Map<string, TileLayer>();

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
    const parts: Part[] = hasOwnLabels(layer.slug) ? ["body", "labels"] : ["whole"];
    for (const part of parts) this.addPart(layer, part, source);
    this.adjust(layer);
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
    const onPhoto = this.patches();
    return layerStyle(layer, latitude, part, onPhoto && ((place) => onPhoto.has(place)));
  }

  /** The layer as it was stays beneath until the new one is drawn: no blink when data changed. */
  replace(layer: MapLayer): void {
    const before = [this.layers, this.labels, this.images].map((parts) => parts.get(layer.slug));
    for (const parts of [this.layers, this.labels, this.images]) parts.delete(layer.slug);
    this.add(layer);
    this.map.once("rendercomplete", () => {
      for (const part of before) if (part) this.map.removeLayer(part);
    });
  }

  restyle(layer: MapLayer): void {
    const labels = this.labels.get(layer.slug);
    this.layers.get(layer.slug)?.setStyle(this.styleOf(layer, labels ? "body" : "whole"));
    labels?.setStyle(this.styleOf(layer, "labels"));
  }

  remove(slug: string): void {
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
      placed?.setZIndex(layer.zIndex + (parts === this.labels ? LABELS_ABOVE : 0));
    }
  }

  idsAt(slug: string, pixel: number[], hitTolerance: number): number[] {
    const searched = this.layers.get(slug);
    const found = this.map.getFeaturesAtPixel(pixel, { layerFilter: (layer) => layer === searched, hitTolerance });
    return found.map((feature) => feature.getId()).filter((id) => typeof id === "number");
  }

  idsIn(slug: string, extent: number[]): number[] {
    const found = this.layers.get(slug)?.getFeaturesInExtent(extent) ?? [];
    const ids = found.filter((feature) => feature.getGeometry()?.intersectsExtent?.(extent) ?? true);
    return [...new Set(ids.map((feature) => feature.getId()).filter((id) => typeof id === "number"))];
  }
}

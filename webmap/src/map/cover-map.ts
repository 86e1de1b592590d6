import { createEmpty, extend, isEmpty } from "ol/extent";
import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { defaults as defaultInteractions } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import OlMap from "ol/Map";
import { toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, RegularShape, Stroke, Style } from "ol/style";
import type ImageStyle from "ol/style/Image";
import View from "ol/View";
import type { Layer } from "../api/types";
import type { Bbox, LonLat } from "../geo/mercator";
import { detailAt, type Look } from "./model";
import { palette } from "./palette";
import { CONTEXT_RANK, contextLayer } from "./preview";
import { layerStyle } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

/** What stands on the map: hydrants that may be used or not, buildings and why they are not covered. */
export const KINDS = ["far", "no_way", "no_road", "hydrant", "out"] as const;
export type Kind = (typeof KINDS)[number];

export const COLOURS: Readonly<Record<Kind, string>> = {
  far: "#c2410c",
  no_way: "#7a1f5c",
  no_road: "#59636b",
  hydrant: "#1f6fb2",
  out: "#59636b",
};

export interface Listening {
  pointed(key: string | null): void;
  chosen(key: string | null): void;
  moved(center: LonLat, zoom: number): void;
}

const HIT_PX = 8;
const NEAREST = 18;
const CONTEXT_ZOOM_FROM = 11;
/** Beyond so many metres a pixel marks are drawn smaller. */
const CROWDED_M = 6;

/** A small map of buildings too far from a hydrant, and of the hydrants. */
export class CoverMap {
  private readonly map: OlMap;
  private readonly source = new VectorSource<Feature>();
  private readonly marks: VectorLayer;
  private readonly context: [Layer, VectorTileLayer][] = [];
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private readonly styles = new Map<string, Style>();
  private pointed: string | null = null;
  private chosen: string | null = null;
  private looked = "";

  constructor(
    private readonly target: HTMLElement,
    extent: Bbox,
    private readonly listening: Listening,
  ) {
    this.marks = new VectorLayer({
      source: this.source,
      zIndex: 2,
      style: (one, resolution) => this.styleOf(one as Feature, resolution),
    });
    this.map = new OlMap({
      target,
      view: new View({ center: [0, 0], zoom: 12, minZoom: 4, maxZoom: 20, enableRotation: false }),
      controls: [],
      layers: [this.marks],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
    });
    this.goTo(transformExtent(extent, "EPSG:4326", "EPSG:3857"), 0);
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.point(this.keyAt(event.pixel));
    });
    this.map.on("click", (event) => this.choose(this.keyAt(event.pixel)));
    this.map.on("moveend", () => this.moved());
    this.map.on("rendercomplete", () => {
      target.dataset["rendered"] = String(Number(target.dataset["rendered"] ?? 0) + 1);
    });
    target.addEventListener("pointerleave", () => this.point(null));
    this.darkness.addEventListener("change", () => this.dress());
    this.dress();
    new ResizeObserver(() => this.map.updateSize()).observe(target);
  }

  /** The plan beneath. */
  addContext(layers: readonly Layer[]): void {
    for (const layer of layers) {
      const minZoom = Math.max(layer.min_zoom + TILE_ZOOM_LAG - 0.51, CONTEXT_ZOOM_FROM);
      const source = tileSource(contextLayer(layer, this.look));
      const zIndex = CONTEXT_RANK[layer.slug] ?? 0;
      const placed = new VectorTileLayer({ source, declutter: true, zIndex, minZoom, renderBuffer: 64 });
      this.context.push([layer, placed]);
      this.map.addLayer(placed);
    }
    this.looked = "";
    this.dress();
  }

  /** Shows a GeoJSON collection and goes to it; returns how many buildings it has. */
  show(collection: object): number {
    const features = new GeoJSON().readFeatures(collection, { featureProjection: "EPSG:3857" }) as Feature[];
    this.source.clear();
    this.source.addFeatures(features);
    this.whole(0);
    return features.filter((one) => String(one.getId()).startsWith("b")).length;
  }

  properties(key: string): Record<string, unknown> | null {
    return this.source.getFeatureById(key)?.getProperties() ?? null;
  }

  whole(duration = this.pace): void {
    const extent = this.source.getExtent();
    if (extent && !isEmpty(extent)) this.goTo(extent, duration);
  }

  zoomBy(step: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration: this.pace });
  }

  /** Marks what is pointed at elsewhere. */
  mark(key: string | null): void {
    if (this.pointed === key) return;
    this.pointed = key;
    this.marks.changed();
  }

  /** Marks one and brings it into view. */
  goToOne(key: string): void {
    this.chosen = key;
    const geometry = this.source.getFeatureById(key)?.getGeometry();
    if (geometry) this.goTo(extend(createEmpty(), geometry.getExtent()), this.pace);
    this.marks.changed();
  }

  private get pace(): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
  }

  private goTo(extent: number[], duration: number): void {
    const size = [this.target.clientWidth || 400, this.target.clientHeight || 400];
    this.map.getView().fit(extent, { size, padding: [32, 32, 32, 32], maxZoom: NEAREST - 1, duration });
  }

  private keyAt(pixel: number[]): string | null {
    const options = { layerFilter: (layer: unknown) => layer === this.marks, hitTolerance: HIT_PX };
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature.getId(), options);
    return found === undefined ? null : String(found);
  }

  private point(key: string | null): void {
    if (this.pointed === key) return;
    this.mark(key);
    this.target.classList.toggle("pointing", key !== null);
    this.listening.pointed(key);
  }

  private choose(key: string | null): void {
    this.chosen = key;
    this.marks.changed();
    this.listening.chosen(key);
  }

  private moved(): void {
    this.dress();
    const view = this.map.getView();
    const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0]);
    this.listening.moved([lon, lat], view.getZoom() ?? 12);
  }

  private get latitude(): number {
    return toLonLat(this.map.getView().getCenter() ?? [0, 0])[1] ?? 46.5;
  }

  private get look(): Look {
    const zoom = this.map.getView().getZoom() ?? 12;
    return { dark: this.darkness.matches, photo: false, detail: detailAt(zoom, this.latitude) };
  }

  private dress(): void {
    const look = this.look;
    if (this.looked === JSON.stringify(look)) return;
    this.looked = JSON.stringify(look);
    this.target.style.backgroundColor = palette(look).paper;
    for (const [layer, placed] of this.context) {
      placed.setStyle(layerStyle(contextLayer(layer, look), this.latitude, "whole", null));
    }
    this.styles.clear();
    this.marks.changed();
  }

  private styleOf(feature: Feature, resolution: number): Style {
    const kind = String(feature.get("kind")) as Kind;
    const key = feature.getId();
    const near = key === this.chosen || key === this.pointed;
    const small = resolution > CROWDED_M;
    const name = `${kind}/${near}/${small}`;
    const kept = this.styles.get(name);
    if (kept) return kept;
    const image = markOf(kind, near, palette(this.look).paper);
    if (small && !near) image.setScale(0.6);
    const made = new Style({ image, zIndex: near ? 9 : RANK[kind] });
    this.styles.set(name, made);
    return made;
  }
}

/** The buildings are the answer: they lie above. */
const RANK: Readonly<Record<Kind, number>> = { hydrant: 1, out: 2, no_road: 3, no_way: 3, far: 4 };

/** A disc for a hydrant, a cross for one that may not be used; squares for buildings, a diamond without a way. */
function markOf(kind: Kind, near: boolean, paper: string): ImageStyle {
  const colour = COLOURS[kind];
  const more = near ? 3 : 0;
  const fill = new Fill({ color: colour });
  const stroke = new Stroke({ color: paper, width: near ? 3 : 1.5 });
  switch (kind) {
    case "hydrant":
      return new Circle({ radius: 5.5 + more, fill, stroke });
    case "out":
      return new RegularShape({
        points: 4,
        radius: 7 + more,
        radius2: 0,
        angle: Math.PI / 4,
        stroke: new Stroke({ color: colour, width: 3 }),
      });
    case "far":
      return new RegularShape({ points: 4, radius: 5.5 + more, angle: Math.PI / 4, fill, stroke });
    case "no_way":
      return new RegularShape({ points: 4, radius: 6.5 + more, fill, stroke });
    case "no_road":
      return new RegularShape({ points: 3, radius: 6 + more, fill, stroke });
  }
}

import { createEmpty, extend, getCenter, getHeight, getWidth, isEmpty } from "ol/extent";
import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import Point from "ol/geom/Point";
import { defaults as defaultInteractions } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import OlMap from "ol/Map";
import { toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, RegularShape, Stroke, Style } from "ol/style";
import View from "ol/View";
import type { Layer } from "../api/types";
import type { Bbox, LonLat } from "../geo/mercator";
import { detailAt, type Look } from "./model";
import { palette } from "./palette";
import { CONTEXT_RANK, contextLayer } from "./preview";
import { hoverStyle, layerStyle, selectionStyle } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

export interface StateLook {
  colour: string;
  dash: number[] | null;
}

/** What the map tells of a file that is pointed at or chosen; null for none. */
export interface Listening {
  pointed(number: string | null): void;
  chosen(number: string | null): void;
  moved(center: LonLat, zoom: number): void;
}

/** Below this many pixels a ground is drawn as a mark. */
const SMALL_PX = 14;
const HIT_PX = 6;
const NEAREST = 18;
const CONTEXT_ZOOM_FROM = 11;
/** Parcels above buildings: their numbers name the ground. */
const RANK: Readonly<Record<string, number>> = { ...CONTEXT_RANK, parcels: 0.35 };
/** States that came to a bad end: a diamond, as in the table. */
const ENDED = ["refused", "rejected", "withdrawn", "expired"];
const OPEN = ["received", "incomplete", "instruction"];

/** A small map of planning applications, each in the colour, the outline and the mark of its state. */
export class PermitMap {
  private readonly map: OlMap;
  private readonly source = new VectorSource<Feature>();
  private readonly files: VectorLayer;
  private readonly context: [Layer, VectorTileLayer][] = [];
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private readonly marks = new Map<string, Style[]>();
  private pointed: string | null = null;
  private chosen: string | null = null;
  private looked = "";

  constructor(
    private readonly target: HTMLElement,
    private readonly states: Readonly<Record<string, StateLook>>,
    extent: Bbox,
    private readonly listening: Listening,
  ) {
    this.files = new VectorLayer({
      source: this.source,
      zIndex: 2,
      style: (feature, resolution) => this.styleOf(feature as Feature, resolution),
    });
    const view = new View({ center: [0, 0], zoom: 12, minZoom: 4, maxZoom: 20, enableRotation: false });
    this.map = new OlMap({
      target,
      view,
      controls: [],
      layers: [this.files],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
    });
    this.goTo(transformExtent(extent, "EPSG:4326", "EPSG:3857"), 0);
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.point(this.numberAt(event.pixel));
    });
    this.map.on("click", (event) => this.choose(this.numberAt(event.pixel)));
    this.map.on("moveend", () => this.moved());
    this.map.on("rendercomplete", () => {
      target.dataset["rendered"] = String(Number(target.dataset["rendered"] ?? 0) + 1);
    });
    target.addEventListener("pointerleave", () => this.point(null));
    this.darkness.addEventListener("change", () => this.dress());
    this.dress();
    new ResizeObserver(() => this.map.updateSize()).observe(target);
  }

  /** The plan beneath the files. */
  addContext(layers: readonly Layer[]): void {
    for (const layer of layers) {
      const minZoom = Math.max(layer.min_zoom + TILE_ZOOM_LAG - 0.51, CONTEXT_ZOOM_FROM);
      const zIndex = RANK[layer.slug] ?? 0;
      const source = tileSource(contextLayer(layer, this.look));
      const placed = new VectorTileLayer({ source, declutter: true, zIndex, minZoom, renderBuffer: 64 });
      this.context.push([layer, placed]);
      this.map.addLayer(placed);
    }
    this.looked = "";
    this.dress();
  }

  /** Shows a GeoJSON collection of files and goes to them; returns how many have a place. */
  show(collection: object): number {
    const features = new GeoJSON().readFeatures(collection, { featureProjection: "EPSG:3857" }) as Feature[];
    this.source.clear();
    this.source.addFeatures(features);
    this.whole(0);
    return features.length;
  }

  properties(number: string): Record<string, unknown> | null {
    return this.source.getFeatureById(number)?.getProperties() ?? null;
  }

  whole(duration = this.pace): void {
    const extent = this.source.getExtent();
    if (extent && !isEmpty(extent)) this.goTo(extent, duration);
  }

  zoomBy(step: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration: this.pace });
  }

  /** Marks a file that is pointed at elsewhere. */
  mark(number: string | null): void {
    if (this.pointed === number) return;
    this.pointed = number;
    this.files.changed();
  }

  /** Marks a file and brings it into view. */
  goToFile(number: string): void {
    this.chosen = number;
    const geometry = this.source.getFeatureById(number)?.getGeometry();
    if (geometry) this.goTo(extend(createEmpty(), geometry.getExtent()), this.pace);
    this.files.changed();
  }

  private get pace(): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
  }

  private goTo(extent: number[], duration: number): void {
    const size = [this.target.clientWidth || 400, this.target.clientHeight || 400];
    this.map.getView().fit(extent, { size, padding: [32, 32, 32, 32], maxZoom: NEAREST, duration });
  }

  private numberAt(pixel: number[]): string | null {
    const options = { layerFilter: (layer: unknown) => layer === this.files, hitTolerance: HIT_PX };
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature.getId(), options);
    return found === undefined ? null : String(found);
  }

  private point(number: string | null): void {
    if (this.pointed === number) return;
    this.mark(number);
    this.target.classList.toggle("pointing", number !== null);
    this.listening.pointed(number);
  }

  private choose(number: string | null): void {
    this.chosen = number;
    this.files.changed();
    this.listening.chosen(number);
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
    this.marks.clear();
    this.files.changed();
  }

  private styleOf(feature: Feature, resolution: number): Style[] {
    const extent = feature.getGeometry()?.getExtent() ?? [];
    const small = Math.max(getWidth(extent), getHeight(extent)) < SMALL_PX * resolution;
    const number = feature.getId();
    const look = this.looksOf(String(feature.get("state")), small);
    const outlined =
      number === this.chosen
        ? selectionStyle(palette(this.look))
        : number === this.pointed
          ? hoverStyle(palette(this.look))
          : [];
    const styles = [...look, ...outlined];
    if (!small) return styles;
    const middle = new Point(getCenter(extent));
    return styles.map((style) => {
      const placed = style.clone();
      placed.setGeometry(middle);
      return placed;
    });
  }

  private looksOf(state: string, small: boolean): Style[] {
    const key = `${state}/${small}`;
    const kept = this.marks.get(key);
    if (kept) return kept;
    const { colour, dash } = this.states[state] ?? { colour: "#808080", dash: null };
    const made = small ? [this.markOf(state, colour)] : [ground(colour, dash)];
    this.marks.set(key, made);
    return made;
  }

  /** A ring while it is open, a disc when it was granted, a diamond when it came to nothing. */
  private markOf(state: string, colour: string): Style {
    const paper = palette(this.look).paper;
    const open = OPEN.includes(state);
    const fill = new Fill({ color: open ? paper : colour });
    const stroke = new Stroke({ color: open ? colour : paper, width: open ? 2.5 : 1 });
    const image = ENDED.includes(state)
      ? new RegularShape({ points: 4, radius: 6, fill, stroke })
      : new Circle({ radius: open ? 4.5 : 5, fill, stroke });
    return new Style({ image, zIndex: open ? 2 : 1 });
  }
}

function ground(colour: string, dash: number[] | null): Style {
  const stroke = new Stroke({ color: colour, width: 2, ...(dash ? { lineDash: dash } : {}) });
  return new Style({ fill: new Fill({ color: `${colour}73` }), stroke });
}

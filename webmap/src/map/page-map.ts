import { createEmpty, extend, getCenter, isEmpty } from "ol/extent";
import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { defaults as defaultInteractions } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import OlMap from "ol/Map";
import { toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import type Style from "ol/style/Style";
import View from "ol/View";
import type { Layer } from "../api/types";
import type { Bbox, LonLat } from "../geo/mercator";
import { CommuneNames, NAMED } from "./commune-names";
import { detailAt, type Look } from "./model";
import { palette } from "./palette";
import type { Box } from "./place-names";
import { CONTEXT_RANK, contextLayer } from "./preview";
import { layerStyle } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

const CONTEXT_ZOOM_FROM = 11;
const NEAREST = 18;
/** What an object covers around its place; of so many names keep clear. */
const MARK_PX = 7;
const MOST_MARKS = 2_000;

/** A small map on a page: one layer of its own above the plan, light or dark as the page is. */
export abstract class PageMap {
  protected readonly map: OlMap;
  protected readonly source = new VectorSource<Feature>();
  protected readonly layer: VectorLayer;
  private readonly context: [Layer, VectorTileLayer][] = [];
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private names: CommuneNames | null = null;
  private looked = "";

  constructor(
    protected readonly target: HTMLElement,
    extent: Bbox,
    doubleClickZoom = true,
  ) {
    this.layer = new VectorLayer({ source: this.source, zIndex: 2 });
    this.map = new OlMap({
      target,
      view: new View({ center: [0, 0], zoom: 12, minZoom: 4, maxZoom: 20, enableRotation: false }),
      controls: [],
      layers: [this.layer],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, doubleClickZoom }),
    });
    this.goTo(transformExtent(extent, "EPSG:4326", "EPSG:3857"), 0);
    this.map.on("moveend", () => this.moved());
    this.map.on("rendercomplete", () => {
      target.dataset["rendered"] = String(Number(target.dataset["rendered"] ?? 0) + 1);
    });
    this.darkness.addEventListener("change", () => this.dress());
    new ResizeObserver(() => this.map.updateSize()).observe(target);
    // Whoever extends it is not made yet.
    queueMicrotask(() => this.dress());
  }

  /** The plan beneath. */
  addContext(layers: readonly Layer[]): void {
    for (const layer of layers) {
      const minZoom = Math.max(layer.min_zoom + TILE_ZOOM_LAG - 0.51, CONTEXT_ZOOM_FROM);
      const source = tileSource(contextLayer(layer, this.look));
      const placed = new VectorTileLayer({
        source,
        declutter: true,
        zIndex: this.rank(layer),
        minZoom,
        renderBuffer: 64,
      });
      this.context.push([layer, placed]);
      this.map.addLayer(placed);
      if (layer.slug === NAMED) this.names = this.namesOf(layer, placed);
    }
    this.looked = "";
    this.dress();
  }

  private namesOf(layer: Layer, placed: VectorTileLayer): CommuneNames {
    const shown = contextLayer(layer, this.look);
    return new CommuneNames(
      this.map,
      placed,
      shown,
      () => this.markBoxes(),
      () => null,
    );
  }

  /** Where objects lie on the screen, in pixels: small ones whole, of large ones the middle. */
  private markBoxes(): Box[] {
    const seen = this.map.getView().calculateExtent(this.map.getSize());
    return this.source
      .getFeaturesInExtent(seen)
      .slice(0, MOST_MARKS)
      .map((feature) => {
        const [x = 0, y = 0] = this.map.getPixelFromCoordinate(getCenter(feature.getGeometry()?.getExtent() ?? seen));
        return [x - MARK_PX, y - MARK_PX, x + MARK_PX, y + MARK_PX];
      });
  }

  zoomBy(step: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration: this.pace });
  }

  protected get pace(): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
  }

  protected goTo(extent: number[], duration: number, maxZoom = NEAREST): void {
    const size = [this.target.clientWidth || 400, this.target.clientHeight || 400];
    this.map.getView().fit(extent, { size, padding: [32, 32, 32, 32], maxZoom, duration });
  }

  /** How high a layer of the plan lies. */
  protected rank(layer: Layer): number {
    return CONTEXT_RANK[layer.slug] ?? 0;
  }

  protected moved(): void {
    this.dress();
  }

  /** The look has changed: what was drawn for another one is drawn again. */
  protected abstract dressed(look: Look): void;

  private get latitude(): number {
    return toLonLat(this.map.getView().getCenter() ?? [0, 0])[1] ?? 46.5;
  }

  protected get look(): Look {
    const zoom = this.map.getView().getZoom() ?? 12;
    return { dark: this.darkness.matches, photo: false, detail: detailAt(zoom, this.latitude) };
  }

  private dress(): void {
    const look = this.look;
    if (this.looked === JSON.stringify(look)) return;
    this.looked = JSON.stringify(look);
    this.target.style.backgroundColor = palette(look).paper;
    for (const [layer, placed] of this.context) {
      const part = layer.slug === NAMED ? "body" : "whole";
      placed.setStyle(layerStyle(contextLayer(layer, look), this.latitude, part, null));
      if (layer.slug === NAMED) this.names?.adjust(contextLayer(layer, look));
    }
    this.dressed(look);
  }
}

/** What the map tells of an object that is pointed at or chosen, by its id; null for none. */
export interface Listening {
  pointed(key: string | null): void;
  chosen(key: string | null): void;
  moved(center: LonLat, zoom: number): void;
}

/** Objects beside their list on a page: what is pointed at or chosen in one is marked in the other. */
export abstract class MarkedMap extends PageMap {
  protected pointed: string | null = null;
  protected chosen: string | null = null;

  constructor(
    target: HTMLElement,
    extent: Bbox,
    private readonly listening: Listening,
    private readonly hitPixels: number,
    private readonly nearest: number,
  ) {
    super(target, extent);
    this.layer.setStyle((one, resolution) => this.styleOf(one as Feature, resolution));
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.point(this.keyAt(event.pixel));
    });
    this.map.on("click", (event) => this.choose(this.keyAt(event.pixel)));
    target.addEventListener("pointerleave", () => this.point(null));
  }

  protected abstract styleOf(feature: Feature, resolution: number): Style | Style[];

  /** Shows a GeoJSON collection and goes to it; the objects that have a place. */
  show(collection: object): readonly Feature[] {
    const features = new GeoJSON().readFeatures(collection, { featureProjection: "EPSG:3857" }) as Feature[];
    this.source.clear();
    this.source.addFeatures(features);
    this.whole(0);
    return features;
  }

  properties(key: string): Record<string, unknown> | null {
    return this.source.getFeatureById(key)?.getProperties() ?? null;
  }

  whole(duration = this.pace): void {
    const extent = this.source.getExtent();
    if (extent && !isEmpty(extent)) this.goTo(extent, duration, this.nearest);
  }

  /** Marks what is pointed at elsewhere. */
  mark(key: string | null): void {
    if (this.pointed === key) return;
    this.pointed = key;
    this.layer.changed();
  }

  /** Marks one and brings it into view. */
  goToOne(key: string): void {
    this.chosen = key;
    const geometry = this.source.getFeatureById(key)?.getGeometry();
    if (geometry) this.goTo(extend(createEmpty(), geometry.getExtent()), this.pace, this.nearest);
    this.layer.changed();
  }

  protected override moved(): void {
    super.moved();
    const view = this.map.getView();
    const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0]);
    this.listening.moved([lon, lat], view.getZoom() ?? 12);
  }

  private keyAt(pixel: number[]): string | null {
    const options = { layerFilter: (layer: unknown) => layer === this.layer, hitTolerance: this.hitPixels };
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
    this.layer.changed();
    this.listening.chosen(key);
  }
}

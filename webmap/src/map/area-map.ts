import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Polygon from "ol/geom/Polygon";
import Draw from "ol/interaction/Draw";
import { defaults as defaultInteractions } from "ol/interaction/defaults";
import Modify from "ol/interaction/Modify";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import OlMap from "ol/Map";
import { toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import View from "ol/View";
import type { Layer } from "../api/types";
import type { Bbox } from "../geo/mercator";
import { detailAt, type Look } from "./model";
import { palette } from "./palette";
import { CONTEXT_RANK, contextLayer } from "./preview";
import { layerStyle, selectionStyle } from "./styles";
import { TILE_ZOOM_LAG, tileSource } from "./tiles";

const CONTEXT_ZOOM_FROM = 11;
const ABOVE = 0.45;
const SNAP_PX = 14;

/** A small map on which one area is drawn; `changed` gets it as GeoJSON in degrees, null for none. */
export class AreaMap {
  private readonly map: OlMap;
  private readonly source = new VectorSource<Feature<Polygon>>();
  private readonly area: VectorLayer;
  private readonly context: [Layer, VectorTileLayer][] = [];
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private draw: Draw | null = null;
  private looked = "";

  constructor(
    private readonly target: HTMLElement,
    extent: Bbox,
    private readonly changed: (area: string | null) => void,
    private readonly drawing: (under: boolean) => void,
  ) {
    this.area = new VectorLayer({ source: this.source, zIndex: 2 });
    const view = new View({ center: [0, 0], zoom: 12, minZoom: 4, maxZoom: 20, enableRotation: false });
    this.map = new OlMap({
      target,
      view,
      controls: [],
      layers: [this.area],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: false }),
    });
    const modify = new Modify({ source: this.source, pixelTolerance: SNAP_PX });
    modify.on("modifyend", () => this.tell());
    this.map.addInteraction(modify);
    this.goTo(extent);
    this.map.on("moveend", () => this.dress());
    this.map.on("rendercomplete", () => {
      target.dataset["rendered"] = String(Number(target.dataset["rendered"] ?? 0) + 1);
    });
    this.darkness.addEventListener("change", () => this.dress());
    this.dress();
    new ResizeObserver(() => this.map.updateSize()).observe(target);
  }

  /** The plan beneath. */
  addContext(layers: readonly Layer[]): void {
    for (const layer of layers) {
      const minZoom = Math.max(layer.min_zoom + TILE_ZOOM_LAG - 0.51, CONTEXT_ZOOM_FROM);
      const zIndex = CONTEXT_RANK[layer.slug] ?? ABOVE;
      const source = tileSource(contextLayer(layer, this.look));
      const placed = new VectorTileLayer({ source, declutter: true, zIndex, minZoom, renderBuffer: 64 });
      this.context.push([layer, placed]);
      this.map.addLayer(placed);
    }
    this.looked = "";
    this.dress();
  }

  /** An area that was drawn before, as GeoJSON. */
  show(area: string): void {
    const features = new GeoJSON().readFeatures(area, { featureProjection: "EPSG:3857" }) as Feature<Polygon>[];
    this.source.addFeatures(features);
    const extent = this.source.getExtent();
    if (extent && features.length) this.map.getView().fit(extent, { padding: [48, 48, 48, 48], maxZoom: 17 });
  }

  /** Draw a new area in place of the one that is there. */
  begin(): void {
    this.stop();
    this.clear();
    const draw = new Draw({ source: this.source, type: "Polygon", snapTolerance: SNAP_PX });
    draw.on("drawend", () => {
      // The source has it only after the event.
      setTimeout(() => {
        this.stop();
        this.tell();
      });
    });
    this.draw = draw;
    this.map.addInteraction(draw);
    this.target.classList.add("drawing");
    this.drawing(true);
  }

  stop(): void {
    if (!this.draw) return;
    this.map.removeInteraction(this.draw);
    this.draw = null;
    this.target.classList.remove("drawing");
    this.drawing(false);
  }

  clear(): void {
    this.source.clear();
    this.tell();
  }

  zoomBy(step: number): void {
    const view = this.map.getView();
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140;
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration });
  }

  private tell(): void {
    const geometry = this.source.getFeatures()[0]?.getGeometry();
    const options = { featureProjection: "EPSG:3857", decimals: 7 };
    this.changed(geometry ? new GeoJSON().writeGeometry(geometry, options) : null);
  }

  private goTo(extent: Bbox): void {
    const size = [this.target.clientWidth || 600, this.target.clientHeight || 400];
    this.map.getView().fit(transformExtent(extent, "EPSG:4326", "EPSG:3857"), { size, padding: [16, 16, 16, 16] });
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
    this.area.setStyle(selectionStyle(palette(look)));
    for (const [layer, placed] of this.context) {
      placed.setStyle(layerStyle(contextLayer(layer, look), this.latitude, "whole", null));
    }
  }
}

import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import { defaults as defaultInteractions } from "ol/interaction/defaults";
import TileLayer from "ol/layer/Tile";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import OlMap from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import View from "ol/View";
import { type Bbox, bboxCentre, type LonLat } from "../geo/mercator";
import { isPhone } from "../state/device";
import type { FeatureRef, ViewState } from "../state/state";
import { backgroundSource } from "./background";
import type { EditCanvas, EditEvents } from "./canvas";
import { type Change, diff } from "./diff";
import { type MapModel, patches } from "./model";
import { palette } from "./palette";
import { Patches, type PhotoSide, photoLayer } from "./photo";
import { firstZoom, PlacedLayers } from "./placed-layers";
import type { MapEvents, MapPort, PaperFrame, PaperFrameEvents } from "./port";
import { chosenStyle, hoverStyle, pinStyle, selectionStyle, sketchStyle, vertexStyle } from "./styles";
import type { WaterOverlay } from "./water";

/** Free around what is framed: north, east, south, west. */
const PADDING = [48, 48, 48, 48] as const;
const ABOVE_LAYERS = 1000;
const PARCELS = "parcels";
/** So close one comes at most by clicking a number that stands for several things. */
const CLUSTER_ZOOM = 17;
/** On a phone the search lies over the top of the map and the scale over its bottom: west, south, east, north. */
const UNDER_BARS = [24, 44, 24, 76] as const;
const CLEAR_PX = 16;
/** At most this share of the map's height is left free above and below what is framed. */
const MOST_FREE = 0.5;
const HOVER_MS = 60;
/** Two clicks further apart than this are two clicks, however fast. */
const SAME_PLACE_PX = 8;

const EMPTY: MapModel = {
  background: null,
  photo: null,
  compared: null,
  mode: null,
  layers: [],
  selected: null,
  chosen: [],
  pin: null,
  pinWords: "",
  sketch: null,
  water: null,
  look: { dark: false, photo: false, detail: "far" },
};

/** The map on screen: keeps the last model and does only what differs in the next one. */
export class MapView implements MapPort {
  private model: MapModel = EMPTY;
  private readonly map: OlMap;
  private readonly layers: PlacedLayers;
  private readonly geojson = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });
  private readonly selection = overlay(ABOVE_LAYERS);
  private readonly chosen = new VectorTileLayer({ renderMode: "vector", zIndex: ABOVE_LAYERS - 2 });
  private readonly pin = overlay(ABOVE_LAYERS + 1);
  private readonly sketch = overlay(ABOVE_LAYERS + 2);
  private water: WaterOverlay | null = null;
  private background: TileLayer | null = null;
  private patches: Patches | null = null;
  private readonly photos: Partial<Record<PhotoSide, TileLayer>> = {};
  private readonly resizing = new ResizeObserver(() => this.resized());
  private readonly twinCursor = document.createElement("div");
  private hoverLayer: VectorTileLayer | null = null;
  private hovered: FeatureRef | null = null;
  private cursor: LonLat | null = null;
  private pointerFrame = 0;
  private hoverTimer = 0;
  private middle: [number, number] | null = null;
  private halved = false;
  /** Where the last two clicks were, the last one first. */
  private clicks: readonly number[][] = [];
  /** While the editor has a canvas here, clicks are its own. */
  private edited = false;

  constructor(
    private readonly target: HTMLElement,
    private readonly events: MapEvents,
    /** The map whose view this one shares, and which alone moves it when the screen changes. */
    private readonly leader: MapView | null = null,
  ) {
    this.map = new OlMap({
      target,
      controls: [],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, keyboard: false }),
      layers: [this.chosen, this.selection, this.pin, this.sketch],
      // Those of a whole view at once: by sixteen, as usual, each lot waits until the one before is drawn.
      maxTilesLoading: 64,
      // Bare minimum between a finger and a tap: 4 px of trembling is still a click.
      moveTolerance: 4,
      view:
        leader?.map.getView() ??
        new View({
          center: [0, 0],
          zoom: 3,
          maxZoom: 21.5,
          minZoom: 4,
          enableRotation: false,
          constrainResolution: false,
        }),
    });
    this.layers = new PlacedLayers(this.map, events, () => this.patches);
    this.twinCursor.className = "twin-cursor";
    this.twinCursor.hidden = true;
    target.append(this.twinCursor);
    this.listen();
  }

  apply(model: MapModel): void {
    const changes = diff(this.model, model);
    this.model = model;
    for (const change of changes) this.run(change);
  }

  goTo({ center, zoom, bbox, animate }: { center?: LonLat; zoom?: number; bbox?: Bbox; animate?: boolean }): void {
    const view = this.map.getView();
    view.cancelAnimations();
    const duration = animate && !matchMedia("(prefers-reduced-motion: reduce)").matches ? 140 : 0;
    if (bbox) {
      const extent = transformExtent(bbox, "EPSG:4326", "EPSG:3857");
      view.fit(extent as number[], {
        padding: this.padding(),
        maxZoom: zoom ?? 19,
        duration,
        size: this.map.getSize() ?? [800, 600],
      });
    } else if (center) {
      view.animate({ center: fromLonLat(center), zoom: zoom ?? view.getZoom() ?? 12, duration });
    }
  }

  panBy(dx: number, dy: number): void {
    const view = this.map.getView();
    const resolution = view.getResolution() ?? 1;
    const [x = 0, y = 0] = view.getCenter() ?? [0, 0];
    view.setCenter([x + dx * resolution, y - dy * resolution]);
  }

  zoomBy(step: number): void {
    const view = this.map.getView();
    view.cancelAnimations();
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration });
  }

  hover(ref: FeatureRef | null): void {
    if (this.hovered?.layer === ref?.layer && this.hovered?.id === ref?.id) return;
    const layerChanged = this.hovered?.layer !== ref?.layer;
    this.hovered = ref;
    if (layerChanged) this.placeHover();
    else this.hoverLayer?.changed();
  }

  view(): ViewState {
    const view = this.map.getView();
    const size = this.map.getSize() ?? [800, 600];
    const center = toLonLat(view.getCenter() ?? [0, 0]) as LonLat;
    const bbox = transformExtent(view.calculateExtent(size), "EPSG:3857", "EPSG:4326") as Bbox;
    return { center, zoom: view.getZoom() ?? 0, bbox };
  }

  reveal(bbox: Bbox): void {
    const [west = 0, south = 0, east = 0, north = 0] = transformExtent(bbox, "EPSG:4326", "EPSG:3857");
    const seen = this.seen();
    const inside = intersects(seen, [(west + east) / 2, (south + north) / 2]);
    const overlaps = west < (seen[2] ?? 0) && east > (seen[0] ?? 0) && south < (seen[3] ?? 0) && north > (seen[1] ?? 0);
    // What is larger than the view is seen already, whatever part of it.
    const large = east - west > (seen[2] ?? 0) - (seen[0] ?? 0);
    if (!inside && !(large && overlaps)) this.goTo({ center: bboxCentre(bbox), animate: true });
  }

  /** What one sees of the map: all of it, but for what lies under the bars of a phone. */
  private padding(): number[] {
    if (!isPhone()) return [...PADDING];
    const [west, south, east, north] = UNDER_BARS;
    const height = this.map.getSize()?.[1] ?? 600;
    const [above, below] = [north + CLEAR_PX, south + CLEAR_PX];
    const share = Math.min(1, (MOST_FREE * height) / (above + below));
    return [above * share, east + CLEAR_PX, below * share, west + CLEAR_PX];
  }

  private seen(): number[] {
    const view = this.map.getView();
    const whole = view.calculateExtent(this.map.getSize() ?? [800, 600]);
    const [west, south, east, north] = UNDER_BARS.map((px) => (isPhone() ? px * (view.getResolution() ?? 1) : 0));
    const [w = 0, s = 0, e = 0, n = 0] = whole;
    return [w + (west ?? 0), s + (south ?? 0), e - (east ?? 0), n - (north ?? 0)];
  }

  refresh(): void {
    this.map.updateSize();
    this.map.render();
  }

  reload(): void {
    for (const layer of this.map.getAllLayers()) layer.getSource()?.refresh();
  }

  async edit(events: EditEvents): Promise<EditCanvas> {
    const { OlEditCanvas } = await import("./edit-canvas");
    this.edited = true;
    const left = (): void => {
      this.edited = false;
    };
    const idsAt = (slug: string, pixel: number[], hitTolerance: number): number[] =>
      this.layers.idsAt(slug, pixel, hitTolerance);
    const idsIn = (slug: string, extent: number[]): number[] => this.layers.idsIn(slug, extent);
    return new OlEditCanvas({ map: this.map, target: this.target, idsAt, idsIn, left }, events);
  }

  async paperFrame(events: PaperFrameEvents): Promise<PaperFrame> {
    const { OlPaperFrame } = await import("./print-frame");
    return new OlPaperFrame(this.map, this.target, events);
  }

  /** Marks the place that is pointed at in the twin map: an element, for drawing the map again would be late. */
  showCursor(position: LonLat | null): void {
    const pixel = position && this.map.getPixelFromCoordinate(fromLonLat(position));
    this.twinCursor.hidden = !pixel;
    if (pixel) this.twinCursor.style.transform = `translate(${pixel[0]}px, ${pixel[1]}px)`;
  }

  dispose(): void {
    this.resizing.disconnect();
    this.target.removeEventListener("pointerleave", this.pointerLeft);
    this.twinCursor.remove();
    this.map.setTarget(undefined);
    // The view is the leader's: only this map lets go of it.
    this.map.setView(new View());
    this.map.dispose();
  }

  private listen(): void {
    this.map.on("moveend", () => this.events.moved(this.view()));
    this.map.on("rendercomplete", () => this.events.rendered());
    this.map.on("loadstart", () => this.events.busy(true));
    this.map.on("loadend", () => this.events.busy(false));
    this.map.on("click", (event) => this.click(event));
    this.map.on("dblclick", (event) => this.doubleClick(event));
    this.map.on("pointermove", (event) => this.pointerMoved(event));
    this.target.addEventListener("pointerleave", this.pointerLeft);
    this.resizing.observe(this.target);
  }

  /** A panel that opens or closes beside the map takes room, but must not move what one is looking at. */
  private resized(): void {
    const box = this.target.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const middle: [number, number] = [box.left + box.width / 2, box.top + box.height / 2];
    const before = this.middle;
    this.middle = middle;
    this.map.updateSize();
    // Two maps instead of one: what was in the middle stays in the middle, of each.
    const halved = this.model.mode === "side";
    const still = this.halved === halved && !this.leader;
    this.halved = halved;
    if (before && still && !this.map.getView().getAnimating()) this.panBy(middle[0] - before[0], middle[1] - before[1]);
    this.map.renderSync();
  }

  private click(event: MapBrowserEvent): void {
    this.clicks = [event.pixel, ...this.clicks].slice(0, 2);
    // The second click of a double click is not another point.
    if (this.edited || event.originalEvent.detail > 1) return;
    const several = this.model.sketch ? null : this.layers.clusterAt(event.pixel);
    if (several)
      return this.goTo({ bbox: transformExtent(several, "EPSG:3857", "EPSG:4326") as Bbox, zoom: CLUSTER_ZOOM });
    this.events.clicked(toLonLat(event.coordinate) as LonLat, event.originalEvent.timeStamp);
  }

  private doubleClick(event: MapBrowserEvent): void {
    if (!this.model.sketch || this.model.sketch.finished) return;
    event.stopPropagation();
    const [[x = 0, y = 0] = [], [before = 0, above = 0] = []] = this.clicks;
    if (Math.hypot(x - before, y - above) <= SAME_PLACE_PX) this.events.doubleClicked();
  }

  private pointerMoved(event: MapBrowserEvent): void {
    window.clearTimeout(this.hoverTimer);
    if (event.dragging) return this.hover(null);
    this.cursor = toLonLat(event.coordinate) as LonLat;
    if (this.pointerFrame) return;
    const { pixel } = event;
    this.pointerFrame = requestAnimationFrame(() => {
      this.pointerFrame = 0;
      this.events.pointer(this.cursor, false);
      if (this.model.sketch) this.drawSketch();
      // Only what the pointer rests on: finding it costs too much to do on the way.
      else this.hoverTimer = window.setTimeout(() => this.hoverAt(pixel), HOVER_MS);
    });
  }

  private pointerLeft = (): void => {
    window.clearTimeout(this.hoverTimer);
    this.cursor = null;
    this.events.pointer(null, false);
    this.hover(null);
    if (this.model.sketch) this.drawSketch();
  };

  private hoverAt(pixel: number[]): void {
    // The editor says what can be taken up.
    if (this.edited) return;
    const detail = this.model.look.detail;
    if (detail !== "parcel" && detail !== "address") return this.hover(null);
    const parcels = this.layers.get(PARCELS);
    const id =
      parcels &&
      this.map.forEachFeatureAtPixel(pixel, (feature) => feature.getId(), {
        layerFilter: (layer) => layer === parcels,
      });
    this.hover(typeof id === "number" ? { layer: PARCELS, id } : null);
  }

  private run(change: Change): void {
    switch (change.kind) {
      case "look":
        return this.applyLook();
      case "background":
        return this.placeBackground();
      case "patches":
        return this.placePatches();
      case "photo":
        return this.placePhoto("right");
      case "compared":
        return this.placePhoto("left");
      case "add":
        this.layers.add(change.layer);
        return this.placed(change.layer.slug);
      case "remove":
        this.layers.remove(change.slug);
        return this.placed(change.slug);
      case "replace":
        this.layers.replace(change.layer);
        return this.placed(change.layer.slug);
      case "restyle":
        return this.layers.restyle(change.layer);
      case "adjust":
        return this.layers.adjust(change.layer);
      case "selection":
        return this.drawSelection();
      case "chosen":
        return this.drawChosen();
      case "pin":
        return this.drawPin();
      case "sketch":
        return this.drawSketch();
      case "water":
        return void this.drawWater();
    }
  }

  /** A layer came or went: the chosen parcels are drawn from the tiles of theirs. */
  private placed(slug: string): void {
    if (slug === PARCELS) this.drawChosen();
  }

  private applyLook(): void {
    const colours = palette(this.model.look);
    this.paint();
    this.selection.setStyle(selectionStyle(colours));
    this.drawPin();
    this.drawSketch();
    this.drawChosen();
    this.placeHover();
    void this.drawWater();
  }

  private placeBackground(): void {
    if (this.background) this.map.removeLayer(this.background);
    this.background = null;
    if (!this.model.background) return;
    this.background = new TileLayer({ source: backgroundSource(this.model.background), zIndex: -1 });
    this.map.addLayer(this.background);
  }

  private placePatches(): void {
    if (this.patches) this.map.removeLayer(this.patches.layer);
    const footprints = patches(this.model);
    this.patches = footprints.length ? new Patches(footprints, palette(this.model.look).paper) : null;
    if (this.patches) this.map.addLayer(this.patches.layer);
    this.paint();
  }

  /** The bare ground: that of the plain map, unless an image should lie everywhere. */
  private paint(): void {
    const { look } = this.model;
    this.target.style.backgroundColor = palette({ ...look, photo: look.photo && !this.patches }).paper;
  }

  private placePhoto(side: PhotoSide): void {
    const before = this.photos[side];
    if (before) this.map.removeLayer(before);
    delete this.photos[side];
    const photo = side === "left" ? this.model.compared : this.model.photo;
    if (!photo) return;
    const placed = photoLayer(photo, side, () => this.events.photoFailed(photo.slug));
    this.photos[side] = placed;
    this.map.addLayer(placed);
  }

  private drawSelection(): void {
    const source = this.selection.getSource();
    source?.clear();
    const selected = this.model.selected;
    if (selected) source?.addFeature(new Feature(this.geojson.readGeometry(selected) ?? undefined));
  }

  /** Like the hovered thing: from the tiles already here, which know parcels by their ids. */
  private drawChosen(): void {
    const { chosen, look, layers } = this.model;
    const parcels = layers.find(({ slug }) => slug === PARCELS);
    const source = chosen.length ? (this.layers.get(PARCELS)?.getSource() ?? null) : null;
    if (this.chosen.getSource() !== source) this.chosen.setSource(source);
    if (!source || !parcels) return;
    const ids = new Set(chosen.map(({ id }) => id));
    const style = chosenStyle(palette(look));
    this.chosen.setMinZoom(firstZoom(parcels));
    this.chosen.setStyle((feature) => (ids.has(feature.getId() as number) ? style : undefined));
  }

  private drawPin(): void {
    this.pin.setStyle(pinStyle(palette(this.model.look), this.model.pinWords));
    const source = this.pin.getSource();
    source?.clear();
    if (this.model.pin) source?.addFeature(new Feature(new Point(fromLonLat(this.model.pin))));
  }

  private drawSketch(): void {
    const source = this.sketch.getSource();
    source?.clear();
    const sketch = this.model.sketch;
    if (!sketch?.points.length) return;
    const colours = palette(this.model.look);
    const open = !sketch.finished && this.cursor ? [this.cursor] : [];
    const ring = [...sketch.points, ...open].map((point) => fromLonLat(point));
    const closed = sketch.kind === "area" && ring.length > 2;
    const shape = new Feature(closed ? new Polygon([ring]) : new LineString(ring));
    shape.setStyle(sketchStyle(colours));
    const vertices = sketch.points.map((point) => {
      const vertex = new Feature(new Point(fromLonLat(point)));
      vertex.setStyle(vertexStyle(colours));
      return vertex;
    });
    source?.addFeatures([shape, ...vertices]);
    if (!sketch.mark) return;
    const mark = new Feature(new Point(fromLonLat(sketch.mark)));
    mark.setStyle(pinStyle(colours, ""));
    source?.addFeature(mark);
  }

  /** What draws it comes with the first thing to draw. */
  private async drawWater(): Promise<void> {
    if (!this.water && !this.model.water) return;
    const { WaterOverlay } = await import("./water");
    this.water ??= new WaterOverlay(this.map);
    this.water.draw(this.model.water, this.model.look);
  }

  /** The hovered thing is drawn from the tiles already here: same source, other style, no request. */
  private placeHover(): void {
    if (this.hoverLayer) this.map.removeLayer(this.hoverLayer);
    this.hoverLayer = null;
    const source = this.hovered ? this.layers.get(this.hovered.layer)?.getSource() : null;
    if (!source) return;
    const style = hoverStyle(palette(this.model.look));
    this.hoverLayer = new VectorTileLayer({
      source,
      renderMode: "vector",
      zIndex: ABOVE_LAYERS - 1,
      style: (feature) => (feature.getId() === this.hovered?.id ? style : undefined),
    });
    this.map.addLayer(this.hoverLayer);
  }
}

const intersects = ([w = 0, s = 0, e = 0, n = 0]: number[], [x, y]: [number, number]): boolean =>
  x > w && x < e && y > s && y < n;

function overlay(zIndex: number): VectorLayer {
  return new VectorLayer({
    source: new VectorSource(),
    zIndex,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  });
}

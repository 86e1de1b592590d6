import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import PointerInteraction from "ol/interaction/Pointer";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Icon, Stroke, Style } from "ol/style";
import { type Frame, outline, rounded } from "../geo/frame";
import { toLambert93 } from "../geo/lambert93";
import type { LonLat } from "../geo/mercator";
import type { Position } from "../geo/shape";
import { palette } from "./palette";
import type { PaperFrame, PaperFrameEvents } from "./port";

const ABOVE = 1500;
const MOUSE_PX = 8;
const FINGER_PX = 22;
const HANDLE_PX = 13;
const FAR = 3e7;

/** The frame of the paper: what is outside is dimmed; it is dragged by its edge or by the handle in its middle. */
export class OlPaperFrame implements PaperFrame {
  private readonly source = new VectorSource();
  private readonly layer = new VectorLayer({
    source: this.source,
    zIndex: ABOVE,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  });
  private readonly interaction: PointerInteraction;
  private box: Frame | null = null;
  private grip: Position = [0, 0];

  constructor(
    private readonly map: OlMap,
    private readonly target: HTMLElement,
    private readonly events: PaperFrameEvents,
  ) {
    this.interaction = new PointerInteraction({
      handleDownEvent: (event) => this.pressed(event),
      handleDragEvent: (event) => this.dragged(event),
      handleUpEvent: () => this.released(),
      handleMoveEvent: (event) => this.hovered(event),
    });
    map.addLayer(this.layer);
    map.addInteraction(this.interaction);
  }

  draw(box: Frame): void {
    this.box = box;
    const ring = outline(box).map((place) => fromLonLat(place));
    const closed = [...ring, ring[0] ?? [0, 0]];
    const world = [
      [-FAR, -FAR],
      [FAR, -FAR],
      [FAR, FAR],
      [-FAR, FAR],
      [-FAR, -FAR],
    ];
    const dim = new Feature(new Polygon([world, closed]));
    dim.setStyle(new Style({ fill: new Fill({ color: "rgba(27,42,47,0.22)" }) }));
    const edge = new Feature(new Polygon([closed]));
    edge.setStyle(EDGE);
    const handle = new Feature(new Point(this.middle(box)));
    handle.setStyle(HANDLE);
    this.source.clear(true);
    this.source.addFeatures([dim, edge, handle]);
  }

  stop(): void {
    this.map.removeInteraction(this.interaction);
    this.map.removeLayer(this.layer);
    this.target.style.cursor = "";
  }

  private middle({ center: [x, y], width, height }: Frame): number[] {
    const [west, south, east, north] = new Polygon([
      outline({ center: [x, y], width, height }).map((place) => fromLonLat(place)),
    ]).getExtent() as [number, number, number, number];
    return [(west + east) / 2, (south + north) / 2];
  }

  /** Where on the ground (EPSG:2154) an event is. */
  private place(event: MapBrowserEvent): Position {
    return toLambert93(toLonLat(event.coordinate) as LonLat);
  }

  private isGrip(event: MapBrowserEvent): boolean {
    if (!this.box) return false;
    const touch = (event.originalEvent as PointerEvent).pointerType === "touch";
    const reach = touch ? FINGER_PX : MOUSE_PX;
    const middle = this.map.getPixelFromCoordinate(this.middle(this.box));
    const [x = 0, y = 0] = event.pixel;
    if (middle && Math.hypot(x - (middle[0] ?? 0), y - (middle[1] ?? 0)) <= HANDLE_PX + reach / 2) return true;
    const ring = outline(this.box).map((place) => this.map.getPixelFromCoordinate(fromLonLat(place)));
    return ring.some((from, i) => nearSide([x, y], from, ring[(i + 1) % ring.length] ?? from) <= reach);
  }

  private pressed(event: MapBrowserEvent): boolean {
    if (!this.box || !this.isGrip(event)) return false;
    const [x, y] = this.place(event);
    this.grip = [x - this.box.center[0], y - this.box.center[1]];
    this.target.style.cursor = "grabbing";
    return true;
  }

  private dragged(event: MapBrowserEvent): void {
    if (!this.box) return;
    const [x, y] = this.place(event);
    this.draw({ ...this.box, center: [x - this.grip[0], y - this.grip[1]] });
  }

  private released(): boolean {
    this.target.style.cursor = "";
    if (this.box) this.events.moved(rounded(this.box.center));
    return false;
  }

  private hovered(event: MapBrowserEvent): void {
    this.target.style.cursor = this.isGrip(event) ? "grab" : "";
  }
}

function nearSide([x, y]: Position, from: number[] | null, to: number[] | null): number {
  if (!from || !to) return Number.POSITIVE_INFINITY;
  const [ax = 0, ay = 0] = from;
  const [dx, dy] = [(to[0] ?? 0) - ax, (to[1] ?? 0) - ay];
  const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

const MOVE = "M12 2v20M2 12h20M9 5l3-3 3 3M9 19l3 3 3-3M5 9l-3 3 3 3M19 9l3 3-3 3";
const { accent } = palette({ dark: false, photo: false, detail: "far" });
const ARROWS = `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 24 24" fill="none" stroke="${accent}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${MOVE}"/></svg>`;

const EDGE = [
  new Style({ stroke: new Stroke({ color: "rgba(255,255,255,0.95)", width: 5, lineJoin: "miter" }) }),
  new Style({ stroke: new Stroke({ color: accent, width: 2, lineJoin: "miter" }) }),
];
const HANDLE = [
  new Style({
    image: new Circle({
      radius: HANDLE_PX,
      fill: new Fill({ color: "rgba(255,255,255,0.95)" }),
      stroke: new Stroke({ color: accent, width: 2 }),
    }),
  }),
  new Style({ image: new Icon({ src: `data:image/svg+xml,${encodeURIComponent(ARROWS)}`, width: 16, height: 16 }) }),
];

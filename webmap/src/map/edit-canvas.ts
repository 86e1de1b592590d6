import Feature from "ol/Feature";
import type Geometry from "ol/geom/Geometry";
import LineString from "ol/geom/LineString";
import MultiLineString from "ol/geom/MultiLineString";
import MultiPoint from "ol/geom/MultiPoint";
import MultiPolygon from "ol/geom/MultiPolygon";
import Point from "ol/geom/Point";
import PointerInteraction from "ol/interaction/Pointer";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { unByKey } from "ol/Observable";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import type { StyleLike } from "ol/style/Style";
import { fromLambert93, toLambert93 } from "../geo/lambert93";
import { groundResolution, type LonLat } from "../geo/mercator";
import { type Box, boxOfShape, type Position, type Shape } from "../geo/shape";
import type { EditCanvas, EditEvents, Keys, Picture } from "./canvas";
import { areaStyle, guideStyle, handleStyle, lengthStyle, shapeStyle, snapStyle } from "./edit-styles";
import { palette } from "./palette";
import { tintStyle } from "./tint-styles";

const ABOVE_ALL = 2000;
const HIT_PX = 6;
const SHOW_PADDING = [72, 72, 72, 72];
const CLOSEST_ZOOM = 20;

const toMap = ([x, y]: Position): number[] => fromLonLat(fromLambert93([x, y]));
const toPlane = (coordinate: number[]): Position => toLambert93(toLonLat(coordinate) as LonLat);
const closed = (ring: readonly Position[]): number[][] => [...ring, ...ring.slice(0, 1)].map(toMap);

function geometryOf({ kind, parts }: Shape): Geometry {
  if (kind === "point") return new MultiPoint(parts.flat(2).map(toMap));
  if (kind === "line") return new MultiLineString(parts.flat().map((line) => line.map(toMap)));
  return new MultiPolygon(parts.map((rings) => rings.map(closed)));
}

/** The map as the canvas needs it: its layers are the view's affair. */
export interface Ground {
  readonly map: OlMap;
  readonly target: HTMLElement;
  idsAt(layer: string, pixel: number[], tolerance: number): number[];
  idsIn(layer: string, extent: number[]): number[];
  /** The editor is gone: the map takes its clicks again. */
  left(): void;
}

/** Draws what is being edited and tells what the pointer does, all in EPSG:2154; the editor knows no OpenLayers. */
export class OlEditCanvas implements EditCanvas {
  private readonly shapes = overlay(ABOVE_ALL);
  private readonly live = overlay(ABOVE_ALL + 1);
  private readonly words = overlay(ABOVE_ALL + 2, true);
  private readonly capture: PointerInteraction;
  private readonly listened;
  private drawn: Picture | null = null;

  constructor(
    private readonly ground: Ground,
    private readonly events: EditEvents,
  ) {
    const { map } = ground;
    this.capture = new PointerInteraction({
      handleDownEvent: (event) => this.isPrimary(event) && events.pressed(toPlane(event.coordinate), keysOf(event)),
      handleDragEvent: (event) => events.dragged(toPlane(event.coordinate)),
      handleUpEvent: (event) => {
        events.released(toPlane(event.coordinate));
        return false;
      },
    });
    map.addInteraction(this.capture);
    map.addLayer(this.shapes);
    map.addLayer(this.live);
    map.addLayer(this.words);
    this.listened = [
      map.on("pointermove", (event) => event.dragging || events.pointed(toPlane(event.coordinate))),
      map.on("click", (event) => this.clicked(event)),
      map.on("dblclick", (event) => events.doubleClicked(toPlane(event.coordinate)) && event.stopPropagation()),
      map.getView().on("change:center", () => events.centred(this.centre())),
      map.getView().on("change:resolution", () => events.centred(this.centre())),
    ];
    this.ground.target.addEventListener("pointerleave", this.pointerLeft);
  }

  private pointerLeft = (): void => this.events.pointed(null);

  private isPrimary({ originalEvent }: MapBrowserEvent): boolean {
    return originalEvent instanceof PointerEvent && originalEvent.isPrimary && originalEvent.button === 0;
  }

  private clicked(event: MapBrowserEvent): void {
    // The second click of a double click is not another point.
    if (event.originalEvent.detail > 1) return;
    this.events.clicked(toPlane(event.coordinate), keysOf(event));
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  draw(picture: Picture): void {
    const before = this.drawn;
    this.drawn = picture;
    const { shapes, look, tints } = picture;
    if (shapes !== before?.shapes || look !== before?.look || tints !== before?.tints) this.drawShapes(picture);
    this.drawLive(picture);
  }

  private drawShapes({ shapes, look, tints = [] }: Picture): void {
    const colours = palette(look);
    this.replace(this.shapes, [
      ...tints.map(({ shape, tint }) => styled(geometryOf(shape), tintStyle(tint, colours))),
      ...shapes.map(({ shape, role }) => styled(geometryOf(shape), shapeStyle(role, colours))),
    ]);
  }

  private drawLive({ handles, area, guide, snap, lengths, look }: Picture): void {
    const colours = palette(look);
    const points = handles.map(({ position, role }) => styled(new Point(toMap(position)), handleStyle(role, colours)));
    const line = guide.length > 1 ? [styled(new LineString(guide.map(toMap)), guideStyle(colours))] : [];
    const texts = lengths.map(({ position, text }) => styled(new Point(toMap(position)), lengthStyle(text, colours)));
    const mark = snap ? [styled(new Point(toMap(snap.position)), snapStyle(snap.kind, look.photo || look.dark))] : [];
    const surface = area.length > 2 ? [styled(new MultiPolygon([[closed(area)]]), areaStyle(colours))] : [];
    this.replace(this.live, [...surface, ...line, ...points, ...mark]);
    this.replace(this.words, texts);
  }

  private replace(layer: VectorLayer, features: Feature[]): void {
    const source = layer.getSource();
    source?.clear(true);
    source?.addFeatures(features);
  }

  // --- the view ----------------------------------------------------------------------------------------------------

  metresPerPixel(): number {
    const view = this.ground.map.getView();
    return groundResolution(view.getZoom() ?? 0, toLonLat(view.getCenter() ?? [0, 0])[1] ?? 0);
  }

  centre(): Position {
    return toPlane(this.ground.map.getView().getCenter() ?? [0, 0]);
  }

  box(): Box {
    const [west = 0, south = 0, east = 0, north = 0] = this.ground.map
      .getView()
      .calculateExtent(this.ground.map.getSize());
    const corners = [
      [west, south],
      [west, north],
      [east, south],
      [east, north],
    ].map(toPlane);
    const [x, y] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
    return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
  }

  featureAt(layer: string, at: Position): number | null {
    const pixel = this.ground.map.getPixelFromCoordinate(toMap(at));
    return (pixel && this.ground.idsAt(layer, pixel, HIT_PX)[0]) ?? null;
  }

  featuresIn(layer: string, [west, south, east, north]: Box): number[] {
    const [a = [], b = []] = [toMap([west, south]), toMap([east, north])];
    return this.ground.idsIn(layer, [...a, ...b]);
  }

  show(shape: Shape): void {
    const [west, south, east, north] = boxOfShape(shape);
    const [a = [], b = []] = [toMap([west, south]), toMap([east, north])];
    this.ground.map.getView().fit([...a, ...b], { padding: SHOW_PADDING, maxZoom: CLOSEST_ZOOM });
  }

  settled(then: () => void): void {
    this.ground.map.once("rendercomplete", then);
    this.ground.map.render();
  }

  stop(): void {
    const { map } = this.ground;
    this.ground.target.removeEventListener("pointerleave", this.pointerLeft);
    unByKey(this.listened.flat());
    map.removeInteraction(this.capture);
    map.removeLayer(this.shapes);
    map.removeLayer(this.live);
    map.removeLayer(this.words);
    this.ground.left();
  }
}

function keysOf({ originalEvent }: MapBrowserEvent): Keys {
  const touch = originalEvent instanceof PointerEvent && originalEvent.pointerType === "touch";
  return { shift: originalEvent.shiftKey, touch };
}

function styled(geometry: Geometry, style: StyleLike): Feature {
  const feature = new Feature(geometry);
  feature.setStyle(style);
  return feature;
}

function overlay(zIndex: number, declutter = false): VectorLayer {
  return new VectorLayer({
    source: new VectorSource({ useSpatialIndex: false }),
    zIndex,
    declutter,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  });
}

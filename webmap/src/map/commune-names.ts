import Feature, { type FeatureLike } from "ol/Feature";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import type VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import RenderFeature from "ol/render/Feature";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import type { MapLayer } from "./model";
import { FAMILY, type Palette, palette } from "./palette";
import { type Box, type PlaceName, placeNames } from "./place-names";
import type { OnPhoto } from "./styles";

/** The layer whose names are placed where nothing else is read. */
export const NAMED = "communes";

/** Over lines and objects of all layers, under the numbers of clusters. */
const OVER_LAYERS = 989;
const PAD_PX = 4;
const LINE_HEIGHT = 1.2;

/** The names of the communes that are on screen, from the tiles that are here, beside the numbers of clusters. */
export class CommuneNames {
  private readonly source = new VectorSource();
  private readonly placed = new VectorLayer({ source: this.source, updateWhileAnimating: true });
  private readonly pen = document.createElement("canvas").getContext("2d");
  /** The view, its size and what names kept clear of when they were placed, as text; null: to be placed anew. */
  private placedBy: string | null = null;
  /** The pieces of communes that tiles held then. */
  private here: readonly FeatureLike[] = [];
  /** What is drawn, as text; null: to be drawn anew. */
  private drawn: string | null = null;

  constructor(
    private readonly map: OlMap,
    private readonly tiles: VectorTileLayer,
    private layer: MapLayer,
    /** What names keep clear of, in pixels. */
    private readonly taken: () => readonly Box[],
    private readonly onPhoto: () => OnPhoto | null,
  ) {
    this.map.addLayer(this.placed);
    this.map.on("rendercomplete", this.draw);
    this.adjust(layer);
  }

  adjust(layer: MapLayer): void {
    this.layer = layer;
    this.placedBy = null;
    this.drawn = null;
    this.placed.setVisible(layer.visible);
    this.placed.setOpacity(layer.opacity);
    this.placed.setZIndex(OVER_LAYERS);
    this.map.render();
  }

  remove(): void {
    this.map.un("rendercomplete", this.draw);
    this.map.removeLayer(this.placed);
  }

  private get size(): number {
    return this.layer.look.detail === "far" ? 12.5 : 14;
  }

  private get font(): string {
    return `600 ${this.size}px ${FAMILY}`;
  }

  private draw = (): void => {
    const size = this.map.getSize();
    if (!size || !this.layer.visible) return;
    const taken = this.taken();
    if (!this.isPlacedAnew(size, taken)) return;
    const [width = 0, height = 0] = size;
    const names = placeNames(this.names(), taken, [0, 0, width, height]);
    const marks = names.map(({ text, at }) => ({ text, at: this.map.getCoordinateFromPixel(at) }));
    const drawn = marks.map(({ text, at }) => `${text}:${at.map(Math.round)}`).join();
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.source.clear(true);
    this.source.addFeatures(marks.map(({ text, at }) => this.mark(text, at)));
  };

  /** Whether anything is not as it was when names were placed; it is so from now on. */
  private isPlacedAnew(size: number[], taken: readonly Box[]): boolean {
    const view = this.map.getView();
    const here = this.pieces(size);
    const placedBy = [view.getCenter(), view.getResolution(), view.getRotation(), size, ...taken].join(";");
    const isSame = here.length === this.here.length && here.every((piece, i) => piece === this.here[i]);
    if (isSame && placedBy === this.placedBy) return false;
    this.here = here;
    this.placedBy = placedBy;
    return true;
  }

  private pieces(size: number[]): readonly FeatureLike[] {
    const { detail } = this.layer.look;
    const view = this.map.getView();
    // From nearer one reads the sections.
    if ((detail !== "far" && detail !== "area") || !this.tiles.isVisible(view)) return [];
    return this.tiles.getFeaturesInExtent(view.calculateExtent(size));
  }

  private names(): PlaceName[] {
    return middles(this.here).map(({ text, at, pieces }) => {
      const [x = 0, y = 0] = this.map.getPixelFromCoordinate(at);
      const covers = (pixel: readonly [number, number]): boolean =>
        pieces.some((piece) => lies(this.map.getCoordinateFromPixel([...pixel]), piece));
      const width = this.widthOf(text) + 2 * PAD_PX;
      return { text, at: [x, y], width, height: this.size * LINE_HEIGHT + PAD_PX, covers };
    });
  }

  private widthOf(text: string): number {
    if (!this.pen) return text.length * this.size * 0.6;
    this.pen.font = this.font;
    return this.pen.measureText(text).width;
  }

  private mark(text: string, at: number[]): Feature {
    const { look } = this.layer;
    const colours: Palette = palette({ ...look, photo: look.photo && (this.onPhoto()?.(at) ?? true) });
    const mark = new Feature(new Point(at));
    const fill = new Fill({ color: colours.commune });
    const stroke = new Stroke({ color: colours.halo, width: 3, lineJoin: "round" });
    mark.setStyle(new Style({ text: new Text({ text, font: this.font, fill, stroke }) }));
    return mark;
  }
}

/** Coordinates one after the other, and where each ring ends. */
interface Rings {
  flat: readonly number[];
  ends: readonly number[];
}

/** Each name with the middle of its surface, of which tiles hold pieces; the largest first. */
function middles(features: readonly FeatureLike[]): { text: string; at: number[]; pieces: Rings[] }[] {
  const places = new Map<string, { text: string; area: number; x: number; y: number; pieces: Rings[] }>();
  for (const feature of features) {
    const text = String(feature.get("name") ?? feature.get("title") ?? "");
    if (!text || !(feature instanceof RenderFeature)) continue;
    const key = String(feature.getId() ?? text);
    const place = places.get(key) ?? { text, area: 0, x: 0, y: 0, pieces: [] };
    const rings = { flat: feature.getFlatCoordinates(), ends: (feature.getEnds() ?? []) as number[] };
    const { area, x, y } = momentsOf(rings);
    place.area += area;
    place.x += x;
    place.y += y;
    place.pieces.push(rings);
    places.set(key, place);
  }
  return [...places.values()]
    .filter(({ area }) => area !== 0)
    .sort((a, b) => Math.abs(b.area) - Math.abs(a.area) || (a.text < b.text ? -1 : 1))
    .map(({ text, area, x, y, pieces }) => ({ text, at: [x / area, y / area], pieces }));
}

/** Twice the area of rings, of which holes turn the other way, and that area times its centroid. */
function momentsOf(rings: Rings): { area: number; x: number; y: number } {
  const moments = { area: 0, x: 0, y: 0 };
  for (const [x, y, u, v] of sidesOf(rings)) {
    const cross = x * v - u * y;
    moments.area += cross;
    moments.x += (cross * (x + u)) / 3;
    moments.y += (cross * (y + v)) / 3;
  }
  return moments;
}

/** Whether a place lies in a piece, by the sides that a ray to the east crosses. */
function lies([x = 0, y = 0]: number[], rings: Rings): boolean {
  let inside = false;
  for (const [a, b, c, d] of sidesOf(rings))
    if (b > y !== d > y && x < a + ((c - a) * (y - b)) / (d - b)) inside = !inside;
  return inside;
}

function* sidesOf({ flat, ends }: Rings): Generator<[number, number, number, number]> {
  let start = 0;
  for (const end of ends) {
    for (let i = start; i + 3 < end; i += 2) yield [flat[i] ?? 0, flat[i + 1] ?? 0, flat[i + 2] ?? 0, flat[i + 3] ?? 0];
    start = end;
  }
}

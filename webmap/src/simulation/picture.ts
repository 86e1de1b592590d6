import type * as schema from "../api/schema";
import type { Geometry } from "../geo/geojson";
import { distance, type Position, readShape, type Shape } from "../geo/shape";
import {
  type DrawnShape,
  type Handle,
  LENGTH_ABOVE_PX,
  type Picture,
  type Tint,
  type TintedShape,
} from "../map/canvas";
import type { Look } from "../map/model";
import { gapOf, type Limit, longest } from "./limits";
import { bandOf, type Line } from "./lines";
import { ahead, angleOf, bearing, centreOf, closed, cornersOf, type Outline, pairs, shapeOf, squared } from "./outline";
import type { Volume } from "./project";
import { SUN_TINTS } from "./sun-hours";

export interface Scene {
  readonly volumes: readonly Volume[];
  readonly lines: readonly Line[];
  /** Buildings of the plan that are pulled down. */
  readonly demolished: readonly Shape[];
  readonly active: Volume | null;
  readonly drawing: readonly Position[];
  readonly square: boolean;
  readonly limits: readonly Limit[];
  readonly verdicts: readonly schema.Verdict[];
  readonly spotted: number | null;
  readonly shadow: unknown;
  /** Where neighbours lose sun, from where least is lost to where most is. */
  readonly sun: readonly schema.SunClass[];
  readonly envelope: schema.ParcelEnvelope | null;
  readonly aim: Position | null;
  readonly snap: Picture["snap"];
  readonly look: Look;
  readonly metresPerPixel: number;
  /** A length in words. */
  readonly length: (metres: number) => string;
}

/** Sides shorter than this on screen have no length beside them. */
const LENGTH_PX = 44;
/** A gap longer than this says nothing of a setback. */
const FAR_M = 60;
const TURN_PX = 30;
const KINDS: readonly string[] = ["alignment", "side", "rear"];

/** About how much of the map a label takes. */
const LETTER_PX = 7;
const LINE_PX = 17;
/** About the side of a handle, and how far beyond a limit the length of a short gap stands. */
const HANDLE_PX = 12;
const BEYOND_PX = [26, 44];

const middle = ([ax, ay]: Position, [bx, by]: Position): Position => [(ax + bx) / 2, (ay + by) / 2];
const sidesOf = (outline: Outline): [Position, Position][] => pairs(closed(cornersOf(outline)));

/** Where a volume is taken to turn it: out beyond the middle of its first side. */
export function turnHandle(outline: Outline, metresPerPixel: number): Position {
  const [first] = sidesOf(outline);
  const centre = centreOf(outline);
  const at = first ? middle(...first) : centre;
  return ahead(at, TURN_PX * metresPerPixel, bearing(centre, at));
}

export type ShapeSource = Pick<Scene, "volumes" | "lines" | "active" | "drawing">;

export function shapesOf({ volumes, lines, active, drawing }: ShapeSource): DrawnShape[] {
  const bands = lines.map((line): DrawnShape => {
    return { key: `line-${line.id}`, shape: { kind: "polygon", parts: [[bandOf(line)]] }, role: "stored" };
  });
  const stand = volumes.map((volume): DrawnShape => {
    return { key: String(volume.id), shape: shapeOf(volume.outline), role: volume === active ? "active" : "stored" };
  });
  const drawn = [...bands, ...stand];
  if (drawing.length < 2) return drawn;
  return [...drawn, { key: "drawing", shape: { kind: "line", parts: [[drawing]] }, role: "drawing" }];
}

function tinted(geometry: unknown, tint: Tint): TintedShape[] {
  const shape = readShape(geometry as Geometry | null);
  return shape ? [{ shape, tint }] : [];
}

/** A line for the ridge, as far as a rectangle has one. */
function ridge({ roof, outline, ridgeTurn }: Volume): TintedShape[] {
  if (roof === "flat" || outline.kind !== "rectangle") return [];
  const along = ridgeTurn % 180 === 0;
  const [length, across] = along ? [outline.width, outline.depth] : [outline.depth, outline.width];
  const direction = angleOf(outline) + ridgeTurn;
  const centre = roof === "mono" ? ahead(outline.centre, across / 2, direction + 90) : outline.centre;
  const half = roof === "hip" ? Math.max(0, (length - across) / 2) : length / 2;
  const line = [ahead(centre, -half, direction), ahead(centre, half, direction)];
  return [{ shape: { kind: "line", parts: [[line]] }, tint: "ridge" }];
}

export type TintSource = Pick<
  Scene,
  "volumes" | "active" | "limits" | "verdicts" | "spotted" | "shadow" | "sun" | "envelope" | "demolished"
>;

export function tintsOf(scene: TintSource): TintedShape[] {
  const { volumes, active, limits, verdicts, spotted, shadow, sun, envelope, demolished } = scene;
  const sides = limits.map(({ kind, lines }): TintedShape => {
    const tint = KINDS.includes(kind) ? (kind as Tint) : "side";
    return { shape: { kind: "line", parts: lines.map((line) => [line]) }, tint };
  });
  const broken = verdicts.filter(({ status }) => status === "broken").flatMap(({ where }) => tinted(where, "broken"));
  const spot = spotted === null ? [] : tinted(verdicts[spotted]?.where ?? null, "spotted");
  return [
    ...(envelope?.features ?? []).flatMap(({ geometry }) => tinted(geometry, "envelope")),
    ...sun.flatMap(({ shape }, i) => tinted(shape, SUN_TINTS[i] ?? "sun4")),
    ...tinted(shadow, "shadow"),
    ...demolished.map((shape): TintedShape => ({ shape, tint: "broken" })),
    ...sides,
    ...gaps(active, limits),
    ...volumes.flatMap(ridge),
    ...broken,
    ...spot,
  ];
}

function gaps(active: Volume | null, limits: readonly Limit[]): TintedShape[] {
  return gapLines(active, limits).map(({ from, to }) => ({
    shape: { kind: "line", parts: [[[from, to]]] },
    tint: "gap",
  }));
}

function gapLines(active: Volume | null, limits: readonly Limit[]) {
  if (!active) return [];
  return limits.flatMap((limit) => {
    const gap = gapOf(active.outline, limit);
    return gap && gap.metres > 0 && gap.metres < FAR_M ? [gap] : [];
  });
}

function handlesOf({ active, drawing, metresPerPixel }: Scene): Handle[] {
  const laid = drawing.map((position, i): Handle => ({ position, role: i ? "vertex" : "first" }));
  if (!active || drawing.length) return laid;
  const corners = cornersOf(active.outline).map((position): Handle => ({ position, role: "vertex" }));
  return [...corners, { position: turnHandle(active.outline, metresPerPixel), role: "first" }];
}

function lengthsOf(scene: Scene): Picture["lengths"] {
  const { active, limits, metresPerPixel, length } = scene;
  const long = ([from, to]: [Position, Position]): boolean => distance(from, to) >= LENGTH_PX * metresPerPixel;
  const text = ([from, to]: [Position, Position]): Label => ({
    places: [middle(from, to)],
    text: length(distance(from, to)),
  });
  const sides = active ? sidesOf(active.outline).filter(long).map(text) : [];
  const apart = gapLines(active, limits)
    .sort((one, other) => one.metres - other.metres)
    .map(({ from, to }): Label => {
      const beyond = BEYOND_PX.map((px) => ahead(to, px * metresPerPixel, bearing(from, to)));
      const gap = text([from, to]);
      return { ...gap, places: [...gap.places, ...beyond] };
    });
  const handles = handlesOf(scene).map(({ position }) => position);
  return apartFromOthers([...apart, ...labelsOf(limits), ...sides], metresPerPixel, handles);
}

/** A text and where it may stand, the best place first. */
export interface Label {
  readonly text: string;
  readonly places: readonly Position[];
}

/** Labels where they hide none before them and no handle; those that have no such place are left out. */
export function apartFromOthers(
  labels: readonly Label[],
  metresPerPixel: number,
  handles: readonly Position[] = [],
): Picture["lengths"] {
  const set: { position: Position; text: string }[] = [];
  const apart = (a: Position, b: Position, wide: number, high: number): boolean =>
    Math.abs(a[0] - b[0]) >= wide * metresPerPixel || Math.abs(a[1] - b[1]) >= high * metresPerPixel;
  for (const { text, places } of labels) {
    const width = text.length * LETTER_PX;
    const isFree = (place: Position): boolean => {
      const written: Position = [place[0], place[1] + LENGTH_ABOVE_PX * metresPerPixel];
      return (
        set.every(({ position, text: other }) =>
          apart(place, position, (width + other.length * LETTER_PX) / 2, LINE_PX),
        ) && handles.every((handle) => apart(written, handle, (width + HANDLE_PX) / 2, (LINE_PX + HANDLE_PX) / 2))
      );
    };
    const position = places.find(isFree);
    if (position) set.push({ position, text });
  }
  return set;
}

/** The number and the kind of each side, on its longest part: in its middle, else further along. */
function labelsOf(limits: readonly Limit[]): Label[] {
  return limits.flatMap((limit) => {
    const part = longest(limit);
    if (!part) return [];
    const [from, to] = part;
    const half = middle(from, to);
    const places = [half, middle(from, half), middle(half, to), from, to];
    return [{ places, text: `${limit.number} · ${limit.label}` }];
  });
}

/** What changes with the pointer and the scale; shapes and tints are given, for they are costly to draw again. */
export function pictureOf(scene: Scene, shapes: readonly DrawnShape[], tints: readonly TintedShape[]): Picture {
  const { drawing, aim, square, snap, look } = scene;
  const next = aim && nextCorner(drawing, aim, square);
  return {
    shapes,
    tints,
    handles: handlesOf(scene),
    area: next && drawing.length > 1 ? [...drawing, next] : [],
    guide: next && drawing.length ? [...drawing.slice(-1), next] : [],
    snap,
    lengths: lengthsOf(scene),
    look,
  };
}

/** Where the next corner of a drawing comes when one aims at a place. */
export function nextCorner(drawing: readonly Position[], aim: Position, square: boolean): Position {
  const [before, last] = drawing.slice(-2);
  return square && before && last ? squared(before, last, aim) : aim;
}

import type { Geometry, GeometryType } from "./geojson";

/** [east, north] in metres, EPSG:2154, as the server keeps them: never rounded here. */
export type Position = readonly [number, number];

/**
 * A geometry that is being edited, in EPSG:2154: parts of lines of positions. A point is one line of one position; a
 * surface is its outline, then its holes, all without the closing position.
 */
export interface Shape {
  readonly kind: GeometryType;
  readonly parts: readonly Part[];
}

export type Line = readonly Position[];
export type Part = readonly Line[];

/** Which position of a shape. */
export interface Place {
  readonly part: number;
  readonly line: number;
  readonly index: number;
}

const LEAST: Record<GeometryType, number> = { point: 1, line: 2, polygon: 3 };

export const samePosition = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];
export const samePlace = (a: Place | null, b: Place | null): boolean =>
  a === b || (a !== null && b !== null && a.part === b.part && a.line === b.line && a.index === b.index);

/** Positions that the lines of this kind need at least. */
export const leastOf = (kind: GeometryType): number => LEAST[kind];

/** The same lines, drawn from their ends. */
export const reversed = (shape: Shape): Shape => ({
  ...shape,
  parts: shape.parts.map((lines) => lines.map((line) => line.slice().reverse())).reverse(),
});

// --- GeoJSON -----------------------------------------------------------------------------------------------------------

type Coordinates = number[];

const position = (coordinates: Coordinates): Position => [coordinates[0] ?? 0, coordinates[1] ?? 0];
const open = (ring: Coordinates[]): Line => ring.slice(0, -1).map(position);

/** Reads a GeoJSON geometry in EPSG:2154; null for none, for an empty one, and for a collection. */
export function readShape(geometry: Geometry | null): Shape | null {
  if (!geometry) return null;
  const parts = partsOf(geometry).filter((part) => part.some((line) => line.length));
  const kind = geometry.type.replace("Multi", "");
  const known = ({ Point: "point", LineString: "line", Polygon: "polygon" } as const)[kind];
  return known && parts.length ? { kind: known, parts } : null;
}

function partsOf({ type, coordinates }: Geometry): Part[] {
  switch (type) {
    case "Point":
      return [[[position(coordinates as Coordinates)]]];
    case "MultiPoint":
      return (coordinates as Coordinates[]).map((point) => [[position(point)]]);
    case "LineString":
      return [[(coordinates as Coordinates[]).map(position)]];
    case "MultiLineString":
      return (coordinates as Coordinates[][]).map((line) => [line.map(position)]);
    case "Polygon":
      return [(coordinates as Coordinates[][]).map(open)];
    case "MultiPolygon":
      return (coordinates as Coordinates[][][]).map((rings) => rings.map(open));
    default:
      return [];
  }
}

/** The GeoJSON of a shape, in EPSG:2154: single for one part, multiple for several. */
export function writeShape({ kind, parts }: Shape): Geometry {
  const written = parts.map((part) => coordinatesOf(kind, part));
  const type = { point: "Point", line: "LineString", polygon: "Polygon" }[kind];
  return parts.length === 1 ? { type, coordinates: written[0] } : { type: `Multi${type}`, coordinates: written };
}

function coordinatesOf(kind: GeometryType, part: Part): unknown {
  if (kind === "polygon") return part.map((ring) => [...ring, ring[0]]);
  return kind === "line" ? part[0] : part[0]?.[0];
}

// --- reading -----------------------------------------------------------------------------------------------------------

export function positionAt(shape: Shape, { part, line, index }: Place): Position | undefined {
  return shape.parts[part]?.[line]?.[index];
}

/** Every position with its place, in order. */
export function vertices(shape: Shape): { place: Place; position: Position }[] {
  return shape.parts.flatMap((lines, part) =>
    lines.flatMap((positions, line) =>
      positions.map((position, index) => ({ place: { part, line, index }, position })),
    ),
  );
}

export interface Segment {
  /** Of its first position. */
  readonly place: Place;
  readonly from: Position;
  readonly to: Position;
}

/** Every side, the closing one of rings too. */
export function segments(shape: Shape): Segment[] {
  if (shape.kind === "point") return [];
  return vertices(shape).flatMap(({ place, position: from }) => {
    const to = next(shape, place);
    return to ? [{ place, from, to }] : [];
  });
}

/** The position after this one along its line: in a ring the first follows the last. */
export function next(shape: Shape, { part, line, index }: Place): Position | undefined {
  const positions = shape.parts[part]?.[line] ?? [];
  return positions[index + 1] ?? (shape.kind === "polygon" && positions.length > 2 ? positions[0] : undefined);
}

export function previous(shape: Shape, { part, line, index }: Place): Position | undefined {
  const positions = shape.parts[part]?.[line] ?? [];
  return index > 0 ? positions[index - 1] : shape.kind === "polygon" ? positions.at(-1) : undefined;
}

export type Box = readonly [number, number, number, number];

/** [west, south, east, north] in metres. */
export function boxOf(positions: Iterable<Position>): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  return [west, south, east, north];
}

export const boxOfShape = (shape: Shape): Box => boxOf(shape.parts.flat(2));

// --- changing ----------------------------------------------------------------------------------------------------------

function withLine(shape: Shape, { part, line }: Place, change: (positions: Line) => Line): Shape {
  const parts = shape.parts.map((lines, i) =>
    i === part ? lines.map((positions, j) => (j === line ? change(positions) : positions)) : lines,
  );
  return { ...shape, parts };
}

export function moveVertex(shape: Shape, place: Place, to: Position): Shape {
  return withLine(shape, place, (positions) => positions.map((one, i) => (i === place.index ? to : one)));
}

/** A new position after this one. */
export function insertVertex(shape: Shape, after: Place, at: Position): Shape {
  return withLine(shape, after, (positions) => [
    ...positions.slice(0, after.index + 1),
    at,
    ...positions.slice(after.index + 1),
  ]);
}

/** Without this position. A hole or part too short for it goes away whole; null when nothing would be left. */
export function removeVertex(shape: Shape, place: Place): Shape | null {
  const positions = shape.parts[place.part]?.[place.line] ?? [];
  if (positions.length > LEAST[shape.kind])
    return withLine(shape, place, (line) => line.filter((_, i) => i !== place.index));
  return place.line > 0 ? withoutHole(shape, place) : withoutPart(shape, place.part);
}

export function withoutHole(shape: Shape, { part, line }: Place): Shape {
  const parts = shape.parts.map((lines, i) => (i === part ? lines.filter((_, j) => j !== line) : lines));
  return { ...shape, parts };
}

export function withoutPart(shape: Shape, part: number): Shape | null {
  const parts = shape.parts.filter((_, i) => i !== part);
  return parts.length ? { ...shape, parts } : null;
}

export function withPart(shape: Shape, line: Line): Shape {
  return { ...shape, parts: [...shape.parts, [line]] };
}

/** A hole in the part that holds its first position; null when none does. */
export function withHole(shape: Shape, ring: Line): Shape | null {
  const [first] = ring;
  const part = first ? shape.parts.findIndex(([outline]) => outline && inRing(outline, first)) : -1;
  if (part < 0) return null;
  return { ...shape, parts: shape.parts.map((lines, i) => (i === part ? [...lines, ring] : lines)) };
}

/** The whole of it, moved. */
export function translate(shape: Shape, dx: number, dy: number): Shape {
  const parts = shape.parts.map((part) => part.map((line) => line.map(([x, y]): Position => [x + dx, y + dy])));
  return { ...shape, parts };
}

// --- hits --------------------------------------------------------------------------------------------------------------

/** Whether a line to the east crosses the ring an odd number of times. */
export function inRing(ring: Line, [x, y]: Position): boolean {
  let inside = false;
  let [ax, ay] = ring.at(-1) ?? [0, 0];
  for (const [bx, by] of ring) {
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
    [ax, ay] = [bx, by];
  }
  return inside;
}

export const distance = (a: Position, b: Position): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The position of a side nearest to a place; its ends exactly when one of them is. */
export function nearestOn(from: Position, to: Position, at: Position): Position {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const share = length ? ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / length : 0;
  if (share <= 0) return from;
  return share >= 1 ? to : [from[0] + share * dx, from[1] + share * dy];
}

/** The vertex within `tolerance` metres nearest to a place. */
export function vertexNear(shape: Shape, at: Position, tolerance: number): Place | null {
  let [best, nearest]: [Place | null, number] = [null, tolerance];
  for (const { place, position } of vertices(shape)) {
    const apart = distance(position, at);
    if (apart <= nearest) [best, nearest] = [place, apart];
  }
  return best;
}

/** The side within `tolerance` metres nearest to a place. */
export function segmentNear(shape: Shape, at: Position, tolerance: number): { segment: Segment; at: Position } | null {
  let [best, nearest]: [{ segment: Segment; at: Position } | null, number] = [null, tolerance];
  for (const segment of segments(shape)) {
    const on = nearestOn(segment.from, segment.to, at);
    const apart = distance(on, at);
    if (apart <= nearest) [best, nearest] = [{ segment, at: on }, apart];
  }
  return best;
}

/** Whether a place is in it (holes are not), or within `tolerance` metres of its lines or points. */
export function touches(shape: Shape, at: Position, tolerance: number): boolean {
  if (vertexNear(shape, at, tolerance) || segmentNear(shape, at, tolerance)) return true;
  if (shape.kind !== "polygon") return false;
  return shape.parts.some((rings) => rings.filter((ring) => inRing(ring, at)).length % 2 === 1);
}

// --- faults ------------------------------------------------------------------------------------------------------------

export interface Fault {
  readonly kind: "short" | "crossing";
  readonly at: Position;
}

/** Sides looked at together: above, the server alone judges. */
const MOST_SIDES = 4000;

const judged = new WeakMap<Shape, Fault | null>();

/** What the server would refuse: too few positions, a surface that crosses itself. The first one found. */
export function faultOf(shape: Shape): Fault | null {
  const known = judged.get(shape);
  if (known !== undefined) return known;
  const fault = judge(shape);
  judged.set(shape, fault);
  return fault;
}

function judge(shape: Shape): Fault | null {
  for (const part of shape.parts)
    for (const line of part) {
      const distinct = line.filter((one, i) => i === 0 || !samePosition(one, line[i - 1] as Position));
      if (distinct.length < LEAST[shape.kind]) return { kind: "short", at: line[0] ?? [0, 0] };
    }
  const at = shape.kind === "polygon" ? shape.parts.map(crossing).find((one) => one !== null) : null;
  return at ? { kind: "crossing", at } : null;
}

/** Where two sides of the rings of a part cross. What only touches is left to the server: a hole may touch its outline. */
function crossing(part: Part): Position | null {
  const sides = segments({ kind: "polygon", parts: [part] })
    .filter(({ from, to }) => !samePosition(from, to))
    .map((side) => ({ ...side, box: boxOf([side.from, side.to]) }));
  if (sides.length > MOST_SIDES) return null;
  sides.sort((a, b) => a.box[0] - b.box[0]);
  for (const [i, side] of sides.entries())
    for (let j = i + 1; j < sides.length; j++) {
      const other = sides[j] as (typeof sides)[number];
      if (other.box[0] > side.box[2]) break;
      if (other.box[1] > side.box[3] || other.box[3] < side.box[1]) continue;
      const at = intersection(side.from, side.to, other.from, other.to);
      if (at && ![side.from, side.to, other.from, other.to].some((end) => samePosition(end, at))) return at;
    }
  return null;
}

/** Where two sides cross or touch; null where they do not, or lie along each other. */
export function intersection(a: Position, b: Position, c: Position, d: Position): Position | null {
  const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const turn = ux * vy - uy * vx;
  if (turn === 0) return null;
  const along = ((c[0] - a[0]) * vy - (c[1] - a[1]) * vx) / turn;
  const across = ((c[0] - a[0]) * uy - (c[1] - a[1]) * ux) / turn;
  if (along < 0 || along > 1 || across < 0 || across > 1) return null;
  return [a[0] + along * ux, a[1] + along * uy];
}

import type * as schema from "../api/schema";
import type { Geometry } from "../api/types";
import { parcelName } from "../format/format";
import { distance, type Position, readShape, type Shape } from "../geo/shape";
import { angleOf, bearing, cornersOf, type Gap, gapTo, move, type Outline, pairs, turn, turning } from "./outline";

/** A side of the terrain. */
export interface Limit {
  readonly number: number;
  /** alignment, side, rear */
  readonly kind: string;
  readonly label: string;
  readonly origin: string;
  readonly names: readonly string[];
  readonly metres: number;
  readonly uncertain: string;
  /** Its kind before a person corrected it. */
  readonly derived: string | null;
  readonly lines: readonly (readonly Position[])[];
}

/** A building of the plan on the terrain. */
export interface PlanBuilding {
  readonly id: number;
  readonly area: number;
  readonly shape: Shape | null;
}

export interface Limits {
  readonly limits: readonly Limit[];
  readonly buildings: readonly PlanBuilding[];
  readonly notes: readonly string[];
  /** Whether the person may say what a side is. */
  readonly canCorrect: boolean;
}

const METRE = 1;
const TRIES = 6;
const SAME_M = 0.002;

/** What GET /parcels/{idu}/sides/ answered, in EPSG:2154. */
export function readLimits(sides: schema.ParcelSides): Limits {
  const { features, notes, buildings = [], can_correct: canCorrect } = sides;
  const limits = features.map(({ geometry, properties }) => ({
    number: properties.side + 1,
    kind: properties.kind,
    label: properties.kind_label,
    origin: properties.origin_label,
    names: properties.names.map(parcelName),
    metres: properties.length_m,
    uncertain: properties.uncertain,
    derived: properties.derived,
    lines: readShape(geometry as Geometry | null)?.parts.flat() ?? [],
  }));
  const stand = buildings.map(({ id, area_m2: area, geometry }) => {
    return { id, area, shape: readShape(geometry as Geometry | null) };
  });
  return { limits, buildings: stand, notes, canCorrect };
}

export const gapOf = (outline: Outline, { lines }: Limit): Gap | null => gapTo(cornersOf(outline), lines);

type Segment = readonly [Position, Position];
const segmentsOf = ({ lines }: Limit): Segment[] => lines.flatMap(pairs);

const lengthOf = ([from, to]: Segment): number => distance(from, to);

/** The longest part of a limit; null without any. */
export function longest(limit: Limit): Segment | null {
  return segmentsOf(limit).sort((one, other) => lengthOf(other) - lengthOf(one))[0] ?? null;
}

/** A place on a limit; null without any. */
export function placeOn(limit: Limit): Position | null {
  const segment = longest(limit);
  return segment && [(segment[0][0] + segment[1][0]) / 2, (segment[0][1] + segment[1][1]) / 2];
}

/** The direction of the longest part of a limit. */
export function directionOf(limit: Limit): number | null {
  const segment = longest(limit);
  return segment && bearing(...segment);
}

/** Whether a place is on the terrain that the limits enclose. */
export function encloses(limits: readonly Limit[], [x, y]: Position): boolean {
  const crossed = limits.flatMap(segmentsOf).filter(([[ax, ay], [bx, by]]) => {
    return ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay);
  });
  return crossed.length % 2 === 1;
}

/** Where the limits are, [west, south, east, north]; null without any. */
export function boxOfLimits(limits: readonly Limit[]): readonly [number, number, number, number] | null {
  const positions = limits.flatMap(({ lines }) => lines.flat());
  if (!positions.length) return null;
  const [x, y] = [positions.map((one) => one[0]), positions.map((one) => one[1])];
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}

/** A place well inside the terrain: of a grid over it the one that is furthest from its limits. */
export function heartOf(limits: readonly Limit[]): Position | null {
  const box = boxOfLimits(limits);
  if (!box) return null;
  const [west, south, east, north] = box;
  const [steps, lines] = [24, limits.flatMap((limit) => limit.lines)];
  let [best, room]: [Position | null, number] = [null, -1];
  for (let i = 1; i < steps; i++)
    for (let j = 1; j < steps; j++) {
      const at: Position = [west + ((east - west) * i) / steps, south + ((north - south) * j) / steps];
      const free = encloses(limits, at) ? (gapTo([at], lines)?.metres ?? 0) : -1;
      if (free > room) [best, room] = [at, free];
    }
  return best ?? [(west + east) / 2, (south + north) / 2];
}

/** Turned as little as makes its first side, or the one beside it, run along a limit. */
export function alignTo(outline: Outline, limit: Limit): Outline {
  const direction = directionOf(limit);
  if (direction === null) return outline;
  const off = turning(direction - angleOf(outline));
  return turn(outline, off - Math.round(off / 90) * 90);
}

/** Moved square to a limit until it stands at so many metres from it, on the terrain's side. */
export function placeAt(outline: Outline, limit: Limit, metres: number, limits: readonly Limit[]): Outline {
  const segment = longest(limit);
  if (!segment) return outline;
  const [a, b] = segment;
  const length = distance(a, b) || METRE;
  let normal: Position = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
  const beside: Position = [(a[0] + b[0]) / 2 + normal[0] / 20, (a[1] + b[1]) / 2 + normal[1] / 20];
  if (!encloses(limits, beside)) normal = [-normal[0], -normal[1]];
  const apart = Math.min(...cornersOf(outline).map(([x, y]) => (x - a[0]) * normal[0] + (y - a[1]) * normal[1]));
  let placed = move(outline, normal[0] * (metres - apart), normal[1] * (metres - apart));
  // A limit that bends may come nearer than its longest part.
  for (let tries = 0; tries < TRIES; tries++) {
    const short = metres - (gapOf(placed, limit)?.metres ?? metres);
    if (short < SAME_M) break;
    placed = move(placed, normal[0] * short, normal[1] * short);
  }
  return placed;
}

import { readNumber } from "../format/read";
import { distance as geodesic, lineLength, ringArea } from "../geo/geodesy";
import { fromLambert93 } from "../geo/lambert93";
import type { LonLat } from "../geo/mercator";
import { distance, moveVertex, next, type Place, type Position, positionAt, type Shape } from "../geo/shape";

/** Exact places in numbers: lengths are true ones on the ground (the plane of Lambert-93 is up to 0.1 % off). */

const PROBE_M = 1000;
const DEG = Math.PI / 180;
const MILLIMETRE = 1000;

const lonLat = (at: Position): LonLat => fromLambert93([at[0], at[1]]);

/** To the millimetre: a place pointed at on the screen is never truer. */
export const rounded = ([x, y]: Position): Position => [
  Math.round(x * MILLIMETRE) / MILLIMETRE,
  Math.round(y * MILLIMETRE) / MILLIMETRE,
];

/** Metres of the plane for a metre on the ground around a place. */
export function planeFactor(at: Position): number {
  return PROBE_M / geodesic(lonLat(at), lonLat([at[0] + PROBE_M, at[1]]));
}

export const groundLength = (a: Position, b: Position): number => geodesic(lonLat(a), lonLat(b));

/** Degrees clockwise from the north of the grid, from 0 to 360. */
export function bearing(from: Position, to: Position): number {
  return (Math.atan2(to[0] - from[0], to[1] - from[1]) / DEG + 360) % 360;
}

/** The place at so many metres on the ground in a direction, to a tenth of a millimetre. */
export function polar(from: Position, metres: number, degrees: number): Position {
  const length = metres * planeFactor(from);
  return [from[0] + length * Math.sin(degrees * DEG), from[1] + length * Math.cos(degrees * DEG)];
}

/** A place in the direction of another, at so many metres on the ground. */
export function towards(from: Position, to: Position, metres: number): Position {
  return rounded(polar(from, metres, bearing(from, to)));
}

/** Gives the side that begins here this length on the ground: its far end moves along it. */
export function withLength(shape: Shape, place: Place, metres: number): Shape {
  const [from, to] = [positionAt(shape, place), next(shape, place)];
  if (!from || !to || distance(from, to) === 0) return shape;
  const count = shape.parts[place.part]?.[place.line]?.length ?? 0;
  return moveVertex(shape, { ...place, index: (place.index + 1) % count }, towards(from, to, metres));
}

/** Length of lines, or outline of surfaces, in metres on the ground. */
export function lengthOf({ kind, parts }: Shape): number {
  const closed = kind === "polygon";
  return parts.flat().reduce((sum, line) => {
    const [first] = line;
    return sum + lineLength((closed && first && line.length > 2 ? [...line, first] : line).map(lonLat));
  }, 0);
}

/** Surface in square metres on the ground, without holes. */
export function areaOf({ kind, parts }: Shape): number {
  if (kind !== "polygon") return 0;
  return parts.reduce(
    (sum, [outline, ...holes]) => sum + surface(outline) - holes.reduce((hole, ring) => hole + surface(ring), 0),
    0,
  );
}

const surface = (ring: readonly Position[] = []): number => ringArea(ring.map(lonLat));

const EXTENT = { west: 0, east: 1_300_000, south: 6_000_000, north: 7_200_000 };

/** Easting and northing, if they are of Lambert-93: metropolitan France and its seas. */
export function readPosition(east: string, north: string): Position | null {
  const [x, y] = [readNumber(east), readNumber(north)];
  if (x === null || y === null) return null;
  const inside = x >= EXTENT.west && x <= EXTENT.east && y >= EXTENT.south && y <= EXTENT.north;
  return inside ? [x, y] : null;
}

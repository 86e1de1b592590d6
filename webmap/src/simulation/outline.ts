import { distance, nearestOn, type Position, type Shape } from "../geo/shape";

/** A footprint as it is drawn, in EPSG:2154; lengths in metres, angles in degrees clockwise from the grid's north. */
export interface Rectangle {
  readonly kind: "rectangle";
  readonly centre: Position;
  /** Of the first side, which runs along `angle`. */
  readonly width: number;
  readonly depth: number;
  readonly angle: number;
}

/** Corners one after the other, without the closing one. */
export interface Polygon {
  readonly kind: "polygon";
  readonly corners: readonly Position[];
}

export type Outline = Rectangle | Polygon;

/** A side of a polygon: its length, and how much one turns at its end (to the right, in degrees; negative: left). */
export interface Leg {
  readonly length: number;
  readonly turn: number;
}

const DEG = Math.PI / 180;
/** Corners are kept to a hundredth of a millimetre: a length or an angle that was typed is read again as it was. */
const PRECISION = 100_000;
export const LEAST_SIDE_M = 0.1;
export const MOST_CORNERS = 60;
const SQUARE_DEGREES = 0.05;
const SQUARE_M = 0.005;

const toPrecision = (value: number): number => Math.round(value * PRECISION) / PRECISION;
export const rounded = ([x, y]: Position): Position => [toPrecision(x), toPrecision(y)];
const toMillimetre = (value: number): number => Math.round(value * 1000) / 1000;
/** From 0 to 360. */
export const circular = (degrees: number): number => ((degrees % 360) + 360) % 360;
/** From -180 (left out) to 180. */
export const turning = (degrees: number): number => 180 - circular(180 - degrees);

const directionOf = (degrees: number): Position => [Math.sin(degrees * DEG), Math.cos(degrees * DEG)];
export const bearing = (from: Position, to: Position): number =>
  circular(Math.atan2(to[0] - from[0], to[1] - from[1]) / DEG);
export const ahead = ([x, y]: Position, metres: number, degrees: number): Position => {
  const [dx, dy] = directionOf(degrees);
  return [x + metres * dx, y + metres * dy];
};

/** The corners, clockwise for a rectangle. */
export function cornersOf(outline: Outline): readonly Position[] {
  if (outline.kind === "polygon") return outline.corners;
  const { centre, width, depth, angle } = outline;
  const start = ahead(ahead(centre, -width / 2, angle), -depth / 2, angle + 90);
  const second = ahead(start, width, angle);
  return [start, second, ahead(second, depth, angle + 90), ahead(start, depth, angle + 90)].map(rounded);
}

/** Of four corners with right angles the rectangle whose first side is theirs; null for others. */
export function rectangleOf(corners: readonly Position[]): Rectangle | null {
  const [a, b, c, d] = corners;
  if (!a || !b || !c || !d || corners.length !== 4) return null;
  const angle = bearing(a, b);
  // They are clockwise.
  if (Math.abs(turning(bearing(b, c) - angle - 90)) > SQUARE_DEGREES) return null;
  const [width, depth] = [toMillimetre(distance(a, b)), toMillimetre(distance(b, c))];
  const away = Math.max(Math.abs(distance(c, d) - width), Math.abs(distance(d, a) - depth));
  if (away > SQUARE_M || Math.abs(distance(a, c) - distance(b, d)) > SQUARE_M) return null;
  if (width < LEAST_SIDE_M || depth < LEAST_SIDE_M) return null;
  const centre = rounded([(a[0] + c[0]) / 2, (a[1] + c[1]) / 2]);
  return { kind: "rectangle", centre, width, depth, angle: Math.round(angle * 10_000) / 10_000 };
}

export const shapeOf = (outline: Outline): Shape => ({ kind: "polygon", parts: [[cornersOf(outline)]] });

/** The middle of a footprint: of a polygon its centre of gravity. */
export function centreOf(outline: Outline): Position {
  if (outline.kind === "rectangle") return outline.centre;
  const { corners } = outline;
  const [origin] = corners;
  if (!origin) return [0, 0];
  let [sum, x, y] = [0, 0, 0];
  for (const [i, corner] of corners.entries()) {
    const after = corners[(i + 1) % corners.length] ?? corner;
    const [ax, ay, bx, by] = [corner[0] - origin[0], corner[1] - origin[1], after[0] - origin[0], after[1] - origin[1]];
    const cross = ax * by - bx * ay;
    sum += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return sum === 0 ? origin : [origin[0] + x / (3 * sum), origin[1] + y / (3 * sum)];
}

/** In square metres of the plane, as the server measures an emprise. */
export function areaOf(outline: Outline): number {
  if (outline.kind === "rectangle") return outline.width * outline.depth;
  const [origin = [0, 0]] = outline.corners;
  const twice = outline.corners.reduce((sum, [ax, ay], i) => {
    const [bx, by] = outline.corners[(i + 1) % outline.corners.length] ?? [ax, ay];
    return sum + (ax - origin[0]) * (by - origin[1]) - (bx - origin[0]) * (ay - origin[1]);
  }, 0);
  return Math.abs(twice) / 2;
}

/** The direction of the first side. */
export function angleOf(outline: Outline): number {
  if (outline.kind === "rectangle") return outline.angle;
  const [from, to] = outline.corners;
  return from && to ? bearing(from, to) : 0;
}

// --- moving ------------------------------------------------------------------------------------------------------------

function mapped(outline: Polygon, change: (corner: Position) => Position): Polygon {
  return { ...outline, corners: outline.corners.map((corner) => rounded(change(corner))) };
}

export function move(outline: Outline, dx: number, dy: number): Outline {
  const shift = ([x, y]: Position): Position => [x + dx, y + dy];
  if (outline.kind === "rectangle") return { ...outline, centre: rounded(shift(outline.centre)) };
  return mapped(outline, shift);
}

/** Copies in columns along the first side and rows across it, so many metres apart; the outline itself is the first. */
export function repeat(outline: Outline, columns: number, rows: number, apart: number): Outline[] {
  const [along, across] = [directionOf(angleOf(outline)), directionOf(angleOf(outline) + 90)];
  const spread = (axis: Position): number => {
    const ways = cornersOf(outline).map(([x, y]) => x * axis[0] + y * axis[1]);
    return Math.max(...ways) - Math.min(...ways) + apart;
  };
  const [step, stride] = [spread(along), spread(across)];
  return Array.from({ length: columns * rows - 1 }, (_, i) => {
    const [column, row] = [(i + 1) % columns, Math.floor((i + 1) / columns)];
    const dx = along[0] * step * column + across[0] * stride * row;
    return move(outline, dx, along[1] * step * column + across[1] * stride * row);
  });
}

/** Turned clockwise about its middle. */
export function turn(outline: Outline, degrees: number): Outline {
  if (outline.kind === "rectangle") return { ...outline, angle: circular(outline.angle + degrees) };
  const centre = centreOf(outline);
  return mapped(outline, (corner) => ahead(centre, distance(centre, corner), bearing(centre, corner) + degrees));
}

export const turnTo = (outline: Outline, degrees: number): Outline => turn(outline, degrees - angleOf(outline));

/** As in a mirror that stands along its first side, through its middle: the first side stays the first, of the same direction. */
export function mirror(outline: Outline): Outline {
  if (outline.kind === "rectangle") return outline;
  const [centre, axis] = [centreOf(outline), angleOf(outline)];
  return mapped(outline, (corner) => ahead(centre, distance(centre, corner), 2 * axis - bearing(centre, corner)));
}

// --- typed sides -------------------------------------------------------------------------------------------------------

export const asPolygon = (outline: Outline): Polygon => ({ kind: "polygon", corners: cornersOf(outline) });

/** The sides in order; the last closes the polygon. */
export function legsOf({ corners }: Polygon): Leg[] {
  const at = (i: number): Position => corners[i % corners.length] ?? [0, 0];
  return corners.map((corner, i) => ({
    length: distance(corner, at(i + 1)),
    turn: turning(bearing(at(i + 1), at(i + 2)) - bearing(corner, at(i + 1))),
  }));
}

/** From a first corner and the direction of the first side; the last leg is left out: it closes. */
export function fromLegs(start: Position, angle: number, legs: readonly Leg[]): Polygon {
  const corners: Position[] = [start];
  let direction = angle;
  for (const leg of legs.slice(0, -1)) {
    corners.push(rounded(ahead(corners.at(-1) ?? start, leg.length, direction)));
    direction += leg.turn;
  }
  return { kind: "polygon", corners };
}

/** With another side: those after it move along, the last one closes anew. */
export function withLeg(outline: Polygon, index: number, patch: Partial<Leg>): Polygon {
  const legs = legsOf(outline).map((leg, i) => (i === index ? { ...leg, ...patch } : leg));
  return fromLegs(outline.corners[0] ?? [0, 0], angleOf(outline), legs);
}

/** A side more before the one that closes: as far and as turned as asked. */
export function addLeg(outline: Polygon, leg: Leg): Polygon {
  const legs = legsOf(outline);
  return fromLegs(outline.corners[0] ?? [0, 0], angleOf(outline), [...legs.slice(0, -1), leg, leg]);
}

/** Without the last side that was typed. */
export function withoutLeg(outline: Polygon, index: number): Polygon {
  if (outline.corners.length <= 3) return outline;
  return { ...outline, corners: outline.corners.filter((_, i) => i !== (index + 1) % outline.corners.length) };
}

// --- pulling corners ---------------------------------------------------------------------------------------------------

/** A corner pulled to a place: of a rectangle the opposite one stays, and its angle. */
export function pullCorner(outline: Outline, index: number, to: Position): Outline {
  if (outline.kind === "polygon")
    return { ...outline, corners: outline.corners.map((corner, i) => (i === index ? rounded(to) : corner)) };
  const fixed = cornersOf(outline)[(index + 2) % 4] ?? outline.centre;
  return between(fixed, to, outline.angle);
}

/** The rectangle between two opposite corners whose first side runs along a direction. */
export function between(one: Position, other: Position, angle: number): Rectangle {
  const [along, across] = [directionOf(angle), directionOf(angle + 90)];
  const [dx, dy] = [other[0] - one[0], other[1] - one[1]];
  const side = (axis: Position): number => Math.max(LEAST_SIDE_M, toMillimetre(Math.abs(dx * axis[0] + dy * axis[1])));
  const centre = rounded([(one[0] + other[0]) / 2, (one[1] + other[1]) / 2]);
  return { kind: "rectangle", centre, width: side(along), depth: side(across), angle: circular(angle) };
}

/** The next corner kept at a right angle to the side before it, or along it. */
export function squared(before: Position, last: Position, at: Position): Position {
  const direction = bearing(before, last);
  const turned = Math.round(turning(bearing(last, at) - direction) / 90) * 90;
  const [dx, dy] = directionOf(direction + turned);
  return rounded(ahead(last, (at[0] - last[0]) * dx + (at[1] - last[1]) * dy, direction + turned));
}

// --- distances ---------------------------------------------------------------------------------------------------------

export interface Gap {
  readonly metres: number;
  readonly from: Position;
  readonly to: Position;
}

type Line = readonly Position[];
/** The segments of a line, one after the other. */
export const pairs = (line: Line): [Position, Position][] =>
  line.slice(1).map((to, i): [Position, Position] => [line[i] ?? to, to]);
export const closed = (corners: Line): Line => [...corners, ...corners.slice(0, 1)];

/** The shortest way from a footprint to lines; zero where they cross. Null without lines. */
export function gapTo(corners: Line, lines: readonly Line[]): Gap | null {
  let best: Gap | null = null;
  const offer = (from: Position, to: Position): void => {
    const metres = distance(from, to);
    if (metres < (best?.metres ?? Infinity)) best = { metres, from, to };
  };
  for (const [a, b] of pairs(closed(corners)))
    for (const [c, d] of lines.flatMap(pairs)) {
      if (crossing(a, b, c, d)) return { metres: 0, from: a, to: a };
      offer(a, nearestOn(c, d, a));
      offer(b, nearestOn(c, d, b));
      offer(nearestOn(a, b, c), c);
      offer(nearestOn(a, b, d), d);
    }
  return best;
}

function crossing(a: Position, b: Position, c: Position, d: Position): boolean {
  const side = (p: Position, q: Position, r: Position): number =>
    (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

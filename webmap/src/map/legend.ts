import type { Condition, LabelPart, LegendLine, LegendSymbol } from "../api/types";

type Get = (column: string) => unknown;

const BOUNDS = {
  from: (value, bound) => value >= bound,
  above: (value, bound) => value > bound,
  to: (value, bound) => value <= bound,
  below: (value, bound) => value < bound,
} satisfies Record<string, (value: number | string, bound: number | string) => boolean>;

/** The number of the line that draws a feature: the first that it fits; -1 when none is for it. */
export function lineFor(legend: readonly LegendLine[], get: Get): number {
  return legend.findIndex(({ where }) =>
    Object.entries(where ?? {}).every(([column, condition]) => holds(condition, get(column) ?? null)),
  );
}

/** The values of the columns of a label as one text; what has no value is left out. */
export function labelText(parts: readonly LabelPart[], get: Get): string {
  return parts
    .map(({ column, prefix, short }) => ({ prefix, short, value: get(column) ?? "" }))
    .filter(({ value }) => value !== "")
    .map(({ prefix, short, value }) => `${prefix}${short[String(value)] ?? value}`)
    .join(" ");
}

function holds(condition: Condition, value: unknown): boolean {
  if (condition === null || typeof condition !== "object") return value === condition;
  if ("in" in condition) return (condition.in as unknown[]).includes(value);
  return Object.entries(condition).every(([name, bound]) => within(name as keyof typeof BOUNDS, bound, value));
}

function within(name: keyof typeof BOUNDS, bound: number | string, value: unknown): boolean {
  if (typeof value === "number" && typeof bound === "number") return BOUNDS[name](value, bound);
  return typeof value === "string" && typeof bound === "string" && BOUNDS[name](value, bound);
}

/** What a line or a symbol wears over a photo, so that its own colour is told from any ground: a pale or a dark casing. */
export function casing(colour: string): string {
  return luminance(colour) > 0.4 ? "rgba(10,18,20,0.6)" : "rgba(255,255,255,0.8)";
}

/** Relative luminance (WCAG) of a colour `#rgb`, `#rrggbb` or with alpha, which is left aside; that of grey for others. */
export function luminance(colour: string): number {
  const channels = rgb(colour);
  if (!channels) return 0.2;
  const [red = 0, green = 0, blue = 0] = channels.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function rgb(colour: string): number[] | null {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1];
  if (!digits) return null;
  const wide = digits.length < 6 ? [...digits].map((digit) => digit + digit).join("") : digits;
  return [0, 2, 4].map((start) => Number.parseInt(wide.slice(start, start + 2), 16));
}

/** Corners of a symbol that is no circle: how many, turned by how much, how deep between them. */
export const SHAPES: Record<string, { points: number; angle: number; depth?: number; grown: number }> = {
  square: { points: 4, angle: Math.PI / 4, grown: 1.2 },
  triangle: { points: 3, angle: 0, grown: 1.3 },
  diamond: { points: 4, angle: 0, grown: 1.25 },
  cross: { points: 4, angle: 0, depth: 0, grown: 1.25 },
  star: { points: 5, angle: 0, depth: 0.45, grown: 1.4 },
};

/** Corners of a shape around (0, 0), as the map draws them: y goes down. */
export function corners(shape: string, radius: number): [number, number][] {
  const found = SHAPES[shape];
  if (!found) return [];
  const steps = found.depth === undefined ? found.points : 2 * found.points;
  return Array.from({ length: steps }, (_, step) => {
    const inner = found.depth !== undefined && step % 2 === 1;
    const reach = radius * found.grown * (inner ? (found.depth ?? 1) : 1);
    const angle = found.angle + (2 * Math.PI * step) / steps;
    return [reach * Math.sin(angle), -reach * Math.cos(angle)];
  });
}

type Point = [number, number];

/** The lines of a hatch inside a convex shape, whose corners go clockwise with y going down. */
export function hatchLines(shape: readonly Point[], angles: readonly number[], spacing: number): [Point, Point][] {
  return angles.flatMap((angle) => {
    const radians = (angle * Math.PI) / 180;
    const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
    const reach = shape.map(([x, y]) => x * sin + y * cos);
    const [first, last] = [Math.ceil(Math.min(...reach) / spacing), Math.floor(Math.max(...reach) / spacing)];
    const steps = Array.from({ length: Math.max(last - first + 1, 0) }, (_, step) => (first + step) * spacing);
    return steps.flatMap((off) => cut(shape, [off * sin, off * cos], [cos, -sin]));
  });
}

/** The piece of a line (a point of it and its direction) that lies in a convex shape, if any. */
function cut(shape: readonly Point[], [x, y]: Point, [dx, dy]: Point): [Point, Point][] {
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [i, [x1, y1]] of shape.entries()) {
    const [x2, y2] = shape[(i + 1) % shape.length] as Point;
    const inside = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
    const turn = (x2 - x1) * dy - (y2 - y1) * dx;
    if (Math.abs(turn) < 1e-9) {
      if (inside < 0) return [];
    } else if (turn > 0) from = Math.max(from, -inside / turn);
    else to = Math.min(to, -inside / turn);
  }
  const at = (run: number): Point => [x + run * dx, y + run * dy];
  return from < to ? [[at(from), at(to)]] : [];
}

/** What a symbol is drawn with where it says nothing. */
export const inkOf = (symbol: LegendSymbol, fallback: string): string =>
  symbol.stroke ?? symbol.hatch?.colour ?? symbol.fill ?? fallback;

import { distance, type Position } from "../geo/shape";
import { encloses, type Limit } from "./limits";
import { pairs, rounded } from "./outline";

export const LINE_KINDS = ["road", "wall", "hedge", "trench"] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** A road, a wall, a hedge or a trench: a line with a width and a height (of a trench: its depth), in metres. */
export interface Line {
  readonly id: number;
  readonly kind: LineKind;
  readonly name: string;
  readonly points: readonly Position[];
  readonly width: number;
  readonly height: number;
}

export const USUAL: Readonly<Record<LineKind, { width: number; height: number }>> = {
  road: { width: 4, height: 0 },
  wall: { width: 0.2, height: 1.8 },
  hedge: { width: 0.8, height: 1.8 },
  trench: { width: 0.6, height: 1 },
};
export const WIDEST_M = 100;
export const HIGHEST_LINE_M = 50;
const MITRE_MOST = 4;

export const lengthOf = ({ points }: Pick<Line, "points">): number =>
  pairs(points).reduce((sum, [from, to]) => sum + distance(from, to), 0);

/** A line beside another one, to its left by so many metres (to its right below zero); corners are mitred. */
export function beside(points: readonly Position[], metres: number): Position[] {
  const normals = pairs(points).map(([from, to]): Position => {
    const length = distance(from, to) || 1;
    return [-(to[1] - from[1]) / length, (to[0] - from[0]) / length];
  });
  return points.map((point, i): Position => {
    const [before, after] = [normals[i - 1] ?? normals[i], normals[i] ?? normals[i - 1]];
    if (!before || !after) return point;
    const sum: Position = [before[0] + after[0], before[1] + after[1]];
    const square = sum[0] ** 2 + sum[1] ** 2;
    const stretch = square < 2 / MITRE_MOST ? MITRE_MOST / 2 : 2 / square;
    return rounded([point[0] + sum[0] * stretch * metres, point[1] + sum[1] * stretch * metres]);
  });
}

/** The ground that a line takes, as a ring that is not closed. */
export const bandOf = ({ points, width }: Pick<Line, "points" | "width">): Position[] => [
  ...beside(points, width / 2),
  ...beside(points, -width / 2).reverse(),
];

/** A line on the terrain along a limit, at so many metres from it; null where the limit has no part. */
export function lineAlong(limit: Limit, metres: number, limits: readonly Limit[]): Position[] | null {
  const [points] = [...limit.lines].sort((one, other) => lengthOf({ points: other }) - lengthOf({ points: one }));
  if (!points || points.length < 2) return null;
  const left = beside(points, 0.05);
  const middle = Math.floor((left.length - 1) / 2);
  const [a, b] = [left[middle], left[middle + 1]];
  const inside = a && b && encloses(limits, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
  return beside(points, inside ? metres : -metres);
}

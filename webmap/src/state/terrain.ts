import type { ProfilePoint, TerrainProfile } from "../api/types";
import type { LonLat } from "../geo/mercator";

/** What the chart of a profile is drawn from: pure. */
export const CHART = { width: 280, height: 150, left: 34, right: 6, top: 8, bottom: 20 } as const;
const LEAST_RELIEF_M = 2;
const METRES_PER_DEGREE = 111_320;

export interface Scale {
  readonly low: number;
  readonly high: number;
  x(distance: number): number;
  y(altitude: number): number;
}

const known = (points: readonly ProfilePoint[]): number[] =>
  points.flatMap(([, ground, surface]) => [ground, surface]).filter((one) => one !== null);

export function scaleOf({ profile, length_m }: TerrainProfile): Scale {
  const all = known(profile);
  const [low, high] = all.length ? [Math.min(...all), Math.max(...all)] : [0, 0];
  const margin = Math.max(LEAST_RELIEF_M - (high - low), (high - low) * 0.1) / 2;
  const [bottom, top] = [low - margin, high + margin];
  const { width, height, left, right, top: above, bottom: below } = CHART;
  return {
    low: bottom,
    high: top,
    x: (distance) => left + (distance / length_m) * (width - left - right),
    y: (altitude) => height - below - ((altitude - bottom) / (top - bottom)) * (height - above - below),
  };
}

/** The drawn line of one of the heights (1: ground, 2: surface), broken at holes. */
export function pathOf(points: readonly ProfilePoint[], which: 1 | 2, scale: Scale): string {
  let pen = "M";
  return points
    .map((point) => {
      const altitude = point[which];
      if (altitude === null) {
        pen = "M";
        return "";
      }
      const step = `${pen}${scale.x(point[0]).toFixed(1)} ${scale.y(altitude).toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
}

/** A few round values between two. */
export function ticks(low: number, high: number, most = 4): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toFixed(6)));
}

/** The number of the point whose distance is nearest to one. */
export function nearestTo(points: readonly ProfilePoint[], distance: number): number {
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < distance) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1]?.[0];
  return before !== undefined && distance - before < (points[low]?.[0] ?? 0) - distance ? low - 1 : low;
}

/** The number of the point nearest to a place, null where it is farther than so many metres. */
export function pointNear(points: readonly ProfilePoint[], [lon, lat]: LonLat, metres: number): number | null {
  const across = Math.cos((lat * Math.PI) / 180);
  let [best, nearest] = [null as number | null, (metres / METRES_PER_DEGREE) ** 2];
  for (const [at, [, , , x, y]] of points.entries()) {
    const apart = ((x - lon) * across) ** 2 + (y - lat) ** 2;
    if (apart < nearest) [best, nearest] = [at, apart];
  }
  return best;
}

/** Lowest and highest ground (or surface, where there is no ground); null where nothing is known. */
export function extremes(points: readonly ProfilePoint[]): readonly [number, number] | null {
  const grounds = points.map(([, ground]) => ground).filter((one) => one !== null);
  const all = grounds.length ? grounds : known(points);
  return all.length ? [Math.min(...all), Math.max(...all)] : null;
}

/** Some points at equal distances, for a table: the first and the last among them. */
export function sample(points: readonly ProfilePoint[], most: number): readonly ProfilePoint[] {
  if (points.length <= most) return points;
  const length = points.at(-1)?.[0] ?? 0;
  const chosen = Array.from({ length: most }, (_, i) => nearestTo(points, (length * i) / (most - 1)));
  return [...new Set(chosen)].map((at) => points[at] as ProfilePoint);
}

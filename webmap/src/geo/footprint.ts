import type { Bbox, LonLat } from "./mercator";

/** GeoJSON: polygons of rings, the first of each around it, the others around its holes. */
export interface MultiPolygon {
  type: "MultiPolygon";
  coordinates: LonLat[][][];
}

type Edge = [LonLat, LonLat];

function edges({ coordinates }: MultiPolygon): Edge[] {
  return coordinates.flat().flatMap((ring) => ring.slice(1).map((end, i): Edge => [ring[i] as LonLat, end]));
}

/** Whether a line to the east crosses the outline an odd number of times: so holes are outside. */
export function contains(shape: MultiPolygon, [x, y]: LonLat): boolean {
  const crossed = edges(shape).filter(
    ([[ax, ay], [bx, by]]) => ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay),
  );
  return crossed.length % 2 === 1;
}

/** Whether any of it lies in a box: an edge passes through the box, or the box is all within. */
export function meets(shape: MultiPolygon, box: Bbox): boolean {
  const [west, south, east, north] = box;
  return contains(shape, [(west + east) / 2, (south + north) / 2]) || edges(shape).some((edge) => passes(edge, box));
}

/** How much of the edge, from 0 to 1, lies between the sides of the box: Liang and Barsky's clipping. */
function passes([[ax, ay], [bx, by]]: Edge, [west, south, east, north]: Bbox): boolean {
  let [enters, leaves] = [0, 1];
  for (const [from, step, low, high] of [
    [ax, bx - ax, west, east],
    [ay, by - ay, south, north],
  ] as const) {
    if (step === 0 && (from < low || from > high)) return false;
    if (step === 0) continue;
    const [one, other] = [(low - from) / step, (high - from) / step];
    enters = Math.max(enters, Math.min(one, other));
    leaves = Math.min(leaves, Math.max(one, other));
  }
  return enters <= leaves;
}

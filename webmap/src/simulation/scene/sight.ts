import { inRing, intersection, type Line, type Position, type Shape } from "../../geo/shape";
import { ahead, closed, pairs } from "../outline";

/** Where to stand to see a project: so far from its middle, on the side of so many eighths of a turn from the north. */
export interface Stand {
  readonly metres: number;
  readonly side: number;
}

/** South first: what one sees from there is in the sun. */
const SIDES = [4, 3, 5, 2, 6, 1, 7, 0] as const;
const SHARES = [1, 0.75, 0.55] as const;

/** The first place from which no building hides the middle of the project, those that it touches apart. */
export function clearStand(
  centre: Position,
  farthest: number,
  project: readonly Line[],
  buildings: readonly Shape[],
): Stand {
  const rings = buildings.flatMap(({ parts }) => parts.flatMap(([outer]) => (outer ? [outer] : [])));
  for (const share of SHARES)
    for (const side of SIDES) {
      const metres = Math.round(farthest * share);
      if (isClear(ahead(centre, metres, 45 * side), centre, project, rings)) return { metres, side };
    }
  return { metres: Math.round(farthest), side: SIDES[0] };
}

/** Whether one sees the project from a place: the way there enters it before it meets a building. */
function isClear(at: Position, centre: Position, project: readonly Line[], rings: readonly Line[]): boolean {
  if (rings.some((ring) => inRing(ring, at))) return false;
  const way = (lines: readonly Line[]): number =>
    Math.min(
      ...lines.flatMap((ring) =>
        pairs(closed(ring)).map(([from, to]) => {
          const met = intersection(at, centre, from, to);
          return met ? Math.hypot(met[0] - at[0], met[1] - at[1]) : Number.POSITIVE_INFINITY;
        }),
      ),
    );
  return way(rings) > way(project) - 0.01;
}

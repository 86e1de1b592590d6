import {
  distance,
  faultOf,
  type Line,
  leastOf,
  type Position,
  type Shape,
  samePosition,
  segmentNear,
} from "../geo/shape";

/** What is being drawn: a new thing, one more part of it, a hole in it, or the line that cuts it. */
export type Purpose = "new" | "part" | "hole" | "split";

/** Positions laid one by one, or several at once by tracing: each group is undone as one. */
export interface Drawing {
  readonly purpose: Purpose;
  readonly kind: Shape["kind"];
  readonly groups: readonly Line[];
  /** How many positions end it, where that is less than its kind takes: one cuts a line across. */
  readonly enough?: number;
  /** Taken back, to be laid again. */
  readonly undone: readonly Line[];
}

export const startDrawing = (purpose: Purpose, kind: Shape["kind"], enough?: number): Drawing => ({
  purpose,
  kind,
  ...(enough === undefined ? {} : { enough }),
  groups: [],
  undone: [],
});

export const laid = ({ groups }: Drawing): Position[] => groups.flat();
export const lastLaid = (drawing: Drawing): Position | undefined => laid(drawing).at(-1);

/** With these positions after the others; one that repeats the last is not laid twice. */
export function lay(drawing: Drawing, group: Line): Drawing {
  const last = lastLaid(drawing);
  const fresh = last && group[0] && samePosition(last, group[0]) ? group.slice(1) : group;
  return fresh.length ? { ...drawing, groups: [...drawing.groups, fresh], undone: [] } : drawing;
}

export function takeBack(drawing: Drawing): Drawing {
  const last = drawing.groups.at(-1);
  if (!last) return drawing;
  return { ...drawing, groups: drawing.groups.slice(0, -1), undone: [...drawing.undone, last] };
}

export function layAgain(drawing: Drawing): Drawing {
  const last = drawing.undone.at(-1);
  if (!last) return drawing;
  return { ...drawing, groups: [...drawing.groups, last], undone: drawing.undone.slice(0, -1) };
}

/** Whether pointing at a place ends the drawing: on the first position of a surface, or on the last laid of a line. */
export function endsAt(drawing: Drawing, at: Position, tolerance: number): boolean {
  const positions = laid(drawing);
  const [first, last] = [positions[0], positions.at(-1)];
  if (!first || !last || !isEnough(drawing)) return false;
  return distance(drawing.kind === "polygon" ? first : last, at) <= tolerance;
}

/** Whether there are enough positions to end. */
export const isEnough = (drawing: Drawing): boolean =>
  laid(drawing).length >= (drawing.enough ?? leastOf(drawing.kind));

/** Half as long, in metres, as the line that cuts another one across. */
const HALF_CUT_M = 0.5;

/** The short line that cuts a line across where it is nearest to a place; null where none is within `tolerance` metres. */
export function cutAcross(line: Shape, place: Position, tolerance: number): Shape | null {
  const near = segmentNear(line, place, tolerance);
  if (!near) return null;
  const { from, to } = near.segment;
  const apart = distance(from, to) || 1;
  const [dx, dy] = [((to[1] - from[1]) / apart) * HALF_CUT_M, ((from[0] - to[0]) / apart) * HALF_CUT_M];
  const [x, y] = near.at;
  const ends: Line = [
    [x - dx, y - dy],
    [x + dx, y + dy],
  ];
  return { kind: "line", parts: [[ends]] };
}

/** The shape that was drawn; null while it is too short. A trace that came round to its start is closed there. */
export function finished(drawing: Drawing): Shape | null {
  const positions = laid(drawing);
  const [first, last] = [positions[0], positions.at(-1)];
  const round = drawing.kind === "polygon" && positions.length > 3 && first && last && samePosition(first, last);
  const line = round ? positions.slice(0, -1) : positions;
  const shape: Shape = { kind: drawing.kind, parts: [[line]] };
  return line.length && faultOf(shape)?.kind !== "short" ? shape : null;
}

import { distance, nearestOn, type Position, samePosition } from "../geo/shape";
import type { Side } from "./snap";

/** A hair: a place this near a side, in metres, is on it (a snapped place is computed, not copied). */
const ON_SIDE_M = 1e-6;
/** Corners looked at before giving up: the two places are not joined by lines nearby. */
const MOST_VISITED = 20000;

interface Node {
  readonly position: Position;
  readonly sides: { to: string; length: number }[];
}

const keyOf = ([x, y]: Position): string => `${x},${y}`;

/**
 * The lines one may trace along, as a graph of their corners. Corners with the same coordinates are one: the way goes on
 * from a parcel to its neighbour.
 */
export class TraceGraph {
  private readonly nodes = new Map<string, Node>();
  private readonly sides: Side[] = [];

  constructor(sides: Iterable<Side>) {
    const known = new Set<string>();
    for (const side of sides) {
      const [a, b] = [keyOf(side.from), keyOf(side.to)];
      // Both neighbours of a limit bring it: once is enough.
      if (a === b || known.has(`${a} ${b}`) || known.has(`${b} ${a}`)) continue;
      known.add(`${a} ${b}`);
      this.sides.push(side);
      join(this.nodes, side.from, side.to);
    }
  }

  /**
   * The corners to pass from one place on the lines to another, the shortest way, `to` included and `from` not: the very
   * coordinates of the lines. Null when they do not lie on lines that meet.
   */
  path(from: Position, to: Position): Position[] | null {
    if (samePosition(from, to)) return null;
    const own = new Map<string, Node>();
    const [start, end] = [this.enter(own, from), this.enter(own, to)];
    if (!start || !end) return null;
    const shared = start.find((side) => end.includes(side));
    if (shared) join(own, from, to);
    return search(this.nodes, own, from, to);
  }

  /** Joins a place to the ends of the sides it lies on; those sides, none for a corner, null where there is no line. */
  private enter(own: Map<string, Node>, at: Position): Side[] | null {
    if (this.nodes.has(keyOf(at))) return [];
    const under = this.sides.filter(({ from, to }) => near(from, to, at));
    for (const { from, to } of under) {
      join(own, at, from);
      join(own, at, to);
    }
    return under.length ? under : null;
  }
}

function near(from: Position, to: Position, at: Position): boolean {
  const within = (i: 0 | 1): boolean =>
    at[i] >= Math.min(from[i], to[i]) - ON_SIDE_M && at[i] <= Math.max(from[i], to[i]) + ON_SIDE_M;
  return within(0) && within(1) && distance(nearestOn(from, to, at), at) <= ON_SIDE_M;
}

function join(nodes: Map<string, Node>, a: Position, b: Position): void {
  const length = distance(a, b);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const key = keyOf(one);
    const node = nodes.get(key) ?? { position: one, sides: [] };
    nodes.set(key, node);
    node.sides.push({ to: keyOf(other), length });
  }
}

interface Step {
  readonly key: string;
  readonly length: number;
  /** With the straight way that is left: what is tried first. */
  readonly promise: number;
}

/** A*: the lines of the map, and those of `own` that join the two ends to them. */
function search(
  nodes: ReadonlyMap<string, Node>,
  own: ReadonlyMap<string, Node>,
  from: Position,
  to: Position,
): Position[] | null {
  const goal = keyOf(to);
  const came = new Map<string, string>();
  const best = new Map([[keyOf(from), 0]]);
  const done = new Set<string>();
  const queue = new Heap();
  queue.push({ key: keyOf(from), length: 0, promise: distance(from, to) });
  for (let step = queue.pop(); step && done.size < MOST_VISITED; step = queue.pop()) {
    if (step.key === goal) return walked(nodes, own, came, goal);
    if (done.has(step.key)) continue;
    done.add(step.key);
    for (const side of [...(nodes.get(step.key)?.sides ?? []), ...(own.get(step.key)?.sides ?? [])]) {
      const length = step.length + side.length;
      if (length >= (best.get(side.to) ?? Infinity)) continue;
      best.set(side.to, length);
      came.set(side.to, step.key);
      const at = (nodes.get(side.to) ?? own.get(side.to))?.position ?? to;
      queue.push({ key: side.to, length, promise: length + distance(at, to) });
    }
  }
  return null;
}

function walked(
  nodes: ReadonlyMap<string, Node>,
  own: ReadonlyMap<string, Node>,
  came: ReadonlyMap<string, string>,
  goal: string,
): Position[] {
  const way: Position[] = [];
  for (let key = goal; came.has(key); key = came.get(key) as string) {
    const node = nodes.get(key) ?? own.get(key);
    if (node) way.unshift(node.position);
  }
  return way;
}

/** The least promising last. */
class Heap {
  private readonly steps: Step[] = [];

  push(step: Step): void {
    const { steps } = this;
    let i = steps.push(step) - 1;
    for (let up = (i - 1) >> 1; i > 0 && this.at(up).promise > step.promise; up = (i - 1) >> 1) {
      steps[i] = this.at(up);
      i = up;
    }
    steps[i] = step;
  }

  pop(): Step | undefined {
    const { steps } = this;
    const [first] = steps;
    const last = steps.pop();
    if (steps.length && last) this.sink(last);
    return first;
  }

  private sink(step: Step): void {
    const { steps } = this;
    let i = 0;
    for (let down = 1; down < steps.length; down = 2 * i + 1) {
      if (down + 1 < steps.length && this.at(down + 1).promise < this.at(down).promise) down += 1;
      if (this.at(down).promise >= step.promise) break;
      steps[i] = this.at(down);
      i = down;
    }
    steps[i] = step;
  }

  private at(i: number): Step {
    return this.steps[i] as Step;
  }
}

import { type Box, boxOf, distance, intersection, type Line, nearestOn, type Position, type Shape } from "../geo/shape";
import type { SnapKind } from "../map/canvas";

/** Something one may snap to, with its exact coordinates in EPSG:2154. */
export interface SnapFeature {
  readonly layer: string;
  readonly id: number | string;
  readonly shape: Shape;
}

export interface SnapHit {
  readonly kind: SnapKind;
  readonly position: Position;
  readonly layer: string;
  /** Metres from where was asked. */
  readonly apart: number;
}

export interface Side {
  readonly from: Position;
  readonly to: Position;
  readonly layer: string;
  readonly id: number | string;
}

interface Corner {
  readonly position: Position;
  readonly layer: string;
  readonly id: number | string;
}

export interface SnapOptions {
  /** What is not snapped to: the thing being moved, layers that are off. */
  readonly skip?: (layer: string, id: number | string) => boolean;
}

/** Cells of the grid that keeps corners and sides: about the size of a building. */
const CELL_M = 25;
/** A longer side is kept apart instead of in thousands of cells. */
const MOST_CELLS = 400;

const cellOf = (value: number): number => Math.floor(value / CELL_M);

/** Corners and sides around a place, found without looking at all of them. Never changed after it is made. */
export class SnapIndex {
  private readonly corners = new Map<string, Corner[]>();
  private readonly sides = new Map<string, Side[]>();
  private readonly long: Side[] = [];
  readonly all: Side[] = [];

  constructor(features: Iterable<SnapFeature>) {
    for (const feature of features) this.add(feature);
  }

  private add({ layer, id, shape }: SnapFeature): void {
    for (const line of shape.parts.flat()) {
      for (const position of line) this.addCorner({ position, layer, id });
      for (const [from, to] of pairs(line, shape.kind === "polygon")) this.addSide({ from, to, layer, id });
    }
  }

  private addCorner(corner: Corner): void {
    push(this.corners, `${cellOf(corner.position[0])},${cellOf(corner.position[1])}`, corner);
  }

  private addSide(side: Side): void {
    this.all.push(side);
    const cells = cellsOf(boxOf([side.from, side.to]));
    if (cells.length > MOST_CELLS) this.long.push(side);
    else for (const cell of cells) push(this.sides, cell, side);
  }

  cornersIn(box: Box): Corner[] {
    return cellsOf(box).flatMap((cell) => this.corners.get(cell) ?? []);
  }

  sidesIn(box: Box): Side[] {
    return [...new Set([...cellsOf(box).flatMap((cell) => this.sides.get(cell) ?? []), ...this.long])];
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function cellsOf([west, south, east, north]: Box): string[] {
  const cells: string[] = [];
  for (let x = cellOf(west); x <= cellOf(east); x++)
    for (let y = cellOf(south); y <= cellOf(north); y++) {
      cells.push(`${x},${y}`);
      if (cells.length > MOST_CELLS) return cells;
    }
  return cells;
}

function pairs(line: Line, closed: boolean): [Position, Position][] {
  const joined = line.slice(1).map((to, i): [Position, Position] => [line[i] as Position, to]);
  const [first, last] = [line[0], line.at(-1)];
  return closed && first && last && line.length > 2 ? [...joined, [last, first]] : joined;
}

/**
 * What to snap to within `tolerance` metres of a place: a corner before a crossing, a crossing before a side, then the
 * nearest. The exact position of the corner is given, so that what is drawn from it shares its coordinates.
 */
export function snap(
  indexes: readonly SnapIndex[],
  at: Position,
  tolerance: number,
  { skip = () => false }: SnapOptions = {},
): SnapHit | null {
  const box: Box = [at[0] - tolerance, at[1] - tolerance, at[0] + tolerance, at[1] + tolerance];
  const corners = indexes.flatMap((index) => index.cornersIn(box)).filter(({ layer, id }) => !skip(layer, id));
  const corner = nearest("vertex", corners, at, tolerance);
  if (corner) return corner;
  const sides = indexes
    .flatMap((index) => index.sidesIn(box))
    .filter(({ layer, id }) => !skip(layer, id))
    .map((side) => ({ ...side, position: nearestOn(side.from, side.to, at) }))
    .filter(({ position }) => distance(position, at) <= tolerance);
  return nearest("intersection", crossings(sides), at, tolerance) ?? nearest("edge", sides, at, tolerance);
}

function nearest(
  kind: SnapKind,
  candidates: readonly { position: Position; layer: string }[],
  at: Position,
  tolerance: number,
): SnapHit | null {
  let best: SnapHit | null = null;
  for (const { position, layer } of candidates) {
    const apart = distance(position, at);
    if (apart <= tolerance && apart < (best?.apart ?? Infinity)) best = { kind, position, layer, apart };
  }
  return best;
}

function crossings(sides: readonly Side[]): { position: Position; layer: string }[] {
  return sides.flatMap((one, i) =>
    sides.slice(i + 1).flatMap((other) => {
      const position = intersection(one.from, one.to, other.from, other.to);
      return position ? [{ position, layer: one.layer }] : [];
    }),
  );
}

import type * as schema from "../../api/schema";
import type { Box, Position } from "../../geo/shape";

/** The ground as heights (m NGF) at the centres of square pixels, row by row from the north; without holes. */
export interface Ground {
  /** The outer corner in the north-west, EPSG:2154. */
  readonly left: number;
  readonly top: number;
  readonly pixel: number;
  readonly columns: number;
  readonly rows: number;
  readonly heights: Float32Array;
  /** The share of the pixels whose height is known. */
  readonly known: number;
  /** The model that it comes from; null: flat, at a level that is assumed. */
  readonly source: string | null;
}

const FLAT_PIXEL_M = 8;

export function readGround(grid: schema.HeightGrid): Ground {
  const { left, top, pixel_m: pixel, columns, rows, known, campaign } = grid;
  const bytes = Uint8Array.from(atob(grid.heights), (one) => one.charCodeAt(0));
  const heights = fillHoles(new Float32Array(bytes.buffer), columns, rows);
  return { left, top, pixel, columns, rows, heights, known, source: campaign.title };
}

/** Where no model may be read. */
export function flatGround([west, south, east, north]: Box, level: number): Ground {
  const columns = Math.ceil((east - west) / FLAT_PIXEL_M);
  const rows = Math.ceil((north - south) / FLAT_PIXEL_M);
  const heights = new Float32Array(columns * rows).fill(level);
  return { left: west, top: north, pixel: FLAT_PIXEL_M, columns, rows, heights, known: 0, source: null };
}

/** A pixel without a height takes that of its nearest neighbour that has one. */
export function fillHoles(heights: Float32Array, columns: number, rows: number): Float32Array {
  const filled = heights.slice();
  if (!filled.some(Number.isNaN)) return filled;
  let front = [...filled.keys()].filter((at) => !Number.isNaN(filled[at]));
  if (!front.length) return filled.fill(0);
  while (front.length) {
    const next: number[] = [];
    for (const at of front) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      for (const [beside, inside] of [
        [at - columns, row > 0],
        [at + columns, row < rows - 1],
        [at - 1, column > 0],
        [at + 1, column < columns - 1],
      ] as const)
        if (inside && Number.isNaN(filled[beside])) {
          filled[beside] = filled[at] ?? 0;
          next.push(beside);
        }
    }
    front = next;
  }
  return filled;
}

/** The height between the centres of four pixels; beyond the border that of the border. */
export function heightAt({ left, top, pixel, columns, rows, heights }: Ground, [x, y]: Position): number {
  const across = Math.min(columns - 1, Math.max(0, (x - left) / pixel - 0.5));
  const down = Math.min(rows - 1, Math.max(0, (top - y) / pixel - 0.5));
  const [column, row] = [Math.floor(across), Math.floor(down)];
  const [east, south] = [Math.min(columns - 1, column + 1), Math.min(rows - 1, row + 1)];
  const of = (r: number, c: number): number => heights[r * columns + c] ?? 0;
  const mix = (a: number, b: number, part: number): number => a + (b - a) * part;
  const [part, fall] = [across - column, down - row];
  return mix(mix(of(row, column), of(row, east), part), mix(of(south, column), of(south, east), part), fall);
}

/** The lowest ground under some places. */
export const lowest = (ground: Ground, places: readonly Position[]): number =>
  Math.min(...places.map((place) => heightAt(ground, place)));

export const boxOfGround = ({ left, top, pixel, columns, rows }: Ground): Box => [
  left,
  top - rows * pixel,
  left + columns * pixel,
  top,
];

/** Whole pixels around a box, as far as there are some: the first column and row and those after the last. */
export function cellsOf(ground: Ground, [west, south, east, north]: Box): [number, number, number, number] {
  const { left, top, pixel, columns, rows } = ground;
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return [
    within(Math.floor((west - left) / pixel - 0.5), columns - 1),
    within(Math.floor((top - north) / pixel - 0.5), rows - 1),
    within(Math.ceil((east - left) / pixel - 0.5), columns - 1),
    within(Math.ceil((top - south) / pixel - 0.5), rows - 1),
  ];
}

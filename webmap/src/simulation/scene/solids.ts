import { ShapeUtils, Vector2 } from "three";
import type { Position } from "../../geo/shape";

/** x and y in EPSG:2154, and a height. */
export type Corner = readonly [number, number, number];

/** Triangles one after the other, three corners each, anticlockwise seen from outside. */
export type Triangles = Corner[];

const doubleArea = (ring: readonly Position[]): number =>
  ring.reduce((sum, [ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length] ?? [ax, ay];
    return sum + ax * by - bx * ay;
  }, 0);

/** A face that is not upright, seen from above. */
export function coverOf(rings: readonly (readonly Corner[])[]): Triangles {
  const [x0, y0] = rings[0]?.[0] ?? [0, 0];
  const flat = rings.map((ring) => ring.map(([x, y]) => new Vector2(x - x0, y - y0)));
  const [contour = [], ...holes] = flat;
  const corners = rings.flat();
  return ShapeUtils.triangulateShape(contour, holes).flatMap((triangle) => {
    const three = triangle.flatMap((index) => corners[index] ?? []) as number[];
    const [a, b, c] = [three.slice(0, 3), three.slice(3, 6), three.slice(6, 9)] as unknown as [Corner, Corner, Corner];
    const up = doubleArea([a, b, c].map(([x, y]): Position => [x - x0, y - y0])) > 0;
    return up ? [a, b, c] : [a, c, b];
  });
}

/** A wall: its corners lie in one upright plane, and none of them is within the others. */
export function wallOf(ring: readonly Corner[]): Triangles {
  const [first, ...others] = ring;
  if (!first) return [];
  return others.slice(0, -1).flatMap((corner, i) => [first, corner, others[i + 1] ?? corner]);
}

/** A building as a prism on its ground: what is seen from above, and the walls around it. */
export function prismOf(rings: readonly (readonly Position[])[], bottom: number, top: number) {
  const roof = coverOf(rings.map((ring) => ring.map(([x, y]): Corner => [x, y, top])));
  const walls = rings.flatMap((ring, i) => {
    // The outer ring is walked anticlockwise, holes clockwise: the wall is seen from outside.
    const [x0, y0] = ring[0] ?? [0, 0];
    const anticlockwise = doubleArea(ring.map(([x, y]): Position => [x - x0, y - y0])) > 0;
    const turned = anticlockwise === (i === 0) ? ring : ring.slice().reverse();
    return turned.flatMap(([x, y], at) => {
      const [nextX, nextY] = turned[(at + 1) % turned.length] ?? [x, y];
      return wallOf([
        [x, y, bottom],
        [nextX, nextY, bottom],
        [nextX, nextY, top],
        [x, y, top],
      ]);
    });
  });
  return { roof, walls };
}

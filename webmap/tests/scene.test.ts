import { describe, expect, it } from "vitest";
import type * as schema from "../src/api/schema";
import type { Photo } from "../src/api/types";
import type { Box, Position, Shape } from "../src/geo/shape";
import {
  EYE_M,
  eyeOf,
  keyed,
  moved,
  overview,
  turned,
  type View,
  walkerAt,
  zoomed,
} from "../src/simulation/scene/camera";
import { boxOfGround, cellsOf, fillHoles, flatGround, heightAt, readGround } from "../src/simulation/scene/ground";
import { photoUrl } from "../src/simulation/scene/loading";
import { wrap } from "../src/simulation/scene/picture";
import { clearStand } from "../src/simulation/scene/sight";
import { type Corner, coverOf, prismOf, type Triangles, wallOf } from "../src/simulation/scene/solids";

const X = 650_000;
const Y = 6_860_000;
const at = (x: number, y: number): Position => [X + x, Y + y];
const box = (west: number, south: number, east: number, north: number): Position[] => [
  at(west, south),
  at(east, south),
  at(east, north),
  at(west, north),
];
const level = (): number => 100;

/** Within closed triangles that are seen from outside. */
function cubicMetres(triangles: Triangles): number {
  const local = triangles.map(([x, y, z]) => [x - X, y - Y, z] as const);
  let total = 0;
  for (let i = 0; i < local.length; i += 3) {
    const [a = [0, 0, 0], b = [0, 0, 0], c = [0, 0, 0]] = local.slice(i, i + 3);
    total +=
      a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  return total / 6;
}

describe("the ground", () => {
  const grid = (heights: number[], columns: number): schema.HeightGrid => ({
    model: "ground",
    campaign: { slug: "mnt", title: "MNT", acquired: "2025", resolution_m: 1, vertical_crs: 5720, attribution: "" },
    left: X,
    top: Y,
    pixel_m: 2,
    columns,
    rows: heights.length / columns,
    known: 1,
    heights: Buffer.from(new Float32Array(heights).buffer).toString("base64"),
  });

  it("is read from its bytes, between the centres of pixels and beyond their border", () => {
    const ground = readGround(grid([10, 20, 30, 40], 2));
    expect(heightAt(ground, at(1, -1))).toBe(10);
    expect(heightAt(ground, at(2, -2))).toBe(25);
    expect(heightAt(ground, at(-50, 50))).toBe(10);
    expect(boxOfGround(ground)).toEqual([X, Y - 4, X + 4, Y]);
  });

  it("takes the nearest height that is known where there is a hole", () => {
    const hole = Number.NaN;
    expect([...fillHoles(new Float32Array([1, hole, hole, 9]), 4, 1)]).toEqual([1, 1, 9, 9]);
    expect([...fillHoles(new Float32Array([hole, hole]), 2, 1)]).toEqual([0, 0]);
  });

  it("is flat at its level where no model is", () => {
    const ground = flatGround([X, Y, X + 100, Y + 60], 87);
    expect([heightAt(ground, at(3, 4)), ground.source, ground.known]).toEqual([87, null, 0]);
  });

  it("knows the pixels around a box, as far as there are some", () => {
    const ground = flatGround([X, Y, X + 80, Y + 80], 0);
    expect(cellsOf(ground, [X + 20, Y + 20, X + 60, Y + 60])).toEqual([2, 2, 7, 7]);
    expect(cellsOf(ground, [X - 500, Y - 500, X + 500, Y + 500])).toEqual([0, 0, 9, 9]);
  });
});

describe("solids", () => {
  const floor = (rings: readonly Position[][]): Triangles =>
    coverOf(rings.map((ring) => ring.map(([x, y]): Corner => [x, y, 0]))).reverse();

  it("of buildings hold their area times their height, whichever way their rings turn", () => {
    const rings = [box(0, 0, 10, 8), box(3, 3, 5, 5)];
    for (const one of [rings, rings.map((ring) => ring.slice().reverse())]) {
      const { roof, walls } = prismOf(one, 0, 6);
      expect(cubicMetres([...roof, ...walls, ...floor(one)])).toBeCloseTo((80 - 4) * 6, 6);
    }
  });

  it("have walls of as many triangles as a ring needs", () => {
    const wall: Corner[] = [
      [X, Y, 0],
      [X + 4, Y, 0],
      [X + 4, Y, 3],
      [X, Y, 3],
    ];
    expect(wallOf(wall)).toHaveLength(6);
    expect(wallOf(wall.slice(0, 3))).toHaveLength(3);
  });
});

describe("the eye", () => {
  const orbit = overview(at(0, 0), 10, 180);

  it("is south of what it looks at when it looks north", () => {
    const { eye, target } = eyeOf({ ...orbit, azimuth: 0, tilt: 45, distance: 100 }, level);
    expect(eye[0] - X).toBeCloseTo(0);
    expect(eye[1] - Y).toBeCloseTo(-70.71, 2);
    expect(eye[2]).toBeCloseTo(170.71, 2);
    expect(target).toEqual([X, Y, 100]);
  });

  it("of a walker is 1.60 m above the ground, and meets the project", () => {
    const view = walkerAt(at(0, -20), at(0, 0), EYE_M);
    const { eye, target } = eyeOf(view, level);
    expect(eye[2]).toBe(100 + EYE_M);
    expect([view.azimuth, view.tilt, target[2]]).toEqual([0, 0, 100 + EYE_M]);
  });

  it("never dives under a hill", () => {
    const hill = ([, y]: Position): number => (y < Y - 10 ? 500 : 100);
    expect(eyeOf({ ...orbit, azimuth: 0, tilt: 5, distance: 100 }, hill).eye[2]).toBe(500 + EYE_M);
  });

  it("turns, moves and comes closer within bounds", () => {
    expect(turned(orbit, 400, 500)).toMatchObject({ azimuth: 20, tilt: 89 });
    expect(zoomed(orbit, 1e-9)).toMatchObject({ distance: 8 });
    expect(moved({ ...orbit, azimuth: 90 }, 10, 0)).toMatchObject({ target: [X + 10, Y] });
  });

  it("follows keys: arrows turn, with Shift they move; a walker walks", () => {
    const walk: View = { kind: "walk", at: at(0, 0), azimuth: 0, tilt: 0 };
    expect(keyed(walk, "ArrowUp", false)).toMatchObject({ at: [X, Y + 1] });
    expect(keyed(walk, "ArrowDown", true)).toMatchObject({ at: [X, Y - 5] });
    expect(keyed(walk, "ArrowRight", false)).toMatchObject({ azimuth: 10 });
    expect(keyed(orbit, "ArrowUp", false)).toMatchObject({ tilt: orbit.tilt + 5 });
    expect(keyed(orbit, "ArrowUp", true)).not.toMatchObject({ target: orbit.target });
    expect(keyed(orbit, "+", false)).toMatchObject({ distance: orbit.distance * 0.8 });
    expect(keyed(orbit, "a", false)).toBeNull();
  });
});

describe("a place to stand", () => {
  const project = [box(-5, -5, 5, 5)];
  const wall = (...sides: Box): Shape => ({ kind: "polygon", parts: [[box(...sides)]] });

  it("is in the south, where nothing hides the project", () => {
    expect(clearStand(at(0, 0), 30, project, [])).toEqual({ metres: 30, side: 4 });
  });

  it("is on another side where a building stands between", () => {
    const { side } = clearStand(at(0, 0), 30, project, [wall(-40, -16, 40, -12)]);
    expect([2, 6, 1, 7, 0]).toContain(side);
  });

  it("is closer where buildings stand all around", () => {
    const around = [wall(-60, -20, 60, -18), wall(-60, 18, 60, 20), wall(18, -60, 20, 60), wall(-20, -60, -18, 60)];
    expect(clearStand(at(0, 0), 30, project, around).metres).toBeLessThan(30);
  });
});

describe("pictures", () => {
  it("ask for a campaign as one image, no finer than its pixels", () => {
    const photo = { tiles: "/ortho/v3/wmts/o/PM/{z}/{x}/{y}.png", slug: "o", resolution_m: 0.5 } as Photo;
    const url = new URL(photoUrl(photo, [X, Y, X + 200, Y + 100]), "http://x");
    expect(url.pathname).toBe("/ortho/v3/wms");
    const given = Object.fromEntries(url.searchParams);
    expect(given).toMatchObject({ LAYERS: "o", CRS: "EPSG:2154", WIDTH: "400", HEIGHT: "200" });
    expect(given["BBOX"]).toBe(`${X},${Y},${X + 200},${Y + 100}`);
  });

  it("have captions whose lines are no wider than they are", () => {
    expect(wrap("un deux trois quatre", 9, (text) => text.length)).toEqual(["un deux", "trois", "quatre"]);
  });
});

import { describe, expect, it } from "vitest";
import type { ProfilePoint, TerrainProfile } from "../src/api/types";
import { CHART, extremes, nearestTo, pathOf, pointNear, sample, scaleOf, ticks } from "../src/state/terrain";

const POINTS: ProfilePoint[] = [
  [0, 100, 100, 2, 48],
  [10, 102, 108, 2.0001, 48],
  [20, null, 109, 2.0002, 48],
  [30, 101, 101, 2.0003, 48],
];

const profile = (points: readonly ProfilePoint[]): TerrainProfile => ({
  length_m: 30,
  ground_length_m: 30.1,
  slope: 0.03,
  models: {},
  profile: points,
});

describe("the profile of the terrain", () => {
  it("fills the width, and leaves a margin above and below", () => {
    const scale = scaleOf(profile(POINTS));
    expect(scale.x(0)).toBe(CHART.left);
    expect(scale.x(30)).toBe(CHART.width - CHART.right);
    expect(scale.y(109)).toBeGreaterThan(CHART.top);
    expect(scale.y(100)).toBeLessThan(CHART.height - CHART.bottom);
  });

  it("shows flat ground in the middle", () => {
    const scale = scaleOf(profile(POINTS.map(([at, , , x, y]) => [at, 100, null, x, y])));
    expect(scale.high - scale.low).toBe(2);
    expect(scale.y(100)).toBeCloseTo((CHART.top + CHART.height - CHART.bottom) / 2);
  });

  it("breaks its line at a hole", () => {
    const scale = scaleOf(profile(POINTS));
    expect(pathOf(POINTS, 1, scale).match(/M/g)).toHaveLength(2);
    expect(pathOf(POINTS, 2, scale).match(/M/g)).toHaveLength(1);
  });

  it("writes round altitudes", () => {
    expect(ticks(99.5, 109.5)).toEqual([100, 105]);
    expect(ticks(0, 30, 3)).toEqual([0, 10, 20, 30]);
  });

  it("finds the point nearest to a distance, and to a place", () => {
    expect(nearestTo(POINTS, 14)).toBe(1);
    expect(nearestTo(POINTS, 16)).toBe(2);
    expect(nearestTo(POINTS, 99)).toBe(3);
    expect(pointNear(POINTS, [2.00011, 48.00001], 20)).toBe(1);
    expect(pointNear(POINTS, [2.1, 48], 20)).toBeNull();
  });

  it("goes from the lowest to the highest ground", () => {
    expect(extremes(POINTS)).toEqual([100, 102]);
    expect(extremes([[0, null, null, 2, 48]])).toBeNull();
  });

  it("is told in some rows, the first and the last among them", () => {
    const many = Array.from({ length: 1000 }, (_, i): ProfilePoint => [i, 100, null, 2, 48]);
    const rows = sample(many, 21);
    expect(rows).toHaveLength(21);
    expect([rows[0]?.[0], rows.at(-1)?.[0]]).toEqual([0, 999]);
  });
});

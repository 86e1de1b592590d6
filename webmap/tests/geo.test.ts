import { describe, expect, it } from "vitest";
import { distance, lineLength, ringArea } from "../src/geo/geodesy";
import { toLambert93 } from "../src/geo/lambert93";
import { bboxCentre, groundResolution, type LonLat, scaleDenominator, zoomForScale } from "../src/geo/mercator";

describe("Lambert-93", () => {
  it("agrees with PROJ to a centimetre in Paris", () => {
    const [east, north] = toLambert93([2.3522, 48.8566]);
    expect(east).toBeCloseTo(652469.02, 1);
    expect(north).toBeCloseTo(6862035.26, 1);
  });

  it("puts the central meridian at its false easting", () => {
    expect(toLambert93([3, 46.5])[0]).toBeCloseTo(700000, 6);
    expect(toLambert93([3, 46.5])[1]).toBeCloseTo(6600000, 6);
  });
});

describe("geodesy", () => {
  it("measures a degree of longitude on the ellipsoid, not on a sphere", () => {
    expect(distance([2, 47.5], [3, 47.5])).toBeCloseTo(75345.7, -1);
  });

  it("is nothing from a point to itself", () => {
    expect(distance([2, 47.5], [2, 47.5])).toBe(0);
  });

  it("sums the segments of a line", () => {
    const line: LonLat[] = [
      [1.9, 47.55],
      [1.901, 47.55],
      [1.901, 47.551],
    ];
    expect(lineLength(line)).toBeCloseTo(
      distance([1.9, 47.55], [1.901, 47.55]) + distance([1.901, 47.55], [1.901, 47.551]),
      6,
    );
  });

  it("gives a small rectangle the product of its sides", () => {
    const ring: LonLat[] = [
      [1.9, 47.55],
      [1.901, 47.55],
      [1.901, 47.551],
      [1.9, 47.551],
    ];
    const sides = distance([1.9, 47.5505], [1.901, 47.5505]) * distance([1.9, 47.55], [1.9, 47.551]);
    expect(ringArea(ring) / sides).toBeCloseTo(1, 5);
  });

  it("does not care about direction or closing", () => {
    const ring: LonLat[] = [
      [1.9, 47.55],
      [1.902, 47.55],
      [1.901, 47.551],
    ];
    const closed: LonLat[] = [...ring, [1.9, 47.55]];
    expect(ringArea(closed)).toBeCloseTo(ringArea(ring), 6);
    expect(ringArea([...ring].reverse())).toBeCloseTo(ringArea(ring), 6);
  });

  it("gives no area below three points", () => {
    expect(
      ringArea([
        [1, 47],
        [2, 47],
      ]),
    ).toBe(0);
  });
});

describe("scale", () => {
  it("is true on the ground at the latitude", () => {
    expect(groundResolution(0, 60)).toBeCloseTo(156543.034 / 2, 2);
    expect(scaleDenominator(17, 47.5)).toBeCloseTo(2881.8, 0);
  });

  it("and zoom are each other's inverse", () => {
    expect(scaleDenominator(zoomForScale(5000, 47.5), 47.5)).toBeCloseTo(5000, 6);
  });

  it("finds the middle of a box", () => {
    expect(bboxCentre([0, 10, 4, 20])).toEqual([2, 15]);
  });
});

import { describe, expect, it } from "vitest";
import type { Condition, LegendLine } from "../src/api/types";
import { type Lattice, lattice } from "../src/map/hatch";
import { casing, corners, hatchLines, lineFor, luminance } from "../src/map/legend";
import { buildModel } from "../src/map/model";
import { groundOf } from "../src/map/styles";
import { layer, state } from "./fixtures";

const line = (where: Record<string, Condition> = {}): LegendLine => ({ label: "", where, symbol: { kind: "fill" } });
const drawn = (legend: LegendLine[], values: Record<string, unknown>): number =>
  lineFor(legend, (column) => values[column]);

describe("a legend", () => {
  it("draws a feature by the first line that it fits", () => {
    const legend = [line({ kind: "a" }), line({ height: { from: 10 } }), line()];
    expect(drawn(legend, { kind: "a", height: 12 })).toBe(0);
    expect(drawn(legend, { kind: "b", height: 12 })).toBe(1);
    expect(drawn(legend, { kind: "b" })).toBe(2);
  });

  it("leaves out a feature that no line is for", () => {
    expect(drawn([line({ kind: "a" })], { kind: "b" })).toBe(-1);
  });

  it.each<[Condition, unknown, boolean]>([
    [{ in: ["a", "b"] }, "b", true],
    [{ in: ["a", null] }, undefined, true],
    [{ from: 1, below: 2 }, 1, true],
    [{ from: 1, below: 2 }, 2, false],
    [{ above: 1, to: 2 }, 1, false],
    [{ from: 1 }, undefined, false],
    [{ from: 1 }, "2", false],
    [{ from: "2024-01-01" }, "2024-06-01", true],
    [null, undefined, true],
    [true, true, true],
    ["1", 1, false],
  ])("holds %j for %j: %s", (condition, value, expected) => {
    expect(drawn([line({ x: condition })], { x: value }) === 0).toBe(expected);
  });
});

describe("a hatch", () => {
  const turned = ({ across, down }: Lattice): number => (Math.atan2(across, down) * 180) / Math.PI;

  it.each([
    [0, 13.33],
    [45, 6.67],
    [90, 4],
    [100, 13.33],
    [135, 16],
    [30, 9],
    [45, 1.73],
  ])("at %d degrees every %d pixels repeats in a square that divides 512 pixels", (angle, spacing) => {
    const found = lattice({ angle, spacing });
    expect(512 % found.size).toBe(0);
    expect(Math.abs(turned(found) - angle)).toBeLessThan(0.7);
    expect(Math.abs(found.size / Math.hypot(found.across, found.down) / spacing - 1)).toBeLessThan(0.03);
  });

  it("says the widest spacing as nearly as the largest square allows", () => {
    const found = lattice({ angle: 20, spacing: 100 });
    expect(found.size).toBe(512);
    expect(Math.abs(turned(found) - 20)).toBeLessThan(8);
  });

  const square: [number, number][] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];

  it("has its lines cut at the shape they lie in", () => {
    const rounded = hatchLines(square, [0], 4).map((line) => line.map((point) => point.map(Math.round)));
    expect(rounded).toEqual([
      [
        [0, 0],
        [10, 0],
      ],
      [
        [0, 4],
        [10, 4],
      ],
      [
        [0, 8],
        [10, 8],
      ],
    ]);
  });

  it("goes up to the right at 45 degrees, and is crossed at right angles", () => {
    const slopes = hatchLines(square, [45, 135], 3).map(([[x1, y1], [x2, y2]]) => Math.sign((y2 - y1) * (x2 - x1)));
    expect(
      new Set(hatchLines(square, [45], 3).map(([[x1, y1], [x2, y2]]) => Math.sign((y2 - y1) * (x2 - x1)))),
    ).toEqual(new Set([-1]));
    expect(slopes).toContain(1);
  });
});

describe("a layer with scales", () => {
  const at = (zoom: number): boolean | undefined => {
    const value = [layer("parcels", { scale_from: 5000, scale_to: 500 })];
    const view = { ...state().view, zoom };
    return buildModel(state({ catalogue: { status: "ready", value }, view }), "/tiles/").layers[0]?.visible;
  };

  it("is shown between them only", () => {
    expect([at(15), at(17), at(21)]).toEqual([false, true, false]);
  });
});

describe("colours over a photo", () => {
  it("get a casing that they are told from", () => {
    expect(casing("#ffffff")).toContain("10,18,20");
    expect(casing("#1b2a2f")).toContain("255,255,255");
  });

  it("are as bright as they look", () => {
    expect(luminance("#fff")).toBeCloseTo(1);
    expect(luminance("#000000")).toBe(0);
    expect(luminance("#0b5c6bff")).toBeCloseTo(0.09, 1);
  });
});

describe("a shape", () => {
  it("has its corners around its middle", () => {
    expect(corners("square", 4)).toHaveLength(4);
    expect(corners("star", 4)).toHaveLength(10);
    expect(corners("circle", 4)).toEqual([]);
    expect(corners("triangle", 4)[0]?.[1]).toBeLessThan(0);
  });
});

describe("the wash of a ground", () => {
  it("is that of the legend on the plan", () => {
    expect(groundOf("rgba(255, 0, 0, 0.5)", false)).toBe("rgba(255, 0, 0, 0.5)");
  });

  it("lets a photo be seen through it", () => {
    expect(groundOf("rgba(255, 0, 0, 0.5)", true)).toEqual([255, 0, 0, 0.2]);
  });
});

import { describe, expect, it } from "vitest";
import { apart, colours, contrast, opaque, RANGES, seenOn, withOpacity } from "../src/settings/colours";
import { legibility } from "../src/settings/legibility";
import {
  breaksIn,
  breaksOf,
  type Column,
  categories,
  classLines,
  type Distribution,
  type Line,
  modeOf,
  plainSymbol,
  recoloured,
  round,
} from "../src/settings/style";

const COLUMN: Column = { name: "kind", label: "Nature", type: "text", values: { "01": ["Dur", "Hard"] } };
const BASE = plainSymbol("polygon");
const SET = RANGES[0] as (typeof RANGES)[number];
const found = (patch: Partial<Distribution> = {}): Distribution => ({
  values: [],
  more: false,
  total: 0,
  empty: 0,
  quantiles: Array.from({ length: 201 }, (_, i) => i / 2),
  natural: { "3": [20, 70] },
  ...patch,
});

describe("categories", () => {
  const words = { rest: "Le reste", restEn: "Everything else", empty: "(sans valeur)" };
  const values = [
    { value: "02", count: 9 },
    { value: "01", count: 3 },
  ];
  const lines = categories(COLUMN, found({ values }), SET, BASE, words);

  it("have a line for each value, in the order of their words, and one for what is left", () => {
    expect(lines.map(({ label, where }) => [label, where])).toEqual([
      ["02", { kind: "02" }],
      ["Dur", { kind: "01" }],
      ["Le reste", undefined],
    ]);
  });

  it("are read again for what they are", () => {
    expect(modeOf(lines)).toEqual({ mode: "categories", column: "kind" });
  });
});

describe("a hatch", () => {
  const symbol = { ...BASE, fill: null, hatch: { colour: "#ff000080", angle: 45, spacing: 8, width: 1 } };

  it("takes the colour of its line and keeps its opacity and its form", () => {
    expect(recoloured(symbol, "#0000ff").hatch).toEqual({ ...symbol.hatch, colour: "#0000ff80" });
  });

  it("tells two lines of one colour apart", () => {
    const lines = [symbol, { ...symbol, hatch: { ...symbol.hatch, angle: 90 } }];
    const named = lines.map((one, i) => ({ label: String(i), symbol: one }));
    expect(legibility(named).alike).toEqual([]);
    expect(legibility([named[0], { ...named[0], label: "1" }] as Line[]).alike).toEqual([["0", "1"]]);
  });
});

describe("classes", () => {
  const say = (from: number | null, below: number | null): string => `${from}–${below}`;
  const height: Column = { name: "height", label: "Hauteur", type: "number" };

  it("of equal counts have limits between the quantiles", () => {
    expect(breaksOf(found(), "quantiles", 4)).toEqual([25, 50, 75]);
  });

  it("of equal width have limits between the least and the greatest", () => {
    expect(breaksOf(found(), "equal", 5)).toEqual([20, 40, 60, 80]);
  });

  it("take the natural limits of the server", () => {
    expect(breaksOf(found(), "natural", 3)).toEqual([20, 70]);
  });

  it("are fewer where many values are the same", () => {
    expect(breaksOf(found({ quantiles: Array(201).fill(3) }), "quantiles", 4)).toEqual([]);
  });

  it("are open at both ends, and read again with their limits", () => {
    const lines = classLines(height, [10, 20], SET, BASE, say);
    expect(lines.map(({ where }) => where?.["height"])).toEqual([{ below: 10 }, { from: 10, below: 20 }, { from: 20 }]);
    expect(modeOf(lines).mode).toBe("classes");
    expect(breaksIn(lines, "height")).toEqual([10, 20]);
  });

  it("have round limits where that changes nothing", () => {
    expect(round(19.8765, 0.5)).toBe(19.9);
    expect(round(1234567, 5000)).toBe(1235000);
    expect(round(3, 0)).toBe(3);
  });
});

describe("a legend made elsewhere", () => {
  const line = (where: Line["where"]): Line => ({ label: "A", where: where ?? {}, symbol: BASE });

  it("that follows two fields is kept as conditions", () => {
    expect(modeOf([line({ a: 1 }), line({ b: 2 })]).mode).toBe("conditions");
    expect(modeOf([line({ a: 1, b: 2 })]).mode).toBe("conditions");
    expect(modeOf([line({ a: 1 }), line({ a: { from: 2 } })]).mode).toBe("conditions");
  });

  it("of one line is a single symbol", () => {
    expect(modeOf([line({})]).mode).toBe("single");
  });

  it("whose classes do not follow one another has no list of limits", () => {
    expect(breaksIn([line({ a: { below: 1 } }), line({ a: { from: 2 } })], "a")).toBeNull();
  });
});

describe("colours", () => {
  it.each(RANGES)("of $name are told apart by everybody", (range) => {
    const given = colours(range, range.kind === "set" ? 6 : 5);
    const pairs = given.flatMap((one, i) => given.slice(i + 1).map((other) => apart(one, other)));
    expect(Math.min(...pairs)).toBeGreaterThan(10);
  });

  it("are as many as asked", () => {
    expect(colours(RANGES[2] as (typeof RANGES)[number], 1)).toHaveLength(1);
    expect(new Set(colours(SET, 12)).size).toBe(12);
  });

  it("keep their opacity apart", () => {
    expect(opaque("#0b5c6b80")).toEqual({ colour: "#0b5c6b", opacity: 0.5 });
    expect(withOpacity("#0b5c6b", 0.5)).toBe("#0b5c6b80");
    expect(withOpacity("#abc", 1)).toBe("#aabbcc");
  });

  it("contrast as WCAG says", () => {
    expect(contrast("#ffffff", "#000000")).toBeCloseTo(21);
    expect(seenOn("#00000080", "#ffffff")).toBe("#808080");
  });

  it("change a symbol without changing how opaque it is", () => {
    expect(recoloured(plainSymbol("polygon", "#111111"), "#222222")).toMatchObject({
      fill: "#22222299",
      stroke: "#222222",
    });
    expect(recoloured(plainSymbol("line"), "#222222").stroke).toBe("#222222");
    expect(recoloured(plainSymbol("point"), "#222222")).toMatchObject({ fill: "#222222", stroke: "#ffffff" });
  });
});

describe("legibility", () => {
  const line = (label: string, stroke: string, dash: number[] | null = null): Line => ({
    label,
    symbol: { kind: "line", stroke, stroke_width: 2, dash },
  });

  it("tells what is hardly seen, and on which ground", () => {
    expect(legibility([line("Pâle", "#f0e8d8")]).faint).toEqual([{ ground: "light", labels: ["Pâle"] }]);
    expect(legibility([line("Sombre", "#1b2a2f")]).faint).toEqual([{ ground: "dark", labels: ["Sombre"] }]);
  });

  it("tells red and green that are one to many, unless a dash tells them apart", () => {
    expect(legibility([line("A", "#b5562c"), line("B", "#6f7a2c")]).alike).toEqual([["A", "B"]]);
    expect(legibility([line("A", "#b5562c"), line("B", "#6f7a2c", [6, 3])]).alike).toEqual([]);
  });
});

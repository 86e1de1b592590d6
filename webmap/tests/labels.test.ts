import { describe, expect, it } from "vitest";
import { labelText } from "../src/map/legend";
import { labelsRank } from "../src/map/styles";
import { drawnStyle, type Style, withColumn } from "../src/settings/style";

const PARTS = [
  { column: "reference", prefix: "", short: {} },
  { column: "material", prefix: "", short: { pvc: "PVC" } },
  { column: "diameter_mm", prefix: "Ø", short: {} },
];
const text = (properties: Record<string, unknown>) => labelText(PARTS, (column) => properties[column]);

describe("a label of several columns", () => {
  it("is one text, with short words of codes", () => {
    expect(text({ reference: "C-12", material: "pvc", diameter_mm: 110 })).toBe("C-12 PVC Ø110");
  });

  it("leaves out what has no value", () => {
    expect(text({ reference: "", material: "bois", diameter_mm: null })).toBe("bois");
    expect(text({})).toBe("");
  });
});

describe("labels of a layer", () => {
  const labels = { column: "a", also: [], size: 11, colour: null, bold: false, from_scale: null, parts: PARTS };

  it("lie with its features at the usual priority", () => {
    expect(labelsRank({ slug: "pipes", labels: { ...labels, priority: 5 } })).toBeNull();
    expect(labelsRank({ slug: "pipes", labels: null })).toBeNull();
  });

  it("lie apart, above or under those of others, at another one", () => {
    expect(labelsRank({ slug: "pipes", labels: { ...labels, priority: 8 } })).toBe(3);
    expect(labelsRank({ slug: "pipes", labels: { ...labels, priority: 2 } })).toBe(-3);
  });
});

describe("the labels of the style editor", () => {
  const style = (labels: Style["labels"]): Style => ({ legend: [], labels, scale_from: null, scale_to: null });
  const columns = [
    {
      name: "material",
      label: "Matériau",
      type: "text" as const,
      short: { pehd: ["PEHD", "HDPE"] as [string, string] },
    },
    { name: "diameter_mm", label: "Diamètre", type: "integer" as const, prefix: "Ø" },
  ];

  it("are previewed as the map writes them", () => {
    const { labels } = drawnStyle(style({ column: "material", also: ["diameter_mm"] }), columns, "en");
    expect(labels?.parts).toEqual([
      { column: "material", prefix: "", short: { pehd: "HDPE" } },
      { column: "diameter_mm", prefix: "Ø", short: {} },
    ]);
    expect(labels?.priority).toBe(5);
  });

  it("name each column once, and nothing when the last one goes", () => {
    expect(withColumn({ column: "a", size: 9 }, 1, "b")).toEqual({ column: "a", also: ["b"], size: 9 });
    expect(withColumn({ column: "a", also: ["b"], size: 9 }, 2, "a")).toEqual({ column: "a", also: ["b"], size: 9 });
    expect(withColumn({ column: "a", also: ["b"] }, 0, "")).toEqual({ column: "b", size: 12 });
    expect(withColumn({ column: "a", bold: true }, 0, "")).toEqual({});
  });
});

import { describe, expect, it } from "vitest";
import { lineFor } from "../src/map/legend";
import { buildModel } from "../src/map/model";
import { orderBody, type PrintChoice } from "../src/print/order";
import { inLegend, legendKey } from "../src/state/catalogue";
import { readPermalink, writePermalink } from "../src/state/permalink";
import { drawnLegend } from "../src/ui/swatch";
import { layer, state } from "./fixtures";

const line = (label: string, stroke = "#000000") => ({ label, where: {}, symbol: { kind: "line" as const, stroke } });
const pipes = layer("water-pipes", {
  geometry_type: "line",
  legend: [line("Usuelle")],
  legends: [{ name: "age", title: "Âge", page: "/reseaux/patrimoine/" }],
});
const setting = { slug: "water-pipes", visible: true, opacity: 0.5, legend: "age" };
const legends = { [legendKey(pipes, "age")]: [line("0 à 19 ans")] };

describe("another legend of a layer", () => {
  it("is kept in the link, which links without one still are", () => {
    const link = writePermalink({ layers: [setting, { slug: "parcels", visible: false, opacity: 1 }] });
    expect(link).toContain("l=water-pipes@age:50,!parcels");
    expect(readPermalink(link).layers?.[0]).toEqual(setting);
    expect(readPermalink("#l=water-pipes@a b").layers?.[0]).toEqual({ slug: "water-pipes", visible: true, opacity: 1 });
  });

  it("is drawn once it has come, the usual one before", () => {
    const drawn = (known: typeof legends | object) =>
      buildModel(
        state({ catalogue: { status: "ready", value: [pipes] }, layers: [setting], legends: { ...known } }),
        "/tiles/",
      ).layers[0]?.legend.map(({ label }) => label);
    expect(drawn({})).toEqual(["Usuelle"]);
    expect(drawn(legends)).toEqual(["0 à 19 ans"]);
  });

  it("is that of the version of the layer", () => {
    expect(inLegend({ ...pipes, version: 9 }, "age", legends).legend).toEqual([line("Usuelle")]);
    expect(inLegend(pipes, "age", legends).legend).toEqual([line("0 à 19 ans")]);
  });

  it("goes to print with the layer, unless the layer has it no more", () => {
    const choice = { title: "", note: "", author: "", center: [0, 0] } as unknown as PrintChoice;
    const layersOf = (one: typeof pipes) =>
      (orderBody(choice, [{ layer: one, setting }], null) as { layers: unknown[] }).layers;
    expect(layersOf(pipes)).toEqual([{ layer: "water-pipes", opacity: 0.5, legend: "age" }]);
    expect(layersOf({ ...pipes, legends: [] })).toEqual([{ layer: "water-pipes", opacity: 0.5 }]);
  });

  it("shows as one what a reader sees as one", () => {
    const twice = { ...pipes, legend: [line("A"), line("B"), line("A"), line("A", "#ff0000")] };
    expect(drawnLegend(twice).map(({ label }) => label)).toEqual(["A", "B", "A"]);
  });
});

describe("a line of a legend", () => {
  it("may go by the number of a feature", () => {
    const lines = [{ ...line("Souvent"), where: { id: { in: [12] } } }, line("Jamais")];
    expect(lineFor(lines, (column) => (column === "id" ? 12 : undefined))).toBe(0);
    expect(lineFor(lines, (column) => (column === "id" ? 13 : undefined))).toBe(1);
  });
});

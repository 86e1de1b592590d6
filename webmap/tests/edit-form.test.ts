import { describe, expect, it } from "vitest";
import {
  askedOf,
  commonValues,
  differing,
  emptyValues,
  faultOfValue,
  faultsOf,
  isStray,
  type LayerSchema,
  MIXED,
  readSchema,
  readValue,
} from "../src/edit/form";
import type { Values } from "../src/edit/session";

const schema: LayerSchema = {
  required: ["name"],
  properties: {
    id: { type: "integer", "x-ogc-role": "id", readOnly: true },
    geometry: { format: "geometry-multipolygon", "x-ogc-role": "primary-geometry" },
    name: { title: "Nom", type: "string", maxLength: 20 },
    height: { title: "Hauteur", type: ["number", "null"], "x-ogc-unit": "m", minimum: 0, maximum: 60 },
    count: { type: "integer" },
    alive: { type: "boolean" },
    planted: { type: "string", format: "date" },
    seen: { type: "string", format: "date-time" },
    state: {
      title: "État",
      oneOf: [
        { const: "A", title: "Bon" },
        { const: "B", title: "Moyen" },
      ],
    },
    kind: { type: "string", enum: ["x", "y", null], default: "x" },
    note: { type: "string", maxLength: 2000 },
    by: { type: "string", readOnly: true },
    position: { type: "string", "x-arpent-when": { state: ["A"] } },
  },
};
const fields = readSchema(schema);
const field = (name: string) => {
  const found = fields.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

describe("a form", () => {
  it("has the fields of the schema, without identifier and geometry", () => {
    expect(fields.map(({ name, kind }) => `${name}:${kind}`)).toEqual([
      "name:text",
      "height:number",
      "count:integer",
      "alive:boolean",
      "planted:date",
      "seen:datetime",
      "state:choice",
      "kind:choice",
      "note:long",
      "by:text",
      "position:text",
    ]);
    expect(field("height")).toMatchObject({ label: "Hauteur", unit: "m", required: false });
    expect(field("state").choices).toEqual([
      { value: "A", label: "Bon" },
      { value: "B", label: "Moyen" },
    ]);
    expect(field("kind").choices).toHaveLength(2);
  });

  it("starts a new feature empty, without what one may not write", () => {
    expect(Object.keys(emptyValues(fields))).not.toContain("by");
    expect(emptyValues(fields)["name"]).toBeNull();
  });

  it("starts a new feature with what the schema gives it", () => {
    expect(emptyValues(fields)["kind"]).toBe("x");
  });

  it.each([
    ["height", "12,5", { value: 12.5 }],
    ["count", "3,5", { value: "3,5", fault: { key: "integer" } }],
    ["count", " 1 200 ", { value: 1200 }],
    ["height", "haut", { value: "haut", fault: { key: "number" } }],
    ["alive", "false", { value: false }],
    ["alive", "", { value: null }],
    ["planted", "2024-02-30x", { value: "2024-02-30x", fault: { key: "date" } }],
    ["state", "B", { value: "B" }],
    ["name", "  ", { value: null }],
  ])("reads %s %j", (name, text, read) => {
    expect(readValue(field(name), text)).toMatchObject(read);
  });

  it("says what a value lacks", () => {
    expect(faultOfValue(field("name"), null)).toEqual({ key: "required" });
    expect(faultOfValue(field("height"), 61)).toEqual({ key: "most", limit: 60 });
    expect(faultOfValue(field("name"), "x".repeat(21))).toEqual({ key: "longest", limit: 20 });
    expect(faultOfValue(field("state"), "Z")).toEqual({ key: "choice" });
    expect(faultOfValue(field("note"), null)).toBeNull();
  });

  it("does not blame a person for an old value they did not touch", () => {
    expect(faultsOf(fields, { name: "ok", state: "Z" }, { name: "ok", state: "Z" })).toEqual({});
    expect(faultsOf(fields, { name: "", state: "Z" }, { name: "ok", state: "Z" })).toEqual({
      name: { key: "required" },
    });
    expect(faultsOf(fields, {}, null)).toEqual({ name: { key: "required" } });
  });

  it("shows what several features have in common", () => {
    const common = commonValues(fields, [
      { name: "a", height: 2 },
      { name: "b", height: 2, note: "" },
    ]);
    expect(common["name"]).toBe(MIXED);
    expect(common["height"]).toBe(2);
    expect(common["note"]).toBeNull();
  });

  it("names what differs and may be written", () => {
    const common = commonValues(fields, [
      { id: 1, name: "a", height: 2 },
      { id: 2, name: "b", height: 2 },
    ]);
    expect(differing(fields, common)).toEqual(["Nom"]);
  });
});

describe("fields that are asked of some objects alone", () => {
  const names = (values: Values) => askedOf(fields, [values]).map(({ name }) => name);

  it("come and go with the value that they follow", () => {
    expect(names({ state: "A" })).toContain("position");
    expect(names({ state: "B" })).not.toContain("position");
    expect(names({ state: null })).not.toContain("position");
  });

  it("stay where they hold something, so that nothing is hidden", () => {
    expect(names({ state: "B", position: "open" })).toContain("position");
    expect(isStray(field("position"), { state: "B", position: "open" })).toBe(true);
    expect(isStray(field("position"), { state: "A", position: "open" })).toBe(false);
  });

  it("are there for several when one of them is asked", () => {
    expect(askedOf(fields, [{ state: "B" }, { state: "A" }]).map(({ name }) => name)).toContain("position");
  });
});

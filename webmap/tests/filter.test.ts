import { describe, expect, it } from "vitest";
import type { Field } from "../src/api/types";
import { tableUrl } from "../src/api/urls";
import { conditionText, filterText, operatorsFor } from "../src/state/filter";

const field = (name: string, type: Field["type"]): Field => ({ name, label: name, type, unit: null, in_tiles: false });
const name = field("name", "text");
const height = field("height_m", "number");
const day = field("planted", "date");
const seen = field("seen_at", "datetime");
const alive = field("alive", "boolean");

describe("a filter", () => {
  it("looks for a part of a text, accents and capitals aside, with nothing in it read as a pattern", () => {
    expect(conditionText({ field: "name", operator: "contains", value: "l'Été 50%_" }, name)).toBe(
      `CASEI(ACCENTI("name")) LIKE CASEI(ACCENTI('%l''Été 50\\%\\_%'))`,
    );
  });

  it.each([
    [height, "more", "12,5", '"height_m" > 12.5'],
    [height, "is", "haut", null],
    [day, "less", "2024-01-31", "\"planted\" < DATE('2024-01-31')"],
    [day, "less", "31/01/2024", null],
    [seen, "more", "2024-01-31", "\"seen_at\" > TIMESTAMP('2024-01-31T00:00:00Z')"],
    [alive, "is", "false", '"alive" = false'],
    [name, "empty", "", '"name" IS NULL'],
    [name, "filled", "", '"name" IS NOT NULL'],
    [name, "is", "", null],
  ] as const)("compares %o %s %j", (compared, operator, value, text) => {
    expect(conditionText({ field: compared.name, operator, value }, compared)).toBe(text);
  });

  it("joins its lines and leaves out those that say nothing yet, or name no field", () => {
    const conditions = [
      { field: "alive", operator: "is", value: "true" },
      { field: "name", operator: "contains", value: " " },
      { field: "gone", operator: "empty", value: "" },
      { field: "height_m", operator: "less", value: "3" },
    ] as const;
    expect(filterText(conditions, [name, height, alive])).toBe('"alive" = true AND "height_m" < 3');
    expect(filterText([], [name])).toBe("");
  });

  it("offers what makes sense for a field", () => {
    expect(operatorsFor(name)).not.toContain("less");
    expect(operatorsFor(height)).toContain("more");
  });
});

describe("the address of a table", () => {
  it("carries box, filter and order, and leaves out what is not asked", () => {
    expect(tableUrl("/api/v1/", "trees", { bbox: [1, 2, 3, 4], filter: "\"name\" = 'a&b'", sort: "-name" })).toBe(
      "/api/v1/layers/trees/features/?bbox=1,2,3,4&filter=%22name%22%20%3D%20'a%26b'&sort=-name&limit=100",
    );
    expect(tableUrl("/api/v1/", "trees", { bbox: null, filter: "", sort: "" })).toBe(
      "/api/v1/layers/trees/features/?limit=100",
    );
  });
});

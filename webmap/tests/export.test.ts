import { describe, expect, it } from "vitest";
import {
  type Choice,
  countUrl,
  firstChoice,
  hasPlaces,
  orderBody,
  type Subject,
  selectionOf,
  streamUrl,
  waysOf,
  withFormat,
} from "../src/export/choice";
import { isWhole } from "../src/export/download";
import type { Bbox } from "../src/geo/mercator";
import { layer } from "./fixtures";

const API = "/api/v1/";
const VIEW: Bbox = [1.9, 47.8, 1.95, 47.85];
const SUBJECT: Subject = { layer: layer("lampes", { geometry_type: "point" }), table: null, chosen: null };
const CHOICE: Choice = firstChoice(SUBJECT);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("what is exported", () => {
  it("is what one looks at, first", () => {
    expect(firstChoice(SUBJECT).which).toBe("view");
    expect(firstChoice({ ...SUBJECT, table: { filter: "", inView: false } }).which).toBe("table");
  });

  it("is offered where it makes sense", () => {
    expect(waysOf(SUBJECT)).toEqual(["all", "view"]);
    expect(waysOf({ ...SUBJECT, table: { filter: "", inView: true }, chosen: 7 })).toEqual([
      "all",
      "view",
      "table",
      "chosen",
    ]);
  });

  it("has the conditions of its choice alone", () => {
    const subject = { ...SUBJECT, table: { filter: '"lamps" > 3', inView: false }, chosen: 7 };
    expect(selectionOf(subject, "all", VIEW)).toEqual({ bbox: null, filter: "", ids: null });
    expect(selectionOf(subject, "view", VIEW)).toEqual({ bbox: VIEW, filter: "", ids: null });
    expect(selectionOf(subject, "table", VIEW)).toEqual({ bbox: null, filter: '"lamps" > 3', ids: null });
    expect(selectionOf(subject, "chosen", VIEW)).toEqual({ bbox: null, filter: "", ids: [7] });
  });
});

describe("addresses", () => {
  const all = selectionOf(SUBJECT, "all", VIEW);

  it("count a selection", () => {
    expect(countUrl(API, "lampes", all)).toBe("/api/v1/layers/lampes/export/");
    const asked = new URL(countUrl(API, "lampes", { bbox: VIEW, filter: "a = 'é&'", ids: null }), "http://x");
    expect(asked.searchParams.get("bbox")).toBe("1.9,47.8,1.95,47.85");
    expect(asked.searchParams.get("filter")).toBe("a = 'é&'");
  });

  it("say what a stream's file is like", () => {
    expect(streamUrl(API, "lampes", CHOICE, all)).toBe("/api/v1/layers/lampes/export.csv?crs=EPSG%3A2154&geometry=xy");
    const program = { ...CHOICE, program: true, places: "none", labels: true } as const;
    expect(streamUrl(API, "lampes", program, all)).toBe(
      "/api/v1/layers/lampes/export.csv?labels=1&geometry=none&separator=comma&bom=0",
    );
    expect(streamUrl(API, "lampes", withFormat(CHOICE, "geojson"), all)).toBe(
      "/api/v1/layers/lampes/export.geojson?crs=EPSG%3A4326",
    );
  });

  it("order several layers with one place, and a filter for the first alone", () => {
    const choice = { ...withFormat(CHOICE, "gpkg"), others: ["parcels"] };
    const body = orderBody("lampes", choice, { bbox: VIEW, filter: "lamps > 3", ids: null });
    expect(body).toEqual({
      format: "gpkg",
      layers: [
        { layer: "lampes", bbox: VIEW, filter: "lamps > 3" },
        { layer: "parcels", bbox: VIEW },
      ],
      crs: "EPSG:2154",
      labels: false,
      points: false,
    });
  });
});

describe("formats", () => {
  it("bring the system that their readers expect", () => {
    expect(withFormat(CHOICE, "geojson").system).toBe(4326);
    expect(withFormat(withFormat(CHOICE, "geojson"), "shp").system).toBe(2154);
  });

  it("have no system where they have no places", () => {
    expect(hasPlaces({ ...CHOICE, places: "none" })).toBe(false);
    expect(hasPlaces({ ...withFormat(CHOICE, "gpkg"), places: "none" })).toBe(true);
  });
});

describe("a file that was cut short", () => {
  it("is known by its end in CSV", () => {
    expect(isWhole("csv", bytes("id;nom\r\n1;ERREUR\r\n"))).toBe(true);
    expect(isWhole("csv", bytes("1;a\r\nERREUR : l’export s’est interrompu ici.\r\n"))).toBe(false);
    expect(isWhole("csv", bytes('1;a\r\n"ERROR: the export; was interrupted"\r\n'))).toBe(false);
  });

  it("is known by its end in GeoJSON", () => {
    expect(isWhole("geojson", bytes('{"features":[\n{}\n]}\n'))).toBe(true);
    expect(isWhole("geojson", bytes('{"features":[\n{}\nERREUR : …\n'))).toBe(false);
  });

  it("is known by its end in FlatGeobuf", () => {
    expect(isWhole("fgb", new Uint8Array([1, 2, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0]))).toBe(true);
    expect(isWhole("fgb", new Uint8Array([1, 2, 255, 255, 255, 255, ...bytes("ERREUR : l’export")]))).toBe(false);
  });
});

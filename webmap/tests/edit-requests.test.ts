import { describe, expect, it } from "vitest";
import { ApiError } from "../src/api/client";
import { conflictsOf, isConflict, refusalsOf } from "../src/edit/client";
import * as requests from "../src/edit/requests";
import { type Draft, draftOf, type Stored } from "../src/edit/session";
import type { Shape } from "../src/geo/shape";

const API = "/api/v1/";
const point = (x: number): Shape => ({ kind: "point", parts: [[[[x, 6717000.25]]]] });
const stored: Stored = {
  id: 7,
  version: 3,
  title: "L-7",
  properties: { name: "a", note: null },
  shape: point(617000.5),
};
const draft = (patch: Partial<Draft> = {}): Draft => ({ ...draftOf(stored, "uuid"), ...patch });

describe("addresses of editing", () => {
  it("read a feature in Lambert-93", () => {
    expect(requests.exactUrl("street-lights", 7)).toBe(
      "/ogc/collections/street-lights/items/7?crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F2154",
    );
  });

  it("ask what to snap to in a box rounded outwards", () => {
    expect(requests.snapUrl(API, [617000.9, 6717000.1, 617100.1, 6717100.9], ["parcels", "trees"])).toBe(
      "/api/v1/snap/?bbox=617000,6717000,617101,6717101&layers=parcels,trees",
    );
  });

  it("name what they do to a feature", () => {
    expect(requests.aboutUrl(API, "trees", 7, "restore")).toBe("/api/v1/layers/trees/features/7/restore/");
    expect(requests.attachmentUrl(API, "trees", 7, 2)).toBe("/api/v1/layers/trees/features/7/attachments/2/");
  });
});

describe("edits", () => {
  const sent = (one: Draft) => requests.editsBody([one]).edits[0];

  it("send what changed only, with the version that was seen", () => {
    const changed = draft({ properties: { name: "b", note: "" } });
    expect(sent(changed)).toEqual({
      action: "update",
      client_id: "uuid",
      id: 7,
      version: 3,
      properties: { name: "b" },
    });
  });

  it("send a moved geometry to the last bit, in Lambert-93", () => {
    const body = requests.editsBody([draft({ shape: point(617000.123456789) })]);
    expect(body.crs).toBe("EPSG:2154");
    expect(body.edits[0]?.geometry).toEqual({ type: "Point", coordinates: [617000.123456789, 6717000.25] });
    expect(body.edits[0]?.properties).toEqual({});
  });

  it("send all of a new feature, emptied fields as null", () => {
    const fresh = draft({ base: null, key: "new 1", properties: { name: "b", note: "" } });
    expect(sent(fresh)).toMatchObject({ action: "create", properties: { name: "b", note: null } });
    expect(sent(fresh)).not.toHaveProperty("version");
  });

  it("send neither values nor geometry of what is deleted", () => {
    expect(sent(draft({ deleted: true }))).toEqual({ action: "delete", client_id: "uuid", id: 7, version: 3 });
  });
});

describe("answers", () => {
  it("give the version of an ETag", () => {
    expect(requests.versionOf('"v12"')).toBe(12);
    expect(requests.versionOf('W/"7"')).toBe(7);
    expect(requests.versionOf(null)).toBeNull();
  });

  it("give a feature with the name that the server gives it", () => {
    const json = { id: 7, geometry: null, properties: { name: "a" }, title: "Arbre 7" };
    expect(requests.storedOf(json, 4, "name")).toEqual({
      id: 7,
      version: 4,
      title: "Arbre 7",
      properties: { name: "a" },
      shape: null,
    });
  });

  it("show degrees in the plane", () => {
    const shape = requests.shownShape({ type: "Point", coordinates: [3, 46.5] });
    expect(shape?.parts[0]?.[0]?.[0]?.[0]).toBeCloseTo(700000, 6);
  });
});

describe("refusals", () => {
  const refused = (status: number, problem: Record<string, unknown>) => new ApiError(status, "", "", problem);

  it("are told by draft and field", () => {
    const errors = [
      { index: 1, field: "name", message: "Trop long." },
      { index: 1, field: "geometry", message: "Hors du territoire." },
    ];
    const drafts = [draft({ key: "1" }), draft({ key: "2" })];
    expect(refusalsOf(refused(400, { errors }), drafts)).toEqual({
      "2": { name: "Trop long.", geometry: "Hors du territoire." },
    });
  });

  it("give the version of somebody else", () => {
    const current = { id: 7, geometry: { type: "Point", coordinates: [1, 2] }, properties: { name: "c" }, version: 5 };
    const error = refused(412, { conflicts: [{ index: 0, id: 7, version: 5, current }] });
    expect(isConflict(error)).toBe(true);
    expect(conflictsOf(error, [draft()], "name")).toMatchObject([
      { key: "7", current: { version: 5, properties: { name: "c" } } },
    ]);
  });

  it("tell a deleted feature from a layer that is not there", () => {
    const gone = refused(404, { index: 0 });
    expect(isConflict(gone)).toBe(true);
    expect(conflictsOf(gone, [draft()], "name")).toEqual([{ key: "7", current: null }]);
    expect(isConflict(refused(404, {}))).toBe(false);
  });
});

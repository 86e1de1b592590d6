import { describe, expect, it } from "vitest";
import { lay, startDrawing } from "../src/edit/drawing";
import { pictureOf, type Scene, shapesOf } from "../src/edit/picture";
import { type Draft, draftOf, emptySession } from "../src/edit/session";
import { type EditState, NOWHERE } from "../src/edit/state";
import type { Position, Shape } from "../src/geo/shape";
import { layer } from "./fixtures";

const [X, Y] = [617000, 6717000];
const square = (side = 100): Position[] => [
  [X, Y],
  [X + side, Y],
  [X + side, Y + side],
  [X, Y + side],
];
const surface = (ring = square()): Shape => ({ kind: "polygon", parts: [[ring]] });
const stored = { id: 7, version: 1, title: "a", properties: {}, shape: surface() };
const draft = (patch: Partial<Draft> = {}): Draft => ({ ...draftOf(stored, "c"), ...patch });

function edit(patch: Partial<EditState> = {}, drafts: Draft[] = [draft()]): EditState {
  const session = {
    ...emptySession("areas"),
    drafts: Object.fromEntries(drafts.map((one) => [one.key, one])),
  };
  return {
    layer: layer("areas", { can_edit: true }),
    fields: { status: "loading" },
    multiple: false,
    session,
    tool: "select",
    drawing: null,
    active: null,
    picked: [],
    chosen: null,
    dragged: null,
    held: false,
    box: null,
    tab: "values",
    snapping: { on: true, tolerance: 12, off: [] },
    reach: "all",
    tracing: false,
    opening: [],
    saving: false,
    refused: {},
    refusal: null,
    remarks: {},
    pointed: 0,
    judged: false,
    conflicts: [],
    leaving: false,
    former: null,
    writes: 0,
    kept: true,
    ...patch,
  };
}

const look = { dark: false, photo: false, detail: "parcel" } as const;
const scene = (state: EditState, patch: Partial<Scene> = {}): Scene => ({
  state,
  aim: NOWHERE,
  look,
  metresPerPixel: 0.2,
  length: (metres) => `${metres.toFixed(0)} m`,
  ...patch,
});
const roles = (state: EditState): string[] => shapesOf(state).map(({ role }) => role);

describe("what is drawn", () => {
  it("says by its role what became of a feature", () => {
    expect(roles(edit())).toEqual(["stored"]);
    expect(roles(edit({ active: "7" }))).toEqual(["active"]);
    expect(roles(edit({ picked: ["7"] }))).toEqual(["picked"]);
    expect(roles(edit({}, [draft({ deleted: true })]))).toEqual(["deleted"]);
    expect(roles(edit({}, [draft({ shape: surface(square(50)) })]))).toEqual(["changed"]);
  });

  it("keeps the shape as it was beneath the one that is changed", () => {
    expect(roles(edit({ active: "7" }, [draft({ shape: surface(square(50)) })]))).toEqual(["before", "active"]);
    expect(roles(edit({ active: "7", dragged: surface(square(80)) }))).toContain("active");
  });

  it("shows the handles of the active shape only, and not over a former version", () => {
    const handles = (state: EditState) => pictureOf(scene(state), []).handles.length;
    expect(handles(edit())).toBe(0);
    expect(handles(edit({ active: "7" }))).toBe(8);
    expect(handles(edit({ active: "7", tool: "move" }))).toBe(0);
    expect(handles(edit({ active: "7", former: { id: 7, version: 1, shape: surface() } }))).toBe(0);
  });

  it("marks where a shape crosses itself", () => {
    const bow = surface([
      [X, Y],
      [X + 100, Y + 100],
      [X + 100, Y],
      [X, Y + 100],
    ]);
    const { handles } = pictureOf(scene(edit({ active: "7" }, [draft({ shape: bow })])), []);
    expect(handles.find(({ role }) => role === "fault")?.position).toEqual([X + 50, Y + 50]);
  });

  it("guides from what is laid to the aim and back, along what is traced", () => {
    const drawing = square()
      .slice(0, 2)
      .reduce((one, place) => lay(one, [place]), startDrawing("new", "polygon"));
    const at: Position = [X + 60, Y + 60];
    const guide = (way: Position[]) =>
      pictureOf(scene(edit({ drawing }), { aim: { raw: at, at, hit: null, way } }), []).guide;
    expect(guide([])).toEqual([[X + 100, Y], at, [X, Y]]);
    expect(guide([[X + 100, Y + 30], at])).toHaveLength(4);
  });

  it("writes the length of sides that are long enough on screen", () => {
    const drawing = lay(startDrawing("new", "line"), [
      [X, Y],
      [X + 100, Y],
      [X + 101, Y],
    ]);
    expect(pictureOf(scene(edit({ drawing })), []).lengths.map(({ text }) => text)).toEqual(["100 m"]);
  });
});

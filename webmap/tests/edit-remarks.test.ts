import { describe, expect, it, vi } from "vitest";
import type { AppPort } from "../src/app/port";
import type { Remark } from "../src/edit/client";
import { Editor } from "../src/edit/editor";
import { readSchema } from "../src/edit/form";
import { draftOf, isMoved, type Stored } from "../src/edit/session";
import { activeDraft, remarksOn } from "../src/edit/state";
import type { Position, Shape } from "../src/geo/shape";
import { layer } from "./fixtures";

// The focus is the browser's affair.
vi.stubGlobal("requestAnimationFrame", () => 0);
vi.mock("../src/edit/keep", () => ({ forget: async () => {}, keep: async () => true }));

const line = (...places: Position[]): Shape => ({ kind: "line", parts: [[places]] });
const stored = (version: number, shape: Shape, properties = { depth: 1 }): Stored => ({
  id: 7,
  version,
  title: "C-1",
  properties,
  shape,
});
const OFF: Remark = {
  field: "geometry",
  message: "Son arrivée est à 80 cm de C-2.",
  distance_m: 0.8,
  move_to: [10, 1],
  end: "end",
};
const DEPTH: Remark = { field: "depth", message: "Trop profond.", distance_m: null, move_to: null, end: "" };
const fields = readSchema({ properties: { depth: { type: "number", minimum: 0 } } });

/** An editor of a line whose server says something of the first save, and nothing of the next. */
function saving(...said: Remark[]) {
  const notices: string[] = [];
  const dismiss = vi.fn();
  const app = {
    api: {},
    config: { urls: { api: "/api/v1/" } },
    state: { language: "fr" },
    notices: { add: (_kind: string, words: string) => notices.push(words), dismiss },
    editing: { setSheet(_height: string) {} },
    layers: { refresh: async () => {} },
    view: { reveal: async () => {} },
  };
  const editor = new Editor(app as unknown as AppPort, layer("pipes", { can_edit: true }), null);
  vi.spyOn(editor, "written").mockResolvedValue();
  vi.spyOn(editor, "fields").mockReturnValue(fields);
  let version = 1;
  vi.spyOn(editor.client, "save").mockImplementation(async (drafts) => {
    version += 1;
    const remarks = version === 2 ? said : [];
    return drafts.map(({ key, shape, properties }) => ({
      key,
      stored: stored(version, shape as Shape, properties as { depth: number }),
      remarks,
    }));
  });
  const draft = draftOf(stored(1, line([0, 0], [10, 0])), "one");
  editor.update({ ...editor.state.session, drafts: { "7": draft } });
  editor.store.update({ active: "7" });
  editor.setValue("depth", 2);
  const open = () => {
    const now = activeDraft(editor.state);
    if (!now) throw new Error("nothing is open");
    return now;
  };
  return { editor, notices, open, dismiss, app };
}

describe("what is said of something that is saved all the same", () => {
  it("stays with it, in the sheet that takes the focus", async () => {
    const { editor, notices, open } = saving(DEPTH);
    expect(await editor.saving.save()).toBe(true);
    expect(remarksOn(editor.state, open())).toEqual([DEPTH]);
    expect([editor.state.pointed, editor.state.tab]).toEqual([1, "values"]);
    expect(notices[0]).toContain("à vérifier");
  });

  it("is said once: the same message does not say that all is well", async () => {
    const { editor, notices } = saving(DEPTH);
    await editor.saving.save();
    expect(notices).toHaveLength(1);
  });

  it("takes the place of what was said of the save before, and goes with the editor", async () => {
    const { editor, notices, dismiss } = saving();
    editor.setValue("depth", -1);
    await editor.saving.save();
    editor.setValue("depth", 3);
    await editor.saving.save();
    expect(notices).toEqual(["Un objet a des champs à corriger avant d’enregistrer.", "Objet enregistré."]);
    expect(dismiss.mock.calls).toEqual([[1]]);
    editor.forgetReport();
    expect(dismiss).toHaveBeenLastCalledWith(2);
  });

  it("brings up the sheet that is low", async () => {
    const { editor, app } = saving(DEPTH);
    Object.assign(app.state, { sheetHeight: "low" });
    const setSheet = vi.spyOn(app.editing, "setSheet");
    await editor.saving.save();
    expect(setSheet).toHaveBeenCalledWith("half");
  });

  it("goes when the value that it is about is changed", async () => {
    const { editor, open } = saving(DEPTH);
    await editor.saving.save();
    editor.setValue("depth", 1);
    expect(remarksOn(editor.state, open())).toEqual([]);
  });

  it("is nothing when the next save has none", async () => {
    const { editor, open } = saving(DEPTH);
    await editor.saving.save();
    editor.setValue("depth", 1);
    await editor.saving.save();
    expect(remarksOn(editor.state, open())).toEqual([]);
  });

  it("takes the end of a line to its place, saved at once", async () => {
    const { editor, open } = saving(OFF);
    await editor.saving.save();
    await editor.saving.follow(open(), OFF);
    expect(open().shape).toEqual(line([0, 0], [10, 1]));
    expect(isMoved(open())).toBe(false);
    expect(remarksOn(editor.state, open())).toEqual([]);
  });

  it("leaves the place to be saved where something else waits", async () => {
    const { editor, open } = saving(OFF);
    await editor.saving.save();
    editor.setValue("depth", 1);
    await editor.saving.follow(open(), OFF);
    expect(isMoved(open())).toBe(true);
  });
});

describe("a form with faults", () => {
  it("is shown, and the first fault takes the focus", async () => {
    const { editor } = saving();
    editor.setValue("depth", -1);
    editor.setTab("geometry");
    expect(await editor.saving.save()).toBe(false);
    expect([editor.state.pointed, editor.state.tab]).toEqual([1, "values"]);
  });
});

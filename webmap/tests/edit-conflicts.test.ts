import { describe, expect, it, vi } from "vitest";
import type { AppPort } from "../src/app/port";
import { Editor } from "../src/edit/editor";
import { changedThere, clashOf, compare } from "../src/edit/merge";
import { type Draft, draftOf, type Stored } from "../src/edit/session";
import type { Conflict } from "../src/edit/state";
import { layer } from "./fixtures";

vi.mock("../src/edit/keep", () => ({ forget: async () => {}, keep: async () => true }));

const stored = (version: number, name: string): Stored => ({
  id: 7,
  version,
  title: name,
  properties: { name },
  shape: null,
});
const draft = (change: Partial<Draft> = {}): Draft => ({ ...draftOf(stored(1, "Mare"), "one"), ...change });
const edited = draft({ properties: { name: "Étang" } });
const deleted = draft({ deleted: true });
const current = stored(2, "Marais");

/** An editor with one conflict, whose server takes what is sent to it. */
function conflicting(mine: Draft, theirs: Stored | null) {
  const said: string[] = [];
  const app = {
    api: {},
    config: { urls: { api: "/api/v1/" } },
    state: { language: "en" },
    notices: { add: (_kind: string, words: string) => said.push(words), dismiss() {} },
    editing: { setSheet() {} },
    layers: { refresh: async () => {} },
  };
  const editor = new Editor(app as unknown as AppPort, layer("lamps", { can_edit: true }), null);
  vi.spyOn(editor, "written").mockResolvedValue();
  vi.spyOn(editor, "fields").mockReturnValue([]);
  const sent: Draft[] = [];
  vi.spyOn(editor.client, "save").mockImplementation(async (drafts) => {
    sent.push(...drafts);
    return drafts.map((one) => ({ key: one.key, stored: one.deleted ? null : stored(3, "Étang") }));
  });
  const conflict: Conflict = {
    draft: mine,
    current: theirs,
    comparison: theirs && compare(mine, theirs, ["name"]),
    by: null,
  };
  editor.update({ ...editor.state.session, drafts: { [mine.key]: mine } });
  editor.store.update({ conflicts: [conflict], active: mine.key });
  return { editor, conflict, sent, said };
}

describe("a conflict", () => {
  it("is told apart by who deleted", () => {
    expect(clashOf(edited, current)).toBe("changed");
    expect(clashOf(deleted, current)).toBe("deletedHere");
    expect(clashOf(edited, null)).toBe("deletedThere");
    expect(clashOf(deleted, null)).toBe("deletedByBoth");
  });

  it("shows what goes with a deletion", () => {
    expect(changedThere(compare(deleted, current, ["name"]))).toMatchObject([{ base: "Mare", theirs: "Marais" }]);
  });
});

describe("what was deleted here and changed there", () => {
  it("is deleted on purpose, and said to be deleted", async () => {
    const { editor, conflict, sent, said } = conflicting(deleted, current);
    await editor.saving.settle(conflict, {});
    expect(sent).toMatchObject([{ deleted: true, base: { version: 2 } }]);
    expect(said).toEqual(["Feature deleted."]);
  });

  it("is kept as it is saved, and nothing is sent", async () => {
    const { editor, conflict, sent, said } = conflicting(deleted, current);
    await editor.saving.yield(conflict);
    expect(sent).toEqual([]);
    expect(said).toEqual(["Feature kept as it is saved; your changes are dropped."]);
    expect(editor.state.session.drafts["7"]).toMatchObject({ deleted: false, properties: { name: "Marais" } });
  });
});

describe("what was changed here and deleted there", () => {
  it("is made anew, and said to be saved", async () => {
    const { editor, conflict, sent, said } = conflicting(edited, null);
    await editor.saving.settle(conflict, { anew: "mine" });
    expect(sent).toMatchObject([{ base: null, properties: { name: "Étang" } }]);
    expect(said).toEqual(["Feature saved."]);
  });

  it("is left deleted, and said so", async () => {
    const { editor, conflict, sent, said } = conflicting(edited, null);
    await editor.saving.settle(conflict, { anew: "theirs" });
    expect(sent).toEqual([]);
    expect(said).toEqual(["Feature left deleted; nothing of yours is saved."]);
  });
});

describe("what both deleted", () => {
  it("is never made anew", async () => {
    const { editor, conflict, sent, said } = conflicting(deleted, null);
    await editor.saving.settle(conflict, { anew: "mine" });
    expect(sent).toEqual([]);
    expect(said).toEqual(["Feature left deleted; nothing of yours is saved."]);
  });
});

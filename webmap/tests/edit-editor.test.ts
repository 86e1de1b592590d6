import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/client";
import type { AppPort } from "../src/app/port";
import { Editor } from "../src/edit/editor";
import type { Stored } from "../src/edit/session";
import { layer } from "./fixtures";

const stored = (id: number): Stored => ({ id, version: 1, title: `${id}`, properties: {}, shape: null });

/** An editor whose server answers when the test says so, and whose map has drawn when it says so. */
function slow() {
  const app = {
    api: {},
    config: { urls: { api: "/api/v1/" } },
    editing: { setSheet() {} },
    layers: { refresh: async () => {} },
  };
  const editor = new Editor(app as unknown as AppPort, layer("lamps", { can_edit: true }), null);
  const answers = new Map<number, () => void>();
  vi.spyOn(editor.client, "read").mockImplementation(
    (id) => new Promise((resolve) => answers.set(id, () => resolve(stored(id)))),
  );
  vi.spyOn(editor.board, "forget").mockImplementation(() => {});
  let drawn = (): void => {};
  vi.spyOn(editor.board, "settled").mockImplementation((then) => {
    drawn = then;
  });
  const answer = async (id: number): Promise<void> => {
    answers.get(id)?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { editor, answer, mapDrawn: () => drawn() };
}

describe("an editor whose server is slow", () => {
  it("keeps what came of several features when the map is drawn before the others come", async () => {
    const { editor, answer, mapDrawn } = slow();
    await editor.written();
    const picking = editor.pick([1, 2], "add");
    await answer(1);
    mapDrawn();
    await answer(2);
    await picking;
    expect(editor.state.picked).toEqual(["1", "2"]);
  });

  it("lets go of what nobody asks for once the map is drawn", async () => {
    const { editor, answer, mapDrawn } = slow();
    const reading = editor.read([1]);
    await answer(1);
    await reading;
    await editor.written();
    mapDrawn();
    expect(editor.state.session.drafts).toEqual({});
    expect(editor.state.opening).toEqual([]);
  });

  it("opens the last of two features, whichever comes first", async () => {
    const { editor, answer } = slow();
    void editor.open(1);
    void editor.open(2);
    await answer(2);
    await answer(1);
    expect(editor.state.active).toBe("2");
  });

  it("keeps two features that are chosen one after the other, whichever comes first", async () => {
    const { editor, answer } = slow();
    void editor.pick([1], "toggle");
    void editor.pick([2], "toggle");
    await answer(2);
    await answer(1);
    expect(editor.state.picked).toEqual(["2", "1"]);
  });

  it("does not open a feature over those that were chosen since", async () => {
    const { editor, answer } = slow();
    void editor.open(1);
    void editor.pick([2], "toggle");
    await answer(2);
    await answer(1);
    expect(editor.state.picked).toEqual(["2"]);
    expect(editor.state.active).toBeNull();
  });
});

describe("an editor during a maintenance that lets read alone", () => {
  it("keeps what is not saved, and says the message and the hour", async () => {
    const { editor, answer } = slow();
    const reading = editor.open(1);
    await answer(1);
    await reading;
    editor.setValue("state", "broken");
    const detail = "Migration des réseaux. Le site se lit ; rien n’y est enregistré. Retour vers 18:30.";
    const maintenance = new ApiError(503, "Indisponible", detail, { reason: "maintenance" });
    vi.spyOn(editor.client, "save").mockRejectedValue(maintenance);
    const report = vi.spyOn(editor, "report").mockImplementation(() => {});
    expect(await editor.saving.save()).toBe(false);
    expect(report).toHaveBeenCalledWith("error", `Indisponible. ${detail}`);
    expect(editor.state.session.drafts["1"]?.properties).toEqual({ state: "broken" });
  });
});

import { describe, expect, it, vi } from "vitest";
import type { AppPort } from "../src/app/port";
import { cutAcross, isEnough, startDrawing } from "../src/edit/drawing";
import { Editor } from "../src/edit/editor";
import { draftOf } from "../src/edit/session";
import type { Position, Shape } from "../src/geo/shape";
import { layer } from "./fixtures";

const line = (...places: Position[]): Shape => ({ kind: "line", parts: [[places]] });
const PIPE = line([0, 0], [10, 0], [10, 10]);

/** An editor of a pipe of which the tool that cuts is taken, on a map of one metre a pixel. */
function cutting() {
  const notices: string[] = [];
  const app = {
    api: {},
    config: { urls: { api: "/api/v1/" } },
    state: { language: "fr", editing: { crosshair: true } },
    notices: { add: (_kind: string, words: string) => notices.push(words), dismiss() {} },
    editing: { setSheet() {} },
    view: { goTo: vi.fn() },
  };
  const editor = new Editor(app as unknown as AppPort, layer("pipes", { can_edit: true, geometry_type: "line" }), null);
  const draft = draftOf({ id: 7, version: 1, title: "C-1", properties: {}, shape: PIPE }, "one");
  editor.update({ ...editor.state.session, drafts: { "7": draft } });
  editor.store.update({ active: "7" });
  const split = vi.spyOn(editor.saving, "split").mockResolvedValue();
  vi.stubGlobal("document", { querySelector: () => null });
  editor.pen.draw("split");
  return { editor, split, notices, goTo: app.view.goTo };
}

describe("a line that is cut", () => {
  it("is cut across by a short line where it passes by", () => {
    expect(cutAcross(PIPE, [4, 1], 2)).toEqual(line([4, 0.5], [4, -0.5]));
    expect(cutAcross(PIPE, [11, 5], 2)).toEqual(line([9.5, 5], [10.5, 5]));
    expect(cutAcross(PIPE, [4, 3], 2)).toBeNull();
  });

  it("takes one place, a surface two", () => {
    const one = { groups: [[[4, 0] as Position]] };
    expect(isEnough({ ...startDrawing("split", "line", 1), ...one })).toBe(true);
    expect(isEnough({ ...startDrawing("split", "line"), ...one })).toBe(false);
  });

  it("is cut at the one place that was laid on it", () => {
    const { editor, split } = cutting();
    editor.pen.lay([[4, 1]]);
    editor.pen.finish();
    expect(split).toHaveBeenCalledWith(line([4, 0.5], [4, -0.5]));
  });

  it("is left whole, and says why, where the place is beside it", () => {
    const { editor, split, notices } = cutting();
    editor.pen.lay([[4, 90]]);
    editor.pen.finish();
    expect(split).not.toHaveBeenCalled();
    expect(notices[0]).toContain("Ce point n’est pas sur la ligne");
    expect(editor.state.drawing).not.toBeNull();
  });

  it("is cut by the line that was drawn, where one was", () => {
    const { editor, split } = cutting();
    editor.pen.lay([[4, 5]]);
    editor.pen.lay([[4, -5]]);
    editor.pen.finish();
    expect(split).toHaveBeenCalledWith(line([4, 5], [4, -5]));
  });

  it("brings the crosshair of a phone to where a finger touches", () => {
    const { editor, goTo } = cutting();
    editor.hand.clicked([617000, 6717000], { shift: false, touch: true });
    expect(goTo).toHaveBeenCalledOnce();
    expect(editor.state.drawing?.groups).toEqual([]);
  });
});

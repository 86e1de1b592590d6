import { describe, expect, it } from "vitest";
import { compare, disputed, merged, SHAPE } from "../src/edit/merge";
import {
  changedFields,
  closed,
  type Draft,
  done,
  draftOf,
  emptySession,
  isChanged,
  MOST_STEPS,
  opened,
  pending,
  redo,
  type Session,
  type Stored,
  saved,
  takenUp,
  undo,
} from "../src/edit/session";
import type { Shape } from "../src/geo/shape";

const shape = (x = 0): Shape => ({ kind: "point", parts: [[[[x, 0]]]] });
const stored = (id = 7, patch: Partial<Stored> = {}): Stored => ({
  id,
  version: 3,
  title: `Objet ${id}`,
  properties: { name: "chêne", height: 12, note: null },
  shape: shape(),
  ...patch,
});
const begun = (): Session => opened(emptySession("trees"), stored(), "a");
const draft = (session: Session, key = "7"): Draft => session.drafts[key] as Draft;
const rename = (session: Session, name: string, about = ""): Session =>
  done(session, "values", { "7": { ...draft(session), properties: { ...draft(session).properties, name } } }, about);

describe("a session", () => {
  it("has nothing to save in what was only looked at", () => {
    expect(pending(begun())).toEqual([]);
    expect(takenUp(begun())).toEqual([7]);
    expect(closed(begun(), "7").drafts).toEqual({});
  });

  it("tells the fields that changed, and nothing from an emptied one that was empty", () => {
    expect(changedFields(draft(rename(begun(), "hêtre")))).toEqual(["name"]);
    const emptied = { ...draft(begun()), properties: { name: "chêne", height: 12, note: "" } };
    expect(isChanged(emptied)).toBe(false);
  });

  it("undoes and redoes geometry and values in order", () => {
    const named = rename(begun(), "hêtre");
    const moved = done(named, "shape", { "7": { ...draft(named), shape: shape(5) } });
    expect(draft(undo(moved))).toEqual(draft(named));
    expect(draft(undo(undo(moved)))).toEqual(draft(begun()));
    expect(draft(redo(redo(undo(undo(moved)))))).toEqual(draft(moved));
  });

  it("forgets what was undone when something else is done", () => {
    const other = rename(undo(rename(begun(), "hêtre")), "orme");
    expect(draft(redo(other)).properties["name"]).toBe("orme");
  });

  it("takes a word typed letter by letter as one step", () => {
    const typed = ["h", "hê", "hêt"].reduce((session, text) => rename(session, text, "7.name"), begun());
    expect(typed.done).toHaveLength(1);
    expect(draft(undo(typed)).properties["name"]).toBe("chêne");
  });

  it("does not join what comes after an undo to what came before it", () => {
    const typed = rename(redo(undo(rename(begun(), "h", "7.name"))), "hê", "7.name");
    expect(typed.done).toHaveLength(2);
  });

  it("keeps fifty steps", () => {
    const many = Array.from({ length: 60 }, (_, i) => `nom ${i}`).reduce(
      (session, name) => rename(session, name),
      begun(),
    );
    expect(many.done).toHaveLength(MOST_STEPS);
  });

  it("changes several things in one step", () => {
    const two = opened(begun(), stored(8), "b");
    const gone = done(two, "delete", {
      "7": { ...draft(two), deleted: true },
      "8": { ...draft(two, "8"), deleted: true },
    });
    expect(pending(gone)).toHaveLength(2);
    expect(pending(undo(gone))).toEqual([]);
  });

  it("brings a new thing back that was drawn, thrown away and undone", () => {
    const fresh: Draft = { key: "new-1", clientId: "c", base: null, properties: {}, shape: shape(), deleted: false };
    const drawn = done(begun(), "draw", { "new-1": fresh });
    const thrown = done(drawn, "delete", { "new-1": null });
    expect(pending(thrown)).toEqual([]);
    expect(pending(undo(thrown))).toEqual([fresh]);
  });

  it("keeps what was changed when the server's version is opened again", () => {
    const session = opened(rename(begun(), "hêtre"), stored(7, { version: 4 }), "z");
    expect(draft(session).properties["name"]).toBe("hêtre");
  });

  it("survives being written as JSON and read again", () => {
    const session = rename(begun(), "hêtre");
    expect(undo(JSON.parse(JSON.stringify(session)))).toEqual(undo(session));
  });

  it("starts anew from what the server says once it is saved", () => {
    const after = saved(rename(begun(), "hêtre"), [{ key: "7", stored: stored(7, { version: 4 }) }], () => "d");
    expect(pending(after)).toEqual([]);
    expect(draft(after).base?.version).toBe(4);
    expect(undo(after)).toEqual(after);
  });

  it("lets go of what was deleted once it is saved", () => {
    expect(saved(begun(), [{ key: "7", stored: null }], () => "d").drafts).toEqual({});
  });
});

describe("two versions", () => {
  const mine = (patch: Record<string, unknown>, moved = 0): Draft => {
    const base = draftOf(stored(), "a");
    return { ...base, properties: { ...base.properties, ...patch }, shape: shape(moved) };
  };
  const theirs = (patch: Record<string, unknown>, moved = 0): Stored =>
    stored(7, { version: 5, properties: { ...stored().properties, ...patch }, shape: shape(moved) });
  const names = ["name", "height", "note"];

  it("are disputed only where both changed the same thing differently", () => {
    const compared = compare(mine({ name: "hêtre", height: 14 }), theirs({ name: "orme", note: "vu" }), names);
    expect(disputed(compared)).toEqual(["name"]);
    expect(compared.fields.map(({ side }) => side)).toEqual(["both", "mine", "theirs"]);
  });

  it("agree when both wrote the same", () => {
    expect(disputed(compare(mine({ name: "orme" }, 2), theirs({ name: "orme" }, 2), names))).toEqual([]);
  });

  it("keep what only one of us changed", () => {
    const [here, there] = [mine({ height: 14 }, 3), theirs({ note: "vu" })];
    const joined = merged(here, there, compare(here, there, names), {}, "n");
    expect(joined.properties).toEqual({ name: "chêne", height: 14, note: "vu" });
    expect(joined.shape).toEqual(shape(3));
    expect(joined.base?.version).toBe(5);
  });

  it("take what was chosen, theirs where nothing was", () => {
    const [here, there] = [mine({ name: "hêtre", height: 14 }, 3), theirs({ name: "orme", height: 15 }, 4)];
    const joined = merged(here, there, compare(here, there, names), { height: "mine", [SHAPE]: "mine" }, "n");
    expect(joined.properties).toMatchObject({ name: "orme", height: 14 });
    expect(joined.shape).toEqual(shape(3));
  });
});

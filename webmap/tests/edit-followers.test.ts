import { describe, expect, it, vi } from "vitest";
import { Followers, followersOf } from "../src/edit/followers";
import { draftOf, emptySession } from "../src/edit/session";
import type { SnapFeature } from "../src/edit/snap";
import type { EditState } from "../src/edit/state";
import type { Position, Shape } from "../src/geo/shape";

const point = (...at: Position): Shape => ({ kind: "point", parts: [[[at]]] });
const pipe = (id: number, ...places: Position[]): SnapFeature => ({
  layer: "water-pipes",
  id,
  shape: { kind: "line", parts: [[places]] },
});
const stored = { id: 7, version: 3, title: "V1", properties: {}, shape: point(10, 10) };

/** The editor's state with the node open, dragged to a place or not. */
function state(dragged: Shape | null, slug = "water-nodes"): EditState {
  const draft = draftOf(stored, "one");
  const session = { ...emptySession(slug), drafts: { [draft.key]: draft } };
  return { layer: { slug }, session, active: draft.key, dragged } as unknown as EditState;
}

/** Followers whose server has these pipes around the node. */
function following(...pipes: SnapFeature[]) {
  const snappable = vi.fn(async () => ({ features: pipes, truncated: false }));
  const came = vi.fn();
  return { followers: new Followers({ snappable }, came), snappable, came };
}

const drawn = (followers: Followers, now: EditState) => followers.shapes(now).map(({ shape }) => shape.parts[0]?.[0]);
const answered = () => new Promise((resolve) => setTimeout(resolve));

describe("the pipes of a node that is dragged", () => {
  it("follow it by the end that is on it", async () => {
    const { followers, came } = following(pipe(1, [0, 0], [10, 10]), pipe(2, [10, 10], [20, 0], [30, 0]));
    const now = state(point(12, 11));
    followers.update(now);
    await answered();
    expect(came).toHaveBeenCalledOnce();
    expect(drawn(followers, now)).toEqual([
      [
        [0, 0],
        [12, 11],
      ],
      [
        [12, 11],
        [20, 0],
        [30, 0],
      ],
    ]);
  });

  it("are asked for once, and only when it moves", async () => {
    const { followers, snappable } = following(pipe(1, [0, 0], [10, 10]));
    followers.update(state(null));
    expect(snappable).not.toHaveBeenCalled();
    followers.update(state(point(12, 11)));
    followers.update(state(point(13, 11)));
    await answered();
    expect(snappable).toHaveBeenCalledOnce();
  });

  it("stay where they are while it does, and those that only pass by do not follow", async () => {
    const { followers } = following(pipe(1, [10.2, 0], [10.2, 30]));
    followers.update(state(point(12, 11)));
    await answered();
    expect(drawn(followers, state(point(12, 11)))).toEqual([]);
    expect(drawn(followers, state(null))).toEqual([]);
  });

  it("are taken out of the tiles, which know their old place, until it is back", async () => {
    const { followers } = following(pipe(1, [0, 0], [10, 10]), pipe(2, [10, 10], [20, 0]), pipe(3, [9, 9], [9, 30]));
    const now = state(point(12, 11));
    expect(followers.ids(now)).toEqual({});
    followers.update(now);
    await answered();
    expect(followers.ids(now)).toEqual({ "water-pipes": [1, 2] });
    expect(followers.ids(state(null))).toEqual({});
  });

  it("are those of networks alone", () => {
    expect(followersOf("sewer-nodes")).toBe("sewer-pipes");
    expect(followersOf("water-pipes")).toBeNull();
    expect(followersOf("street-lights")).toBeNull();
  });
});

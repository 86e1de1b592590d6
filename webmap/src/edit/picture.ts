import { faultOf, type Position, type Segment, type Shape, samePlace, segments, vertices } from "../geo/shape";
import type { DrawnShape, Handle, Picture, Role } from "../map/canvas";
import type { Look } from "../map/model";
import { finished, laid } from "./drawing";
import { groundLength } from "./figures";
import { type Draft, isChanged } from "./session";
import { type Aim, activeDraft, activeShape, type EditState } from "./state";

/** Above so many vertices handles would only hide the shape: those near the aim are shown. */
const MOST_HANDLES = 600;
/** Sides shorter than this on screen have no middle to pull, and no length beside them. */
const PULL_PX = 28;
const LENGTH_PX = 56;
const MOST_LENGTHS = 40;

export interface Scene {
  readonly state: EditState;
  readonly aim: Aim;
  readonly look: Look;
  readonly metresPerPixel: number;
  readonly length: (metres: number) => string;
}

const roleOf = (state: EditState, draft: Draft): Role => {
  if (draft.deleted) return "deleted";
  if (draft.key === state.active) return "active";
  if (state.picked.includes(draft.key)) return "picked";
  return isChanged(draft) ? "changed" : "stored";
};

/** The shapes to draw. Asked again only when what they depend on changed: `shapesKey`. */
export function shapesOf(state: EditState): DrawnShape[] {
  const active = activeDraft(state);
  const drawn = Object.values(state.session.drafts).flatMap((draft): DrawnShape[] => {
    const shape = draft === active ? activeShape(state) : draft.shape;
    return shape ? [{ key: draft.key, shape, role: roleOf(state, draft) }] : [];
  });
  const before = active && isChanged(active) && !active.deleted ? active.base?.shape : null;
  const ghost: DrawnShape[] =
    before && before !== activeShape(state) ? [{ key: "before", shape: before, role: "before" }] : [];
  const former = state.former?.shape ? [{ key: "former", shape: state.former.shape, role: "before" as const }] : [];
  const drawing = state.drawing && laidShape(state);
  return [
    ...ghost,
    ...drawn,
    ...former,
    ...(drawing ? [{ key: "drawing", shape: drawing, role: "drawing" as const }] : []),
    ...(state.box ? [{ key: "box", shape: boxShape(state.box), role: "box" as const }] : []),
  ];
}

/** The sides laid so far; the one that closes a surface is a guide only. */
function laidShape({ drawing }: EditState): Shape | null {
  const positions = drawing ? laid(drawing) : [];
  return positions.length > 1 ? { kind: "line", parts: [[positions]] } : null;
}

function boxShape([west, south, east, north]: NonNullable<EditState["box"]>): Shape {
  const ring: Position[] = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
  return { kind: "polygon", parts: [[ring]] };
}

export function pictureOf(scene: Scene, shapes: readonly DrawnShape[]): Picture {
  const { aim, look } = scene;
  return {
    shapes,
    handles: handlesOf(scene),
    area: areaAhead(scene),
    guide: guideOf(scene),
    snap: aim.hit && (scene.state.drawing || scene.state.dragged) ? aim.hit : null,
    lengths: lengthsOf(scene),
    look,
  };
}

function handlesOf(scene: Scene): Handle[] {
  const { state } = scene;
  if (state.drawing) return drawingHandles(state);
  const [shape, draft] = [activeShape(state), activeDraft(state)];
  if (!shape || draft?.deleted || state.tool !== "select" || !state.layer.can_edit || state.former) return [];
  const all = vertices(shape);
  const near = all.length > MOST_HANDLES ? all.filter(({ position }) => isNear(scene, position)) : all;
  const corners = near.map(
    ({ place, position }): Handle => ({ position, role: samePlace(place, state.chosen) ? "chosen" : "vertex" }),
  );
  const fault = faultOf(shape);
  return [
    ...(state.dragged ? [] : middles(scene, shape)),
    ...corners,
    ...(fault?.kind === "crossing" ? [{ position: fault.at, role: "fault" as const }] : []),
  ];
}

function isNear({ aim, metresPerPixel }: Scene, [x, y]: Position): boolean {
  const reach = 80 * metresPerPixel;
  return aim.raw !== null && Math.abs(aim.raw[0] - x) < reach && Math.abs(aim.raw[1] - y) < reach;
}

function middles({ metresPerPixel }: Scene, shape: Shape): Handle[] {
  const sides = segments(shape);
  if (sides.length > MOST_HANDLES) return [];
  return sides
    .filter(({ from, to }) => apart(from, to) > PULL_PX * metresPerPixel)
    .map((side) => ({ position: middleOf(side), role: "middle" as const }));
}

const apart = (a: Position, b: Position): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The middle of a side: where it is pulled to make a new vertex. */
export const middleOf = ({ from, to }: Pick<Segment, "from" | "to">): Position => [
  (from[0] + to[0]) / 2,
  (from[1] + to[1]) / 2,
];

function drawingHandles({ drawing }: EditState): Handle[] {
  const positions = drawing ? laid(drawing) : [];
  const handles = positions.map((position, i): Handle => ({ position, role: i ? "vertex" : "first" }));
  const shape = drawing && finished(drawing);
  const fault = shape && faultOf(shape);
  return fault ? [...handles, { position: fault.at, role: "fault" }] : handles;
}

function areaAhead({ state, aim }: Scene): Position[] {
  if (state.drawing?.kind !== "polygon") return [];
  const ahead = aim.way.length ? aim.way : aim.at ? [aim.at] : [];
  return [...laid(state.drawing), ...ahead];
}

/** From the last position laid, along what is traced, to the aim; back to the first for a surface. */
function guideOf({ state, aim }: Scene): Position[] {
  const { drawing } = state;
  if (!drawing || !aim.at || drawing.kind === "point") return [];
  const positions = laid(drawing);
  const [first, last] = [positions[0], positions.at(-1)];
  if (!first || !last) return [];
  const way = aim.way.length ? aim.way : [aim.at];
  return [last, ...way, ...(drawing.kind === "polygon" && positions.length > 1 ? [first] : [])];
}

/** Lengths of the sides one is working on: those being drawn, or those around the vertex that moves. */
function lengthsOf(scene: Scene): Picture["lengths"] {
  const { state, aim, metresPerPixel } = scene;
  const guide = guideOf(scene);
  const sides = state.drawing ? sidesOf(laid(state.drawing)) : state.dragged ? movingSides(state) : [];
  const open = guide.length > 1 && aim.at ? sidesOf(guide.slice(0, aim.way.length ? aim.way.length + 1 : 2)) : [];
  return [...sides, ...open]
    .filter(([from, to]) => apart(from, to) > LENGTH_PX * metresPerPixel)
    .slice(-MOST_LENGTHS)
    .map(([from, to]) => ({ position: middleOf({ from, to }), text: scene.length(groundLength(from, to)) }));
}

const sidesOf = (positions: readonly Position[]): [Position, Position][] =>
  positions.slice(1).map((to, i): [Position, Position] => [positions[i] as Position, to]);

function movingSides({ dragged, chosen }: EditState): [Position, Position][] {
  if (!dragged || !chosen) return [];
  const count = dragged.parts[chosen.part]?.[chosen.line]?.length ?? 0;
  const before = (chosen.index + count - 1) % count;
  return segments(dragged)
    .filter(
      ({ place: { part, line, index } }) =>
        part === chosen.part && line === chosen.line && (index === chosen.index || index === before),
    )
    .map(({ from, to }): [Position, Position] => [from, to]);
}

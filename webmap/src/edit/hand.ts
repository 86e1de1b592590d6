import { fromLambert93 } from "../geo/lambert93";
import {
  distance,
  insertVertex,
  moveVertex,
  type Place,
  type Position,
  segmentNear,
  segments,
  touches,
  translate,
  vertexNear,
} from "../geo/shape";
import type { EditEvents, Keys } from "../map/canvas";
import type { EditCore } from "./core";
import { endsAt } from "./drawing";
import type { Pen } from "./pen";
import { middleOf } from "./picture";
import { activeShape } from "./state";

/** How near, in pixels, counts as on it: a mouse is exact, a finger is not. */
const MOUSE_PX = 9;
const FINGER_PX = 22;
const CLOSE_PX = 10;
/** Two clicks further apart than this are two clicks, however fast. */
const SAME_PLACE_PX = 8;
const HOVER_MS = 60;

type Drag = { kind: "vertex"; place: Place } | { kind: "whole"; from: Position } | { kind: "box"; from: Position };

/** What pointer, finger and crosshair do on the map: it turns places into the editor's verbs. */
export class Hand implements EditEvents {
  private drag: Drag | null = null;
  private touch = false;
  private hoverTimer = 0;
  /** The places of the last two clicks, the last one first. */
  private clicks: readonly Position[] = [];
  /** The map is driven by its keys: one aims at its middle. */
  keyboard = false;

  constructor(
    private readonly editor: EditCore,
    private readonly pen: Pen,
  ) {}

  private get reachPx(): number {
    return this.touch ? FINGER_PX : MOUSE_PX;
  }

  // --- aiming ------------------------------------------------------------------------------------------------------

  pointed(at: Position | null): void {
    if (at) this.keyboard = false;
    if (this.editor.app.state.editing?.crosshair) return;
    this.aim(at);
    window.clearTimeout(this.hoverTimer);
    this.hoverTimer = window.setTimeout(() => this.hover(at), HOVER_MS);
  }

  /** Shows what a click would take up. */
  private hover(at: Position | null): void {
    const { drawing, dragged, layer } = this.editor.state;
    const id = at && !drawing && !dragged ? this.editor.board.featureAt(at) : null;
    this.editor.app.view.hover(id === null ? null : { layer: layer.slug, id });
  }

  centred(at: Position): void {
    const { held } = this.editor.state;
    if (this.editor.app.state.editing?.crosshair || this.keyboard || held) this.aim(at);
  }

  private aim(at: Position | null): void {
    this.editor.board.aimAt(at);
    if (this.editor.state.held) this.follow();
  }

  /** The held vertex is where one aims. */
  private follow(): void {
    const { chosen } = this.editor.state;
    const at = this.editor.board.aim.state.at;
    const shape = activeShape(this.editor.state);
    if (chosen && at && shape) this.editor.store.update({ dragged: moveVertex(shape, chosen, at) });
  }

  // --- dragging ----------------------------------------------------------------------------------------------------

  pressed(at: Position, keys: Keys): boolean {
    this.touch = keys.touch;
    const { drawing, tool, held } = this.editor.state;
    if (drawing || held || this.editor.readOnly) return false;
    this.drag = tool === "many" ? this.startBox(at, keys) : tool === "move" ? this.startMove(at) : this.startVertex(at);
    return this.drag !== null;
  }

  private startBox(from: Position, { shift, touch }: Keys): Drag | null {
    return shift && !touch ? { kind: "box", from } : null;
  }

  private startMove(from: Position): Drag | null {
    const shape = activeShape(this.editor.state);
    if (!shape || !touches(shape, from, this.editor.board.reach(this.reachPx))) return null;
    // By its corner, when one is near: it snaps as that corner.
    const corner = vertexNear(shape, from, this.editor.board.reach(this.reachPx));
    const grip = corner && shape.parts[corner.part]?.[corner.line]?.[corner.index];
    return { kind: "whole", from: grip ?? from };
  }

  private startVertex(at: Position): Drag | null {
    const shape = activeShape(this.editor.state);
    if (!shape) return null;
    const near = this.editor.board.reach(this.reachPx);
    const corner = vertexNear(shape, at, near);
    const side = corner
      ? null
      : segments(shape).find((one) => Math.hypot(middleOf(one)[0] - at[0], middleOf(one)[1] - at[1]) <= near);
    if (corner) {
      this.pen.choose(corner);
      return { kind: "vertex", place: corner };
    }
    if (!side) return null;
    const place = { ...side.place, index: side.place.index + 1 };
    this.editor.store.update({ chosen: place, dragged: insertVertex(shape, side.place, middleOf(side)) });
    return { kind: "vertex", place };
  }

  dragged(at: Position): void {
    const { drag, editor } = this;
    const shape = activeShape(editor.state);
    if (!drag) return;
    if (drag.kind === "box") return editor.store.update({ box: boxBetween(drag.from, at) });
    // Before aiming, so that the thing itself is not snapped to.
    if (!editor.state.dragged && shape) editor.store.update({ dragged: shape });
    editor.board.aimAt(at);
    const to = editor.board.aim.state.at;
    if (!shape || !to) return;
    if (drag.kind === "vertex") return editor.store.update({ dragged: moveVertex(shape, drag.place, to) });
    const stored = editor.state.active === null ? null : editor.state.session.drafts[editor.state.active]?.shape;
    if (stored) editor.store.update({ dragged: translate(stored, to[0] - drag.from[0], to[1] - drag.from[1]) });
  }

  released(_at: Position): void {
    const { drag, editor } = this;
    const { dragged, box } = editor.state;
    this.drag = null;
    if (drag?.kind === "box") return this.takeBox(box);
    if (dragged) this.pen.setShape(dragged, drag?.kind === "whole" ? "move" : "shape");
  }

  private takeBox(box: readonly [number, number, number, number] | null): void {
    this.editor.store.update({ box: null });
    if (box) void this.editor.pick(this.editor.board.featuresIn(box), "add");
  }

  // --- clicking ----------------------------------------------------------------------------------------------------

  clicked(at: Position, keys: Keys): void {
    this.touch = keys.touch;
    this.clicks = [at, ...this.clicks].slice(0, 2);
    const { editor } = this;
    const { drawing, held, tool } = editor.state;
    // On a phone the crosshair lays positions; a finger chooses.
    if (drawing && !(keys.touch && editor.app.state.editing?.crosshair)) return this.layAt(at);
    // A finger hides what it points at: the crosshair comes there, and its button lays.
    if (drawing) return editor.app.view.goTo({ center: fromLambert93([at[0], at[1]]) });
    if (held) return this.drop();
    if (tool === "many" || keys.shift) return this.toggle(at);
    this.choose(at);
  }

  /** Lays where one aims: along what is traced, or ends the drawing. */
  layAt(raw: Position): void {
    const { editor } = this;
    editor.board.aimAt(raw);
    const { at, way } = editor.board.aim.state;
    const { drawing } = editor.state;
    if (!at || !drawing) return;
    if (!way.length && endsAt(drawing, at, editor.board.reach(CLOSE_PX))) return this.pen.finish();
    this.pen.lay(way.length ? way : [at]);
    editor.board.aimAt(raw);
  }

  private toggle(at: Position): void {
    const key = this.draftAt(at);
    const id = key === null ? this.editor.board.featureAt(at) : null;
    const { picked, active } = this.editor.state;
    const all = picked.length || active === null ? picked : [active];
    if (key !== null) this.editor.setPicked(all.includes(key) ? all.filter((one) => one !== key) : [...all, key]);
    else if (id !== null) {
      this.editor.setPicked(all);
      void this.editor.pick([id], "toggle");
    }
  }

  private choose(at: Position): void {
    const { editor } = this;
    const shape = activeShape(editor.state);
    const corner =
      shape && editor.state.tool === "select" ? vertexNear(shape, at, editor.board.reach(this.reachPx)) : null;
    if (corner) return this.pen.choose(corner);
    const key = this.draftAt(at);
    const id = key === null ? editor.board.featureAt(at) : null;
    if (key !== null && key !== editor.state.active) editor.activate(key);
    else if (id !== null) void editor.open(id);
    else if (key === null && editor.state.active !== null) editor.close();
    else this.pen.choose(null);
  }

  private draftAt(at: Position): string | null {
    const near = this.editor.board.reach(this.reachPx);
    const drafts = Object.values(this.editor.state.session.drafts).filter(
      ({ shape }) => shape && touches(shape, at, near),
    );
    const open = drafts.find(({ key }) => key === this.editor.state.active);
    return (open ?? drafts.at(-1))?.key ?? null;
  }

  doubleClicked(_at: Position): boolean {
    const { drawing, active } = this.editor.state;
    const [last, before] = this.clicks;
    const twice = last && before && distance(last, before) <= this.editor.board.reach(SAME_PLACE_PX);
    if (drawing && twice) this.pen.finish();
    return drawing !== null || active !== null;
  }

  // --- crosshair and keyboard --------------------------------------------------------------------------------------

  /** Acts in the middle of the map, as a click there would: lay, take a vertex, drop it, open. */
  act(): void {
    const { editor } = this;
    const at = editor.board.centre();
    if (!at) return;
    editor.board.aimAt(at);
    const { drawing, held } = editor.state;
    if (drawing) return this.layAt(at);
    if (held) return this.drop();
    this.touch = true;
    if (editor.state.tool === "many") return this.toggle(at);
    this.choose(at);
    if (editor.state.chosen) this.hold();
  }

  hold(): void {
    const { chosen } = this.editor.state;
    const shape = activeShape(this.editor.state);
    if (!chosen || !shape || this.editor.readOnly) return;
    this.editor.store.update({ held: true, dragged: shape });
    this.editor.app.editing.setSheet("low");
    // The sheet that gives way moves the crosshair: what is held is brought under it, or it would jump there.
    const at = shape.parts[chosen.part]?.[chosen.line]?.[chosen.index];
    if (at) void this.editor.app.view.frame({ center: fromLambert93([at[0], at[1]]) });
  }

  /** A point has one place: it is taken up wherever the crosshair is. */
  takePoint(): void {
    this.pen.choose({ part: 0, line: 0, index: 0 });
    this.hold();
  }

  /** A new vertex on the side under the crosshair, held at once. */
  insertHere(): void {
    const { editor } = this;
    const [at, shape] = [editor.board.centre(), activeShape(editor.state)];
    const found = at && shape && segmentNear(shape, at, editor.board.reach(FINGER_PX));
    if (!found || !shape || editor.readOnly) return;
    const { place } = found.segment;
    const dragged = insertVertex(shape, place, found.at);
    editor.store.update({ chosen: { ...place, index: place.index + 1 }, dragged, held: true });
  }

  drop(): void {
    const { dragged } = this.editor.state;
    if (dragged) this.pen.setShape(dragged);
    else this.editor.store.update({ held: false });
  }

  letGo(): void {
    this.editor.store.update({ held: false, dragged: null });
  }
}

function boxBetween(a: Position, b: Position): [number, number, number, number] {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
}

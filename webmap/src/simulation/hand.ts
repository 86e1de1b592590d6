import type { AppPort } from "../app/port";
import { SnapIndex, snap } from "../edit/snap";
import { formatNumber } from "../format/format";
import { distance, inRing, type Position } from "../geo/shape";
import type { DrawnShape, EditCanvas, EditEvents, Keys, Picture, TintedShape } from "../map/canvas";
import { detailAt, type Look } from "../map/model";
import type { SimulationDesk } from "./desk";
import {
  bearing,
  between,
  centreOf,
  cornersOf,
  MOST_CORNERS,
  move,
  type Outline,
  pullCorner,
  rounded,
  shapeOf,
  turn,
} from "./outline";
import { nextCorner, pictureOf, type Scene, shapesOf, type TintSource, tintsOf, turnHandle } from "./picture";

type Drag =
  | { kind: "body"; from: Position; outline: Outline }
  | { kind: "corner"; index: number; outline: Outline }
  | { kind: "turn"; outline: Outline }
  | { kind: "rectangle"; from: Position };

const MOUSE_PX = 9;
const FINGER_PX = 22;
const SNAP_PX = 12;
/** Two clicks further apart than this are two clicks, however fast. */
const SAME_PLACE_PX = 8;
/** A turn by hand goes by whole degrees. */
const WHOLE = 1;
const LEAST_DRAG_PX = 6;
const IMAGE_DETAIL_ZOOM = 19;
/** The same each time: what did not change is not drawn again. */
const NOTHING: readonly [] = [];

/** The project on the map: what the pointer does to it, and how it is drawn. */
export class Hand implements EditEvents {
  private canvas: EditCanvas | null = null;
  private drag: Drag | null = null;
  private aim: Position | null = null;
  private snapped: Picture["snap"] = null;
  private touch = false;
  /** The places of the last two clicks, the last one first. */
  private clicks: readonly Position[] = [];
  private others = new SnapIndex([]);
  private shapes: { of: unknown[]; drawn: DrawnShape[] } = { of: [], drawn: [] };
  private tints: { of: unknown[]; drawn: TintedShape[] } = { of: [], drawn: [] };

  constructor(
    private readonly app: AppPort,
    private readonly desk: SimulationDesk,
  ) {}

  async start(stillWanted: () => boolean): Promise<void> {
    const canvas = await this.app.view.editCanvas(this);
    if (!stillWanted()) return canvas.stop();
    this.canvas = canvas;
    this.draw();
  }

  stop(): void {
    this.canvas?.stop();
    this.canvas = null;
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  draw(): void {
    if (!this.canvas) return;
    const { desk } = this;
    const { project, drawing, square, spotted, shadowShown, envelopeShown } = desk.state;
    const { language } = this.app.state;
    const scene: Scene = {
      volumes: project.volumes,
      lines: project.lines,
      demolished: desk.works.demolishedShapes,
      active: desk.active,
      drawing,
      square,
      limits: desk.limits,
      verdicts: desk.checked.answer.value?.results ?? NOTHING,
      spotted,
      shadow: shadowShown ? (desk.shadow.answer.value?.shadow ?? null) : null,
      sun: desk.sun.classes,
      envelope: envelopeShown ? desk.envelope.answer.value : null,
      aim: this.aim,
      snap: this.snapped,
      look: this.look(),
      metresPerPixel: this.canvas.metresPerPixel(),
      length: (metres) => `${formatNumber(metres, language, 2)} m`,
    };
    this.canvas.draw(pictureOf(scene, this.shapesOf(scene), this.tintsOf(scene)));
  }

  private shapesOf(scene: Scene): DrawnShape[] {
    const of = [scene.volumes, scene.lines, scene.active, scene.drawing];
    if (differs(of, this.shapes.of)) this.shapes = { of, drawn: shapesOf(scene) };
    return this.shapes.drawn;
  }

  private tintsOf(scene: TintSource): TintedShape[] {
    const { volumes, active, limits, verdicts, spotted, shadow, sun, envelope, demolished } = scene;
    const of = [volumes, active, limits, verdicts, spotted, shadow, sun, envelope, demolished];
    if (differs(of, this.tints.of)) this.tints = { of, drawn: tintsOf(scene) };
    return this.tints.drawn;
  }

  private lookOf: Look | null = null;

  /** The same object as long as nothing of it changes: it is what tells that all is to be drawn again. */
  private look(): Look {
    const { dark, photo, background, backgrounds, view } = this.app.state;
    const image = backgrounds.some(({ slug, kind }) => slug === background && kind !== "plain");
    const detail = detailAt(view.zoom || IMAGE_DETAIL_ZOOM, view.center[1]);
    const look = { dark, photo: image || photo !== null, detail };
    if (!this.lookOf || differs(Object.values(look), Object.values(this.lookOf))) this.lookOf = look;
    return this.lookOf;
  }

  // --- aiming ------------------------------------------------------------------------------------------------------

  private get reach(): number {
    return (this.touch ? FINGER_PX : MOUSE_PX) * (this.canvas?.metresPerPixel() ?? 1);
  }

  /** What is near enough to snap to, else the place itself. */
  private snap(at: Position): Position {
    const { snapping } = this.desk.state;
    const tolerance = SNAP_PX * (this.canvas?.metresPerPixel() ?? 0);
    const hit = snapping ? snap([this.desk.around.index, this.others], at, tolerance) : null;
    this.snapped = hit && { kind: hit.kind, position: hit.position };
    return hit ? hit.position : rounded(at);
  }

  pointed(at: Position | null): void {
    const { mode } = this.desk.state;
    this.aim = at && mode !== "move" ? this.snap(at) : null;
    if (!this.aim) this.snapped = null;
    if (mode !== "move") this.draw();
  }

  centred(): void {
    this.draw();
  }

  // --- dragging ----------------------------------------------------------------------------------------------------

  pressed(at: Position, { touch }: Keys): boolean {
    this.touch = touch;
    this.desk.settle();
    this.drag = this.dragAt(at);
    if (this.drag) this.others = this.otherVolumes();
    return this.drag !== null;
  }

  private dragAt(at: Position): Drag | null {
    const { desk } = this;
    if (desk.state.mode === "rectangle") return { kind: "rectangle", from: this.snap(at) };
    if (desk.state.mode === "polygon" || desk.state.mode === "line") return null;
    const active = desk.active;
    if (active) {
      const { outline } = active;
      const near = (place: Position): boolean => distance(place, at) <= this.reach;
      if (near(turnHandle(outline, this.canvas?.metresPerPixel() ?? 1))) return { kind: "turn", outline };
      const index = cornersOf(outline).findIndex(near);
      if (index >= 0) return { kind: "corner", index, outline };
      if (inRing(cornersOf(outline), at)) return { kind: "body", from: at, outline };
    }
    const other = desk.state.project.volumes.find(({ outline }) => inRing(cornersOf(outline), at));
    if (!other) return null;
    desk.choose(other.id);
    return { kind: "body", from: at, outline: other.outline };
  }

  private otherVolumes(): SnapIndex {
    const { project, active } = this.desk.state;
    const others = project.volumes.filter(({ id }) => id !== active);
    return new SnapIndex(others.map(({ id, outline }) => ({ layer: "project", id, shape: shapeOf(outline) })));
  }

  dragged(at: Position): void {
    const { drag, desk } = this;
    if (!drag) return;
    if (drag.kind === "body") desk.patch({ outline: this.moved(drag.outline, drag.from, at) }, "drag");
    else if (drag.kind === "corner")
      desk.patch({ outline: pullCorner(drag.outline, drag.index, this.snap(at)) }, "drag");
    else if (drag.kind === "turn") desk.patch({ outline: this.turned(drag.outline, at) }, "drag");
    else {
      this.aim = this.snap(at);
      const preview = cornersOf(between(drag.from, this.aim, desk.usualAngle));
      desk.store.update({ drawing: [...preview, ...preview.slice(0, 1)] });
    }
    this.draw();
  }

  /** Moved with the pointer; of its corners, the one that is nearest to something is put on it. */
  private moved(outline: Outline, from: Position, at: Position): Outline {
    const free = move(outline, at[0] - from[0], at[1] - from[1]);
    const tolerance = SNAP_PX * (this.canvas?.metresPerPixel() ?? 0);
    const indexes = [this.desk.around.index, this.others];
    const hits = cornersOf(free).flatMap((corner) => {
      const hit = this.desk.state.snapping ? snap(indexes, corner, tolerance) : null;
      return hit ? [{ hit, corner }] : [];
    });
    const [best] = hits.sort((a, b) => a.hit.apart - b.hit.apart);
    this.snapped = best ? { kind: best.hit.kind, position: best.hit.position } : null;
    if (!best) return free;
    return move(free, best.hit.position[0] - best.corner[0], best.hit.position[1] - best.corner[1]);
  }

  private turned(outline: Outline, at: Position): Outline {
    const centre = centreOf(outline);
    const by = bearing(centre, at) - bearing(centre, turnHandle(outline, this.canvas?.metresPerPixel() ?? 1));
    return turn(outline, Math.round(by / WHOLE) * WHOLE);
  }

  released(at: Position): void {
    const { drag, desk } = this;
    this.drag = null;
    this.snapped = null;
    desk.settle();
    if (drag?.kind === "rectangle") this.finishRectangle(drag.from, this.snap(at));
    this.draw();
  }

  private finishRectangle(from: Position, to: Position): void {
    const { desk } = this;
    const least = LEAST_DRAG_PX * (this.canvas?.metresPerPixel() ?? 1);
    if (distance(from, to) < least) return desk.store.update({ drawing: [] });
    desk.add(between(from, to, desk.usualAngle), desk.words("said.rectangle"));
  }

  // --- polygons by clicks ------------------------------------------------------------------------------------------

  clicked(at: Position, { touch }: Keys): void {
    this.touch = touch;
    this.clicks = [at, ...this.clicks].slice(0, 2);
    const { mode, drawing, square } = this.desk.state;
    if ((mode !== "polygon" && mode !== "line") || (drawing.length && this.twice)) return;
    const [first] = drawing;
    if (mode === "polygon" && first && drawing.length > 2 && distance(first, at) <= this.reach) return this.close();
    if (drawing.length >= MOST_CORNERS) return this.close();
    this.desk.store.update({ drawing: [...drawing, nextCorner(drawing, this.snap(at), square)] });
    this.draw();
  }

  /** Whether the last two clicks were at one place. */
  private get twice(): boolean {
    const [last, before] = this.clicks;
    const near = SAME_PLACE_PX * (this.canvas?.metresPerPixel() ?? 1);
    return last !== undefined && before !== undefined && distance(last, before) <= near;
  }

  doubleClicked(): boolean {
    if (this.desk.state.mode !== "polygon" && this.desk.state.mode !== "line") return false;
    if (this.twice) this.close();
    return true;
  }

  /** Ends the line, or the polygon with its first corner. */
  close(): void {
    const { drawing, mode } = this.desk.state;
    if (drawing.length < (mode === "line" ? 2 : 3)) return;
    this.aim = null;
    this.snapped = null;
    if (mode === "line") return this.desk.works.addLine(drawing);
    this.desk.add({ kind: "polygon", corners: drawing }, this.desk.words("said.polygon"));
  }
}

const differs = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length !== other.length || one.some((value, i) => value !== other[i]);

import { newUuid } from "../api/uuid";
import { formatAccuracy } from "../format/format";
import { fromLambert93 } from "../geo/lambert93";
import {
  faultOf,
  moveVertex,
  type Place,
  type Position,
  removeVertex,
  type Shape,
  translate,
  withHole,
  withPart,
} from "../geo/shape";
import type { EditKey } from "../i18n/edit";
import { focusMap } from "../state/focus";
import type { EditCore } from "./core";
import { cutAcross, finished, laid, lay, type Purpose, startDrawing, takeBack } from "./drawing";
import { rounded } from "./figures";
import { emptyValues } from "./form";
import { isLess, type Measure, Survey, surveyValues } from "./gps";
import type { Saving } from "./saving";
import { closed, type Draft, done, touched, type Values } from "./session";
import { activeDraft, CALM, type EditState } from "./state";

/** How near the line, in pixels, is on it: a finger lays the place. */
const CUT_PX = 22;

/** The verbs that make shapes: drawing, and changing the active one. */
export class Pen {
  private readonly survey = new Survey();

  constructor(
    private readonly editor: EditCore,
    private readonly saving: Saving,
  ) {}

  private get state(): EditState {
    return this.editor.state;
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  draw(purpose: Purpose = "new"): void {
    const kind = purpose === "split" ? "line" : purpose === "hole" ? "polygon" : this.state.layer.geometry_type;
    const { active, session } = this.state;
    const apart = purpose === "new" && active !== null;
    this.editor.turn += 1;
    this.editor.store.update({
      ...CALM,
      session: apart ? closed(session, active) : session,
      drawing: startDrawing(purpose, kind, this.cutsLine(purpose) ? 1 : undefined),
      active: apart ? null : active,
      picked: [],
    });
    this.editor.app.editing.setSheet("low");
    focusMap();
  }

  private cutsLine(purpose: Purpose): boolean {
    return purpose === "split" && activeDraft(this.state)?.shape?.kind === "line";
  }

  /** Lays positions; a point is finished with its one position. */
  lay(positions: readonly Position[]): void {
    const { drawing } = this.state;
    if (!drawing) return;
    const after = lay(drawing, positions);
    this.editor.store.update({ drawing: after });
    if (after.kind === "point") this.finish();
  }

  // --- measuring ---------------------------------------------------------------------------------------------------

  /** Lays what the device measured; the class of its accuracy is kept with what is drawn of measures alone. */
  layMeasured(measure: Measure): void {
    const at = rounded(measure.at);
    this.survey.add(measure, at);
    this.lay([at]);
    this.showPlace(at);
  }

  /** Moves the point that is open to what the device measured, and says so where that is less accurate than before. */
  moveMeasured(measure: Measure): void {
    const at = rounded(measure.at);
    const draft = activeDraft(this.state);
    if (!draft?.shape) return;
    const shape = moveVertex(draft.shape, { part: 0, line: 0, index: 0 }, at);
    const values = this.surveyed(measure);
    if (isLess(draft.properties, values)) this.warn("gps.less");
    const properties = { ...draft.properties, ...values };
    this.editor.store.update({ dragged: null, held: false });
    this.editor.update(done(this.state.session, "move", { [draft.key]: touched({ ...draft, shape, properties }) }));
    this.showPlace(at);
  }

  private showPlace([east, north]: Position): void {
    this.editor.app.view.goTo({ center: fromLambert93([east, north]) });
  }

  private surveyed(measure: Measure): Values {
    const { language } = this.editor.app.state;
    const source = (figures: { accuracy: number; count: number }): string =>
      this.editor.words("gps.source", { accuracy: formatAccuracy(figures.accuracy, language), count: figures.count });
    return surveyValues(this.editor.fields(), measure, localDay(new Date()), source);
  }

  takeBack(): void {
    if (this.state.drawing) this.editor.store.update({ drawing: takeBack(this.state.drawing) });
  }

  private warn(key: EditKey): void {
    this.editor.report("warning", this.editor.words(key));
  }

  cancelDrawing(): void {
    this.editor.store.update({ drawing: null });
  }

  finish(): void {
    const { drawing } = this.state;
    const [place, another] = drawing ? laid(drawing) : [];
    if (drawing && place && !another && this.cutsLine(drawing.purpose)) return this.cutAt(place);
    const shape = drawing && finished(drawing);
    if (!drawing || !shape) return;
    if (faultOf(shape)) return this.warn("fault.crossing");
    if (drawing.purpose === "split") return void this.saving.split(shape);
    if (drawing.purpose === "new") return this.create(shape);
    this.addTo(shape, drawing.purpose);
  }

  /** Cuts the open line where it passes by this place. */
  private cutAt(place: Position): void {
    const line = activeDraft(this.state)?.shape;
    const cut = line && cutAcross(line, place, this.editor.board.reach(CUT_PX));
    if (cut) void this.saving.split(cut);
    else this.warn("split.away");
  }

  private create(shape: Shape): void {
    const clientId = newUuid();
    const draft: Draft = {
      key: `new ${clientId}`,
      clientId,
      base: null,
      properties: this.firstValues(shape),
      shape,
      deleted: false,
    };
    this.editor.update(done(this.state.session, "draw", { [draft.key]: draft }));
    this.editor.activate(draft.key, "values");
  }

  private firstValues(shape: Shape): Values {
    const measure = this.survey.worst(shape);
    return { ...emptyValues(this.editor.fields()), ...(measure ? this.surveyed(measure) : {}) };
  }

  private addTo(drawn: Shape, purpose: Purpose): void {
    const draft = activeDraft(this.state);
    const line = drawn.parts[0]?.[0] ?? [];
    const shape = draft?.shape && (purpose === "hole" ? withHole(draft.shape, line) : withPart(draft.shape, line));
    if (!shape) return this.warn("hole.outside");
    this.editor.store.update({ drawing: null });
    this.setShape(shape);
  }

  // --- changing ----------------------------------------------------------------------------------------------------

  setShape(shape: Shape, kind: "shape" | "move" = "shape"): void {
    const draft = activeDraft(this.state);
    if (!draft) return;
    this.editor.store.update({ dragged: null, held: false });
    this.editor.update(done(this.state.session, kind, { [draft.key]: touched({ ...draft, shape }) }));
  }

  /** Moves the whole active feature by so many metres. */
  moveBy(dx: number, dy: number): void {
    const shape = activeDraft(this.state)?.shape;
    if (shape && (dx || dy)) this.setShape(translate(shape, dx, dy), "move");
  }

  choose(place: Place | null): void {
    this.editor.store.update({ chosen: place });
  }

  removeVertex(place: Place | null = this.state.chosen): void {
    const shape = activeDraft(this.state)?.shape;
    const after = shape && place && removeVertex(shape, place);
    this.editor.store.update({ chosen: null });
    if (after) this.setShape(after);
    else if (shape && place) this.warn("vertex.last");
  }
}

/** The day where one is, as fields of dates have it. */
function localDay(now: Date): string {
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

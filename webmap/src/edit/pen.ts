import { newUuid } from "../api/uuid";
import {
  faultOf,
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
import { finished, lay, type Purpose, startDrawing, takeBack } from "./drawing";
import { emptyValues } from "./form";
import type { Saving } from "./saving";
import { closed, type Draft, done, touched, type Values } from "./session";
import { activeDraft, CALM, type EditState } from "./state";

/** The verbs that make shapes: drawing, and changing the active one. */
export class Pen {
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
      drawing: startDrawing(purpose, kind),
      active: apart ? null : active,
      picked: [],
    });
    this.editor.app.editing.setSheet("low");
    focusMap();
  }

  /** Lays positions; a point is finished with its one position. */
  lay(positions: readonly Position[]): void {
    const { drawing } = this.state;
    if (!drawing) return;
    const after = lay(drawing, positions);
    this.editor.store.update({ drawing: after });
    if (after.kind === "point") this.finish();
  }

  takeBack(): void {
    if (this.state.drawing) this.editor.store.update({ drawing: takeBack(this.state.drawing) });
  }

  private warn(key: EditKey): void {
    this.editor.app.notices.add("warning", this.editor.words(key));
  }

  cancelDrawing(): void {
    this.editor.store.update({ drawing: null });
  }

  finish(): void {
    const { drawing } = this.state;
    const shape = drawing && finished(drawing);
    if (!drawing || !shape) return;
    if (faultOf(shape)) return this.warn("fault.crossing");
    if (drawing.purpose === "split") return void this.saving.split(shape);
    if (drawing.purpose === "new") return this.create(shape);
    this.addTo(shape, drawing.purpose);
  }

  private create(shape: Shape): void {
    const clientId = newUuid();
    const draft: Draft = {
      key: `new ${clientId}`,
      clientId,
      base: null,
      properties: this.firstValues(),
      shape,
      deleted: false,
    };
    this.editor.update(done(this.state.session, "draw", { [draft.key]: draft }));
    this.editor.activate(draft.key, "values");
  }

  private firstValues(): Values {
    return emptyValues(this.editor.fields());
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

import type { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import { newUuid } from "../api/uuid";
import type { AppPort, OpenEditor } from "../app/port";
import { isPhone } from "../state/device";
import { focusMap, keepFocus } from "../state/focus";
import * as memory from "../state/memory";
import type { Editing, EditTab } from "../state/state";
import type { DeletedFeature, HistoryEntry } from "./client";
import { EditCore } from "./core";
import { laid, layAgain } from "./drawing";
import { commonValues, mayHaveParts, readSchema } from "./form";
import { Hand } from "./hand";
import * as kept from "./keep";
import { Pen } from "./pen";
import { shownShape } from "./requests";
import { Saving } from "./saving";
import {
  closed,
  type Draft,
  done,
  draftOf,
  pending,
  redo,
  type Session,
  sameValue,
  takenUp,
  touched,
  undo,
} from "./session";
import { activeDraft, CALM, type EditState, pickedDrafts, type Tool } from "./state";

const KEEP_MS = 400;

/** The verbs of editing one layer. The interface and the hand on the map call them; state, map and screen follow. */
export class Editor extends EditCore implements OpenEditor {
  readonly saving: Saving;
  readonly pen: Pen;
  readonly hand: Hand;
  private keepTimer = 0;
  private stopListening: (() => void) | null = null;

  constructor(app: AppPort, layer: Layer, work: kept.Work | null) {
    super(app, layer, work);
    this.saving = new Saving(this);
    this.pen = new Pen(this, this.saving);
    this.hand = new Hand(this, this.pen);
  }

  get slug(): string {
    return this.state.layer.slug;
  }

  // --- start, stop -------------------------------------------------------------------------------------------------

  /** Its board has the map: from now on it is drawn on. */
  async start(): Promise<void> {
    this.stopListening = this.store.subscribe(() => this.changed());
    addEventListener("beforeunload", this.warn);
    this.changed();
    // Beginning on what others left meanwhile.
    void this.app.layers.refresh();
    await this.loadSchema();
  }

  async loadSchema(): Promise<void> {
    this.store.update({ fields: { status: "loading" } });
    try {
      const schema = await this.client.schema();
      this.store.update({ fields: { status: "ready", value: readSchema(schema) }, multiple: mayHaveParts(schema) });
    } catch (error) {
      this.store.update({ fields: { status: "error", error: error as ApiError } });
    }
  }

  /** Leaves; asks first when something is not saved. */
  leave(): void {
    if (pending(this.state.session).length) this.store.update({ leaving: true });
    else void this.stop();
  }

  stay(): void {
    this.store.update({ leaving: false });
    keepFocus();
  }

  /** Leaves what is not saved in this browser, to be taken up again. */
  async leaveForLater(): Promise<void> {
    await kept.keep(this.user, this.state.layer.title, this.state);
    this.stop(true);
  }

  /** Lets the map go; without `keeping` what was not saved is forgotten. */
  stop(keeping = false): void {
    this.gone = true;
    window.clearTimeout(this.keepTimer);
    if (!keeping && !this.readOnly) void kept.forget(this.user, this.state.layer.slug);
    removeEventListener("beforeunload", this.warn);
    this.stopListening?.();
    this.board.stop();
    this.forgetReport();
    this.app.editing.left();
  }

  /** The browser asks before the page goes: where nothing is kept work would be lost, elsewhere it would be forgotten. */
  private warn = (event: BeforeUnloadEvent): void => {
    if (pending(this.state.session).length) event.preventDefault();
  };

  // --- what follows a change ---------------------------------------------------------------------------------------

  private changed(): void {
    if (this.gone) return;
    const before = this.app.state.editing;
    const now = this.onScreen();
    if (JSON.stringify(now) !== JSON.stringify(before)) this.app.store.update({ editing: now });
    this.keepSoon();
    this.board.redraw();
  }

  /** What the rest of the screen must know. */
  private onScreen(): Editing {
    const { session, active, drawing, picked, held, tab } = this.state;
    return {
      layer: session.layer,
      hidden: { ...this.board.followers(), [session.layer]: takenUp(session) },
      sheet: active !== null || drawing !== null || picked.length > 0,
      crosshair: isPhone() && (drawing !== null || held || (active !== null && tab === "geometry")),
      drawing: drawing !== null,
    };
  }

  /** Whether there is something to keep: changes, what was undone, a drawing that is not finished. */
  private get unsaved(): boolean {
    const { session, drawing } = this.state;
    return pending(session).length > 0 || session.undone.length > 0 || (drawing !== null && laid(drawing).length > 0);
  }

  private keepSoon(): void {
    window.clearTimeout(this.keepTimer);
    this.keepTimer = window.setTimeout(() => void this.keep(), KEEP_MS);
  }

  private async keep(): Promise<void> {
    const { session, drawing, active, layer, kept: before } = this.state;
    // Whoever may no longer change the layer has not saved what they left there.
    if (this.gone || this.readOnly) return;
    if (!this.unsaved) return kept.forget(this.user, session.layer);
    const now = await kept.keep(this.user, layer.title, { session, drawing, active });
    if (now !== before) this.store.update({ kept: now });
  }

  // --- looking -----------------------------------------------------------------------------------------------------

  setSnapping(patch: Partial<EditState["snapping"]>): void {
    const snapping = { ...this.state.snapping, ...patch };
    memory.keepSnapping(snapping);
    this.store.update({ snapping, reach: snapping.on ? this.state.reach : "none" });
    this.board.lookAround();
  }

  toggleTracing(): void {
    this.store.update({ tracing: !this.state.tracing });
  }

  // --- tools -------------------------------------------------------------------------------------------------------

  /** One step back: what is held, drawn, shown, chosen, open. False when there is nothing to go back from. */
  back(): boolean {
    const { held, drawing, former, chosen, active, picked, tool } = this.state;
    if (held) this.hand.letGo();
    else if (drawing) this.pen.cancelDrawing();
    else if (former) this.showFormer(null);
    else if (chosen) this.pen.choose(null);
    else if (active !== null || picked.length) this.close();
    else if (tool !== "select") this.setTool("select");
    else return false;
    return true;
  }

  setTab(tab: EditTab): void {
    this.store.update({ tab, former: null });
  }

  setTool(tool: Tool): void {
    const { active, picked, session } = this.state;
    if (tool === "many") {
      this.store.update({ ...CALM, tool, active: null, picked: active === null ? picked : [active] });
    } else this.store.update({ ...CALM, tool, session: picked.reduce(closed, session), picked: [] });
  }

  // --- changing ----------------------------------------------------------------------------------------------------

  setValue(name: string, value: unknown): void {
    const drafts = this.state.picked.length
      ? pickedDrafts(this.state)
      : [activeDraft(this.state)].filter((one) => one !== null);
    const after = drafts
      .filter(({ properties }) => !sameValue(properties[name], value))
      .map((draft) => [draft.key, touched({ ...draft, properties: { ...draft.properties, [name]: value } })] as const);
    if (!after.length) return;
    const about = `${after.map(([key]) => key).join()} ${name}`;
    this.forgetRefusals(drafts, name);
    this.update(done(this.state.session, "values", Object.fromEntries(after), about));
  }

  private forgetRefusals(drafts: readonly Draft[], name: string): void {
    const refused = { ...this.state.refused };
    for (const { key } of drafts) {
      const { [name]: _told, "": _whole, ...rest } = refused[key] ?? {};
      refused[key] = rest;
    }
    this.store.update({ refused });
  }

  common(): Record<string, unknown> {
    return commonValues(
      this.fields(),
      pickedDrafts(this.state).map(({ properties }) => properties),
    );
  }

  /** Deletes the active feature, or all that are picked; what was never saved just goes away. */
  remove(): void {
    const drafts = this.state.picked.length
      ? pickedDrafts(this.state)
      : [activeDraft(this.state)].filter((one) => one !== null);
    if (!drafts.length) return;
    const after = drafts.map((draft) => [draft.key, draft.base ? touched({ ...draft, deleted: true }) : null] as const);
    this.update(done(this.state.session, "delete", Object.fromEntries(after)));
    this.store.update({ active: null, picked: [], chosen: null });
    this.app.notices.add(
      "info",
      this.words(after.length === 1 ? "removed.one" : "removed.many", { count: after.length }),
    );
    focusMap();
  }

  keepAfterAll(key: string): void {
    const draft = this.state.session.drafts[key];
    if (draft) this.update(done(this.state.session, "keep", { [key]: { ...draft, deleted: false } }));
  }

  /** Gives a draft back what the server has. */
  revert(key: string): void {
    const draft = this.state.session.drafts[key];
    if (!draft) return;
    const after = draft.base ? draftOf(draft.base, newUuid()) : null;
    this.update(done(this.state.session, "keep", { [key]: after }));
    if (!after && this.state.active === key) this.store.update({ active: null });
  }

  undo(): void {
    if (this.state.drawing?.groups.length) return this.pen.takeBack();
    this.stepped(undo(this.state.session));
  }

  redo(): void {
    const { drawing } = this.state;
    if (drawing?.undone.length) return this.store.update({ drawing: layAgain(drawing) });
    this.stepped(redo(this.state.session));
  }

  /** After undoing, what is open may be gone. */
  private stepped(session: Session): void {
    const { active, picked } = this.state;
    const open = active !== null && active in session.drafts ? active : null;
    this.store.update({
      session,
      active: open,
      picked: picked.filter((key) => key in session.drafts),
      chosen: null,
      dragged: null,
      held: false,
    });
  }

  canUndo(): boolean {
    const { drawing, session } = this.state;
    return (drawing ? laid(drawing).length > 0 : false) || session.done.length > 0;
  }

  canRedo(): boolean {
    const { drawing, session } = this.state;
    return (drawing?.undone.length ?? 0) > 0 || session.undone.length > 0;
  }

  // --- history -----------------------------------------------------------------------------------------------------

  /** Shows a former version on the map, dashed; null: none. */
  showFormer(entry: Pick<HistoryEntry, "version" | "geometry"> | null): void {
    const shape = entry && shownShape(entry.geometry);
    const id = activeDraft(this.state)?.base?.id ?? 0;
    this.store.update({ former: entry && { id, version: entry.version, shape } });
    this.board.show(shape);
  }

  /** Where a deleted feature was. */
  showGone(feature: DeletedFeature): void {
    const shape = shownShape(feature.geometry);
    const { former } = this.state;
    const again = former?.version === feature.version && former.id === feature.id;
    this.store.update({ former: again ? null : { id: feature.id, version: feature.version, shape } });
    if (!again) this.board.show(shape);
  }
}

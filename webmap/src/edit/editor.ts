import { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import { newUuid } from "../api/uuid";
import type { Controller } from "../app/controller";
import { focusMap, keepFocus } from "../app/keyboard";
import * as memory from "../app/memory";
import { isPhone } from "../app/surroundings";
import { fromLambert93 } from "../geo/lambert93";
import { type EditWords, editWords } from "../i18n/edit";
import type { Editing } from "../state/state";
import { Store } from "../state/store";
import { Board } from "./board";
import { type DeletedFeature, EditClient, type HistoryEntry } from "./client";
import { laid, layAgain } from "./drawing";
import { commonValues, type FormField, mayHaveParts, readSchema } from "./form";
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
  emptySession,
  isChanged,
  opened,
  pending,
  redo,
  type Session,
  sameValue,
  takenUp,
  touched,
  undo,
} from "./session";
import { boxOfShape, type Shape } from "./shape";
import { activeDraft, CALM, type EditState, pickedDrafts, type Tab, type Tool } from "./state";

/** So many at once are asked of the server; more only wait. */
const AT_ONCE = 6;
/** More would be a change of the whole layer: the import by key is for that. */
export const MOST_PICKED = 500;
const KEEP_MS = 400;

/** The verbs of editing one layer. The interface and the hand on the map call them; state, map and screen follow. */
export class Editor {
  readonly store: Store<EditState>;
  readonly client: EditClient;
  readonly saving: Saving;
  readonly hand: Hand;
  readonly pen: Pen;
  readonly board: Board;
  /** Opened by a button that went away: the sheet takes the focus. */
  focusing = false;
  private keepTimer = 0;
  private gone = false;
  /** Counts what is opened, chosen or begun to be drawn: an answer that comes after another of these opens nothing. */
  turn = 0;
  private stopListening: (() => void) | null = null;

  constructor(
    readonly app: Controller,
    layer: Layer,
    work: kept.Work | null,
  ) {
    this.store = new Store<EditState>({
      layer,
      fields: { status: "loading" },
      session: work?.session ?? emptySession(layer.slug),
      multiple: false,
      tool: "select",
      drawing: work?.drawing ?? null,
      active: work?.active ?? null,
      picked: [],
      chosen: null,
      dragged: null,
      held: false,
      box: null,
      tab: "values",
      snapping: memory.snapping(),
      reach: "none",
      tracing: false,
      opening: [],
      saving: false,
      refused: {},
      refusal: null,
      judged: false,
      conflicts: [],
      leaving: false,
      former: null,
      writes: 0,
      kept: true,
    });
    this.client = new EditClient(app.api, app.config.urls.api, layer);
    this.saving = new Saving(this);
    this.hand = new Hand(this);
    this.pen = new Pen(this);
    this.board = new Board(app, this.store, this.client);
  }

  get state(): EditState {
    return this.store.state;
  }

  get words(): EditWords {
    return editWords(this.app.state.language);
  }

  get user(): string {
    return this.app.config.user?.id ?? "";
  }

  get readOnly(): boolean {
    return !this.state.layer.can_edit;
  }

  // --- start, stop -------------------------------------------------------------------------------------------------

  /** Its board has the map: from now on it is drawn on. */
  async start(): Promise<void> {
    this.stopListening = this.store.subscribe(() => this.changed());
    addEventListener("beforeunload", this.warn);
    this.changed();
    // Beginning on what others left meanwhile.
    void this.app.refreshCatalogue();
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
    this.app.editorLeft();
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
      hidden: takenUp(session),
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

  // --- opening -----------------------------------------------------------------------------------------------------

  /** Opens one feature, as the server has it now, unless one went on to something else before it came. */
  async open(id: number, tab: Tab = this.state.tab): Promise<void> {
    const key = String(id);
    this.turn += 1;
    const { turn } = this;
    if (this.state.session.drafts[key]) return this.activate(key, tab);
    const found = await this.read([id]);
    if (found.length && turn === this.turn) this.activate(key, tab);
  }

  /** Reads features that are not here yet; the keys of those that are now. */
  async read(ids: readonly number[]): Promise<string[]> {
    const keys = ids.map(String);
    const missing = ids.filter((id) => !this.state.session.drafts[String(id)]);
    this.store.update({ opening: [...this.state.opening, keys] });
    try {
      for (let i = 0; i < missing.length; i += AT_ONCE)
        await Promise.all(missing.slice(i, i + AT_ONCE).map((id) => this.readOne(id)));
    } finally {
      this.store.update({ opening: this.state.opening.filter((one) => one !== keys) });
    }
    return keys.filter((key) => key in this.state.session.drafts);
  }

  private async readOne(id: number): Promise<void> {
    try {
      const stored = await this.client.read(id);
      if (!this.gone) this.update(opened(this.state.session, stored, newUuid()));
    } catch (error) {
      this.failed(error);
    }
  }

  activate(key: string, tab: Tab = this.state.tab): void {
    const { active, session, tool: before } = this.state;
    const letGo = active !== null && active !== key ? closed(session, active) : session;
    const tool = before === "many" ? "select" : before;
    this.turn += 1;
    this.store.update({ ...CALM, session: letGo, active: key, tab, tool, picked: [] });
    this.app.editSheetOpened();
    this.reveal(letGo.drafts[key]?.shape ?? null);
  }

  /** The sheet takes room beside the map: what it is about must not be under it. */
  private reveal(shape: Shape | null): void {
    if (!shape) return;
    const [west, south, east, north] = boxOfShape(shape);
    const [a, b] = [fromLambert93([west, south]), fromLambert93([east, north])];
    void this.app.reveal([...a, ...b]);
  }

  /** The sheet took more room, or less. */
  revealActive(): void {
    const { active, session } = this.state;
    if (active !== null) this.reveal(session.drafts[active]?.shape ?? null);
  }

  /** Closes the sheet; what was changed stays to be saved. */
  close(): void {
    const { session, active, picked } = this.state;
    const after = [active, ...picked].reduce((kept, key) => (key === null ? kept : closed(kept, key)), session);
    this.store.update({ ...CALM, session: after, active: null, picked: [] });
    keepFocus();
  }

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

  setTab(tab: Tab): void {
    this.store.update({ tab, former: null });
  }

  setTool(tool: Tool): void {
    const { active, picked, session } = this.state;
    if (tool === "many") {
      this.store.update({ ...CALM, tool, active: null, picked: active === null ? picked : [active] });
    } else this.store.update({ ...CALM, tool, session: picked.reduce(closed, session), picked: [] });
  }

  // --- several -----------------------------------------------------------------------------------------------------

  async pick(ids: readonly number[], mode: "toggle" | "add"): Promise<void> {
    const keys = await this.read(ids.slice(0, MOST_PICKED));
    const { picked } = this.state;
    const left = mode === "toggle" ? picked.filter((key) => !keys.includes(key)) : picked;
    const fresh = keys.filter((key) => !picked.includes(key));
    this.setPicked([...left, ...fresh].slice(0, MOST_PICKED));
    if (ids.length > MOST_PICKED) this.app.notify("warning", this.words("many.tooMany", { count: MOST_PICKED }));
  }

  setPicked(picked: readonly string[]): void {
    const gone = this.state.picked.filter((key) => !picked.includes(key));
    const session = gone.reduce(closed, this.state.session);
    this.turn += 1;
    this.store.update({ session, picked, active: null, chosen: null, drawing: null, tool: "many" });
    if (picked.length) this.app.editSheetOpened();
  }

  // --- changing ----------------------------------------------------------------------------------------------------

  fields(): FormField[] {
    return this.state.fields.status === "ready" ? this.state.fields.value : [];
  }

  /** A new session: everything that is one step, or not one, goes through here. */
  update(session: Session): void {
    this.store.update({ session });
  }

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
    this.app.notify("info", this.words(after.length === 1 ? "removed.one" : "removed.many", { count: after.length }));
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

  // --- trouble, and after writing ----------------------------------------------------------------------------------

  failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    const title = error.offline ? this.app.t("error.offlineTitle") : error.title || this.app.t("error.title");
    const detail = error.offline ? this.app.t("error.offlineDetail") : error.detail;
    this.app.notify("error", [title, detail].filter((text, i) => text && (!i || text !== title)).join(". "));
  }

  /** Data changed on the server: tiles are asked for again, then draw what the editor drew meanwhile. */
  async written(): Promise<void> {
    this.store.update({ writes: this.state.writes + 1 });
    this.board.forget();
    await this.app.refreshCatalogue();
    this.board.lookAround();
    this.board.settled(() => this.release());
  }

  private release(): void {
    if (this.gone) return;
    const { active, picked, opening } = this.state;
    // What came already stays until the others that were asked for with it have come.
    const wanted = new Set([active, ...picked, ...opening.flat()]);
    const idle = Object.values(this.state.session.drafts).filter(
      (draft) => !isChanged(draft) && !wanted.has(draft.key),
    );
    this.update(idle.reduce((session, { key }) => closed(session, key), this.state.session));
  }
}

/** Opens the editor of a layer, with what was left unsaved there. */
export async function openEditor(app: Controller, layer: Layer): Promise<Editor> {
  const work = layer.can_edit ? await kept.kept(app.config.user?.id ?? "", layer.slug) : null;
  return new Editor(app, layer, work);
}

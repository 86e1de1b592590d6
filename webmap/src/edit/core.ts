import { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import { newUuid } from "../api/uuid";
import type { AppPort } from "../app/port";
import { fromLambert93 } from "../geo/lambert93";
import { boxOfShape, type Shape } from "../geo/shape";
import { type EditWords, editWords } from "../i18n/edit";
import { keepFocus } from "../state/focus";
import * as memory from "../state/memory";
import type { EditTab } from "../state/state";
import { Store } from "../state/store";
import { Board } from "./board";
import { EditClient } from "./client";
import type { FormField } from "./form";
import type * as kept from "./keep";
import { closed, emptySession, isChanged, opened, type Session } from "./session";
import { CALM, type EditState } from "./state";

/** So many at once are asked of the server; more only wait. */
const AT_ONCE = 6;
/** More would be a change of the whole layer: the import by key is for that. */
export const MOST_PICKED = 500;

/** What all of editing stands on: its state, the features that are open, the way to the server and to the map. */
export class EditCore {
  readonly store: Store<EditState>;
  readonly client: EditClient;
  readonly board: Board;
  private reported: number | null = null;
  /** Opened by a button that went away: the sheet takes the focus. */
  focusing = false;
  protected gone = false;
  /** Counts what is opened, chosen or begun to be drawn: an answer that comes after another of these opens nothing. */
  turn = 0;

  constructor(
    readonly app: AppPort,
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
      remarks: {},
      pointed: 0,
      judged: false,
      conflicts: [],
      leaving: false,
      former: null,
      writes: 0,
      kept: true,
    });
    this.client = new EditClient(app.api, app.config.urls.api, layer);
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

  // --- opening -----------------------------------------------------------------------------------------------------

  /** Opens one feature, as the server has it now, unless one went on to something else before it came. */
  async open(id: number, tab: EditTab = this.state.tab): Promise<void> {
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

  activate(key: string, tab: EditTab = this.state.tab): void {
    const { active, session, tool: before } = this.state;
    const letGo = active !== null && active !== key ? closed(session, active) : session;
    const tool = before === "many" ? "select" : before;
    this.turn += 1;
    this.store.update({ ...CALM, session: letGo, active: key, tab, tool, picked: [] });
    this.app.editing.setSheet("half");
    this.reveal(letGo.drafts[key]?.shape ?? null);
  }

  /** The sheet takes room beside the map: what it is about must not be under it. */
  private reveal(shape: Shape | null): void {
    if (!shape) return;
    const [west, south, east, north] = boxOfShape(shape);
    const [a, b] = [fromLambert93([west, south]), fromLambert93([east, north])];
    void this.app.view.reveal([...a, ...b]);
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

  // --- several -----------------------------------------------------------------------------------------------------

  async pick(ids: readonly number[], mode: "toggle" | "add"): Promise<void> {
    const keys = await this.read(ids.slice(0, MOST_PICKED));
    const { picked } = this.state;
    const left = mode === "toggle" ? picked.filter((key) => !keys.includes(key)) : picked;
    const fresh = keys.filter((key) => !picked.includes(key));
    this.setPicked([...left, ...fresh].slice(0, MOST_PICKED));
    if (ids.length > MOST_PICKED) this.app.notices.add("warning", this.words("many.tooMany", { count: MOST_PICKED }));
  }

  setPicked(picked: readonly string[]): void {
    const gone = this.state.picked.filter((key) => !picked.includes(key));
    const session = gone.reduce(closed, this.state.session);
    this.turn += 1;
    this.store.update({ session, picked, active: null, chosen: null, drawing: null, tool: "many" });
    if (picked.length) this.app.editing.setSheet("half");
  }

  // --- changing ----------------------------------------------------------------------------------------------------

  fields(): FormField[] {
    return this.state.fields.status === "ready" ? this.state.fields.value : [];
  }

  /** A new session: everything that is one step, or not one, goes through here. */
  update(session: Session): void {
    this.store.update({ session });
  }

  /** Takes the focus to the first thing that is to be corrected in the sheet. */
  pointAtFault(): void {
    // Under a low sheet nobody would see it.
    if (this.app.state.sheetHeight === "low") this.app.editing.setSheet("half");
    this.store.update({ pointed: this.state.pointed + 1 });
  }

  /** Says what came of the last thing asked for; what was said of the one before no longer holds and goes. */
  report(tone: "info" | "warning" | "error", text: string): void {
    this.forgetReport();
    this.reported = this.app.notices.add(tone, text);
  }

  forgetReport(): void {
    if (this.reported !== null) this.app.notices.dismiss(this.reported);
    this.reported = null;
  }

  // --- trouble, and after writing ----------------------------------------------------------------------------------

  failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    const title = error.offline ? this.app.t("error.offlineTitle") : error.title || this.app.t("error.title");
    const detail = error.offline ? this.app.t("error.offlineDetail") : error.detail;
    const said = !error.offline && error.status === 400 && detail ? [detail] : [title, detail];
    this.report("error", said.filter((text, i) => text && (!i || text !== title)).join(". "));
  }

  /** Data changed on the server: tiles are asked for again, then draw what the editor drew meanwhile. */
  async written(): Promise<void> {
    this.store.update({ writes: this.state.writes + 1 });
    this.board.forget();
    await this.app.layers.refresh();
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

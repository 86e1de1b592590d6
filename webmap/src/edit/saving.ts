import { ApiError } from "../api/client";
import { newUuid } from "../api/uuid";
import { faultOf, moveVertex, type Shape } from "../geo/shape";
import { keepFocus } from "../state/focus";
import { conflictsOf, isConflict, type Remark, refusalsOf, type Saved } from "./client";
import type { EditCore } from "./core";
import { faultsOf } from "./form";
import * as kept from "./keep";
import { type Choice, compare, merged } from "./merge";
import { type Draft, done, draftOf, isChanged, pending, saved, touched } from "./session";
import { activeDraft, type Conflict, pickedDrafts } from "./state";

/** Writing to the server: all that is pending at once, what it refuses, who was faster; splitting, merging, restoring. */
export class Saving {
  constructor(private readonly editor: EditCore) {}

  /** Drafts that the form or the shape forbids to send. */
  faulty(drafts: readonly Draft[] = pending(this.editor.state.session)): Draft[] {
    return drafts.filter((draft) => !draft.deleted && this.isFaulty(draft));
  }

  private isFaulty(draft: Draft): boolean {
    return this.hasFaultyValues(draft) || (draft.shape !== null && faultOf(draft.shape) !== null);
  }

  private hasFaultyValues(draft: Draft): boolean {
    const values = faultsOf(this.editor.fields(), draft.properties, draft.base?.properties ?? null);
    return Object.keys(values).length > 0;
  }

  /** Saves everything; true when it is saved. */
  async save(): Promise<boolean> {
    const { editor } = this;
    const drafts = pending(editor.state.session);
    if (!drafts.length || editor.state.saving) return false;
    const faulty = this.faulty(drafts);
    if (faulty.length) return this.showFaulty(faulty);
    editor.store.update({ saving: true, refusal: null, refused: {}, held: false, dragged: null });
    try {
      const results = await editor.client.save(drafts);
      await this.accepted(results);
      return true;
    } catch (error) {
      this.refused(error, drafts);
      return false;
    } finally {
      editor.store.update({ saving: false });
    }
  }

  private showFaulty(faulty: readonly Draft[]): boolean {
    const [first] = faulty;
    const { editor } = this;
    editor.store.update({ judged: true });
    const open = [editor.state.active, ...editor.state.picked];
    if (first && !faulty.some(({ key }) => open.includes(key))) editor.activate(first.key, "values");
    else if (faulty.some((draft) => draft.key === editor.state.active && this.hasFaultyValues(draft)))
      editor.store.update({ tab: "values" });
    editor.pointAtFault();
    const words = faulty.length === 1 ? "save.faultyOne" : "save.faultyMany";
    editor.report("warning", editor.words(words, { count: faulty.length }));
    return false;
  }

  private async accepted(results: readonly Saved[]): Promise<void> {
    const { editor } = this;
    const active = this.renamed(editor.state.active, results);
    const picked = editor.state.picked.flatMap((key) => this.renamed(key, results) ?? []);
    editor.update(saved(editor.state.session, results, newUuid));
    editor.store.update({ active, picked, judged: false, conflicts: [], chosen: null });
    this.remark(results);
    await kept.forget(editor.user, editor.state.layer.slug);
    if (!results.some(({ remarks }) => remarks?.length)) editor.report("info", this.outcome(results));
    await editor.written();
  }

  /** Shows what was said of what is saved: in the sheet that is open, else in that of the first of them. */
  private remark(results: readonly Saved[]): void {
    const { editor } = this;
    const said = results.flatMap(({ stored, remarks = [] }) =>
      stored && remarks.length ? [[String(stored.id), remarks] as const] : [],
    );
    editor.store.update({ remarks: Object.fromEntries(said) });
    const [first] = said;
    if (!first) return;
    const { active, picked } = editor.state;
    if (!picked.length && !said.some(([key]) => key === active)) editor.activate(first[0], "values");
    else if (active !== null) editor.store.update({ tab: "values" });
    editor.pointAtFault();
    const words = said.length === 1 ? "remark.one" : "remark.many";
    editor.report("warning", editor.words(words, { count: said.length }));
  }

  /** Moves a feature, or the end of a line, to where it was said to lie better; saved at once where nothing else waits. */
  async follow(draft: Draft, { move_to: place, end }: Remark): Promise<void> {
    const { editor } = this;
    const line = draft.shape?.parts[0]?.[0];
    const [x, y] = place ?? [];
    if (editor.state.saving || !draft.shape || !line || x === undefined || y === undefined) return;
    const index = end === "end" ? line.length - 1 : 0;
    const shape = moveVertex(draft.shape, { part: 0, line: 0, index }, [x, y]);
    const alone = !pending(editor.state.session).length;
    editor.update(done(editor.state.session, "move", { [draft.key]: touched({ ...draft, shape }) }));
    keepFocus();
    if (alone) await this.save();
  }

  /** What was done, in words: saved, deleted, or some of each. */
  private outcome(results: readonly Saved[]): string {
    const { words } = this.editor;
    const written = results.filter(({ stored }) => stored).length;
    const deleted = results.length - written;
    const said = [
      ...(written ? [words(written === 1 ? "save.doneOne" : "save.doneMany", { count: written })] : []),
      ...(deleted ? [words(deleted === 1 ? "save.deletedOne" : "save.deletedMany", { count: deleted })] : []),
    ];
    return said.join(" ");
  }

  /** A new thing has a number now. */
  private renamed(key: string | null, results: readonly Saved[]): string | null {
    const result = results.find((one) => one.key === key);
    if (!result) return key;
    return result.stored ? String(result.stored.id) : null;
  }

  private refused(error: unknown, drafts: readonly Draft[]): void {
    const { editor } = this;
    if (!(error instanceof ApiError)) throw error;
    if (isConflict(error)) return void this.conflicted(error, drafts);
    const refused = refusalsOf(error, drafts);
    const [first] = Object.keys(refused);
    editor.store.update({ refused, refusal: error });
    if (first !== undefined && first !== editor.state.active) editor.activate(first, "values");
    else if (first !== undefined) editor.store.update({ tab: "values" });
    if (first !== undefined) editor.pointAtFault();
    if (first === undefined || error.offline) editor.failed(error);
  }

  // --- conflicts ---------------------------------------------------------------------------------------------------

  private async conflicted(error: ApiError, drafts: readonly Draft[]): Promise<void> {
    const { editor } = this;
    const told = conflictsOf(error, drafts, editor.state.layer.title_field);
    const names = editor
      .fields()
      .filter(({ readOnly }) => !readOnly)
      .map(({ name }) => name);
    const conflicts = await Promise.all(
      told.map(async ({ key, current }): Promise<Conflict | null> => {
        const draft = editor.state.session.drafts[key];
        if (!draft) return null;
        const comparison = current && compare(draft, current, names);
        return { draft, current, comparison, by: await this.lastWriter(draft) };
      }),
    );
    editor.store.update({ conflicts: conflicts.filter((one) => one !== null) });
    if (!told.length) editor.failed(error);
  }

  private async lastWriter({ base }: Draft): Promise<Conflict["by"]> {
    if (!base) return null;
    const page = await this.editor.client.history(base.id).catch(() => null);
    const [last] = page?.entries ?? [];
    return last ? { name: last.by, at: last.at } : null;
  }

  /** Takes what was chosen for one conflict; when it was the last one, saves again. */
  async settle(conflict: Conflict, choices: Readonly<Record<string, Choice>>): Promise<void> {
    const settled = this.settled(conflict, choices);
    this.replace(conflict, settled);
    if (!settled) await this.letGo(conflict);
    if (!this.editor.state.conflicts.length && pending(this.editor.state.session).length) await this.save();
  }

  /** Says what became of a feature that nothing of is written; the map shows it as it is now. */
  private async letGo(conflict: Conflict): Promise<void> {
    const { editor } = this;
    editor.app.notices.add("info", editor.words(conflict.current ? "conflict.keptSaved" : "conflict.leftDeleted"));
    if (!pending(editor.state.session).length) await kept.forget(editor.user, editor.state.layer.slug);
    await editor.written();
  }

  private settled({ draft, current, comparison }: Conflict, choices: Readonly<Record<string, Choice>>): Draft | null {
    const clientId = newUuid();
    if (current && comparison) return merged(draft, current, comparison, choices, clientId);
    // It is gone: made anew, or let go.
    const anew = choices["anew"] === "mine" && !draft.deleted;
    return anew ? { ...draft, key: `new ${clientId}`, clientId, base: null } : null;
  }

  private replace(conflict: Conflict, settled: Draft | null): void {
    const { editor } = this;
    const { [conflict.draft.key]: _before, ...others } = editor.state.session.drafts;
    const drafts = settled ? { ...others, [settled.key]: settled } : others;
    // Steps back would lead to a version that nobody has any more.
    editor.update({ ...editor.state.session, drafts, done: [], undone: [] });
    const conflicts = editor.state.conflicts.filter((one) => one !== conflict);
    const active = editor.state.active === conflict.draft.key ? (settled?.key ?? null) : editor.state.active;
    editor.store.update({ conflicts, active });
  }

  /** Throws one's own changes of a feature away: what somebody else saved stays. */
  async yield(conflict: Conflict): Promise<void> {
    this.replace(conflict, conflict.current && draftOf(conflict.current, newUuid()));
    await this.letGo(conflict);
    if (!this.editor.state.conflicts.length && pending(this.editor.state.session).length) await this.save();
  }

  putOff(): void {
    this.editor.store.update({ conflicts: [] });
    keepFocus();
  }

  // --- at once on the server ---------------------------------------------------------------------------------------

  async split(line: Shape): Promise<void> {
    const { editor } = this;
    const base = activeDraft(editor.state)?.base;
    if (!base) return;
    await this.atOnce([base.id], () => editor.client.split(base, line), "split.done");
  }

  /** The one that is kept stays, with its values and what is its own along its line. */
  async merge(kept: Draft): Promise<void> {
    const { editor } = this;
    const others = pickedDrafts(editor.state).filter(({ key }) => key !== kept.key);
    const features = [kept, ...others].flatMap(({ base }) => base ?? []);
    await this.atOnce(
      features.map(({ id }) => id),
      () => editor.client.merge(features),
      "merge.done",
    );
  }

  /** What the server does in one go is not a step to undo: the history has it. */
  private async atOnce(
    ids: readonly number[],
    act: () => Promise<number[]>,
    words: "split.done" | "merge.done",
  ): Promise<void> {
    const { editor } = this;
    editor.store.update({ saving: true, drawing: null });
    try {
      const made = await act();
      this.drop(ids);
      editor.report("info", editor.words(words, { count: made.length }));
      await editor.written();
      const [first] = made;
      if (words === "merge.done" && first !== undefined) await editor.open(first);
      else await editor.pick(made, "add");
    } catch (error) {
      editor.failed(error);
    } finally {
      editor.store.update({ saving: false });
    }
  }

  /** Features are read again when they are next opened. */
  private drop(ids: readonly number[]): void {
    const { editor } = this;
    const keys = ids.map(String);
    const drafts = Object.fromEntries(
      Object.entries(editor.state.session.drafts).filter(([key]) => !keys.includes(key)),
    );
    editor.update({ ...editor.state.session, drafts, done: [], undone: [] });
    editor.store.update({ active: null, picked: [], chosen: null });
  }

  /** Whether a server action on these features would pass over changes that are not saved. */
  blocked(drafts: readonly Draft[]): boolean {
    return drafts.some(isChanged);
  }

  async restore(id: number, version: number, current: number | null): Promise<void> {
    const { editor } = this;
    editor.store.update({ saving: true });
    try {
      await editor.client.restore(id, version, current);
      this.drop([id]);
      editor.app.notices.add("info", editor.words("history.restored"));
      await editor.written();
      await editor.open(id, "history");
    } catch (error) {
      editor.failed(error);
    } finally {
      editor.store.update({ saving: false });
    }
  }
}

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type { Geometry } from "../api/types";
import type { HistoryEntry } from "../edit/client";
import type { Editor } from "../edit/editor";
import { type Draft, isChanged } from "../edit/session";
import { activeDraft, type EditState } from "../edit/state";
import { formatInstant } from "../format/format";
import type { EditKey } from "../i18n/edit";
import { EditElement } from "./edit-element";
import { valueWords } from "./edit-form";
import { emptiness, failure, skeleton } from "./states";

/** What says more than that something was created, changed or deleted. */
const KINDS: readonly string[] = ["import", "merge", "restore", "split"];

/** The versions of a feature, the newest first: who, when, from where, what; each can be seen on the map, and restored. */
export class EditHistory extends EditElement {
  @state() private entries: HistoryEntry[] | null = null;
  @state() private error: ApiError | null = null;
  private next: string | null = null;
  private asked = "";

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    const draft = activeDraft(edit);
    if (!draft?.base) return emptiness(this.words("history.empty"), this.words("history.emptyAdvice"));
    this.ask(editor, `${draft.base.id} ${edit.writes}`);
    if (this.error) return failure(this.t, this.error, () => void this.load(editor));
    if (!this.entries) return skeleton(this.t, 5);
    if (!this.entries.length) return emptiness(this.words("history.empty"), this.words("history.emptyAdvice"));
    return html`<ol class="versions">${this.entries.map((entry, i) => this.entry(editor, edit, draft, entry, i === 0))}</ol>
      ${this.next ? html`<button class="button button-wide" @click=${() => void this.load(editor, this.next)}>${this.words("history.more")}</button>` : nothing}`;
  }

  private ask(editor: Editor, about: string): void {
    if (about === this.asked) return;
    this.asked = about;
    this.entries = null;
    void this.load(editor);
  }

  private async load(editor: Editor, next: string | null = null): Promise<void> {
    const id = activeDraft(editor.state)?.base?.id;
    if (id === undefined) return;
    const { asked } = this;
    this.error = null;
    try {
      const page = await editor.client.history(id, next);
      if (asked !== this.asked) return;
      this.next = page.next;
      this.entries = next ? [...(this.entries ?? []), ...page.entries] : page.entries;
    } catch (error) {
      this.error = error as ApiError;
    }
  }

  private entry(editor: Editor, edit: EditState, draft: Draft, entry: HistoryEntry, current: boolean): TemplateResult {
    const { language } = this.state;
    const shown = edit.former?.version === entry.version;
    const geometry = this.geometryOf(entry);
    const kind = KINDS.includes(entry.kind ?? "") ? entry.kind : entry.action;
    const action = this.words(`action.${kind}` as EditKey);
    return html`<li class="versions-entry" ?data-current=${shown}>
      <p class="versions-head"><strong>${action}</strong>${current ? html`<span class="versions-tag">${this.words("history.current")}</span>` : nothing}</p>
      ${entry.at ? html`<p class="muted small">${this.words("history.by", { name: entry.by || "–", at: formatInstant(entry.at, language) })}${entry.from ? html` · ${this.words("history.from", { from: entry.from })}` : nothing}</p>` : nothing}
      ${this.changes(editor, entry)}
      <div class="button-row">
        ${geometry ? html`<button class="button button-small" aria-pressed=${shown} @click=${() => editor.showFormer(shown ? null : { version: entry.version, geometry })}><arp-icon name=${shown ? "hide" : "show"}></arp-icon>${this.words(shown ? "history.hide" : "history.show")}</button>` : nothing}
        ${current || editor.readOnly ? nothing : this.restoring(editor, edit, draft, entry)}
      </div></li>`;
  }

  /** What it looked like then: the shape is told where it changed only. */
  private geometryOf(entry: HistoryEntry): Geometry | null {
    const older = this.entries?.slice(this.entries.indexOf(entry)) ?? [];
    return older.find(({ geometry }) => geometry)?.geometry ?? null;
  }

  private changes(
    editor: Editor,
    { changes, geometry_changed, action }: HistoryEntry,
  ): TemplateResult | typeof nothing {
    if (action !== "update" || (!changes.length && !geometry_changed)) return nothing;
    const fields = new Map(editor.fields().map((field) => [field.name, field]));
    const words = (name: string, value: unknown): string =>
      valueWords(fields.get(name), value, this.words, this.state.language);
    return html`<ul class="versions-changes">
      ${changes.map(({ name, label, before, after }) => html`<li><span>${label}</span> <del>${words(name, before)}</del> <arp-icon name="chevronRight"></arp-icon> <ins>${words(name, after)}</ins></li>`)}
      ${geometry_changed ? html`<li><span>${this.words("history.moved")}</span></li>` : nothing}</ul>`;
  }

  private restoring(
    editor: Editor,
    edit: EditState,
    { base, ...draft }: Draft,
    { version, action }: HistoryEntry,
  ): TemplateResult | typeof nothing {
    if (action === "delete" || !base) return nothing;
    const blocked = isChanged({ ...draft, base });
    const restore = (): void => void editor.saving.restore(base.id, version, base.version);
    return html`<button class="button button-small" ?disabled=${blocked || edit.saving} title=${blocked ? this.words("history.unsaved") : nothing} @click=${restore}><arp-icon name="history"></arp-icon>${this.words("history.restore")}</button>`;
  }
}

customElements.define("arp-edit-history", EditHistory);

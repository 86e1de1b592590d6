import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type { Issue } from "../edit/client";
import type { Editor } from "../edit/editor";
import type { EditState } from "../edit/state";
import type { AppState } from "../state/state";
import { EditElement } from "./edit-element";
import { emptiness, failure, skeleton } from "./states";

const PAUSE_MS = 400;

/** What breaks the layer's rules where the map looks: a list of work, asked for while it is open. */
export class EditIssues extends EditElement {
  @state() private issues: Issue[] | null = null;
  @state() private complete = true;
  @state() private error: ApiError | null = null;
  private opened = false;
  private timer = 0;
  private writes = 0;
  private unlisten: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unlisten = this.app.store.subscribe((now, before) => this.moved(now, before));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unlisten?.();
    window.clearTimeout(this.timer);
  }

  private moved(now: AppState, before: AppState): void {
    if (this.opened && now.view !== before.view) this.soon();
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), PAUSE_MS);
  }

  private async load(): Promise<void> {
    const editor = this.editor;
    if (!editor) return;
    this.error = null;
    try {
      const found = await editor.client.issues(this.state.view.bbox);
      Object.assign(this, { issues: found.results, complete: found.complete });
    } catch (error) {
      this.error = error as ApiError;
    }
  }

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    if (this.opened && edit.writes !== this.writes) this.soon();
    this.writes = edit.writes;
    const toggled = (event: Event): void => {
      this.opened = (event.target as HTMLDetailsElement).open;
      if (this.opened) void this.load();
    };
    return html`<details class="edit-deleted" @toggle=${toggled}><summary>${this.words("issues.title")}</summary>${this.list(editor)}</details>`;
  }

  private list(editor: Editor): TemplateResult {
    if (this.error) return failure(this.t, this.error, () => void this.load());
    if (!this.issues) return skeleton(this.t, 3);
    if (!this.issues.length) return emptiness(this.words("issues.none"), this.words("issues.noneAdvice"));
    return html`<ul class="edit-changes">${this.issues.map((issue) => this.issue(editor, issue))}</ul>
      ${this.complete ? nothing : html`<p class="muted small">${this.words("issues.more")}</p>`}`;
  }

  private issue(editor: Editor, issue: Issue): TemplateResult {
    const go = (): void => {
      this.app.view.goTo({ center: issue.center_4326 });
      void editor.open(issue.id);
    };
    return html`<li><button class="edit-change edit-issue" @click=${go}><strong>${issue.title}</strong><small>${issue.message}</small></button></li>`;
  }
}

customElements.define("arp-edit-issues", EditIssues);

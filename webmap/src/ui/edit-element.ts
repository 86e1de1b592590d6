import { nothing, type TemplateResult } from "lit";
import type { Editor } from "../edit/editor";
import type { EditState } from "../edit/state";
import type { EditWords } from "../i18n/edit";
import { editWords } from "../i18n/edit";
import { ArpentElement } from "./element";

/** Base of what shows the editor: redrawn when its state changes too. */
export abstract class EditElement extends ArpentElement {
  private watched: Editor | null = null;
  private stopWatching: (() => void) | null = null;

  /** The editor, while there is one: the port knows it by what is not of editing (edit/open.ts made it). */
  get editor(): Editor | null {
    return this.app.editing.editor as Editor | null;
  }

  get words(): EditWords {
    return editWords(this.state.language);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
    this.watched = null;
  }

  /** Another layer may be edited since. */
  private watch(): void {
    if (this.editor === this.watched) return;
    this.stopWatching?.();
    this.watched = this.editor;
    const stops = this.editor
      ? this.watchedStores(this.editor).map((store) => store.subscribe(() => this.requestUpdate()))
      : [];
    this.stopWatching = () => {
      for (const stop of stops) stop();
    };
  }

  /** The stores whose changes are drawn. */
  protected watchedStores(editor: Editor): { subscribe(listener: () => void): () => void }[] {
    return [editor.store];
  }

  protected override render(): TemplateResult | typeof nothing {
    this.watch();
    return this.editor ? this.drawn(this.editor, this.editor.state) : nothing;
  }

  protected abstract drawn(editor: Editor, edit: EditState): TemplateResult | typeof nothing;
}

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Editor } from "../edit/editor";
import { pending } from "../edit/session";
import type { EditState, Tool } from "../edit/state";
import type { EditKey } from "../i18n/edit";
import { EditElement } from "./edit-element";
import "../styles/edit.css";
import "../styles/edit-sheet.css";
import type { EditIconName } from "./edit-icons";
import "./edit-icons";

const TOOLS: { tool: Tool; icon: EditIconName; label: EditKey; tip: EditKey }[] = [
  { tool: "select", icon: "pointer", label: "bar.select", tip: "bar.selectTip" },
  { tool: "move", icon: "move", label: "bar.move", tip: "bar.moveTip" },
  { tool: "many", icon: "many", label: "bar.many", tip: "bar.manyTip" },
];

/** Above the map while a layer is edited: what to do, what one snaps to, undo, save, leave. */
export class EditBar extends EditElement {
  @state() private settings = false;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("pointerdown", this.onOutside);
    // Before the page hears it: Escape closes the settings, not what is being drawn.
    this.addEventListener("keydown", this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pointerdown", this.onOutside);
    this.removeEventListener("keydown", this.onKey);
  }

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    const { readOnly } = editor;
    return html`<div class="edit-bar" role="region" aria-label=${this.words("bar.label")}>
      <button class="bar-button edit-leave" @click=${() => editor.leave()} title=${this.words("bar.leaveTip")}>
        <arp-icon name="close"></arp-icon><span>${this.words("bar.leave")}</span></button>
      ${readOnly ? nothing : html`${this.drawing(editor, edit)}${this.snapping(editor, edit)}${this.steps(editor)}`}
      ${this.tableButton(edit)}
      ${readOnly ? nothing : this.saving(editor, edit)}
    </div>`;
  }

  private drawing(editor: Editor, edit: EditState): TemplateResult {
    const drawing = edit.drawing?.purpose === "new";
    const draw = (): void => (drawing ? editor.pen.cancelDrawing() : editor.pen.draw());
    return html`<button class="bar-button" aria-pressed=${drawing} @click=${draw} title=${this.words("bar.drawTip")}>
        <arp-icon name="draw"></arp-icon><span>${this.words("bar.draw")}</span></button>
      ${this.tools(editor, edit)}`;
  }

  private tools(editor: Editor, edit: EditState): TemplateResult {
    return html`<div class="edit-tools" role="group" aria-label=${this.words("bar.tools")}>${TOOLS.map(
      ({
        tool,
        icon,
        label,
        tip,
      }) => html`<button class="bar-button" aria-pressed=${!edit.drawing && edit.tool === tool}
          @click=${() => this.choose(editor, tool)} title=${this.words(tip)}><arp-icon name=${icon}></arp-icon><span>${this.words(label)}</span></button>`,
    )}</div>`;
  }

  /** On a phone the tools are among the settings, which give way to the map. */
  private choose(editor: Editor, tool: Tool): void {
    this.settings = false;
    editor.setTool(tool);
  }

  private snapping(editor: Editor, edit: EditState): TemplateResult {
    const { on } = edit.snapping;
    return html`<div class="edit-snap menu-anchor">
      <button class="bar-button" aria-pressed=${on} @click=${() => editor.setSnapping({ on: !on })} title=${this.words("bar.snapTip")}>
        <arp-icon name="magnet"></arp-icon><span>${this.words("bar.snap")}</span></button>
      <button class="bar-button edit-more" aria-expanded=${this.settings} aria-controls="snap-settings" aria-label=${this.words("snap.settings")} title=${this.words("snap.settings")}
        @click=${() => {
          this.settings = !this.settings;
        }}><arp-icon name="chevronDown" class="wide-only"></arp-icon><arp-icon name="sliders" class="phone-only"></arp-icon></button>
      <button class="bar-button wide-only" aria-pressed=${edit.tracing} @click=${() => editor.toggleTracing()} title=${this.words("bar.traceTip")}>
        <arp-icon name="trace"></arp-icon><span>${this.words("bar.trace")}</span></button>
      <div class="menu snap-menu" id="snap-settings" ?hidden=${!this.settings}>${this.snapSettings(editor, edit)}</div>
    </div>`;
  }

  private snapSettings(editor: Editor, edit: EditState): TemplateResult {
    const { tolerance, off } = edit.snapping;
    const layers = this.app.state.layers.filter(({ slug, visible }) => visible || slug === edit.layer.slug);
    const flip = (slug: string, on: boolean): void =>
      editor.setSnapping({ off: on ? off.filter((one) => one !== slug) : [...off, slug] });
    return html`<div class="phone-only">${this.tools(editor, edit)}</div>
      <label class="opacity"><span>${this.words("snap.tolerance")}</span>
        <input type="range" min="4" max="32" step="2" .value=${String(tolerance)} @input=${(event: Event) =>
          editor.setSnapping({
            tolerance: Number((event.target as HTMLInputElement).value),
          })} /><output>${tolerance}</output></label>
      <label class="check phone-only"><input type="checkbox" .checked=${edit.tracing} @change=${() => editor.toggleTracing()} />${this.words("snap.trace")}</label>
      <fieldset><legend>${this.words("snap.layers")}</legend>${layers.map(({ slug }) => {
        const change = (event: Event): void => flip(slug, (event.target as HTMLInputElement).checked);
        return html`<label class="check"><input type="checkbox" .checked=${!off.includes(slug)} @change=${change} />${this.app.layers.get(slug)?.title ?? slug}</label>`;
      })}</fieldset>
      <p class="muted small" role="status">${this.words(`snap.${edit.reach}`)}</p>`;
  }

  private steps(editor: Editor): TemplateResult {
    return html`<div class="edit-steps">
      <button class="bar-button" ?disabled=${!editor.canUndo()} @click=${() => editor.undo()} aria-label=${this.words("bar.undo")} title=${this.words("bar.undoTip")}><arp-icon name="undo"></arp-icon></button>
      <button class="bar-button" ?disabled=${!editor.canRedo()} @click=${() => editor.redo()} aria-label=${this.words("bar.redo")} title=${this.words("bar.redoTip")}><arp-icon name="redo"></arp-icon></button>
    </div>`;
  }

  private tableButton(edit: EditState): TemplateResult {
    const { slug } = edit.layer;
    const open = this.state.table === slug;
    return html`<button class="bar-button wide-only" aria-expanded=${open} @click=${() => this.app.screen.openTable(open ? null : slug)} aria-label=${this.words("bar.table")} title=${this.words("bar.table")}><arp-icon name="list"></arp-icon></button>`;
  }

  private saving(editor: Editor, edit: EditState): TemplateResult {
    const count = pending(edit.session).length;
    const words = count === 0 ? "bar.pending.none" : count === 1 ? "bar.pending.one" : "bar.pending.many";
    return html`<div class="edit-save">
      <span class="edit-pending" role="status">${this.words(words, { count })}</span>
      <button class="button button-primary button-small" ?disabled=${!count || edit.saving} @click=${() => void editor.saving.save()} title=${this.words("bar.saveTip")}>
        <arp-icon name=${edit.saving ? "loader" : "save"} class=${edit.saving ? "spin" : ""}></arp-icon><span>${this.words(edit.saving ? "bar.saving" : "bar.save")}</span></button>
    </div>`;
  }

  private onOutside = (event: Event): void => {
    if (this.settings && !(event.target as HTMLElement).closest?.(".edit-snap")) this.settings = false;
  };

  private onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.settings) return;
    event.preventDefault();
    this.settings = false;
    this.querySelector<HTMLElement>("[aria-controls=snap-settings]")?.focus();
  };
}

customElements.define("arp-edit-bar", EditBar);

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Editor } from "../edit/editor";
import { areaOf, lengthOf } from "../edit/figures";
import { type Choice, type Clash, type Compared, changedThere, clashOf, disputed, SHAPE } from "../edit/merge";
import { pending } from "../edit/session";
import type { Conflict, EditState } from "../edit/state";
import { formatArea, formatInstant, formatLength } from "../format/format";
import type { Shape } from "../geo/shape";
import { EditElement } from "./edit-element";
import { valueWords } from "./edit-form";

/** The two questions that stop everything: leaving with unsaved changes, and somebody else's version of the same thing. */
export class EditDialogs extends EditElement {
  @state() private choices: Record<string, Choice> = {};
  private asked: Conflict | null = null;

  protected override drawn(editor: Editor, edit: EditState): TemplateResult | typeof nothing {
    const [conflict] = edit.conflicts;
    if (conflict) return this.conflict(editor, conflict);
    return edit.leaving ? this.leaving(editor, edit) : nothing;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  // --- leaving -----------------------------------------------------------------------------------------------------

  private leaving(editor: Editor, edit: EditState): TemplateResult {
    const count = pending(edit.session).length;
    const words = count === 1 ? "leave.text.one" : "leave.text.many";
    const save = async (): Promise<void> => {
      editor.stay();
      if (await editor.saving.save()) editor.stop();
    };
    return html`<dialog class="dialog" aria-labelledby="leave-title" @cancel=${() => editor.stay()} @close=${() => editor.stay()}>
      <h2 id="leave-title">${this.words("leave.title")}</h2>
      <p>${this.words(words, { count, layer: edit.layer.title })}</p>
      <p class="muted small">${this.words("leave.keepNote")}</p>
      <div class="dialog-actions">
        <button class="button button-primary" autofocus @click=${() => void save()}><arp-icon name="save"></arp-icon>${this.words("leave.save")}</button>
        <button class="button" @click=${() => void editor.leaveForLater()}>${this.words("leave.keep")}</button>
        <button class="button" @click=${() => editor.stay()}>${this.words("leave.continue")}</button>
        <button class="button button-danger" @click=${() => editor.stop()}><arp-icon name="remove"></arp-icon>${this.words("leave.drop")}</button>
      </div></dialog>`;
  }

  // --- conflict ----------------------------------------------------------------------------------------------------

  private conflict(editor: Editor, conflict: Conflict): TemplateResult {
    if (conflict !== this.asked) {
      this.asked = conflict;
      this.choices = {};
    }
    const { by, draft, current } = conflict;
    const name = draft.base?.title || this.words("sheet.unnamed");
    const told = by
      ? this.words("conflict.by", { name: by.name || "–", at: formatInstant(by.at, this.state.language) })
      : this.words("conflict.byUnknown");
    const bodies: Record<Clash, () => TemplateResult> = {
      changed: () => html`<p>${told}</p>${this.comparison(editor, conflict)}`,
      deletedHere: () => html`<p>${told}</p>${this.deletedHere(editor, conflict)}`,
      deletedThere: () => this.gone(editor, conflict),
      deletedByBoth: () => this.gone(editor, conflict),
    };
    const clash = clashOf(draft, current);
    const title = current ? "conflict.title" : "conflict.titleGone";
    return html`<dialog class="dialog dialog-wide" aria-labelledby="conflict-title" @cancel=${() => editor.saving.putOff()}>
      <h2 id="conflict-title">${this.words(title, { name })}</h2>
      ${bodies[clash]()}
    </dialog>`;
  }

  /** Somebody else deleted it: whoever changed it makes it anew, or lets go; whoever deleted it, too, is told so. */
  private gone(editor: Editor, conflict: Conflict): TemplateResult {
    const { by, draft } = conflict;
    const told = by
      ? this.words("conflict.goneBy", { name: by.name || "–", at: formatInstant(by.at, this.state.language) })
      : this.words("conflict.gone");
    const settle = (choice: Choice) => (): void => void editor.saving.settle(conflict, { anew: choice });
    if (draft.deleted)
      return html`<p>${told}</p><p>${this.words("conflict.goneToo")}</p><div class="dialog-actions">
        <button class="button button-primary" @click=${settle("theirs")}>${this.words("conflict.letGo")}</button></div>`;
    return html`<p>${told}</p><p>${this.words("conflict.goneChanged")}</p><div class="dialog-actions">
      <button class="button button-primary" @click=${settle("mine")}><arp-icon name="plus"></arp-icon>${this.words("conflict.anew")}</button>
      <button class="button" @click=${settle("theirs")}>${this.words("conflict.letGo")}</button>
      <button class="button" @click=${() => editor.saving.putOff()}>${this.words("conflict.later")}</button></div>
      <p class="muted small">${this.words("conflict.goneNote")}</p>`;
  }

  /** Somebody else changed what is to be deleted here: what they wrote is shown before it goes. */
  private deletedHere(editor: Editor, conflict: Conflict): TemplateResult {
    const theirs = conflict.comparison ? changedThere(conflict.comparison) : [];
    return html`<p>${this.words("conflict.deletedHere")}</p>
      ${
        theirs.length
          ? html`<h3>${this.words("conflict.changedThere")}</h3><ul class="conflict-kept">${theirs.map(
              (field) =>
                html`<li>${this.words("conflict.fromTo", {
                  label: this.label(editor, field.name),
                  before: this.valueOfSide(editor, field, field.base),
                  value: this.valueOfSide(editor, field, field.theirs),
                })}</li>`,
            )}</ul>`
          : nothing
      }
      <div class="dialog-actions">
        <button class="button button-primary" autofocus @click=${() => void editor.saving.yield(conflict)}>${this.words("conflict.keep")}</button>
        <button class="button button-danger" @click=${() => void editor.saving.settle(conflict, {})}><arp-icon name="remove"></arp-icon>${this.words("conflict.deleteAnyway")}</button>
        <button class="button" @click=${() => editor.saving.putOff()}>${this.words("conflict.later")}</button></div>
      <p class="muted small">${this.words("conflict.deletedNote")}</p>`;
  }

  private comparison(editor: Editor, conflict: Conflict): TemplateResult {
    const { comparison } = conflict;
    if (!comparison) return html``;
    const questions = disputed(comparison);
    const open = questions.filter((name) => !this.choices[name]);
    const all: readonly Compared<unknown>[] = [...comparison.fields, comparison.shape];
    return html`<p class="muted">${this.words(questions.length ? "conflict.choose" : "conflict.nothing")}</p>
      ${
        questions.length
          ? this.questions(
              editor,
              conflict,
              all.filter(({ side }) => side === "both"),
            )
          : nothing
      }
      ${this.keptApart(
        editor,
        all.filter(({ side }) => side === "mine" || side === "theirs"),
      )}
      <div class="dialog-actions">
        <button class="button button-primary" ?disabled=${open.length > 0} @click=${() => void editor.saving.settle(conflict, this.choices)}><arp-icon name="save"></arp-icon>${this.words("conflict.save")}</button>
        <button class="button" @click=${() => void editor.saving.yield(conflict)}>${this.words("conflict.yield")}</button>
        <button class="button" @click=${() => editor.saving.putOff()}>${this.words("conflict.later")}</button></div>`;
  }

  private questions(editor: Editor, conflict: Conflict, fields: readonly Compared<unknown>[]): TemplateResult {
    return html`<table class="conflict-table"><thead><tr><th scope="col">${this.words("conflict.field")}</th><th scope="col">${this.words("conflict.mine")}</th><th scope="col">${this.words("conflict.theirs")}</th></tr></thead>
      <tbody>${fields.map((field) => {
        const was = this.valueOfSide(editor, field, field.base);
        return html`<tr><th scope="row">${this.label(editor, field.name)}<small class="muted">${this.words("conflict.base", { value: was })}</small></th>
          ${(["mine", "theirs"] as const).map((choice) => html`<td>${this.choice(editor, conflict, field, choice)}</td>`)}</tr>`;
      })}</tbody></table>`;
  }

  private choice(editor: Editor, conflict: Conflict, field: Compared<unknown>, choice: Choice): TemplateResult {
    const text = this.valueOfSide(editor, field, field[choice]);
    const shape = field.name === SHAPE ? (field[choice] as Shape | null) : null;
    const take = (): void => {
      this.choices = { ...this.choices, [field.name]: choice };
    };
    return html`<label class="conflict-choice" ?data-chosen=${this.choices[field.name] === choice}><input type="radio" name="conflict-${conflict.draft.key}-${field.name}"
      .checked=${this.choices[field.name] === choice} @change=${take} /><span>${text}${shape ? outline(shape) : nothing}</span></label>`;
  }

  private keptApart(editor: Editor, fields: readonly Compared<unknown>[]): TemplateResult | typeof nothing {
    if (!fields.length) return nothing;
    return html`<h3>${this.words("conflict.kept")}</h3><ul class="conflict-kept">${fields.map((field) => {
      const mine = field.side === "mine";
      const value = this.valueOfSide(editor, field, mine ? field.mine : field.theirs);
      return html`<li>${this.words(mine ? "conflict.keptMine" : "conflict.keptTheirs", { label: this.label(editor, field.name), value })}</li>`;
    })}</ul>`;
  }

  private label(editor: Editor, name: string): string {
    if (name === SHAPE) return this.words("conflict.shape");
    return editor.fields().find((field) => field.name === name)?.label ?? name;
  }

  private valueOfSide(editor: Editor, { name, mine }: Compared<unknown>, value: unknown): string {
    const { language } = this.state;
    if (name !== SHAPE)
      return valueWords(
        editor.fields().find((field) => field.name === name),
        value,
        this.words,
        language,
      );
    const shape = value as Shape | null;
    if (!shape) return "–";
    if (shape.kind === "polygon") return formatArea(areaOf(shape), language);
    if (shape.kind === "line") return formatLength(lengthOf(shape), language);
    return this.words(value === mine ? "conflict.shapeMine" : "conflict.shapeTheirs");
  }
}

const BOX = 88;

/** The outline of a shape, small, in words' place. */
function outline(shape: Shape): TemplateResult {
  const positions = shape.parts.flat(2);
  const [xs, ys] = [positions.map(([x]) => x), positions.map(([, y]) => y)];
  const [west, north] = [Math.min(...xs), Math.max(...ys)];
  const size = Math.max(Math.max(...xs) - west, north - Math.min(...ys)) || 1;
  const at = ([x, y]: readonly [number, number]): string =>
    `${(((x - west) / size) * BOX + 4).toFixed(1)} ${(((north - y) / size) * BOX + 4).toFixed(1)}`;
  const path = shape.parts
    .flat()
    .map((line) => `M${line.map(at).join("L")}${shape.kind === "polygon" ? "Z" : ""}`)
    .join("");
  return html`<svg class="conflict-shape" viewBox="0 0 ${BOX + 8} ${BOX + 8}" aria-hidden="true"><path d=${path} /></svg>`;
}

customElements.define("arp-edit-dialogs", EditDialogs);

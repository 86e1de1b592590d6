import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Editor } from "../edit/editor";
import { groundLength, readPosition, withLength } from "../edit/figures";
import type { Measure } from "../edit/gps";
import { middleOf } from "../edit/picture";
import { isChanged } from "../edit/session";
import { activeDraft, activeShape, type EditState } from "../edit/state";
import type { Language } from "../format/format";
import { readNumber } from "../format/read";
import { fromLambert93 } from "../geo/lambert93";
import {
  faultOf,
  insertVertex,
  moveVertex,
  next,
  type Place,
  type Position,
  reversed,
  type Shape,
  samePlace,
  withoutHole,
  withoutPart,
} from "../geo/shape";
import type { EditKey, EditWords } from "../i18n/edit";
import { EditElement } from "./edit-element";
import "./edit-gps";
import "./edit-reference";

const PAGE = 60;

/** A figure as it stands in a box: centimetres of it say nothing less than what is stored, at hand to change. */
function boxed(value: number, language: Language, decimals = 3): string {
  const text = String(Number(value.toFixed(decimals)));
  return language === "fr" ? text.replace(".", ",") : text;
}

/** Coordinates and lengths in numbers: everything that a mouse does to a shape, done by keyboard. */
export class EditGeometry extends EditElement {
  /** First vertex shown of a long line. */
  @state() private from = 0;

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    const [draft, shape] = [activeDraft(edit), activeShape(edit)];
    if (!draft || !shape) return html`<p class="muted">${this.words("geometry.none")}</p>`;
    return html`${this.fault(shape)}${this.measured(editor, shape)}
      ${shape.parts.map((lines, part) => lines.map((_, line) => this.line(editor, edit, shape, part, line)))}
      <p class="muted small">${this.words("geometry.note")}</p>
      ${this.reference(editor, shape)}${this.shift(editor)}${this.more(editor, edit, shape, isChanged(draft))}`;
  }

  private fault(shape: Shape): TemplateResult | typeof nothing {
    const fault = faultOf(shape);
    return fault
      ? html`<p class="message message-error" role="status"><arp-icon name="alert"></arp-icon><span>${this.words(`fault.${fault.kind}`)}</span></p>`
      : nothing;
  }

  private line(editor: Editor, edit: EditState, shape: Shape, part: number, line: number): TemplateResult {
    const positions = shape.parts[part]?.[line] ?? [];
    const single = shape.parts.length === 1;
    const title = lineTitle(this.words, shape, part, line);
    const first = positions.length > PAGE ? Math.min(this.from, positions.length - 1) : 0;
    const shown = positions.slice(first, first + PAGE);
    const without = line > 0 ? withoutHole(shape, { part, line, index: 0 }) : withoutPart(shape, part);
    return html`<section class="vertex-list"><div class="vertex-title"><h3>${title}</h3>
        ${line > 0 || !single ? html`<button class="button button-small" @click=${() => without && editor.pen.setShape(without)}>${this.words(line > 0 ? "geometry.removeHole" : "geometry.removePart")}</button>` : nothing}</div>
      <p class="vertex-head" aria-hidden="true"><span>${this.words("draw.east")}</span><span>${this.words("draw.north")}</span></p>
      <ol start=${first + 1}>${shown.map((position, i) => this.vertex(editor, edit, shape, { part, line, index: first + i }, position))}</ol>
      ${positions.length > PAGE ? this.pages(positions.length, first) : nothing}</section>`;
  }

  private pages(count: number, first: number): TemplateResult {
    const go = (to: number) => (): void => {
      this.from = Math.max(0, to);
    };
    return html`<div class="vertex-pages">
      <button class="icon-button" ?disabled=${first === 0} @click=${go(first - PAGE)} aria-label=${this.words("geometry.vertexPrevious")}><arp-icon name="chevronLeft"></arp-icon></button>
      <span>${this.words("geometry.shown", { first: first + 1, last: Math.min(first + PAGE, count), count })}</span>
      <button class="icon-button" ?disabled=${first + PAGE >= count} @click=${go(first + PAGE)} aria-label=${this.words("geometry.vertexNext")}><arp-icon name="chevronRight"></arp-icon></button></div>`;
  }

  private vertex(editor: Editor, edit: EditState, shape: Shape, place: Place, position: Position): TemplateResult {
    const { language } = this.state;
    const number = place.index + 1;
    const chosen = samePlace(edit.chosen, place);
    const moved =
      (axis: 0 | 1) =>
      (event: Event): void =>
        this.moveTo(editor, shape, place, position, axis, event.target as HTMLInputElement);
    const box = (axis: 0 | 1, label: "draw.east" | "draw.north"): TemplateResult =>
      html`<input inputmode="decimal" autocomplete="off" aria-label="${this.words("geometry.vertex", { number })}, ${this.words(label)}" .value=${boxed(position[axis], language)} @change=${moved(axis)} />`;
    return html`<li ?data-current=${chosen} @focusin=${() => editor.pen.choose(place)}>
      <span class="vertex-number">${number}</span>${box(0, "draw.east")}${box(1, "draw.north")}
      ${shape.kind === "point" && shape.parts.length === 1 ? nothing : html`<button class="icon-button" @click=${() => editor.pen.removeVertex(place)} aria-label=${this.words("geometry.remove", { number })} title=${this.words("geometry.remove", { number })}><arp-icon name="minus"></arp-icon></button>`}
      ${this.side(editor, shape, place, position, number)}</li>`;
  }

  private side(
    editor: Editor,
    shape: Shape,
    place: Place,
    from: Position,
    number: number,
  ): TemplateResult | typeof nothing {
    const to = shape.kind === "point" ? undefined : next(shape, place);
    if (!to) return nothing;
    const change = (event: Event): void => {
      const metres = readNumber((event.target as HTMLInputElement).value);
      if (metres !== null && metres > 0) editor.pen.setShape(withLength(shape, place, metres));
      else this.requestUpdate();
    };
    const insert = (): void => editor.pen.setShape(insertVertex(shape, place, middleOf({ from, to })));
    return html`<div class="vertex-side"><span aria-hidden="true">${this.words("geometry.side")}</span>
      <span class="field-box"><input inputmode="decimal" autocomplete="off" aria-label=${this.words("geometry.lengthOf", { number })} .value=${boxed(groundLength(from, to), this.state.language)} @change=${change} /><span class="field-unit">m</span></span>
      <button class="icon-button" @click=${insert} aria-label=${this.words("geometry.insert", { number })} title=${this.words("geometry.insert", { number })}><arp-icon name="plus"></arp-icon></button></div>`;
  }

  /** The other coordinate keeps every bit: only what was written changes. */
  private moveTo(
    editor: Editor,
    shape: Shape,
    place: Place,
    position: Position,
    axis: 0 | 1,
    input: HTMLInputElement,
  ): void {
    const value = readNumber(input.value);
    const to: Position = axis === 0 ? [value ?? Number.NaN, position[1]] : [position[0], value ?? Number.NaN];
    if (readPosition(String(to[0]), String(to[1]))) editor.pen.setShape(moveVertex(shape, place, to));
    else {
      input.value = boxed(position[axis], this.state.language);
      editor.app.notices.add("warning", this.words("draw.outside"));
    }
  }

  private shift(editor: Editor): TemplateResult {
    const move = (event: Event): void => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      const read = (name: string): number => readNumber((form.elements.namedItem(name) as HTMLInputElement).value) ?? 0;
      editor.pen.moveBy(read("dx"), read("dy"));
      form.reset();
    };
    const box = (name: string, label: "draw.east" | "draw.north"): TemplateResult =>
      html`<label class="field"><span class="field-label">${this.words(label)}</span><input name=${name} inputmode="decimal" autocomplete="off" placeholder="0" /></label>`;
    return html`<form class="edit-numbers" novalidate @submit=${move}><h3>${this.words("geometry.by")}</h3><div class="field-pair">${box("dx", "draw.east")}${box("dy", "draw.north")}</div>
      <button class="button"><arp-icon name="move"></arp-icon>${this.words("geometry.moveBy")}</button></form>`;
  }

  /** First: on a phone the sheet shows little more than what it begins with. */
  private measured(editor: Editor, shape: Shape): TemplateResult | typeof nothing {
    if (!isOnePlace(shape)) return nothing;
    const put = (measure: Measure): void => editor.pen.moveMeasured(measure);
    return html`<arp-edit-gps .app=${this.app} .action=${"gps.move"} .put=${put}></arp-edit-gps>`;
  }

  private reference(editor: Editor, shape: Shape): TemplateResult | typeof nothing {
    if (!isOnePlace(shape)) return nothing;
    const put = (at: Position): void => {
      editor.pen.setShape(moveVertex(shape, { part: 0, line: 0, index: 0 }, at), "move");
      this.app.view.goTo({ center: fromLambert93([at[0], at[1]]) });
    };
    return html`<arp-edit-reference .app=${this.app} .action=${"reference.move"} .put=${put}></arp-edit-reference>`;
  }

  private more(editor: Editor, edit: EditState, shape: Shape, changed: boolean): TemplateResult {
    const stored = activeDraft(edit)?.base !== null;
    return html`<div class="button-row edit-more-shapes">
      ${edit.multiple ? html`<button class="button" @click=${() => editor.pen.draw("part")}><arp-icon name="plus"></arp-icon>${this.words("geometry.addPart")}</button>` : nothing}
      ${shape.kind === "polygon" ? html`<button class="button" @click=${() => editor.pen.draw("hole")}><arp-icon name="vertex"></arp-icon>${this.words("geometry.addHole")}</button>` : nothing}
      ${shape.kind === "line" ? html`<button class="button" @click=${() => editor.pen.setShape(reversed(shape))}><arp-icon name="reverse"></arp-icon>${this.words("geometry.reverse")}</button>` : nothing}
      ${shape.kind !== "point" && stored ? html`<button class="button" ?disabled=${changed} @click=${() => editor.pen.draw("split")}><arp-icon name="split"></arp-icon>${this.words("geometry.split")}</button>` : nothing}
    </div>${shape.kind !== "point" && stored && changed ? html`<p class="muted small">${this.words("geometry.splitFirst")}</p>` : nothing}`;
  }
}

const isOnePlace = ({ kind, parts }: Shape): boolean => kind === "point" && parts.length === 1;

const ONLY_PART: Record<Shape["kind"], EditKey> = {
  point: "geometry.place",
  line: "geometry.vertices",
  polygon: "geometry.outline",
};

function lineTitle(words: EditWords, shape: Shape, part: number, line: number): string {
  const outer = shape.parts.length > 1 ? words("geometry.part", { number: part + 1 }) : words(ONLY_PART[shape.kind]);
  return line > 0
    ? [shape.parts.length > 1 ? outer : "", words("geometry.hole", { number: line })].filter(Boolean).join(", ")
    : outer;
}

customElements.define("arp-edit-geometry", EditGeometry);

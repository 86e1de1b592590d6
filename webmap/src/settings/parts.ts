import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { formatNumber, type Language } from "../format/format";
import type { StyleKey, StyleWords } from "../i18n/style";
import { lineFor } from "../map/legend";
import { legibility } from "./legibility";
import {
  type Column,
  type Distribution,
  LABEL_SIZE,
  type Line,
  labelColumns,
  MOST_LABEL_COLUMNS,
  type Mode,
  type Style,
  USUAL_PRIORITY,
} from "./style";

const SCALES = [1_000_000, 500_000, 250_000, 100_000, 50_000, 25_000, 10_000, 5_000, 2_500, 2_000, 1_000, 500, 200];
const PRIORITIES = Array.from({ length: 11 }, (_, i) => i);
const MOST_NAMED = 4;

/** What the parts of the form are written with. */
export interface Writing {
  readonly words: StyleWords;
  readonly language: Language;
}

export const typed = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;
export const checked = (event: Event): boolean => (event.target as HTMLInputElement).checked;

export function columnOptions(columns: readonly Column[], chosen: string): TemplateResult[] {
  return columns.map(({ name, label }) => html`<option value=${name} ?selected=${name === chosen}>${label}</option>`);
}

export function scaleSelect(
  { words, language }: Writing,
  label: string,
  chosen: number | null,
  set: (scale: number | null) => void,
): TemplateResult {
  const known = chosen && !SCALES.includes(chosen) ? [...SCALES, chosen].sort((a, b) => b - a) : SCALES;
  return html`<label class="field"><span>${label}</span><select @change=${(event: Event) => set(Number(typed(event)) || null)}>
      <option value="" ?selected=${!chosen}>${words("scales.always")}</option>
      ${known.map((one) => html`<option value=${one} ?selected=${one === chosen}>${words("scales.other", { scale: formatNumber(one, language) })}</option>`)}</select></label>`;
}

/** A field for each column that labels write, and one for the next. */
export function labelColumnFields(
  { words }: Writing,
  { columns, other_columns }: { columns: readonly Column[]; other_columns: readonly Column[] },
  labels: Style["labels"],
  choose: (place: number, column: string) => void,
): TemplateResult[] {
  const others = other_columns.length
    ? html`<optgroup label=${words("column.others")}>${columnOptions(other_columns, "")}</optgroup>`
    : nothing;
  const field = (column: string, i: number): TemplateResult =>
    html`<label class="field"><span>${words(i ? "labels.also" : "labels.column")}</span><select .value=${live(column)} @change=${(
      event: Event,
    ) => choose(i, typed(event))}>
        <option value="" ?selected=${!column}>${words("labels.none")}</option>
        ${columnOptions(columns, column)} ${others}</select></label>`;
  return [...labelColumns(labels), ""].slice(0, MOST_LABEL_COLUMNS).map(field);
}

/** How the labels of a column are written. */
export function labelFields(
  writing: Writing,
  labels: Style["labels"],
  set: (patch: Style["labels"]) => void,
): TemplateResult {
  const { words } = writing;
  const setSize = (event: Event): void => {
    const size = Number(typed(event));
    if (size >= 6 && size <= 40) set({ size });
  };
  return html`<label class="field"><span>${words("labels.size")}</span><input type="number" min="6" max="40" step="0.5" .value=${String(labels.size ?? LABEL_SIZE)} @change=${setSize} /></label>
      <label class="field"><span>${words("labels.priority")}</span><select @change=${(event: Event) => set({ priority: Number(typed(event)) })}>
        ${PRIORITIES.map((one) => html`<option value=${one} ?selected=${one === (labels.priority ?? USUAL_PRIORITY)}>${priorityWords(writing, one)}</option>`)}</select></label>
      ${scaleSelect(writing, words("labels.from"), labels.from_scale ?? null, (from_scale) => set({ from_scale }))}
      <div class="ticks"><label class="tick"><input type="checkbox" .checked=${labels.bold ?? false} @change=${(event: Event) => set({ bold: checked(event) })} />${words("labels.bold")}</label>
      <label class="tick"><input type="checkbox" .checked=${!labels.colour} @change=${(event: Event) => set({ colour: checked(event) ? null : "#1b2a2f" })} />${words("labels.colourAuto")}</label></div>
      ${labels.colour ? html`<label class="field"><span>${words("labels.colour")}</span><input type="color" .value=${labels.colour.slice(0, 7)} @input=${(event: Event) => set({ colour: typed(event) })} /></label>` : nothing}`;
}

function priorityWords({ words }: Writing, priority: number): string {
  const known: Record<number, StyleKey> = { 0: "priority.last", 5: "priority.usual", 10: "priority.first" };
  const key = known[priority];
  return key ? `${priority} (${words(key)})` : String(priority);
}

/** Whether the colours of a legend can be told from the grounds, and from one another. */
export function legibilitySection(words: StyleWords, legend: readonly Line[]): TemplateResult {
  const { faint, alike } = legibility(legend);
  return html`<section aria-labelledby="contrast-heading"><h2 id="contrast-heading">${words("contrast.heading")}</h2>
      <div role="status">
      ${faint.map(
        ({ ground, labels }) =>
          html`<p class="warning">${words("contrast.bad", { grounds: words(`ground.${ground}`).toLowerCase(), names: few(labels) })}</p>`,
      )}
      ${alike.length ? html`<p class="warning">${words("alike.text", { names: few(alike.map((pair) => pair.join(" / "))) })} ${words("alike.advice")}</p>` : nothing}
      ${faint.length || alike.length ? nothing : html`<p class="good">${words("contrast.good")}</p>`}</div></section>`;
}

const few = (names: readonly string[]): string =>
  names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(", ")}… (${names.length})` : names.join(", ");

/** What the data say of a legend that follows a column: how many features have no value, or no line. */
export function countWords(
  { words, language }: Writing,
  spread: Distribution | null,
  { legend, column, mode }: { legend: readonly Line[]; column: string; mode: Mode },
): string {
  if (!spread) return "";
  const parts: string[] = [];
  const add = (key: StyleKey, count: number): void => {
    parts.push(words(key, { count: formatNumber(count, language) }));
  };
  if (spread.empty) add("count.empty", spread.empty);
  if (mode === "categories" && spread.more) add("count.more", spread.values.length);
  const fits = (value: unknown): boolean => lineFor(legend, (one) => (one === column ? value : undefined)) >= 0;
  const named = spread.values.reduce((sum, { value, count }) => sum + (fits(value) ? 0 : count), 0);
  const left = named + (spread.empty && !fits(null) ? spread.empty : 0);
  if (left && (mode === "categories" || !spread.more)) add("count.left", left);
  return parts.join(" ");
}

/** A class between two limits; null for none. */
export function classWords({ words, language }: Writing, from: number | null, below: number | null): string {
  const shown = (value: number): string =>
    formatNumber(value, language, Math.min(6, String(value).split(".")[1]?.length ?? 0));
  if (from !== null && below !== null) return words("classes.between", { from: shown(from), below: shown(below) });
  if (from !== null) return words("classes.from", { from: shown(from) });
  return below === null ? words("classes.all") : words("classes.below", { below: shown(below) });
}

/** What of a QML style was not taken. */
export function qmlReport(words: StyleWords, left: readonly string[]): TemplateResult {
  return html`<p>${words("qml.taken")} ${left.length ? nothing : words("qml.nothing")}</p>
      ${left.length ? html`<p class="term">${words("qml.told")}</p><ul class="told">${left.map((one) => html`<li>${one}</li>`)}</ul>` : nothing}`;
}

import { html, nothing, type TemplateResult } from "lit";
import type { FormFault, FormField } from "../edit/form";
import { MIXED, readValue } from "../edit/form";
import { formatDate, formatInstant, formatPlain, type Language } from "../format/format";
import type { EditWords } from "../i18n/edit";
import { addressList, suggestAddresses } from "./address-field";

export interface FieldContext {
  readonly words: EditWords;
  readonly language: Language;
  readonly fault: string | null;
  /** What was said of the value, which is saved all the same. */
  readonly remark?: string | null;
  /** It is not asked of such a feature, and holds something all the same. */
  readonly stray?: boolean;
  readonly change: (value: unknown) => void;
}

/** A fault of a value, in words. */
export function faultWords(words: EditWords, fault: FormFault, language: Language): string {
  return words(`error.${fault.key}`, "limit" in fault ? { limit: formatLimit(fault.limit, language) } : {});
}

/** The four figures of a year stand together. */
const formatLimit = (limit: number, language: Language): string =>
  Number.isInteger(limit) && Math.abs(limit) < 10_000 ? String(limit) : formatPlain(limit, language);

/** A value in words, as a person reads it; "–" for none. */
export function valueWords(field: FormField | undefined, value: unknown, words: EditWords, language: Language): string {
  if (value === null || value === undefined || value === "") return "–";
  const chosen = field?.choices.find((choice) => String(choice.value) === String(value));
  if (chosen) return chosen.label;
  if (typeof value === "boolean") return words(value ? "field.yes" : "field.no");
  if (typeof value === "number") return `${formatPlain(value, language)}${field?.unit ? `\u00a0${field.unit}` : ""}`;
  if (field?.kind === "date") return formatDate(String(value), language);
  if (field?.kind === "datetime") return formatInstant(String(value), language);
  return String(value);
}

/** One field with its label, unit and fault. */
export function fieldRow(field: FormField, value: unknown, context: FieldContext): TemplateResult {
  const { words, fault } = context;
  const remark = fault ? null : (context.remark ?? null);
  const id = `field-${field.name}`;
  const note = field.readOnly ? words("field.readOnly") : field.required ? words("field.required") : "";
  const help = context.stray ? words("field.stray") : field.help;
  const told = [help ? `${id}-help` : "", fault ? `${id}-fault` : "", remark ? `${id}-remark` : ""]
    .filter(Boolean)
    .join(" ");
  const choice = field.kind === "boolean" && !field.readOnly;
  return html`<div class="field" ?data-fault=${fault !== null} ?data-remark=${remark !== null} ?data-mixed=${value === MIXED}>
    ${choice ? nothing : html`<label class="field-label" for=${id}>${field.label}${note ? html`<small>${note}</small>` : nothing}</label>`}
    ${field.readOnly ? readOnly(field, value, context, id) : input(field, value, context, id, told)}
    ${help ? html`<p class="field-help" id="${id}-help">${help}</p>` : nothing}
    ${fault ? html`<p class="field-fault" id="${id}-fault"><arp-icon name="alert"></arp-icon>${fault}</p>` : nothing}
    ${remark ? html`<p class="field-remark" id="${id}-remark"><arp-icon name="alert"></arp-icon>${remark}</p>` : nothing}
  </div>`;
}

function readOnly(field: FormField, value: unknown, { words, language }: FieldContext, id: string): TemplateResult {
  const text = value === MIXED ? words("field.mixed") : valueWords(field, value, words, language);
  return html`<output id=${id} class="field-output">${text}</output>`;
}

function input(field: FormField, value: unknown, context: FieldContext, id: string, told: string): TemplateResult {
  const shared = { field, value, context, id, told };
  switch (field.kind) {
    case "boolean":
      return yesOrNo(shared);
    case "choice":
      return choices(shared);
    case "long":
      return longText(shared);
    default:
      return shortText(shared);
  }
}

interface Shared {
  readonly field: FormField;
  readonly value: unknown;
  readonly context: FieldContext;
  readonly id: string;
  readonly told: string;
}

const changed = ({ field, context }: Shared, event: Event): void =>
  context.change(readValue(field, (event.target as HTMLInputElement).value).value);

/** What stands in the box: figures with the decimal mark of the language, without spaces that one would have to write. */
function shown({ field, value, context }: Shared): string {
  if (value === null || value === undefined || value === MIXED) return "";
  if (typeof value === "number") return context.language === "fr" ? String(value).replace(".", ",") : String(value);
  return field.kind === "datetime" ? localInstant(String(value)) : String(value);
}

/** An instant as an input of local time wants it. */
function localInstant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

const TYPES: Partial<Record<FormField["kind"], string>> = { date: "date", datetime: "datetime-local" };

/** Text is taken letter by letter; figures and dates when one leaves the box: half of one is none. */
function shortText(shared: Shared): TemplateResult {
  const { field, value, context, id, told } = shared;
  const figure = field.kind === "integer" || field.kind === "number";
  const change = (event: Event): void => changed(shared, event);
  const list = field.suggest ? `${id}-addresses` : nothing;
  return html`<span class="field-box" @input=${suggestAddresses}><input id=${id} list=${list} type=${TYPES[field.kind] ?? "text"} inputmode=${figure ? "decimal" : "text"} autocomplete="off"
      placeholder=${value === MIXED ? context.words("field.mixed") : nothing} maxlength=${field.longest ?? nothing}
      aria-required=${field.required ? "true" : nothing} aria-invalid=${context.fault ? "true" : nothing} aria-describedby=${told || nothing}
      .value=${shown(shared)} @input=${field.kind === "text" ? change : nothing} @change=${change} />
    ${field.unit ? html`<span class="field-unit">${field.unit}</span>` : nothing}${addressList(id, field.suggest)}</span>`;
}

function longText(shared: Shared): TemplateResult {
  const { field, value, context, id, told } = shared;
  return html`<textarea id=${id} rows="4" maxlength=${field.longest ?? nothing} placeholder=${value === MIXED ? context.words("field.mixed") : nothing}
    aria-required=${field.required ? "true" : nothing} aria-invalid=${context.fault ? "true" : nothing} aria-describedby=${told || nothing}
    .value=${shown(shared)} @input=${(event: Event) => changed(shared, event)}></textarea>`;
}

function choices(shared: Shared): TemplateResult {
  const { field, value, context, id, told } = shared;
  const known = value === MIXED || field.choices.some((choice) => String(choice.value) === String(value));
  const stray = !known && value !== null && value !== undefined && value !== "";
  return html`<span class="select"><select id=${id} aria-required=${field.required ? "true" : nothing} aria-invalid=${context.fault ? "true" : nothing}
      aria-describedby=${told || nothing} @change=${(event: Event) => changed(shared, event)}>
      <option value="" .selected=${value === null || value === undefined || value === "" || value === MIXED}>${context.words(value === MIXED ? "field.mixed" : "field.none")}</option>
      ${stray ? html`<option value=${String(value)} .selected=${true}>${String(value)}</option>` : nothing}
      ${field.choices.map((choice) => html`<option value=${String(choice.value)} .selected=${value !== MIXED && String(choice.value) === String(value)}>${choice.label}</option>`)}
    </select><arp-icon name="chevronDown"></arp-icon></span>`;
}

function yesOrNo(shared: Shared): TemplateResult {
  const { field, value, context } = shared;
  const { words } = context;
  const options: [unknown, string][] = [
    [true, words("field.yes")],
    [false, words("field.no")],
    ...(field.required ? [] : [[null, words("field.none")] as [unknown, string]]),
  ];
  return html`<fieldset class="segments field-segments"><legend class="field-label">${field.label}${field.required ? html`<small>${words("field.required")}</small>` : nothing}</legend>
    ${options.map(
      ([
        option,
        text,
      ]) => html`<label><input type="radio" name=${`field-${field.name}`} .checked=${(value ?? null) === option}
        @change=${() => context.change(option)} /><span>${text}</span></label>`,
    )}</fieldset>`;
}

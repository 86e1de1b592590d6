import { readNumber } from "../format/read";
import { sameValue, type Values } from "./session";

/** A JSON Schema of a layer as OGC API Features Part 5 has it: the part of it that makes a form. */
export interface LayerSchema {
  readonly title?: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
}

interface Property {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly { const: unknown; title?: string }[];
  readonly readOnly?: boolean;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly "x-ogc-role"?: string;
  readonly "x-ogc-unit"?: string;
  readonly "x-ogc-propertySeq"?: number;
  readonly "x-arpent-suggest"?: string;
  readonly "x-arpent-when"?: Readonly<Record<string, readonly unknown[]>>;
  readonly "x-enum-titles"?: Readonly<Record<string, string>>;
}

export type FieldKind = "text" | "long" | "integer" | "number" | "boolean" | "date" | "datetime" | "choice";

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly kind: FieldKind;
  readonly unit: string | null;
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly choices: readonly { value: unknown; label: string }[];
  readonly longest: number | null;
  /** What a new feature has. */
  readonly first: unknown;
  readonly least: number | null;
  readonly most: number | null;
  /** What is proposed while one types: `addresses` of the address layer. */
  readonly suggest: string | null;
  /** It is asked where another field has one of these values; of every feature where null. */
  readonly when: { readonly name: string; readonly values: readonly unknown[] } | null;
}

/** More than fits on one line: a box of several. */
const LONG_TEXT = 255;
const NOT_A_FIELD = ["id", "primary-geometry", "secondary-geometry"];

/** The fields of a form, in the order of the schema; neither identifier nor geometry is one. */
export function readSchema(schema: LayerSchema): FormField[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties)
    .filter(([, property]) => !isApart(property))
    .sort(([, a], [, b]) => (a["x-ogc-propertySeq"] ?? 0) - (b["x-ogc-propertySeq"] ?? 0))
    .map(([name, property]) => readField(name, property, required.has(name)));
}

/** Whether features may have several parts: what their table keeps. */
export function mayHaveParts(schema: LayerSchema): boolean {
  return Object.values(schema.properties).some(({ format }) =>
    /^geometry-(multi|any|geometrycollection)/.test(format ?? ""),
  );
}

function isApart(property: Property): boolean {
  return NOT_A_FIELD.includes(property["x-ogc-role"] ?? "") || (property.format ?? "").startsWith("geometry-");
}

function readField(name: string, property: Property, required: boolean): FormField {
  const choices = choicesOf(property);
  return {
    name,
    label: property.title ?? name,
    help: property.description ?? "",
    kind: choices.length ? "choice" : kindOf(property),
    unit: unitOf(property),
    required,
    readOnly: property.readOnly ?? false,
    choices,
    longest: property.maxLength ?? null,
    least: property.minimum ?? null,
    most: property.maximum ?? null,
    first: property.default ?? null,
    suggest: property["x-arpent-suggest"] ?? null,
    when: conditionOf(property),
  };
}

function conditionOf({ "x-arpent-when": when }: Property): FormField["when"] {
  const [condition] = Object.entries(when ?? {});
  return condition ? { name: condition[0], values: condition[1] } : null;
}

/** A unit as one writes it: the schema's are UCUM codes. */
const unitOf = ({ "x-ogc-unit": unit }: Property): string | null => unit?.replace(/^m2$/, "m²") ?? null;

function choicesOf({ oneOf, enum: values, "x-enum-titles": titles = {} }: Property): FormField["choices"] {
  const named = oneOf?.filter((one) => "const" in one && one.const !== null) ?? [];
  if (named.length) return named.map((one) => ({ value: one.const, label: one.title ?? String(one.const) }));
  return (values ?? [])
    .filter((value) => value !== null)
    .map((value) => ({ value, label: titles[String(value)] ?? String(value) }));
}

function kindOf({ type, format, maxLength }: Property): FieldKind {
  const [first] = (typeof type === "string" ? [type] : (type ?? [])).filter((one) => one !== "null");
  if (first === "integer" || first === "number" || first === "boolean") return first;
  if (format === "date") return "date";
  if (format === "date-time") return "datetime";
  return (maxLength ?? 0) > LONG_TEXT ? "long" : "text";
}

// --- which are asked ---------------------------------------------------------------------------------------------------

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === "";

const isAsked = ({ when }: FormField, values: Values): boolean =>
  when === null || when.values.some((value) => sameValue(value, values[when.name]));

/** It holds something that is not asked of such a feature: shown, so that one may empty it. */
export const isStray = (field: FormField, values: Values): boolean =>
  !isAsked(field, values) && !isEmpty(values[field.name]);

/** The fields that are asked of one of these features at least, and those that hold something. */
export const askedOf = (fields: readonly FormField[], all: readonly Values[]): FormField[] =>
  fields.filter((field) => all.some((values) => isAsked(field, values) || isStray(field, values)));

// --- values ------------------------------------------------------------------------------------------------------------

export type FormFault =
  | { readonly key: "required" | "integer" | "number" | "date" | "choice" }
  | { readonly key: "least" | "most" | "longest"; readonly limit: number };

export type Read = { readonly value: unknown } | { readonly fault: FormFault; readonly value: string };

/** What a person wrote, as a value of the field; the text itself stays where it is none, with the fault. */
export function readValue(field: FormField, text: string): Read {
  if (text.trim() === "") return { value: null };
  switch (field.kind) {
    case "integer":
    case "number":
      return readFigure(field, text);
    case "boolean":
      return { value: text === "true" };
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? { value: text } : { value: text, fault: { key: "date" } };
    case "datetime":
      return readInstant(text);
    case "choice":
      return readChoice(field, text);
    default:
      return { value: text };
  }
}

function readFigure(field: FormField, text: string): Read {
  const value = readNumber(text);
  if (value === null) return { value: text, fault: { key: field.kind === "integer" ? "integer" : "number" } };
  if (field.kind === "integer" && !Number.isSafeInteger(value)) return { value: text, fault: { key: "integer" } };
  return { value };
}

/** A local time of an input, as an instant. */
function readInstant(text: string): Read {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) return { value: text, fault: { key: "date" } };
  return { value: instant.toISOString() };
}

function readChoice(field: FormField, text: string): Read {
  const chosen = field.choices.find(({ value }) => String(value) === text);
  return chosen ? { value: chosen.value } : { value: text, fault: { key: "choice" } };
}

/** What the value is missing to be accepted; null when nothing is. */
export function faultOfValue(field: FormField, value: unknown): FormFault | null {
  if (isEmpty(value)) return field.required ? { key: "required" } : null;
  if (field.kind === "integer" || field.kind === "number") {
    if (typeof value !== "number") return { key: field.kind };
    if (field.least !== null && value < field.least) return { key: "least", limit: field.least };
    if (field.most !== null && value > field.most) return { key: "most", limit: field.most };
  }
  if (typeof value === "string" && field.longest !== null && value.length > field.longest)
    return { key: "longest", limit: field.longest };
  if ((field.kind === "date" && !isDate(value)) || (field.kind === "datetime" && !isInstant(value)))
    return { key: "date" };
  if (field.kind === "choice" && !field.choices.some((choice) => sameValue(choice.value, value)))
    return { key: "choice" };
  return null;
}

const isDate = (value: unknown): boolean => typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
const isInstant = (value: unknown): boolean => typeof value === "string" && !Number.isNaN(Date.parse(value));

/** The faults of the fields that one may write, by name. A value that was there before and is not touched is left alone. */
export function faultsOf(
  fields: readonly FormField[],
  values: Values,
  before: Values | null,
): Record<string, FormFault> {
  const found: Record<string, FormFault> = {};
  for (const field of fields) {
    if (field.readOnly) continue;
    const value = values[field.name];
    const fault = faultOfValue(field, value);
    const untouched = before !== null && sameValue(value, before[field.name]);
    if (fault && !untouched) found[field.name] = fault;
  }
  return found;
}

/** Everything a new feature starts with: nothing, in every field that one may write. */
export function emptyValues(fields: readonly FormField[]): Values {
  const first = Object.fromEntries(fields.map((field) => [field.name, field.first]));
  const written = fields.filter(({ readOnly }) => !readOnly);
  return Object.fromEntries(written.map((field) => [field.name, isStray(field, first) ? null : field.first]));
}

// --- several at once ---------------------------------------------------------------------------------------------------

/** Stands for values that differ from one feature to another. */
export const MIXED = Symbol("mixed");

/** The labels of what may be written and differs. */
export const differing = (fields: readonly FormField[], common: Record<string, unknown>): string[] =>
  fields.filter(({ name, readOnly }) => !readOnly && common[name] === MIXED).map(({ label }) => label);

/** The value that all features share in each field, or `MIXED`. */
export function commonValues(fields: readonly FormField[], all: readonly Values[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ name }) => {
      const [first, ...rest] = all.map((values) => values[name] ?? null);
      return [name, rest.every((value) => sameValue(value, first)) ? (first ?? null) : MIXED];
    }),
  );
}

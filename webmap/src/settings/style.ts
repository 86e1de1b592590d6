import type * as schema from "../api/schema";
import type { Condition, FieldType, GeometryType, LabelPart, Labels, LegendSymbol, Plain } from "../api/types";
import type { Language } from "../format/format";
import { luminance } from "../map/legend";
import type { Drawn } from "../map/preview";
import { type ColourRange, colours, opaque, REST, withOpacity } from "./colours";

export const LABEL_SIZE = 12;
export const USUAL_PRIORITY = 5;
export const MOST_LABEL_COLUMNS = 5;
const MOST_BREAKS = 20;

/** A line of a legend as the server keeps it, in both languages. */
export interface Line {
  label: string;
  label_en?: string;
  where?: Record<string, Condition>;
  symbol: LegendSymbol;
}

export interface Style {
  legend: Line[];
  labels: Partial<Labels> & { column?: string };
  scale_from: number | null;
  scale_to: number | null;
}

export interface Column {
  name: string;
  label: string;
  type: FieldType | "datetime";
  values?: Record<string, [string, string]>;
  /** How labels write it: before a value, and in place of a code. */
  prefix?: string;
  short?: Record<string, [string, string]>;
}

/** How the values of a column are spread, as the server counted. */
export interface Distribution extends Omit<schema.Distribution, "values"> {
  values: { value: Plain; count: number }[];
}

/** What chooses the symbol: nothing, the values of a column, classes of a number, or conditions of several kinds. */
export type Mode = "single" | "categories" | "classes" | "conditions";
export type Method = "quantiles" | "equal" | "natural";

export const NUMBERS: readonly string[] = ["integer", "number", "area_m2", "length_m"];
export const DASHES: readonly (number[] | null)[] = [null, [6, 3], [2, 2], [9, 4, 2, 4], [12, 6]];

const isBounds = (condition: Condition): boolean =>
  typeof condition === "object" && condition !== null && !("in" in condition);

/** What a legend that was made somewhere else chooses by, and the column. */
export function modeOf(legend: readonly Line[]): { mode: Mode; column: string } {
  const chosen = legend.map(({ where }) => Object.entries(where ?? {})).filter((entries) => entries.length);
  const column = chosen[0]?.[0]?.[0] ?? "";
  if (!chosen.length) return { mode: legend.length > 1 ? "conditions" : "single", column: "" };
  if (chosen.some((entries) => entries.length !== 1 || entries[0]?.[0] !== column))
    return { mode: "conditions", column };
  const bounded = chosen.filter((entries) => isBounds(entries[0]?.[1] ?? null)).length;
  if (bounded === chosen.length) return { mode: "classes", column };
  return { mode: bounded ? "conditions" : "categories", column };
}

export function plainSymbol(geometry: GeometryType, colour = "#0b5c6b"): LegendSymbol {
  if (geometry === "point")
    return { kind: "circle", fill: colour, stroke: "#ffffff", stroke_width: 1.5, radius: 5, shape: "circle" };
  if (geometry === "line") return { kind: "line", fill: null, stroke: colour, stroke_width: 2, dash: null };
  return { kind: "fill", fill: withOpacity(colour, 0.6), stroke: colour, stroke_width: 1, dash: null };
}

/** The same symbol in another colour: what it is mostly seen by changes, with its opacity kept. */
export function recoloured(symbol: LegendSymbol, colour: string): LegendSymbol {
  if (symbol.kind === "line") return { ...symbol, stroke: keepingOpacity(symbol.stroke, colour) };
  if (symbol.kind === "circle")
    return { ...symbol, fill: keepingOpacity(symbol.fill, colour), stroke: rim(symbol, colour) };
  const hatch = symbol.hatch && { ...symbol.hatch, colour: keepingOpacity(symbol.hatch.colour, colour) };
  const outlined = symbol.stroke && symbol.fill && opaque(symbol.stroke).colour === opaque(symbol.fill).colour;
  const fill = symbol.fill ? keepingOpacity(symbol.fill, colour) : null;
  return {
    ...symbol,
    ...(hatch ? { hatch } : {}),
    fill,
    stroke: outlined || !fill ? keepingOpacity(symbol.stroke, colour) : (symbol.stroke ?? null),
  };
}

const RIMS = ["#ffffff", "#1b2a2f"];

/** The rim of a point that was given none but white or ink: the one of the two that shows around the colour. */
function rim({ stroke }: LegendSymbol, colour: string): string | null {
  if (!stroke || !RIMS.includes(stroke)) return stroke ?? null;
  return luminance(colour) > 0.4 ? "#1b2a2f" : "#ffffff";
}

/** Lines and points have no outline that shows a pale body: their sequences begin later. */
const PALE = 0.3;

const keepingOpacity = (before: string | null | undefined, colour: string): string =>
  withOpacity(colour, before ? opaque(before).opacity : 1);

/** A line for each value, in the order of the words, and one for what is left. */
export function categories(
  column: Column,
  found: Distribution,
  range: ColourRange,
  base: LegendSymbol,
  words: { rest: string; restEn: string; empty: string },
): Line[] {
  const named = found.values.map(({ value }) => ({ value, words: wordsOf(column, value, words.empty) }));
  named.sort((a, b) => a.words[0].localeCompare(b.words[0], "fr", { numeric: true }));
  const given = colours(range, named.length);
  const lines: Line[] = named.map(({ value, words: [label, label_en] }, i) => ({
    label,
    label_en,
    where: { [column.name]: value },
    symbol: recoloured(base, given[i] ?? "#0b5c6b"),
  }));
  lines.push({ label: words.rest, label_en: words.restEn, symbol: recoloured(base, REST) });
  return lines;
}

function wordsOf(column: Column, value: Plain, empty: string): [string, string] {
  if (value === null || value === "") return [empty, ""];
  const known = column.values?.[String(value)];
  return known ? [known[0], known[1]] : [String(value), ""];
}

/** The inner breaks of so many classes, each once, rounded where rounding changes nothing for the data. */
export function breaksOf(found: Distribution, method: Method, classes: number): number[] {
  const { quantiles } = found;
  const [least = 0, most = 0] = [quantiles[0], quantiles.at(-1)];
  const inner = Array.from({ length: classes - 1 }, (_, i) => (i + 1) / classes);
  const raw =
    method === "natural"
      ? (found.natural[String(classes)] ?? [])
      : method === "equal"
        ? inner.map((share) => least + (most - least) * share)
        : inner.map((share) => quantiles[Math.round(share * (quantiles.length - 1))] ?? least);
  const step = (most - least) / 200;
  const rounded = raw.map((value) => round(value, step));
  return [...new Set(rounded)].filter((value) => value > least && value <= most).sort((a, b) => a - b);
}

/** The number with the fewest digits that is within half a step of this one. */
export function round(value: number, step: number): number {
  if (!(step > 0)) return value;
  const power = 10 ** Math.floor(Math.log10(step));
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Number((Math.round(value / power) * power).toFixed(digits));
}

/** A line for each class, from the least to the greatest; the first and the last are open. */
export function classLines(
  column: Column,
  breaks: readonly number[],
  range: ColourRange,
  base: LegendSymbol,
  say: (from: number | null, below: number | null) => string,
): Line[] {
  const given = colours(range, breaks.length + 1, base.kind === "fill" ? 0 : PALE);
  return given.map((colour, i) => {
    const from = breaks[i - 1] ?? null;
    const below = breaks[i] ?? null;
    const bounds = { ...(from === null ? {} : { from }), ...(below === null ? {} : { below }) };
    const where = { [column.name]: Object.keys(bounds).length ? bounds : { from: Number.MIN_SAFE_INTEGER } };
    return { label: say(from, below), label_en: "", where, symbol: recoloured(base, colour) };
  });
}

/** The inner breaks of classes that a legend holds; null where it holds anything else. */
export function breaksIn(legend: readonly Line[], column: string): number[] | null {
  const bounds = legend
    .map(({ where }) => where?.[column])
    .filter((one): one is { from?: number; below?: number } => isBounds(one ?? null));
  const breaks = bounds.slice(1).map(({ from }) => from);
  const follow = bounds.every(({ below }, i) => below === breaks[i]);
  return follow && breaks.every((one) => typeof one === "number") ? (breaks as number[]) : null;
}

/** A symbol for a line, in the colours that the line has. */
export function inOwnColours(symbol: LegendSymbol, { symbol: { fill, hatch, stroke } }: Line): LegendSymbol {
  return {
    ...symbol,
    ...(symbol.hatch
      ? { hatch: { ...symbol.hatch, colour: hatch?.colour ?? stroke ?? fill ?? symbol.hatch.colour } }
      : {}),
    fill: symbol.fill ? (fill ?? symbol.fill) : null,
    stroke: symbol.stroke ? (stroke ?? symbol.stroke) : null,
  };
}

/** Rising limits that were typed, apart by semicolons; null where they are none. */
export function readBreaks(text: string): number[] | null {
  const parts = text.split(";").filter((part) => part.trim());
  const breaks = parts.map((part) => Number(part.trim().replace(/\s/g, "").replace(",", ".")));
  const rising = breaks.every((value, i) => Number.isFinite(value) && (i === 0 || value > (breaks[i - 1] ?? value)));
  return rising && breaks.length && breaks.length < MOST_BREAKS ? breaks : null;
}

/** A style as the map draws it. */
export function drawnStyle(
  { legend, labels, scale_from, scale_to }: Style,
  columns: readonly Column[],
  language: Language,
): Drawn {
  if (!labels.column) return { legend, labels: null, scale_from, scale_to };
  const usual = { also: [], size: LABEL_SIZE, colour: null, bold: false, from_scale: null, priority: USUAL_PRIORITY };
  const parts = labelColumns(labels).map((name) => labelPart(name, columns, language));
  return { legend, labels: { ...usual, ...labels, parts } as Labels, scale_from, scale_to };
}

/** The columns that labels write, in their order. */
export const labelColumns = ({ column, also }: Style["labels"]): string[] => (column ? [column, ...(also ?? [])] : []);

/** The labels with a column at a place, each column once; an empty name takes it out, the last one the labels. */
export function withColumn(labels: Style["labels"], place: number, name: string): Style["labels"] {
  const names = labelColumns(labels);
  names[place] = name;
  const [column, ...also] = [...new Set(names.filter(Boolean))];
  if (!column) return {};
  const { also: _before, ...rest } = { size: LABEL_SIZE, ...labels };
  return also.length ? { ...rest, column, also } : { ...rest, column };
}

function labelPart(name: string, columns: readonly Column[], language: Language): LabelPart {
  const column = columns.find((one) => one.name === name);
  const words = Object.entries(column?.short ?? {}).map(([code, [fr, en]]) => [code, language === "en" ? en : fr]);
  return { column: name, prefix: column?.prefix ?? "", short: Object.fromEntries(words) };
}

import { toLambert93 } from "../geo/lambert93";
import type { Position, Shape } from "../geo/shape";
import type { FormField } from "./form";
import type { Values } from "./session";

/** A position of the device, in degrees, with the accuracy that it claims, in metres. */
export interface Fix {
  readonly lon: number;
  readonly lat: number;
  readonly accuracy: number;
}

/** The mean of several fixes, in EPSG:2154; `accuracy` in metres, never better than that of the best of them. */
export interface Measure {
  readonly at: Position;
  readonly accuracy: number;
  readonly count: number;
}

export type AccuracyClass = "A" | "B" | "C";

/** Older fixes are let go: one may have walked on. */
export const MOST_FIXES = 30;
/** A fix so much further than the accuracies of both say is another place: the mean begins anew. */
const ELSEWHERE = 3;
/** Order of 15 February 2012, article 1 (class A of rigid networks, the stricter one), in metres. */
const CLASSES: readonly [AccuracyClass, number][] = [
  ["A", 0.4],
  ["B", 1.5],
];
const FIELD = { accuracy: "precision_xy", source: "survey_source", date: "surveyed_date" };

/** The fixes with one more: those of a place that one has left are forgotten. */
export function withFix(fixes: readonly Fix[], fix: Fix): Fix[] {
  const before = measureOf(fixes);
  if (!before) return [fix];
  const [x, y] = toLambert93([fix.lon, fix.lat]);
  const away = Math.hypot(x - before.at[0], y - before.at[1]);
  return away > ELSEWHERE * Math.max(before.accuracy, fix.accuracy) ? [fix] : [...fixes, fix].slice(-MOST_FIXES);
}

/** Their mean, each by the inverse of its squared accuracy: errors of neighbouring fixes are alike, so it claims no more. */
export function measureOf(fixes: readonly Fix[]): Measure | null {
  if (!fixes.length) return null;
  let [x, y, weights, spread] = [0, 0, 0, 0];
  const best = Math.min(...fixes.map(({ accuracy }) => accuracy));
  for (const { lon, lat, accuracy } of fixes) {
    const weight = 1 / Math.max(accuracy, 0.01) ** 2;
    const [east, north] = toLambert93([lon, lat]);
    x += east * weight;
    y += north * weight;
    spread += accuracy * weight;
    weights += weight;
  }
  return { at: [x / weights, y / weights], accuracy: Math.max(best, spread / weights), count: fixes.length };
}

export const classOf = (accuracy: number): AccuracyClass => CLASSES.find(([, most]) => accuracy <= most)?.[0] ?? "C";

/** What was measured where, to be kept with the shapes that are made of it. */
export class Survey {
  private readonly measures = new Map<string, Measure>();

  add(measure: Measure, at: Position): void {
    this.measures.set(String(at), measure);
  }

  /** The least accurate of the measures of a shape; null where any of its places is not measured. */
  worst(shape: Shape): Measure | null {
    const all = shape.parts.flat(2).map((at) => this.measures.get(String(at)) ?? null);
    const known = all.filter((one) => one !== null);
    if (!known.length || known.length < all.length) return null;
    return known.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  }
}

/** The fields of a layer that say how a place was measured, filled from a measure; those that it does not have are left. */
export function surveyValues(
  fields: readonly FormField[],
  { accuracy, count }: Measure,
  day: string,
  source: (figures: { accuracy: number; count: number }) => string,
): Values {
  const name = classOf(accuracy);
  const has = (field: string, value?: string): boolean =>
    fields.some(
      (one) => one.name === field && !one.readOnly && (!value || one.choices.some((choice) => choice.value === value)),
    );
  return {
    ...(has(FIELD.accuracy, name) ? { [FIELD.accuracy]: name } : {}),
    ...(has(FIELD.source) ? { [FIELD.source]: source({ accuracy, count }) } : {}),
    ...(has(FIELD.date) ? { [FIELD.date]: day } : {}),
  };
}

/** Whether these values say less of the place than those that were there: to be told, not done in silence. */
export function isLess(before: Values, after: Values): boolean {
  const [from, to] = [before[FIELD.accuracy], after[FIELD.accuracy]];
  return typeof from === "string" && typeof to === "string" && from < to;
}

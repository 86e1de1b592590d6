import type * as schema from "../api/schema";
import { ringArea } from "../geo/geodesy";
import type { Bbox, LonLat } from "../geo/mercator";
import type { Choice, ChosenParcel, DrawnGround, Measure } from "../state/state";

export const MOST_CHOSEN = 2000;
export const MOST_IN_SHEET = 100;
export const FARTHEST_M = 1000;

/** An answer of /parcels/select/. */
export type Selected = Omit<schema.Selection, "measured_m2">;

export const WAYS = ["click", "draw", "list"] as const;
export type Way = (typeof WAYS)[number];
export type DrawKind = "point" | "line" | "area";
export const LEAST_POINTS: Record<DrawKind, number> = { point: 1, line: 2, area: 3 };

export const NOTHING: Choice = { parcels: [], secret: false };

/** What is kept of a choice until it is done, but parcels that owners' data led to. */
export interface KeptChoice {
  readonly way: Way;
  readonly kind: DrawKind;
  readonly distance: string;
  readonly text: string;
  readonly commune: string;
  readonly drawing: Measure | null;
  readonly parcels: readonly string[];
  /** Those that were chosen before the drawing. */
  readonly before: readonly string[];
}

/** The identifiers of parcels, none where owners' data took part in their choice. */
export const keepable = ({ parcels, secret }: Choice): string[] => (secret ? [] : parcels.map(({ idu }) => idu));

const byIdu = (a: ChosenParcel, b: ChosenParcel): number => (a.idu < b.idu ? -1 : a.idu > b.idu ? 1 : 0);

/** Those of both, each once, in the order of their identifiers; `over` where there are more than a selection holds. */
export function together(
  before: readonly ChosenParcel[],
  more: readonly ChosenParcel[],
): { parcels: ChosenParcel[]; over: boolean } {
  const known = new Set(before.map(({ id }) => id));
  const fresh = more.filter(({ id }) => !known.has(id));
  const kept = [...before, ...fresh.slice(0, Math.max(0, MOST_CHOSEN - before.length))];
  return { parcels: kept.sort(byIdu), over: before.length + fresh.length > MOST_CHOSEN };
}

export function without(parcels: readonly ChosenParcel[], id: number): ChosenParcel[] {
  return parcels.filter((parcel) => parcel.id !== id);
}

export interface Totals {
  readonly measured_m2: number;
  /** Null where the register gives no area for one of them. */
  readonly area_m2: number | null;
}

export function totals(parcels: readonly ChosenParcel[]): Totals {
  const registered = parcels.map(({ area_m2 }) => area_m2);
  return {
    measured_m2: parcels.reduce((sum, { measured_m2 }) => sum + measured_m2, 0),
    area_m2: registered.includes(null) ? null : registered.reduce<number>((sum, area) => sum + (area ?? 0), 0),
  };
}

export function bboxOf(parcels: readonly ChosenParcel[]): Bbox | null {
  if (!parcels.length) return null;
  const edge = (i: 0 | 1 | 2 | 3, most: (...values: number[]) => number): number =>
    parcels.map(({ bbox_4326 }) => bbox_4326[i]).reduce((a, b) => most(a, b));
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
}

/** The names of the communes, those that come most often first. */
export function communesOf(parcels: readonly ChosenParcel[]): string[] {
  const counts = new Map<string, number>();
  for (const { commune, insee } of parcels) {
    const name = commune ?? insee;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
}

/** GeoJSON of what was drawn; null while there are too few points. */
export function geometryOf(kind: DrawKind, points: readonly LonLat[]): DrawnGround["shape"] | null {
  const [first] = points;
  if (!first || points.length < LEAST_POINTS[kind]) return null;
  if (kind === "point") return { type: "Point", coordinates: first };
  if (kind === "line") return { type: "LineString", coordinates: points };
  return { type: "Polygon", coordinates: [[...points, first]] };
}

export const areaOf = (points: readonly LonLat[]): number => ringArea([...points]);

export interface Commune {
  readonly insee: string;
  readonly name: string;
}

export const communeText = ({ insee, name }: Commune): string => `${name} (${insee})`;

/** The INSEE code in what was typed: written out, or that of a known commune; null where there is neither. */
export function inseeIn(text: string, known: readonly Commune[]): string | null {
  const code = text.match(/(?:^|[^0-9A-Z])(\d[\dAB]\d{3})(?:$|[^0-9A-Z])/i)?.[1];
  if (code) return code.toUpperCase();
  const wanted = folded(text);
  return known.find(({ name }) => folded(name) === wanted)?.insee ?? null;
}

/** A name without its case, accents, hyphens and apostrophes. */
function folded(name: string): string {
  const bare = name.normalize("NFD").replace(/\p{M}/gu, "");
  return bare
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

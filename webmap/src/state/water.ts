import type { Geometry } from "../geo/geojson";
import type { LonLat } from "../geo/mercator";

/** The marks of the water desk: each told from the others by its shape as well. */
export const MARKS = [
  "break",
  "close",
  "optional",
  "closed",
  "skipped",
  "stop",
  "tank",
  "sensitive",
  "hydrant",
  "alternative",
  "start",
  "end",
  "reached",
  "anomaly",
] as const;
export type MarkKind = (typeof MARKS)[number];

/** `was` and `will`: what a repair changes. */
export type LineKind = "zone" | "cut_off" | "way" | "was" | "will";

export interface WaterLine {
  readonly kind: LineKind;
  readonly geometry: Geometry;
}

export interface WaterMark {
  /** Names it among the marks, and in the lists. */
  readonly key: string;
  readonly kind: MarkKind;
  readonly at: LonLat;
  /** Written in it. */
  readonly text?: string;
}

/** What the map shows for the water desk, as plain data. */
export interface WaterPicture {
  readonly lines: readonly WaterLine[];
  readonly marks: readonly WaterMark[];
  /** The mark that is looked at. */
  readonly current: string | null;
}

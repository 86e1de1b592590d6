/** What the networks' API asks and answers; geometries in degrees. */
import type * as schema from "../api/schema";
import type { Geometry } from "../geo/geojson";
import type { LonLat } from "../geo/mercator";

export const FAMILIES = ["water", "sewer"] as const;
export type Family = (typeof FAMILIES)[number];
export const DIRECTIONS: readonly Direction[] = ["upstream", "downstream", "connected", "between"];
export type Direction = schema.DirectionEnum;

/** Where something begins: a pipe that is known, or the nearest one to a place. */
export type Start = { readonly pipe: number } | { readonly point: LonLat; readonly crs: 4326 };

export const startAt = (point: LonLat): Start => ({ point, crs: 4326 });

export type Valve = schema.Valve;
export type ValveStatus = Valve["status"];
export type Break = schema.BreakAnswer;
export type Source = schema.NetworkEnd;
export type Tank = schema.DryTank;
export type Alternative = schema.Alternative;
export type Connection = schema.Served;
/** A thing of the network that one may go to. */
export type Place = Pick<schema.Place, "id" | "reference" | "point"> & Partial<Pick<schema.Place, "name">>;

export interface Extent extends Omit<schema.Stretch, "geometry"> {
  readonly geometry: Geometry | null;
}

/** What must be closed so that a break runs dry, and who is without water then. */
export interface Isolation extends Omit<schema.Isolation, "family" | "zone" | "cut_off"> {
  readonly family: "water";
  readonly zone: Extent;
  readonly cut_off: Extent;
}

export interface Trace extends Omit<schema.Trace, "family" | "geometry"> {
  readonly family: Family;
  readonly geometry: Geometry | null;
}

// --- addresses ---------------------------------------------------------------------------------------------------------

export const isolationUrl = (api: string): string => `${api}networks/water/isolation`;
export const traceUrl = (api: string, family: Family): string => `${api}networks/${family}/trace`;
/** Where an outage is saved, and the list of them. */
export const outagesUrl = (networks: string): string => `${networks}coupures/`;

/** A longitudinal profile is drawn of so many pipes at most. */
export const MOST_IN_PROFILE = 500;

/** The profile along what was traced; null where it is no way, or too long a one. */
export function profileUrl(networks: string, trace: Trace): string | null {
  const { family, direction, pipe_ids: pipes, truncated } = trace;
  // What hangs on a pipe under pressure, or is connected, branches: it has no profile.
  const way = direction === "between" || (family === "sewer" ? direction !== "connected" : direction === "upstream");
  if (!way || truncated || !pipes.length || pipes.length > MOST_IN_PROFILE) return null;
  return `${networks}profil/?family=${family}&pipes=${pipes.join(",")}`;
}

/** As many breaks as the server takes in one question. */
export const MOST_BREAKS = 20;

/** The pipes that parts of a link name: each once, and no more than one may ask for. */
export function pipesIn(parts: readonly string[]): number[] {
  const pipes = parts.filter((one) => /^[1-9]\d{0,14}$/.test(one)).map(Number);
  return [...new Set(pipes)].slice(0, MOST_BREAKS);
}

// --- bodies ------------------------------------------------------------------------------------------------------------

export interface IsolationRequest {
  readonly breaks: readonly Start[];
  readonly unusable: readonly number[];
}

export interface TraceRequest {
  readonly direction: Direction;
  readonly from: Start;
  readonly to: Start | null;
}

export function traceBody({ direction, from, to }: TraceRequest): unknown {
  return { ...from, direction, ...(direction === "between" ? { to } : {}) };
}

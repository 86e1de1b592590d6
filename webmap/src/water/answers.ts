/** What the networks' API asks and answers; geometries in degrees. */
import type { Geometry } from "../api/types";
import type { Bbox, LonLat } from "../geo/mercator";

export const FAMILIES = ["water", "sewer"] as const;
export type Family = (typeof FAMILIES)[number];
export const DIRECTIONS = ["upstream", "downstream", "connected", "between"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Where something begins: a pipe that is known, or the nearest one to a place. */
export type Start = { readonly pipe: number } | { readonly point: LonLat; readonly crs: 4326 };

export const startAt = (point: LonLat): Start => ({ point, crs: 4326 });

export const STATUSES = ["close", "optional", "closed", "skipped"] as const;
export type ValveStatus = (typeof STATUSES)[number];

export interface Valve {
  readonly id: number;
  readonly reference: string | null;
  readonly status: ValveStatus;
  /** Why it was passed over. */
  readonly why: "broken" | "buried" | "unusable" | null;
  readonly diameter_mm: number | null;
  readonly point: LonLat;
  readonly address: string | null;
}

export interface Place {
  readonly id: number;
  readonly reference: string | null;
  readonly name?: string | null;
  readonly point: LonLat;
}

export interface Source extends Place {
  readonly kind: string;
  readonly kind_label: string;
}

export interface Tank extends Place {
  readonly capacity_m3: number | null;
}

export interface Alternative extends Place {
  readonly connections: number;
  readonly length_m: number;
}

export interface Connection extends Place {
  readonly address: string | null;
  readonly sensitive: string | null;
  readonly sensitive_label: string | null;
  readonly sensitive_name: string | null;
  readonly dwellings: number | null;
}

export interface Extent {
  readonly pipes: number;
  readonly length_m: number;
  readonly volume_m3: number;
  /** Pipes whose volume is not known. */
  readonly without_diameter: number;
  readonly geometry: Geometry | null;
}

export interface Break {
  readonly pipe: number;
  readonly reference: string | null;
  readonly point: LonLat;
  readonly distance_m: number;
}

/** What must be closed so that a break runs dry, and who is without water then. */
export interface Isolation {
  readonly family: "water";
  readonly breaks: readonly Break[];
  readonly source_known: boolean;
  readonly message: string | null;
  readonly valves: readonly Valve[];
  readonly sources_to_stop: readonly Source[];
  readonly zone: Extent;
  readonly cut_off: Extent;
  readonly tanks: readonly Tank[];
  readonly alternatives: readonly Alternative[];
  readonly connections: {
    readonly count: number;
    readonly dwellings: number;
    readonly truncated: boolean;
    /** The sensitive ones first. */
    readonly results: readonly Connection[];
  };
  readonly addresses: readonly string[];
  readonly hydrants: readonly Place[];
  readonly bbox_4326: Bbox | null;
}

export interface Trace {
  readonly family: Family;
  readonly direction: Direction;
  readonly message: string | null;
  readonly pipes: number;
  readonly nodes: number;
  readonly length_m: number;
  readonly volume_m3: number | null;
  readonly connections: number;
  readonly dwellings: number;
  readonly ends: readonly Source[];
  readonly pipe_ids: readonly number[];
  readonly truncated: boolean;
  readonly geometry: Geometry | null;
  readonly bbox_4326: Bbox | null;
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

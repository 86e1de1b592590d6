import type * as schema from "../api/schema";
import { fromLambert93 } from "../geo/lambert93";
import { faultOf, type Position } from "../geo/shape";
import { LINE_KINDS, type Line, type LineKind } from "./lines";
import {
  angleOf,
  bearing,
  circular,
  closed,
  cornersOf,
  LEAST_SIDE_M,
  type Outline,
  pairs,
  rectangleOf,
  shapeOf,
  turning,
} from "./outline";

export const ROOFS = ["flat", "gable", "hip", "mono"] as const;
export type Roof = (typeof ROOFS)[number];
/** How the ridge lies to the first side, in degrees clockwise; a mono-pitch rises to the right of it. */
export const RIDGE_TURNS = [0, 90, 180, 270] as const;

/** A volume of the project; heights in metres above its foot, which stands on the natural ground. */
export interface Volume {
  readonly id: number;
  readonly name: string;
  readonly outline: Outline;
  readonly roof: Roof;
  readonly eaves: number;
  readonly ridge: number;
  readonly ridgeTurn: number;
  readonly levels: number | null;
  /** The height (NGF) of its foot; none: on the natural ground. */
  readonly base?: number | null;
}

export interface Project {
  /** The parcels that the project stands on, by their identifiers. */
  readonly parcels: readonly string[];
  readonly volumes: readonly Volume[];
  readonly lines: readonly Line[];
  /** Buildings of the plan that are pulled down, by their ids. */
  readonly demolished: readonly number[];
}

/** What a variant holds beside its letter. */
export type Drawing = Omit<Project, "parcels">;

export const NO_DRAWING: Drawing = { volumes: [], lines: [], demolished: [] };

export const HIGHEST_M = 400;
const LONGEST_NAME = 80;

export const nextId = (rows: readonly { readonly id: number }[]): number =>
  Math.max(0, ...rows.map(({ id }) => id)) + 1;
export const ridgeOf = ({ roof, eaves, ridge }: Volume): number => (roof === "flat" ? eaves : Math.max(eaves, ridge));

/** Whether the server would take its footprint. */
export function faultIn({ outline }: Volume): "crossing" | "short" | null {
  return faultOf(shapeOf(outline))?.kind ?? null;
}

/** Whether there is something to judge, and the server would take it. */
export const isSound = ({ volumes }: Pick<Project, "volumes">): boolean => volumes.length > 0 && !volumes.some(faultIn);

/** As the server wants it. */
export function volumeBody(volume: Volume): schema.SimulationVolume {
  const { roof, eaves, levels, outline, ridgeTurn, base = null } = volume;
  return {
    footprint: { type: "Polygon", coordinates: [closed(cornersOf(outline))] },
    base,
    eaves,
    ridge: ridgeOf(volume),
    roof,
    ridge_azimuth: roof === "flat" ? null : Math.round(circular(angleOf(outline) + ridgeTurn) * 1000) / 1000,
    levels,
  };
}

export const volumesBody = ({ volumes }: Pick<Project, "volumes">): schema.SimulationVolume[] =>
  volumes.map(volumeBody);

/** What a variant keeps on the server. */
export function drawingBody({ volumes, lines, demolished }: Drawing): schema.ProjectVariantFields {
  return {
    volumes: volumes.map((volume) => ({ ...volumeBody(volume), name: volume.name })),
    lines: lines.map(({ kind, name, points, width, height }) => {
      return { kind, name, width, height, line: { type: "LineString", coordinates: points } };
    }),
    demolished: [...demolished],
  };
}

/** The drawing of a variant as the server kept it; what has no outline here is left out. */
export function readDrawing({ volumes, lines = [], demolished = [] }: schema.ProjectVariantFields): Drawing {
  return {
    volumes: volumes.flatMap((row, i): Volume[] => {
      const volume = readVolume(row, i + 1);
      return volume ? [volume] : [];
    }),
    lines: lines.flatMap((row, i): Line[] => {
      const points = positionsOf((row.line as { coordinates?: unknown }).coordinates);
      const { kind, name = "", width, height = 0 } = row;
      return points.length > 1 ? [{ id: i + 1, kind, name, points, width, height }] : [];
    }),
    demolished,
  };
}

function readVolume(row: schema.ProjectVolume, id: number): Volume | null {
  const outline = outlineOf(row.footprint);
  if (!outline) return null;
  const { eaves, ridge = null, roof = "flat", ridge_azimuth = null, levels = null, base = null, name } = row;
  const azimuth = ridge_azimuth ?? longestDirection(outline);
  const ridgeTurn = quarter(circular(azimuth - angleOf(outline)));
  return { id, name: name ?? "", outline, roof, eaves, ridge: ridge ?? eaves, ridgeTurn, levels, base };
}

/** The outline of a footprint (GeoJSON, EPSG:2154): a rectangle where its angles are right. Courtyards are left aside. */
export function outlineOf(footprint: unknown): Outline | null {
  const ring = (footprint as { coordinates?: unknown[] } | null)?.coordinates?.[0];
  const corners = positionsOf(ring).slice(0, -1);
  return corners.length < 3 ? null : (rectangleOf(corners) ?? { kind: "polygon", corners });
}

export const hasCourtyard = (footprint: unknown): boolean =>
  ((footprint as { coordinates?: unknown[] } | null)?.coordinates?.length ?? 0) > 1;

const positionsOf = (given: unknown): Position[] =>
  Array.isArray(given) ? given.map((one: unknown) => (one as number[]).slice(0, 2) as unknown as Position) : [];

function longestDirection(outline: Outline): number {
  const sides = pairs(closed(cornersOf(outline)));
  const length = ([[ax, ay], [bx, by]]: [Position, Position]): number => Math.hypot(bx - ax, by - ay);
  const [longest] = sides.sort((one, other) => length(other) - length(one));
  return longest ? bearing(...longest) : 0;
}

/** A turn that is right but for what rounding did to it. */
const quarter = (degrees: number): number => {
  const right = (Math.round(degrees / 90) * 90) % 360;
  return Math.abs(turning(degrees - right)) < 0.01 ? right : round(degrees, 3);
};

/** The project as GeoJSON (RFC 7946: degrees, WGS 84), with what each volume is. */
export function geoJsonOf(project: Pick<Project, "parcels" | "volumes">): object {
  return {
    type: "FeatureCollection",
    parcels: project.parcels,
    features: project.volumes.map((volume) => {
      const { name, outline, roof, eaves, levels } = volume;
      const ring = anticlockwise(cornersOf(outline)).map(([x, y]) => fromLambert93([x, y]).map((one) => round(one, 9)));
      const { ridge_azimuth } = volumeBody(volume);
      return {
        type: "Feature",
        geometry: { type: "Polygon", coordinates: [[...ring, ...ring.slice(0, 1)]] },
        properties: { name, roof, eaves_m: eaves, ridge_m: ridgeOf(volume), ridge_azimuth, levels },
      };
    }),
  };
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

function anticlockwise(corners: readonly Position[]): readonly Position[] {
  const twice = corners.reduce((sum, [ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length] ?? [ax, ay];
    return sum + (bx - ax) * (by + ay);
  }, 0);
  return twice > 0 ? corners.slice().reverse() : corners;
}

// --- what was kept -----------------------------------------------------------------------------------------------------

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isPosition = (value: unknown): value is Position =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber);

function readOutline(given: Partial<Record<string, unknown>>): Outline | null {
  const { kind, centre, width, depth, angle, corners } = given;
  if (kind === "rectangle" && isPosition(centre) && isNumber(width) && isNumber(depth) && isNumber(angle))
    return width >= LEAST_SIDE_M && depth >= LEAST_SIDE_M ? { kind, centre, width, depth, angle } : null;
  if (kind === "polygon" && Array.isArray(corners) && corners.length > 2 && corners.every(isPosition))
    return { kind, corners };
  return null;
}

/** What an earlier page kept, as far as it can be read. */
export function readProject(given: Partial<Record<string, unknown>> | null): Project {
  const parcels = Array.isArray(given?.parcels) ? given.parcels.filter((one) => typeof one === "string") : [];
  return { parcels, ...readKept(given) };
}

/** What an earlier page kept of a variant, as far as it can be read. */
export function readKept(given: Partial<Record<string, unknown>> | null): Drawing {
  const rows: unknown[] = Array.isArray(given?.volumes) ? given.volumes : [];
  const lines: unknown[] = Array.isArray(given?.lines) ? given.lines : [];
  const demolished = Array.isArray(given?.demolished) ? given.demolished.filter(isNumber) : [];
  return { volumes: readVolumes(rows), lines: lines.flatMap(readLine), demolished };
}

function readLine(row: unknown, i: number): Line[] {
  const one = (row ?? {}) as Partial<Line>;
  const kind: LineKind | undefined = LINE_KINDS.find((known) => known === one.kind);
  const points = Array.isArray(one.points) ? one.points.filter(isPosition) : [];
  if (!kind || points.length < 2 || !isNumber(one.width) || !isNumber(one.height)) return [];
  const name = String(one.name ?? "").slice(0, LONGEST_NAME);
  return [{ id: i + 1, kind, name, points, width: one.width, height: one.height }];
}

function readVolumes(rows: readonly unknown[]): Volume[] {
  return rows.flatMap((row, i): Volume[] => {
    const one = (row ?? {}) as Partial<Volume>;
    const outline = one.outline && readOutline({ ...one.outline });
    if (!outline || !isNumber(one.eaves) || !isNumber(one.ridge)) return [];
    const roof = ROOFS.find((known) => known === one.roof) ?? "flat";
    const levels = isNumber(one.levels) ? one.levels : null;
    const name = String(one.name ?? "").slice(0, LONGEST_NAME);
    const ridgeTurn = isNumber(one.ridgeTurn) ? one.ridgeTurn : 0;
    const base = isNumber(one.base) ? one.base : null;
    return [{ id: i + 1, name, outline, roof, eaves: one.eaves, ridge: one.ridge, ridgeTurn, levels, base }];
  });
}

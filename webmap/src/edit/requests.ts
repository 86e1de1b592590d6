import type { Geometry } from "../api/types";
import { toLambert93 } from "../geo/lambert93";
import type { Bbox, LonLat } from "../geo/mercator";
import { type Box, type Position, readShape, type Shape, writeShape } from "../geo/shape";
import { changedFields, type Draft, isMoved, type Stored, type Values } from "./session";

/** Geometries travel in Lambert-93: what was snapped to keeps its coordinates to the last bit. */
const CRS = "EPSG:2154";
export const CRS_URI = "http://www.opengis.net/def/crs/EPSG/0/2154";
const OGC = "/ogc/";

const part = encodeURIComponent;
const layerUrl = (api: string, layer: string): string => `${api}layers/${part(layer)}/`;

export const schemaUrl = (api: string, layer: string): string => `${layerUrl(api, layer)}schema/`;
export const editsUrl = (api: string, layer: string): string => `${layerUrl(api, layer)}edits/`;
export const mergeUrl = (api: string, layer: string): string => `${layerUrl(api, layer)}merge/`;
export const deletedUrl = (api: string, layer: string): string => `${layerUrl(api, layer)}deleted/`;
export const placeUrl = (api: string, reference: string): string =>
  `${api}networks/roads/locate?${new URLSearchParams({ reference })}`;
/** Features that break a rule of the layer, within a box in degrees. */
export const issuesUrl = (api: string, layer: string, bbox: Bbox): string =>
  `${layerUrl(api, layer)}issues/?bbox=${bbox.map((value) => Number(value.toFixed(6))).join(",")}&limit=50`;

/** Something about one feature: its history, attachments, or what splits and restores it. */
export function aboutUrl(
  api: string,
  layer: string,
  id: number,
  what: "history" | "restore" | "split" | "attachments",
): string {
  return `${layerUrl(api, layer)}features/${id}/${what}/`;
}

export const attachmentUrl = (api: string, layer: string, id: number, attachment: number): string =>
  `${aboutUrl(api, layer, id, "attachments")}${attachment}/`;

/** One feature with its exact coordinates. */
export const exactUrl = (layer: string, id: number): string =>
  `${OGC}collections/${part(layer)}/items/${id}?crs=${part(CRS_URI)}`;

/** What one may snap to within a box of EPSG:2154, rounded outwards to the metre so that an answer can be kept. */
export function snapUrl(api: string, [west, south, east, north]: Box, layers: readonly string[]): string {
  const box = [Math.floor(west), Math.floor(south), Math.ceil(east), Math.ceil(north)].join(",");
  return `${api}snap/?bbox=${box}&layers=${layers.map(part).join(",")}`;
}

// --- bodies ------------------------------------------------------------------------------------------------------------

interface EditBody {
  action: "create" | "update" | "delete";
  client_id: string;
  id?: number;
  version?: number;
  properties?: Values;
  geometry?: Geometry | null;
}

/** All that is pending, as one request: everything is written or nothing is. */
export function editsBody(drafts: readonly Draft[]): { crs: string; edits: EditBody[] } {
  return { crs: CRS, edits: drafts.map(editOf) };
}

function editOf(draft: Draft): EditBody {
  const { base, clientId: client_id, shape } = draft;
  const properties = written(draft.properties, changedFields(draft));
  const geometry = shape && writeShape(shape);
  if (!base) return { action: "create", client_id, properties, geometry };
  const known = { client_id, id: base.id, version: base.version };
  if (draft.deleted) return { action: "delete", ...known };
  return { action: "update", ...known, properties, ...(isMoved(draft) ? { geometry } : {}) };
}

/** An emptied field is null, not an empty text. */
const written = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, values[name] === "" ? null : (values[name] ?? null)]));

export const splitBody = (version: number, line: Shape): unknown => ({ crs: CRS, version, line: writeShape(line) });

export const mergeBody = (features: readonly Stored[]): unknown => ({
  features: features.map(({ id, version }) => ({ id, version })),
});

// --- answers -----------------------------------------------------------------------------------------------------------

/** A GeoJSON feature, in EPSG:2154 unless said otherwise. */
export interface FeatureJson {
  readonly id?: number | string;
  readonly geometry: Geometry | null;
  readonly properties: Values | null;
  readonly version?: number;
  readonly title?: string;
}

/** A feature of an answer as the session keeps it. */
export function storedOf(json: FeatureJson, version: number, titleField: string): Stored {
  const properties = json.properties ?? {};
  return {
    id: Number(json.id),
    version,
    title: json.title ?? String(properties[titleField] ?? ""),
    properties,
    shape: readShape(json.geometry),
  };
}

/** The version in an ETag such as "v7"; null when there is none. */
export function versionOf(etag: string | null): number | null {
  const match = /"v?(\d+)"/.exec(etag ?? "");
  return match ? Number(match[1]) : null;
}

/** A geometry in degrees, to be shown (not edited) in the plane: its coordinates are rounded ones. */
export function shownShape(geometry: Geometry | null): Shape | null {
  const shape = readShape(geometry);
  const moved = ([lon, lat]: Position): Position => toLambert93([lon, lat] as LonLat);
  return shape && { ...shape, parts: shape.parts.map((lines) => lines.map((line) => line.map(moved))) };
}

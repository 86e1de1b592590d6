import type { Bbox, LonLat } from "../geo/mercator";

/** Pure builders of every address the web map asks for. */
const degrees = (value: number): string => String(Number(value.toFixed(7)));

function query(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(parameters)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll("%2C", ",")}`);
  return pairs.length ? `${path}?${pairs.join("&")}` : path;
}

export const layersUrl = (api: string): string => query(`${api}layers/`, { limit: 100 });

/** A layer, in another of its legends. */
export const legendUrl = (api: string, slug: string, legend: string): string =>
  query(`${api}layers/${slug}/`, { legend });

export const externalLayersUrl = (api: string): string => query(`${api}external-layers/`, { limit: 100 });

export const backgroundsUrl = (api: string): string => `${api}backgrounds/`;

export const photosUrl = (api: string): string => query(`${api}photos/`, { limit: 100 });

export const jobsUrl = (api: string): string => `${api}jobs/`;

export const roadUrl = (api: string, slug: string): string =>
  `${api}networks/roads/routes/${encodeURIComponent(slug)}/`;

/** Where a place in metres (EPSG:2154) lies on a road. */
export const roadPlaceUrl = (api: string, [x, y]: readonly [number, number], route: string): string =>
  query(`${api}networks/roads/locate`, { x: x.toFixed(2), y: y.toFixed(2), route });

export function searchUrl(api: string, text: string, near: LonLat, limit = 8): string {
  return query(`${api}search/`, { q: text, limit, lon: degrees(near[0]), lat: degrees(near[1]) });
}

/** Ground and surface along a line; as a file where one is named. */
export function terrainProfileUrl(api: string, line: readonly LonLat[], file = ""): string {
  const wkt = `LINESTRING(${line.map(([lon, lat]) => `${degrees(lon)} ${degrees(lat)}`).join(", ")})`;
  return query(`${api}heights/profile/`, { line: wkt, crs: 4326, file });
}

/** What the colours of a campaign of heights stand for. */
export const heightLegendUrl = (api: string, campaign: string, style: string): string =>
  query(`${api}heights/legend/`, { campaign, style });

/** The altitude of a place, and what stands there. */
export function heightUrl(api: string, at: LonLat, model: string): string {
  return query(`${api}heights/`, { point: at.map(degrees).join(","), crs: 4326, model });
}

/** Addresses alone; of the site that the map is of. */
export function addressesUrl(text: string): string {
  return query("/api/v1/search/", { q: text, kind: "address" });
}

export function hereUrl(api: string, at: LonLat, zoom: number, layers: readonly string[]): string {
  return query(`${api}here/`, {
    lon: degrees(at[0]),
    lat: degrees(at[1]),
    zoom: Math.round(zoom),
    layers: layers.join(","),
  });
}

export function featuresUrl(api: string, layer: string, bbox: Bbox, limit = 100): string {
  return query(`${api}layers/${encodeURIComponent(layer)}/features/`, { bbox: bbox.map(degrees).join(","), limit });
}

export interface TableQuery {
  readonly bbox: Bbox | null;
  /** CQL2 text; empty for none. */
  readonly filter: string;
  /** A field, with a minus before it for the other way round; empty for none. */
  readonly sort: string;
}

/** A page of a layer's table: filtered and sorted by the server. */
export function tableUrl(api: string, layer: string, { bbox, filter, sort }: TableQuery, limit = 100): string {
  const box = bbox?.map(degrees).join(",");
  return query(`${api}layers/${encodeURIComponent(layer)}/features/`, { bbox: box, filter, sort, limit });
}

export function featureUrl(api: string, layer: string, id: number): string {
  return `${api}layers/${encodeURIComponent(layer)}/features/${id}/`;
}

/** Address template of a layer's vector tiles; the version makes a changed layer a new address. */
export function tilesUrl(tiles: string, layer: string, version: number): string {
  return `${tiles}${encodeURIComponent(layer)}/{z}/{x}/{y}.mvt?v=${version}`;
}

/** Sign-in address that comes back to where the person was. */
export function signInUrl(signIn: string, here: string): string {
  return query(signIn, { next: here });
}

/** An address of an answer may be absolute, built behind a proxy with another host or scheme: keep its path and query only. */
export function sameOrigin(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "");
}

/** Coordinates as [longitude, latitude] in degrees, EPSG:4326. */
export type LonLat = [number, number];
/** [west, south, east, north] in degrees, EPSG:4326. */
export type Bbox = [number, number, number, number];

const METRES_PER_PIXEL_AT_ZOOM_0 = 156543.03392804097;
/** The standardised pixel of OGC scale denominators, in metres. */
const PIXEL_M = 0.00028;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres on the ground that one CSS pixel covers, at a latitude, at a Web Mercator zoom (256 px tiles). */
export function groundResolution(zoom: number, latitude: number): number {
  return (METRES_PER_PIXEL_AT_ZOOM_0 / 2 ** zoom) * Math.cos(radians(latitude));
}

/** True scale denominator at a latitude: 1 : n on the ground, not on the Mercator plane. */
export function scaleDenominator(zoom: number, latitude: number): number {
  return groundResolution(zoom, latitude) / PIXEL_M;
}

/** The zoom at which the map has the scale 1 : n at a latitude. */
export function zoomForScale(denominator: number, latitude: number): number {
  return Math.log2((METRES_PER_PIXEL_AT_ZOOM_0 * Math.cos(radians(latitude))) / (denominator * PIXEL_M));
}

export function bboxCentre([west, south, east, north]: Bbox): LonLat {
  return [(west + east) / 2, (south + north) / 2];
}

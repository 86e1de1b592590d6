import type { Geometry } from "../api/types";
import { type Bbox, groundResolution, type LonLat } from "../geo/mercator";
import type { MarkKind, WaterLine, WaterMark, WaterPicture } from "../state/water";
import type { Isolation, Start, Trace, Valve, ValveStatus } from "./answers";

export const markKey = (kind: MarkKind, id: number): string => `${kind} ${id}`;

export const valvesOf = ({ valves }: Isolation, status: ValveStatus): Valve[] =>
  valves.filter((valve) => valve.status === status);

const mark = (kind: MarkKind, { id, point }: { id: number; point: LonLat }, text = ""): WaterMark => ({
  key: markKey(kind, id),
  kind,
  at: point,
  ...(text ? { text } : {}),
});

function drawn(kind: WaterLine["kind"], geometry: Geometry | null): WaterLine[] {
  return geometry ? [{ kind, geometry }] : [];
}

/** What lies last is drawn above the rest. */
export function isolationPicture(found: Isolation, current: string | null): WaterPicture {
  const sensitive = found.connections.results.filter((one) => one.sensitive);
  const marks = [
    ...found.hydrants.map((one) => mark("hydrant", one)),
    ...found.tanks.map((one) => mark("tank", one)),
    ...valvesOf(found, "optional").map((one) => mark("optional", one)),
    ...valvesOf(found, "closed").map((one) => mark("closed", one)),
    ...found.alternatives.map((one) => mark("alternative", one)),
    ...sensitive.map((one) => mark("sensitive", one)),
    ...valvesOf(found, "skipped").map((one) => mark("skipped", one)),
    ...found.breaks.map(({ point }, id) => mark("break", { id, point })),
    ...found.sources_to_stop.map((one) => mark("stop", one)),
    ...valvesOf(found, "close").map((one, i) => mark("close", one, String(i + 1))),
  ];
  const lines = [...drawn("cut_off", found.cut_off.geometry), ...drawn("zone", found.zone.geometry)];
  return { lines, marks, current };
}

/** Where the crew goes first: the breaks, and what is to be shut. What is cut off beyond may be a whole town. */
export function actedBbox(found: Isolation): Bbox | null {
  const shut = [...valvesOf(found, "close"), ...valvesOf(found, "skipped"), ...found.sources_to_stop, ...found.breaks];
  if (!shut.length) return null;
  const [lons, lats] = [shut.map(({ point }) => point[0]), shut.map(({ point }) => point[1])];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** Places that were pointed at while nothing is known of them yet. */
export function askedPicture(kind: MarkKind, starts: readonly (Start | null)[]): WaterMark[] {
  return starts.flatMap((start, id) => (start && "point" in start ? [mark(kind, { id, point: start.point })] : []));
}

export function tracePicture(
  trace: Trace | null,
  from: Start | null,
  to: Start | null,
  current: string | null,
): WaterPicture {
  const ends = trace?.ends.map((one) => mark("reached", one)) ?? [];
  const asked = [...askedPicture("start", [from]), ...askedPicture("end", [to])];
  return { lines: drawn("way", trace?.geometry ?? null), marks: [...ends, ...asked], current };
}

/** So near a mark, in pixels, a tap means it: a finger is no needle. */
const REACH_PX = 24;

/** The mark that a tap means. */
export function markAt({ marks }: WaterPicture, [lon, lat]: LonLat, zoom: number): WaterMark | null {
  const pixel = groundResolution(zoom, lat);
  const metres = 111320;
  const shrunk = metres * Math.cos((lat * Math.PI) / 180);
  let found: WaterMark | null = null;
  let nearest = REACH_PX;
  for (const one of marks) {
    const distance = Math.hypot((one.at[0] - lon) * shrunk, (one.at[1] - lat) * metres) / pixel;
    // At the same place the later one lies on top.
    if (distance <= nearest) [found, nearest] = [one, distance];
  }
  return found;
}

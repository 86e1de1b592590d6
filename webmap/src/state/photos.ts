import type { Photo } from "../api/types";
import { contains, meets } from "../geo/footprint";
import type { Bbox, LonLat } from "../geo/mercator";
import type { AppState, CompareMode, Comparison } from "./state";

/** Of the photos, in percent of how they were delivered. */
export const BRIGHTNESS = { least: 50, usual: 100, most: 150, step: 5 };
const DAYS_PER_YEAR = 365.25;

/** When a campaign was flown, as years: the middle of what its date leaves open. */
export function takenAt(acquired: string): number {
  const [year = 0, month, day] = acquired.split("-").map(Number);
  if (month === undefined) return year + 0.5;
  return year + (month - 1) / 12 + (day ?? 15) / DAYS_PER_YEAR;
}

/** Oldest first, as on a time line. */
export function byTime(photos: readonly Photo[]): Photo[] {
  return [...photos].sort((a, b) => takenAt(a.acquired) - takenAt(b.acquired) || a.slug.localeCompare(b.slug));
}

export interface Mark {
  photo: Photo;
  /** Time since the one before, as a share of the whole line. */
  gap: number;
}

/** Campaigns on a time line, as far apart as in time. */
export function timeline(photos: readonly Photo[]): Mark[] {
  const sorted = byTime(photos);
  const times = sorted.map(({ acquired }) => takenAt(acquired));
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0) || 1;
  return sorted.map((photo, i) => ({ photo, gap: i ? ((times[i] ?? 0) - (times[i - 1] ?? 0)) / span : 0 }));
}

/** At most `most` neighbours in time of the one on screen, it among them. */
export function around(photos: readonly Photo[], slug: string, most: number): Photo[] {
  const sorted = byTime(photos);
  const at = sorted.findIndex((photo) => photo.slug === slug);
  const first = Math.max(0, Math.min(at - Math.floor(most / 2), sorted.length - most));
  return sorted.slice(first, first + most);
}

/** Photos without the models of heights, but for those on screen: what is offered by its date alone. */
export function pictures(photos: readonly Photo[], ...onScreen: (string | null)[]): Photo[] {
  return photos.filter(({ kind, slug }) => kind === "photo" || onScreen.includes(slug));
}

/** The two campaigns to begin with: the one on screen and the photo before it, the older on the left. */
export function firstPair(photos: readonly Photo[], current: string | null): { left: string; right: string } | null {
  const taken = pictures(photos, current);
  const sorted = byTime(taken.length > 1 ? taken : photos);
  const [first, second] = sorted;
  if (!first || !second) return null;
  const at = sorted.findIndex(({ slug }) => slug === current);
  if (at === 0) return { left: first.slug, right: second.slug };
  const right = sorted[at === -1 ? sorted.length - 1 : at] as Photo;
  return { left: (sorted[sorted.indexOf(right) - 1] as Photo).slug, right: right.slug };
}

/** Which side of the comparison gives way when `slug` is picked on the time line: the nearer in time. */
export function sideToReplace(photos: readonly Photo[], left: string, right: string, slug: string): "left" | "right" {
  const timeOf = (wanted: string): number => takenAt(photos.find((photo) => photo.slug === wanted)?.acquired ?? "0");
  const at = timeOf(slug);
  return Math.abs(timeOf(left) - at) < Math.abs(timeOf(right) - at) ? "left" : "right";
}

/** Whether a campaign shows something at a place. */
export function covers({ footprint_4326 }: Photo, at: LonLat): boolean {
  return contains(footprint_4326, at);
}

/** Whether a campaign shows something in a part of the map. */
export function inView({ footprint_4326 }: Photo, view: Bbox): boolean {
  return meets(footprint_4326, view);
}

export function knownPhotos({ photos }: Pick<AppState, "photos">): Photo[] {
  return photos?.status === "ready" ? photos.value : [];
}

/** The two photos on screen, when two that exist are compared. */
export function comparison(state: AppState): { mode: CompareMode; left: Photo; right: Photo } | null {
  const photos = knownPhotos(state);
  const right = photos.find(({ slug }) => slug === state.photo);
  const left = photos.find(({ slug }) => slug === state.compare?.left);
  return state.compare && left && right ? { mode: state.compare.mode, left, right } : null;
}

/** The photo to go and see: it is chosen, but neither it nor the one it is compared with shows anything in the view. */
export function photoAway(state: AppState): Photo | null {
  const chosen = knownPhotos(state).find(({ slug }) => slug === state.photo);
  const left = comparison(state)?.left;
  if (!chosen || [chosen, left].some((photo) => photo && inView(photo, state.view.bbox))) return null;
  return chosen;
}

export interface Pointed {
  position: LonLat | null;
  /** Over the left one of two maps. */
  twin: boolean;
}

function isLeft({ mode }: Comparison, at: LonLat, view: Bbox, twin: boolean, divider: number): boolean {
  return mode === "side" ? twin : (at[0] - view[0]) / (view[2] - view[0]) < divider;
}

/** The photo shown under the pointer (the centre without one), and whether it covers that place; null without a photo. */
export function photoUnder(
  state: AppState,
  { position, twin }: Pointed,
  divider: number,
): { photo: Photo; covered: boolean } | null {
  const { compare, view } = state;
  const at = position ?? view.center;
  const slug = compare && isLeft(compare, at, view.bbox, twin, divider) ? compare.left : state.photo;
  const photo = knownPhotos(state).find((one) => one.slug === slug);
  return photo ? { photo, covered: covers(photo, at) } : null;
}

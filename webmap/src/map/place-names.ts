/** A rectangle on the screen, in pixels: west, north, east, south. */
export type Box = readonly [number, number, number, number];

export interface PlaceName {
  text: string;
  /** The middle of the place, and the size of its name. */
  at: readonly [number, number];
  width: number;
  height: number;
  /** Whether a place of the screen lies on what is named. */
  covers: (at: readonly [number, number]) => boolean;
}

export interface PlacedName {
  text: string;
  /** The middle of the name. */
  at: [number, number];
}

/** How far a name may move from the middle of its place, by widths and heights of its own. */
const WIDTHS = [0, 0.25, -0.25, 0.5, -0.5, 0.75, -0.75, 1, -1];
const HEIGHTS = [0, 0.7, -0.7, 1.4, -1.4, 2.1, -2.1, 2.8, -2.8, 3.5, -3.5, 4.2, -4.2];
/** How many times wider than high a name is usually: what is nearest to the middle comes first by that. */
const USUAL_ASPECT = 5;
const OFFSETS = HEIGHTS.flatMap((down) => WIDTHS.map((right) => [right, down] as const)).sort(
  ([x, y], [u, v]) => Math.hypot(USUAL_ASPECT * x, y) - Math.hypot(USUAL_ASPECT * u, v),
);
const MARGIN_PX = 4;

/**
 * Where names are read: within `view`, over none of `taken` and not over each other, as near as may be to the middle of
 * their places and on them, the first names first. Off its place a name stands only as far from its middle as it is
 * high: farther it would be read as the neighbour's. A name without such a place is left out.
 */
export function placeNames(names: readonly PlaceName[], taken: readonly Box[], view: Box): PlacedName[] {
  const full = [...taken];
  return names.flatMap((name) => {
    const at = freePlace(name, full, view);
    if (!at) return [];
    full.push(boxAround(at, name));
    return [{ text: name.text, at }];
  });
}

function freePlace(name: PlaceName, taken: readonly Box[], view: Box): [number, number] | null {
  if (!contains(view, name.at)) return null;
  let beside: [number, number] | null = null;
  for (const [right, down] of OFFSETS) {
    const place = within(view, [name.at[0] + right * name.width, name.at[1] + down * name.height], name);
    const box = boxAround(place, name);
    if (taken.some((other) => overlap(box, other))) continue;
    if (name.covers(place)) return place;
    if (distanceOf(place, name.at) <= name.height) beside ??= place;
  }
  return beside;
}

const distanceOf = (a: readonly [number, number], b: readonly [number, number]): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1]);

function within([west, north, east, south]: Box, [x, y]: [number, number], name: PlaceName): [number, number] {
  const [right, down] = [name.width / 2 + MARGIN_PX, name.height / 2 + MARGIN_PX];
  return [Math.max(west + right, Math.min(east - right, x)), Math.max(north + down, Math.min(south - down, y))];
}

function boxAround([x, y]: readonly [number, number], { width, height }: PlaceName): Box {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

const contains = ([west, north, east, south]: Box, [x, y]: readonly [number, number]): boolean =>
  x >= west && x <= east && y >= north && y <= south;

const overlap = (a: Box, b: Box): boolean => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

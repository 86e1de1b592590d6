import { distance, type Position } from "../../geo/shape";
import { ahead, bearing, circular } from "../outline";

/** From where one looks, in EPSG:2154: angles in degrees, azimuths clockwise from the grid's north. */
export interface Orbit {
  readonly kind: "orbit";
  /** What is in the middle of the picture, on the ground. */
  readonly target: Position;
  /** Whither one looks. */
  readonly azimuth: number;
  /** How much one looks down: 90 is straight down. */
  readonly tilt: number;
  readonly distance: number;
}

/** At a person's height above the ground; `tilt` is how much they look up. */
export interface Walk {
  readonly kind: "walk";
  readonly at: Position;
  readonly azimuth: number;
  readonly tilt: number;
}

export type View = Orbit | Walk;
export type Point = readonly [number, number, number];

export const EYE_M = 1.6;
const NEAREST_M = 8;
const FARTHEST_M = 900;
const TURN = 10;
const STEP = { usual: 1, long: 5 };
const CLOSER = 0.8;
const ASIDE = 20;
const DEG = Math.PI / 180;

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The whole project, close enough to be seen well: from a little beside the direction from which nothing hides it. */
export function overview(centre: Position, size: number, from: number): Orbit {
  const distance = within(size * 2.6 + 18, 35, FARTHEST_M);
  return { kind: "orbit", target: centre, azimuth: circular(from + 180 - ASIDE), tilt: 38, distance };
}

/** Somebody who stands at a place and looks at another, whose top is `rise` above the ground here. */
export function walkerAt(at: Position, towards: Position, rise = 0): Walk {
  const tilt = Math.atan2(rise - EYE_M, Math.max(1, distance(at, towards))) / DEG;
  return { kind: "walk", at, azimuth: bearing(at, towards), tilt: within(tilt, -30, 45) };
}

/** The eye and what it looks at, as x, y and height. */
export function eyeOf(view: View, heightAt: (place: Position) => number): { eye: Point; target: Point } {
  if (view.kind === "walk") {
    const [x, y] = view.at;
    const z = heightAt(view.at) + EYE_M;
    const [tx, ty] = ahead(view.at, Math.cos(view.tilt * DEG) * 10, view.azimuth);
    return { eye: [x, y, z], target: [tx, ty, z + Math.sin(view.tilt * DEG) * 10] };
  }
  const z = heightAt(view.target);
  const back = Math.cos(view.tilt * DEG) * view.distance;
  const [x, y] = ahead(view.target, -back, view.azimuth);
  const over = z + Math.sin(view.tilt * DEG) * view.distance;
  // Never below the ground that one stands over.
  return { eye: [x, y, Math.max(over, heightAt([x, y]) + EYE_M)], target: [...view.target, z] as Point };
}

/** Turned by so many degrees; a positive `up` lifts the eye, of a walker their head. */
export function turned(view: View, right: number, up: number): View {
  const azimuth = circular(view.azimuth + right);
  if (view.kind === "walk") return { ...view, azimuth, tilt: within(view.tilt + up, -60, 75) };
  return { ...view, azimuth, tilt: within(view.tilt + up, 3, 89) };
}

/** So many metres forward and to the right, along the ground. */
export function moved(view: View, forward: number, right: number): View {
  const shift = (place: Position): Position => ahead(ahead(place, forward, view.azimuth), right, view.azimuth + 90);
  return view.kind === "walk" ? { ...view, at: shift(view.at) } : { ...view, target: shift(view.target) };
}

/** Closer by a factor below one; somebody who walks goes on, or back. */
export function zoomed(view: View, factor: number): View {
  if (view.kind === "walk") return moved(view, factor < 1 ? STEP.usual : -STEP.usual, 0);
  return { ...view, distance: within(view.distance * factor, NEAREST_M, FARTHEST_M) };
}

export const closer = (view: View): View => zoomed(view, CLOSER);
export const farther = (view: View): View => zoomed(view, 1 / CLOSER);

const ARROWS: Readonly<Record<string, readonly [right: number, up: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The view after a key; null: the key means nothing here. Shift moves what the arrows would turn. */
export function keyed(view: View, key: string, shift: boolean): View | null {
  if (key === "+" || key === "=") return closer(view);
  if (key === "-" || key === "_") return farther(view);
  if (key === "PageUp" || key === "PageDown") return turned(view, 0, key === "PageUp" ? TURN : -TURN);
  const arrow = ARROWS[key];
  if (!arrow) return null;
  const [right, up] = arrow;
  if (view.kind === "walk") {
    const step = shift ? STEP.long : STEP.usual;
    return up ? moved(view, up * step, 0) : turned(view, right * TURN, 0);
  }
  const step = view.distance / 10;
  // The eye goes round to where the arrow points: what is seen turns the other way.
  return shift ? moved(view, up * step, right * step) : turned(view, -right * TURN, up * (TURN / 2));
}

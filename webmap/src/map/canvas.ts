import type { Position, Shape } from "../geo/shape";
import type { Look } from "./model";

/** What one snapped to. */
export type SnapKind = "vertex" | "intersection" | "edge";

/** How a shape stands on the map while editing. */
export type Role = "active" | "changed" | "stored" | "picked" | "deleted" | "before" | "drawing" | "box" | "follower";

export interface DrawnShape {
  readonly key: string;
  readonly shape: Shape;
  readonly role: Role;
}

export interface Handle {
  readonly position: Position;
  /** `middle`: of a side, where a new vertex can be pulled out. */
  readonly role: "vertex" | "middle" | "chosen" | "first" | "fault";
}

/** What a project draws on its terrain: its sides, what fits there, its shadow, what a rule forbids. */
export type Tint =
  | "alignment"
  | "side"
  | "rear"
  | "envelope"
  | "shadow"
  | "ridge"
  | "gap"
  | "broken"
  | "spotted"
  | "sun1"
  | "sun2"
  | "sun3"
  | "sun4";

export interface TintedShape {
  readonly shape: Shape;
  readonly tint: Tint;
}

/** How far above its place a length is written. */
export const LENGTH_ABOVE_PX = 10;

/** Everything that editing draws above the layers, as plain data in EPSG:2154. */
export interface Picture {
  readonly shapes: readonly DrawnShape[];
  readonly handles: readonly Handle[];
  /** The surface as it would be if one clicked where one aims. */
  readonly area: readonly Position[];
  /** From what is laid to where one aims. */
  readonly guide: readonly Position[];
  readonly snap: { readonly kind: SnapKind; readonly position: Position } | null;
  /** Lengths of sides, at their middle. */
  readonly lengths: readonly { readonly position: Position; readonly text: string }[];
  readonly look: Look;
  /** Drawn beneath the shapes, the last one on top. */
  readonly tints?: readonly TintedShape[];
}

export interface Keys {
  readonly shift: boolean;
  readonly touch: boolean;
}

/** What the canvas tells; places in EPSG:2154. */
export interface EditEvents {
  pointed(at: Position | null): void;
  /** True: the drag that follows is the editor's, the map stays. */
  pressed(at: Position, keys: Keys): boolean;
  dragged(at: Position): void;
  released(at: Position): void;
  clicked(at: Position, keys: Keys): void;
  /** True: it meant something, the map does not zoom. */
  doubleClicked(at: Position): boolean;
  /** The map moves under the crosshair. */
  centred(at: Position): void;
}

/** The canvas as the editor uses it. */
export interface EditCanvas {
  draw(picture: Picture): void;
  /** Metres of the plane under one pixel, where the map looks. */
  metresPerPixel(): number;
  centre(): Position;
  /** [west, south, east, north] of the view in EPSG:2154. */
  box(): readonly [number, number, number, number];
  /** The feature of a layer's tiles at a place. */
  featureAt(layer: string, at: Position): number | null;
  featuresIn(layer: string, box: readonly [number, number, number, number]): number[];
  show(shape: Shape): void;
  /** Calls back once the layers as they are now are on screen. */
  settled(then: () => void): void;
  stop(): void;
}

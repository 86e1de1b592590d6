import type { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import type { Background, Feature, Geometry, HereGroup, Job, Layer, LegendLine, Photo } from "../api/types";
import type { CoordinateSystem, Language } from "../format/format";
import type { Bbox, LonLat } from "../geo/mercator";
import type { WaterPicture } from "./water";

export const PANELS = [
  "layers",
  "list",
  "photos",
  "choose",
  "measure",
  "print",
  "permits",
  "water",
  "roads",
  "edit",
  "simulate",
  "help",
] as const;
export type PanelId = (typeof PANELS)[number];
export const THEMES = ["auto", "light", "dark"] as const;
export type ThemeChoice = (typeof THEMES)[number];
export const SHEET_HEIGHTS = ["low", "half", "full"] as const;
export type SheetHeight = (typeof SHEET_HEIGHTS)[number];

export const COMPARE_MODES = ["swipe", "side"] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];

/** Two photos at once: `left` beside, or left of a divider from, the photo that lies under the layers anyway. */
export interface Comparison {
  mode: CompareMode;
  left: string;
}

export interface FeatureRef {
  layer: string;
  id: number;
}

/** A layer as this person sees it. The list is ordered as drawn, the topmost first. */
export interface LayerSetting {
  slug: string;
  visible: boolean;
  opacity: number;
  /** The name of another of its legends. */
  legend?: string;
}

export type Loadable<T> = { status: "loading" } | { status: "ready"; value: T } | { status: "error"; error: ApiError };

export interface DrawnGround {
  readonly shape: Geometry;
}
/** What a parcel sheet is about: parcels by their identifiers, or a drawn shape. */
export type Ground = { readonly parcels: readonly string[] } | DrawnGround;

/** A parcel that was chosen; areas in square metres. */
export type ChosenParcel = schema.Selected;

/** The chosen parcels; `secret` once owners' data took part in the choice: no link keeps them then. */
export interface Choice {
  readonly parcels: readonly ChosenParcel[];
  readonly secret: boolean;
}

/** The one thing that a sheet opens, and what else is there. `at` is the place that was asked, `marked` the words of its
 * mark; `road` is set where the thing is a whole numbered road. */
export interface OpenSheet {
  status: "ready";
  groups: HereGroup[];
  feature: Feature;
  at?: LonLat | undefined;
  marked?: string;
  road?: string;
}

/** What the right sheet shows: one thing opened, and what else is at that place; or what concerns a whole ground. */
export type Sheet =
  | { status: "loading" }
  | { status: "error"; error: ApiError; retry: () => void }
  | { status: "empty"; at: LonLat }
  | OpenSheet
  | { status: "ground"; ground: Ground; title: () => string; subtitle: () => string };

export interface Notice {
  id: number;
  tone: "info" | "warning" | "error";
  text: string;
  /** A button beside it; `read` is told once it is dealt with, or closed. */
  action?: { label: string; act: () => void; read?: () => void };
}

/** Names of styles in addresses of tiles, as the server's `layers.heights.styles` has them. */
export const HEIGHT_STYLES = ["", "pente", "teintes"] as const;
export type HeightStyle = (typeof HEIGHT_STYLES)[number];

export type MeasureKind = "length" | "area";
/** What is being drawn on the map: to measure it, or to choose parcels by it. */
export interface Measure {
  kind: MeasureKind;
  points: LonLat[];
  finished: boolean;
  /** The place that the profile of the terrain points at. */
  mark?: LonLat | null;
}

export interface ViewState {
  center: LonLat;
  zoom: number;
  bbox: Bbox;
}

/** The tabs of the sheet of a feature that is edited. */
export const EDIT_TABS = ["values", "geometry", "photos", "history"] as const;
export type EditTab = (typeof EDIT_TABS)[number];

/** What editing changes of the rest of the screen; all else about it is the editor's. */
export interface Editing {
  layer: string;
  /** Features drawn by the editor instead of by the tiles, by layer. */
  hidden: Readonly<Record<string, readonly number[]>>;
  /** Whether the right sheet is the editor's. */
  sheet: boolean;
  /** Whether what is pointed at is what lies in the middle of the map. */
  crosshair: boolean;
  /** Whether a click lays a point. */
  drawing: boolean;
}

export interface AppState {
  view: ViewState;
  catalogue: Loadable<Layer[]>;
  /** Layers of other servers: they are drawn and listed, and have no features that one could ask for. */
  images: Layer[];
  backgrounds: Background[];
  layers: LayerSetting[];
  /** Other legends of layers that came so far, by `legendKey`. */
  legends: Readonly<Record<string, LegendLine[]>>;
  background: string;
  /** The campaigns one may see, null before anybody asked for them. */
  photos: Loadable<Photo[]> | null;
  photo: string | null;
  /** Of the photos, in percent of how they were delivered. */
  brightness: number;
  /** How models of the ground and of the surface are drawn; empty for shaded relief. */
  heightStyle: HeightStyle;
  compare: Comparison | null;
  selection: FeatureRef | null;
  sheet: Sheet | null;
  pin: LonLat | null;
  panel: PanelId | null;
  /** What a link asks for in the panel, until the panel has opened it. */
  panelTab: string | null;
  theme: ThemeChoice;
  dark: boolean;
  language: Language;
  coordinates: CoordinateSystem;
  measure: Measure | null;
  chosen: Choice;
  editing: Editing | null;
  /** What the water desk found, drawn above the layers. */
  water: WaterPicture | null;
  /** A desk waits for a place on the map. */
  aiming: boolean;
  /** The layer whose table lies under the map. */
  table: string | null;
  sheetHeight: SheetHeight;
  jobs: Job[];
  notices: Notice[];
  online: boolean;
  busy: boolean;
}

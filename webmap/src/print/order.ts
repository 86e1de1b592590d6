import type * as schema from "../api/schema";
import type { Layer, Photo } from "../api/types";
import { type Frame, rounded } from "../geo/frame";
import { fromLambert93, toLambert93 } from "../geo/lambert93";
import { type Bbox, type LonLat, zoomForScale } from "../geo/mercator";
import type { Position } from "../geo/shape";
import type { AppState, LayerSetting } from "../state/state";

export type Orientation = schema.OrientationEnum;
/** A sheet of paper and the size of the map on it. */
export type Sheet = schema.PaperSheet;

/** What the server prints: papers and limits. */
export interface PrintOptions extends Omit<schema.PrintOptions, "longest"> {
  readonly longest: Readonly<Record<"title" | "author" | "note", number>>;
}

/** What somebody chose so far; the centre in EPSG:2154. */
export interface PrintChoice {
  readonly title: string;
  readonly paper: string;
  readonly orientation: Orientation;
  readonly scale: number;
  readonly center: Position;
  readonly dpi: number;
  readonly note: string;
  readonly author: string;
  readonly grid: boolean;
  /** Whether what is selected is outlined. */
  readonly outline: boolean;
}

export const SCALES = [100, 200, 250, 500, 1000, 1250, 2000, 2500, 5000, 10000, 20000, 25000, 50000, 100000] as const;
export const RESOLUTIONS = [72, 100, 150, 200, 300] as const;
const MM_PER_INCH = 25.4;
/** Of everything in the file but the photo. */
const VECTOR_BYTES = 150_000;
/** The frame takes this much of the view. */
const ROOM = 0.8;
/** Tiles of 512 px: layers come on screen half a zoom after their own first one. */
const TILE_ZOOM_LAG = 0.49;

export const papersOf = ({ sheets }: PrintOptions): string[] => [...new Set(sheets.map(({ paper }) => paper))];

export function sheetOf({ sheets }: PrintOptions, { paper, orientation }: PrintChoice): Sheet {
  const found = sheets.find((sheet) => sheet.paper === paper && sheet.orientation === orientation) ?? sheets[0];
  if (!found) throw new Error("The server prints on no paper.");
  return found;
}

/** Width and height of the map on the ground, in metres. */
export function groundSize(options: PrintOptions, choice: PrintChoice): [number, number] {
  const [width, height] = sheetOf(options, choice).map_mm;
  return [(width * choice.scale) / 1000, (height * choice.scale) / 1000];
}

export function frameOf(options: PrintOptions, choice: PrintChoice): Frame {
  const [width, height] = groundSize(options, choice);
  return { center: choice.center, width, height };
}

/** The middle of a view, to the centimetre. */
export const middleOf = (center: LonLat): Position => rounded(toLambert93(center));

/** The largest usual scale at which the frame is seen whole in the view. */
export function fittingScale(options: PrintOptions, choice: PrintChoice, [west, south, east, north]: Bbox): number {
  const [left, bottom] = toLambert93([west, south]);
  const [right, top] = toLambert93([east, north]);
  const [width, height] = sheetOf(options, choice).map_mm;
  const most = ROOM * 1000 * Math.min((right - left) / width, (top - bottom) / height);
  return SCALES.findLast((scale) => scale <= most) ?? SCALES[0];
}

export const isScale = (options: PrintOptions, scale: number): boolean =>
  Number.isInteger(scale) && scale >= options.scales[0] && scale <= options.scales[1];

// --- pictures ----------------------------------------------------------------------------------------------------------

export function pixelsOf(options: PrintOptions, choice: PrintChoice): number {
  const [width, height] = sheetOf(options, choice).map_mm;
  const pixels = (mm: number): number => Math.round((mm / MM_PER_INCH) * choice.dpi);
  return pixels(width) * pixels(height);
}

/** The finest resolution at which a picture still fits, when the chosen one is too fine; null when it is not. */
export function tooFine(options: PrintOptions, choice: PrintChoice): number | null {
  const pixels = pixelsOf(options, choice);
  return pixels > options.most_pixels ? Math.floor(choice.dpi * Math.sqrt(options.most_pixels / pixels)) : null;
}

/** About how large the file will be, in bytes, with so many pictures. */
export function weightOf(options: PrintOptions, choice: PrintChoice, pictures: number): number {
  return VECTOR_BYTES + pictures * pixelsOf(options, choice) * options.bytes_per_pixel;
}

/** How many pictures lie on the map: the photo, and each layer that another server draws. */
export const picturesOf = (printed: readonly Chosen[], photo: Photo | null): number =>
  printed.filter(({ layer }) => layer.image).length + (photo ? 1 : 0);

// --- the layers --------------------------------------------------------------------------------------------------------

export interface Chosen {
  readonly layer: Layer;
  readonly setting: LayerSetting;
}

/** The layers that are on, the topmost first: those that the map shows at this scale, and those that it does not. */
export function layersAt(
  catalogue: readonly Layer[],
  settings: readonly LayerSetting[],
  { scale, center }: PrintChoice,
): { printed: Chosen[]; far: Layer[] } {
  const zoom = zoomForScale(scale, fromLambert93(center)[1]);
  const on = settings.flatMap((setting) => {
    const layer = catalogue.find(({ slug }) => slug === setting.slug);
    return layer && setting.visible ? [{ layer, setting }] : [];
  });
  const shown = ({ layer }: Chosen): boolean =>
    (layer.image !== undefined || zoom >= layer.min_zoom + TILE_ZOOM_LAG) &&
    scale <= (layer.scale_from ?? Number.POSITIVE_INFINITY) &&
    scale >= (layer.scale_to ?? 0);
  return { printed: on.filter(shown), far: on.filter((one) => !shown(one)).map(({ layer }) => layer) };
}

// --- what is selected --------------------------------------------------------------------------------------------------

const PARCELS = "parcels";
type Selected = schema.PrintedSelection;

/** What is outlined: the object whose sheet is open and the chosen parcels; never what owners' data led to. */
export function outlined(
  { selection, chosen }: Pick<AppState, "selection" | "chosen">,
  catalogue: readonly Layer[],
): Selected[] {
  const parcels = chosen.parcels.map(({ id }) => id);
  const open = selection?.layer === PARCELS && parcels.includes(selection.id) ? null : selection;
  const groups: Selected[] = chosen.secret || !parcels.length ? [] : [{ layer: PARCELS, ids: parcels }];
  if (open) {
    const same = groups.find(({ layer }) => layer === open.layer);
    if (same) same.ids.push(open.id);
    else groups.unshift({ layer: open.layer, ids: [open.id] });
  }
  return groups.filter(({ layer }) => catalogue.some(({ slug, image }) => slug === layer && !image));
}

/** What is sent to be printed. */
export function orderBody(
  choice: PrintChoice,
  printed: readonly Chosen[],
  photo: Photo | null,
  selected: readonly Selected[] = [],
): unknown {
  const { title, paper, orientation, scale, center, note, author, grid, dpi } = choice;
  return {
    title: title.trim(),
    scale,
    paper,
    orientation,
    center: rounded(center),
    layers: printed.map(({ layer, setting: { opacity, legend } }) => ({
      layer: layer.slug,
      opacity,
      ...(legend && layer.legends?.some(({ name }) => name === legend) ? { legend } : {}),
    })),
    ...(photo ? { photo: photo.slug } : {}),
    dpi,
    note: note.trim(),
    author: author.trim(),
    grid,
    ...(choice.outline && selected.length ? { selected } : {}),
  };
}

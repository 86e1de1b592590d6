import type { Layer } from "../api/types";
import type { Bbox } from "../geo/mercator";

/** Formats in the order in which they are offered. */
export const FORMATS = ["csv", "xlsx", "gpkg", "shp", "geojson", "fgb", "parquet", "dxf"] as const;
export type Format = (typeof FORMATS)[number];

/** Streamed while it is read; the other formats are made as jobs, which need somebody signed in. */
export const isStreamed = (format: Format): boolean => format === "csv" || format === "geojson" || format === "fgb";

export const SYSTEMS = [2154, 4326, 3857, 4258, 3942, 3943, 3944, 3945, 3946, 3947, 3948, 3949, 3950] as const;
export const PLACES = ["xy", "wkt", "none"] as const;
export type Places = (typeof PLACES)[number];
export const WHICH = ["all", "view", "table", "chosen"] as const;
export type Which = (typeof WHICH)[number];

/** What one asks to export: a layer, with what its table shows of it and the object that is chosen, if there are. */
export interface Subject {
  readonly layer: Layer;
  /** The table's filter, and whether it shows the view alone. */
  readonly table: { readonly filter: string; readonly inView: boolean } | null;
  readonly chosen: number | null;
}

export interface Choice {
  readonly which: Which;
  readonly format: Format;
  readonly system: number;
  readonly labels: boolean;
  readonly places: Places;
  /** Commas between cells and decimal points: CSV for programs. */
  readonly program: boolean;
  /** Layers that go in the same file. */
  readonly others: readonly string[];
}

export interface Selection {
  readonly bbox: Bbox | null;
  readonly filter: string;
  readonly ids: readonly number[] | null;
}

export const LARGEST_SHEET = 1_048_575;
/** Beyond that the browser saves a stream by itself: it would not fit well in the page's memory. */
export const LARGEST_IN_PAGE = 200_000;

/** The ways to choose that make sense for a subject. */
export function waysOf({ table, chosen }: Subject): Which[] {
  return WHICH.filter((which) => (which === "table" ? table : which === "chosen" ? chosen !== null : true));
}

/** What is offered first: what one looks at. */
export function firstChoice(subject: Subject): Choice {
  const which = subject.table ? "table" : "view";
  const places = subject.layer.geometry_type === "point" ? "xy" : "wkt";
  return { which, format: "csv", system: 2154, labels: false, places, program: false, others: [] };
}

/** Another format comes with the system that its readers expect. */
export function withFormat(choice: Choice, format: Format): Choice {
  const places = format === "xlsx" && choice.places === "wkt" ? "none" : choice.places;
  return { ...choice, format, places, system: format === "geojson" ? 4326 : 2154 };
}

export function selectionOf(subject: Subject, which: Which, view: Bbox): Selection {
  switch (which) {
    case "view":
      return { bbox: view, filter: "", ids: null };
    case "table":
      return { bbox: subject.table?.inView ? view : null, filter: subject.table?.filter ?? "", ids: null };
    case "chosen":
      return { bbox: null, filter: "", ids: subject.chosen === null ? null : [subject.chosen] };
    default:
      return { bbox: null, filter: "", ids: null };
  }
}

/** Whether the file has coordinates, so that their system matters. */
export function hasPlaces({ format, places }: Choice): boolean {
  return (format !== "csv" && format !== "xlsx") || places !== "none";
}

export const takesOthers = (format: Format): boolean => !isStreamed(format) && format !== "parquet";

const degrees = (value: number): string => String(Number(value.toFixed(7)));

function parameters({ bbox, filter, ids }: Selection): URLSearchParams {
  const found = new URLSearchParams();
  if (bbox) found.set("bbox", bbox.map(degrees).join(","));
  if (filter) found.set("filter", filter);
  if (ids) found.set("ids", ids.join(","));
  return found;
}

const layerUrl = (api: string, slug: string): string => `${api}layers/${encodeURIComponent(slug)}/`;

export function countUrl(api: string, slug: string, selection: Selection): string {
  const asked = parameters(selection).toString();
  return `${layerUrl(api, slug)}export/${asked ? `?${asked}` : ""}`;
}

export function streamUrl(api: string, slug: string, choice: Choice, selection: Selection): string {
  const asked = parameters(selection);
  if (hasPlaces(choice)) asked.set("crs", `EPSG:${choice.system}`);
  if (choice.labels) asked.set("labels", "1");
  if (choice.format === "csv") {
    asked.set("geometry", choice.places);
    if (choice.program) asked.set("separator", "comma");
    if (choice.program) asked.set("bom", "0");
  }
  return `${layerUrl(api, slug)}export.${choice.format}?${asked}`;
}

/** The other layers have the same conditions on the place; a filter and a list are the first layer's alone. */
export function orderBody(slug: string, choice: Choice, selection: Selection): Record<string, unknown> {
  const place = selection.bbox ? { bbox: selection.bbox.map((value) => Number(value.toFixed(7))) } : {};
  const own = {
    ...(selection.filter ? { filter: selection.filter } : {}),
    ...(selection.ids ? { ids: selection.ids } : {}),
  };
  return {
    format: choice.format,
    layers: [{ layer: slug, ...place, ...own }, ...choice.others.map((layer) => ({ layer, ...place }))],
    crs: `EPSG:${choice.system}`,
    labels: choice.labels,
    points: choice.format === "xlsx" && choice.places !== "none",
  };
}

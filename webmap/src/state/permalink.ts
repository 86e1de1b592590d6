import type { Bbox, LonLat } from "../geo/mercator";
import {
  type AppState,
  type Choice,
  COMPARE_MODES,
  type Comparison,
  type FeatureRef,
  type LayerSetting,
  PANELS,
  type PanelId,
  THEMES,
  type ThemeChoice,
} from "./state";

/** What a link restores. Everything is optional: an old, cut or hand-written link opens what it can. */
export interface Permalink {
  center?: LonLat;
  zoom?: number;
  /** What the map is fitted to, whatever the screen; no link is written with it. */
  around?: Bbox;
  layers?: LayerSetting[];
  background?: string;
  photo?: string;
  /** Of the photo, in percent; 100 is not written. */
  brightness?: number;
  compare?: Comparison;
  /** Where the swipe divides the map, from 0 to 1. */
  divider?: number;
  selection?: FeatureRef;
  /** Whether the selection opens in the editor; no link is written with it. */
  edit?: boolean;
  /** A whole numbered road, as addresses have it: "D2020-45". */
  road?: string;
  /** Identifiers of the chosen parcels. */
  chosen?: string[];
  theme?: ThemeChoice;
  panel?: PanelId | null;
  /** What is opened in the panel: a tab of its own, "anomalies.sewer"; no link is written with it. */
  panelTab?: string;
}

/** Identifiers that a link keeps: none when there are many, or when owners' data took part. */
export function linkable({ parcels, secret }: Choice): string[] {
  return secret || parcels.length > MOST_LINKED ? [] : parcels.map(({ idu }) => idu);
}

export const PERMALINK_VERSION = 1;

export const MOST_LINKED = 20;
/** A list that was searched from a page may be longer than what the address keeps. */
const MOST_CHOSEN = 200;
const IDU = /^\d[\dAB]\d{3}[0-9A-Z]{9}$/;
const ROAD = /^[A-Z]{1,2}\d{1,4}[A-Z0-9]{0,6}(-[0-9AB]{2,3})?$/;
const SLUG = /^[\w-]{1,100}$/;

function writeLayer({ slug, visible, opacity, legend }: LayerSetting): string {
  const percent = Math.round(opacity * 100);
  return `${visible ? "" : "!"}${slug}${legend ? `@${legend}` : ""}${percent === 100 ? "" : `:${percent}`}`;
}

function readLayer(text: string): LayerSetting | null {
  const [name = "", percent] = text.split(":");
  const [slug = "", legend] = name.replace(/^!/, "").split("@");
  const opacity = percent === undefined ? 1 : Number(percent) / 100;
  if (!SLUG.test(slug) || !(opacity >= 0 && opacity <= 1)) return null;
  const setting = { slug, visible: !name.startsWith("!"), opacity };
  return legend && SLUG.test(legend) ? { ...setting, legend } : setting;
}

/** "#v=1&c=1.92,47.55&z=17.2&l=parcels,buildings:50,!roads,water-pipes@age&b=plain&ph=2024&br=120&cmp=swipe.2020.50&s=parcels.12&ps=45901000AB0012,45901000AB0013&t=dark&p=layers". */
export function writePermalink(link: Permalink): string {
  const parts = [`v=${PERMALINK_VERSION}`];
  if (link.center) parts.push(`c=${link.center.map((value) => Number(value.toFixed(6))).join(",")}`);
  if (link.zoom !== undefined) parts.push(`z=${Number(link.zoom.toFixed(2))}`);
  if (link.layers) parts.push(`l=${link.layers.map(writeLayer).join(",")}`);
  if (link.background) parts.push(`b=${encodeURIComponent(link.background)}`);
  if (link.photo) parts.push(`ph=${link.photo}`);
  if (link.photo && (link.brightness ?? 100) !== 100) parts.push(`br=${link.brightness}`);
  if (link.compare)
    parts.push(`cmp=${link.compare.mode}.${link.compare.left}.${Math.round((link.divider ?? 0.5) * 100)}`);
  if (link.selection) parts.push(`s=${link.selection.layer}.${link.selection.id}`);
  if (link.road) parts.push(`r=${link.road}`);
  if (link.chosen?.length) parts.push(`ps=${link.chosen.join(",")}`);
  if (link.theme && link.theme !== "auto") parts.push(`t=${link.theme}`);
  if (link.panel !== undefined) parts.push(`p=${link.panel ?? "none"}`);
  return `#${parts.join("&")}`;
}

/** How a person has arranged the map, as a link says it but without its "#": place, layers that are on, what lies under them. */
export function viewText({ view, layers, background, photo, brightness }: AppState): string {
  const on = layers.filter(({ visible }) => visible);
  const arranged: Permalink = { center: view.center, zoom: view.zoom, layers: on, background };
  return writePermalink(photo ? { ...arranged, photo, brightness } : arranged).slice(1);
}

function readCenter(text: string | null): LonLat | undefined {
  const [lon, lat, ...rest] = (text ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (lon === undefined || lat === undefined || rest.length) return undefined;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? [lon, lat] : undefined;
}

function readBox(text: string | null): Bbox | undefined {
  const [west, south, east, north, ...rest] = (text ?? "").split(",").map((part) => Number(part || Number.NaN));
  if (west === undefined || south === undefined || east === undefined || north === undefined || rest.length) return;
  const inside = west >= -180 && east <= 180 && south >= -85 && north <= 85;
  return inside && west <= east && south <= north ? [west, south, east, north] : undefined;
}

function readSelection(text: string | null): FeatureRef | undefined {
  const match = /^([\w-]{1,100})\.(\d{1,15})$/.exec(text ?? "");
  return match ? { layer: match[1] as string, id: Number(match[2]) } : undefined;
}

/** "swipe.campaign-2020.42": how, with which other campaign, divided where. */
function readCompare(text: string | null): Pick<Permalink, "compare" | "divider"> {
  const [way = "", left = "", percent = "50", ...rest] = (text ?? "").split(".");
  const mode = oneOf(COMPARE_MODES, way);
  if (!mode || !SLUG.test(left) || !/^\d{1,3}$/.test(percent) || rest.length) return {};
  return { compare: { mode, left }, divider: Math.min(100, Number(percent)) / 100 };
}

const oneOf = <T extends string>(values: readonly T[], text: string | null): T | undefined =>
  values.find((value) => value === text);

/** Reads a location hash; what is not understood is left out, nothing throws. */
export function readPermalink(hash: string): Permalink {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const link: Permalink = {};
  const center = readCenter(parameters.get("c"));
  if (center) link.center = center;
  const around = readBox(parameters.get("bb"));
  if (around) link.around = around;
  const zoom = Number(parameters.get("z") || Number.NaN);
  if (zoom >= 0 && zoom <= 24) link.zoom = zoom;
  const layers = parameters.get("l");
  if (layers)
    link.layers = layers
      .split(",")
      .map(readLayer)
      .filter((layer) => layer !== null);
  const background = parameters.get("b");
  if (background && SLUG.test(background)) link.background = background;
  const photo = parameters.get("ph");
  if (photo && SLUG.test(photo)) Object.assign(link, { photo }, readCompare(parameters.get("cmp")));
  const brightness = Number(parameters.get("br") || Number.NaN);
  if (link.photo && brightness >= 50 && brightness <= 150) link.brightness = Math.round(brightness);
  const selection = readSelection(parameters.get("s"));
  if (selection) link.selection = selection;
  if (selection && parameters.get("e") === "1") link.edit = true;
  const road = parameters.get("r");
  if (road && ROAD.test(road)) link.road = road;
  const chosen = (parameters.get("ps") ?? "").split(",").filter((idu) => IDU.test(idu));
  if (chosen.length) link.chosen = [...new Set(chosen)].slice(0, MOST_CHOSEN);
  const theme = oneOf(THEMES, parameters.get("t"));
  if (theme) link.theme = theme;
  const [panel = "", ...tab] = (parameters.get("p") ?? "").split(".");
  if (panel === "none") link.panel = null;
  else if (oneOf(PANELS, panel)) link.panel = oneOf(PANELS, panel) as PanelId;
  if (link.panel && tab.length) link.panelTab = tab.join(".");
  return link;
}

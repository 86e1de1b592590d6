import type { ExternalLayer, GeometryType, Layer } from "../api/types";
import type { AppState, LayerSetting } from "./state";

export interface Arrangement {
  settings: LayerSetting[];
  /** Layers that a link names and that do not exist for this person. */
  unknown: string[];
}

/**
 * Limits over surfaces; and as the topmost layer places its labels first, parcel numbers before house numbers before road
 * names. Layers we do not know stand by geometry.
 */
const STACK = ["communes", "sections", "parcels", "addresses", "roads", "buildings"];
const BY_GEOMETRY: Record<GeometryType, number> = { point: -0.5, line: 3.5, polygon: 6 };

/** Images lie under everything that we draw ourselves. */
const UNDER_ALL = 20;

function stackRank({ slug, geometry_type, image }: Layer): number {
  if (image) return UNDER_ALL;
  return STACK.includes(slug) ? STACK.indexOf(slug) : BY_GEOMETRY[geometry_type];
}

/** The order in which layers are drawn when nobody chose, the topmost first. */
function byDefault(a: Layer, b: Layer): number {
  return stackRank(a) - stackRank(b) || a.order - b.order;
}

/**
 * The layers of the catalogue arranged as `wanted` says; those it does not name keep the server's place, and are off.
 * When nobody wants anything, those of the first view open beside those that open for everybody.
 */
export function arrange(
  catalogue: readonly Layer[],
  wanted: readonly LayerSetting[] | undefined,
  first: readonly string[] = [],
): Arrangement {
  const known = new Map(catalogue.map((layer) => [layer.slug, layer]));
  const defaults = [...catalogue].sort(byDefault);
  if (!wanted) {
    const opened = ({ slug, visible, opacity }: Layer) => ({ slug, visible: visible || first.includes(slug), opacity });
    return { settings: defaults.map(opened), unknown: [] };
  }
  const unique = wanted.filter((setting, i) => wanted.findIndex(({ slug }) => slug === setting.slug) === i);
  const kept = unique.filter(({ slug }) => known.has(slug));
  const named = new Set(kept.map(({ slug }) => slug));
  const rest = defaults
    .filter(({ slug }) => !named.has(slug))
    .map(({ slug, opacity }) => ({ slug, visible: false, opacity }));
  return {
    settings: [...kept, ...rest],
    unknown: unique.filter(({ slug }) => !known.has(slug)).map(({ slug }) => slug),
  };
}

/** A layer of another server beside our own. */
export function imageLayer(external: ExternalLayer): Layer {
  const { tiles, tile_size, legend, kind: _kind, ...described } = external;
  const own = { source_date: null, geometry_type: "polygon", visible: false, opacity: 1, title_field: "" } as const;
  const image = { tiles, tile_size, legend };
  return { ...described, ...own, fields: [], tiles, style: "", legend: [], can_edit: false, image };
}

export interface ThemeGroup {
  slug: string;
  title: string;
  layers: Layer[];
}

/** Layers by theme, both in their order; `text` keeps those whose title or theme holds it, accents aside. */
export function byTheme(catalogue: readonly Layer[], text = ""): ThemeGroup[] {
  const groups = new Map<string, ThemeGroup & { order: number }>();
  const wanted = fold(text.trim());
  for (const layer of [...catalogue].sort((a, b) => a.order - b.order)) {
    const { theme } = layer;
    if (wanted && !fold(`${layer.title} ${theme.title}`).includes(wanted)) continue;
    const group = groups.get(theme.slug) ?? { ...theme, layers: [] };
    group.layers.push(layer);
    groups.set(theme.slug, group);
  }
  return [...groups.values()].sort((a, b) => a.order - b.order);
}

/** Layers that are listed as one, which opens. */
export interface LayerSet {
  slug: string;
  title: string;
  layers: Layer[];
}

/** The lines of a theme: layers by themselves, and sets where their first layer stands. */
export function inSets(layers: readonly Layer[]): (Layer | LayerSet)[] {
  const sets = new Map<string, LayerSet>();
  const lines: (Layer | LayerSet)[] = [];
  for (const layer of layers) {
    const { group } = layer;
    const known = group && sets.get(group.slug);
    if (known) known.layers.push(layer);
    else if (group) {
      const set = { ...group, layers: [layer] };
      sets.set(group.slug, set);
      lines.push(set);
    } else lines.push(layer);
  }
  return lines;
}

export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** A layer as a setting has it: drawn by another of its legends, once that has come. */
export function inLegend(layer: Layer, legend: string | undefined, known: AppState["legends"]): Layer {
  const lines = legend && known[legendKey(layer, legend)];
  return lines ? { ...layer, legend: lines } : layer;
}

/** By what a legend is known: that of another version of the layer is another one. */
export const legendKey = ({ slug, version }: Layer, legend: string): string => `${slug}@${legend}@${version}`;

/** Moves one layer up (-1) or down (+1) in the drawing order. */
export function moveLayer(settings: readonly LayerSetting[], slug: string, step: -1 | 1): LayerSetting[] {
  const from = settings.findIndex((setting) => setting.slug === slug);
  const to = from + step;
  if (from < 0 || to < 0 || to >= settings.length) return [...settings];
  const moved = [...settings];
  [moved[from], moved[to]] = [moved[to] as LayerSetting, moved[from] as LayerSetting];
  return moved;
}

/** Attributions of the layers in sight, each once. */
export function attributions(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.trim()).filter(Boolean))];
}

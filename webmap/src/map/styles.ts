import { asArray, type Color } from "ol/color";
import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import type ImageStyle from "ol/style/Image";
import type { StyleFunction } from "ol/style/Style";
import type { LegendSymbol } from "../api/types";
import { CLUSTERED, isSpeck } from "./cluster-cells";
import { hatchPattern } from "./hatch";
import { casing, inkOf, labelText, lineFor, SHAPES } from "./legend";
import type { Detail, MapLayer } from "./model";
import { FAMILY, type Palette, palette } from "./palette";
import { signStyle } from "./signs";

/** Almost nothing to see, but something to point at. */
const TOUCHABLE = new Fill({ color: "rgba(128,128,128,0.01)" });
/** The standardised pixel of OGC scale denominators, in metres. */
const PIXEL_M = 0.00028;
const DETAIL_RANK: Record<Detail, number> = { far: 0, area: 1, section: 2, parcel: 3, address: 4 };

/** Roads, and layers whose labels have a priority, are drawn in two parts: their features, and their names above. */
export type Part = "whole" | "body" | "labels";

/** The priority of labels that give way by the order of their layers. */
const USUAL_PRIORITY = 5;

/** How high the labels of a layer are placed apart from its features, null for with them: higher ones are placed first. */
export function labelsRank({ slug, labels }: Pick<MapLayer, "slug" | "labels">): number | null {
  if (slug === "roads") return 0;
  const above = (labels?.priority ?? USUAL_PRIORITY) - USUAL_PRIORITY;
  return labels && above ? above : null;
}

export interface StyleContext {
  layer: MapLayer;
  part: Part;
  colours: Palette;
  latitude: number;
  once: ReturnType<typeof oncePerFeature>;
  onceNearby: ReturnType<typeof oncePerCell>;
  atLeast(detail: Detail): boolean;
}

type Recipe = (context: StyleContext) => StyleFunction;

const value = (feature: FeatureLike, names: readonly string[]): string => {
  for (const name of names) {
    const found = feature.get(name);
    if (found !== undefined && found !== null && found !== "") return String(found);
  }
  return "";
};

/** One name per thing: tiles cut a thing in pieces, and each piece would be named. The first tile that asks keeps it. */
function oncePerFeature(): (feature: FeatureLike, resolution: number) => boolean {
  const owners = new Map<string, string>();
  return (feature, resolution) => {
    const id = feature.getId();
    if (id === undefined) return true;
    const key = `${Math.round(resolution * 1000)}/${id}`;
    const extent = feature.getGeometry()?.getExtent();
    const piece = extent ? extent.map(Math.round).join() : "";
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, piece);
    return owner === undefined || owner === piece;
  };
}

interface LabelLook {
  size: number;
  weight?: number;
  colour: string;
  halo: string;
  line?: boolean;
  overflow?: boolean;
  offsetY?: number;
}

function label(look: LabelLook): Text {
  return new Text({
    font: `${look.weight ?? 500} ${look.size}px ${FAMILY}`,
    fill: new Fill({ color: look.colour }),
    stroke: new Stroke({ color: look.halo, width: 3, lineJoin: "round" }),
    placement: look.line ? "line" : "point",
    // A road's name may run a little past its piece of line; a number never past its parcel.
    overflow: look.overflow ?? look.line ?? false,
    maxAngle: Math.PI / 5,
    offsetY: look.offsetY ?? 0,
    padding: [1, 3, 1, 3],
    ...(look.line ? { repeat: 420 } : {}),
  });
}

const communes: Recipe = ({ colours, once, atLeast, part }) => {
  const band = new Style({ stroke: new Stroke({ color: colours.communeBand, width: 7 }), zIndex: 0 });
  const line = new Style({
    fill: TOUCHABLE,
    stroke: new Stroke({ color: colours.commune, width: atLeast("section") ? 1.6 : 1.1, lineDash: [9, 4, 2, 4] }),
    zIndex: 1,
  });
  const text = label({
    size: atLeast("area") ? 14 : 12.5,
    weight: 600,
    colour: colours.commune,
    halo: colours.halo,
    overflow: true,
  });
  const name = new Style({ text, zIndex: 5 });
  return (feature, resolution) => {
    if (part === "body" || atLeast("section")) return [band, line];
    if (!once(feature, resolution)) return [band, line];
    text.setText(value(feature, ["name", "nom", "title"]));
    return [band, line, name];
  };
};

const sections: Recipe = ({ colours, once, atLeast }) => {
  const bold = atLeast("section");
  const line = new Style({
    fill: TOUCHABLE,
    // Bold where sections are what one reads; a soft wide band once the parcels take over.
    stroke: new Stroke({
      color: bold && !atLeast("parcel") ? colours.section : colours.sectionSoft,
      width: atLeast("parcel") ? 2.6 : bold ? 1.7 : 0.8,
    }),
  });
  const text = label({ size: 17, weight: 700, colour: colours.section, halo: colours.halo });
  const name = new Style({ text });
  const named = bold && !atLeast("parcel");
  return (feature, resolution) => {
    if (!named || !once(feature, resolution)) return line;
    text.setText(value(feature, ["code", "section", "letters", "title"]));
    return [line, name];
  };
};

const parcels: Recipe = ({ colours, layer, once, atLeast }) => {
  if (!atLeast("area")) return () => [];
  const near = atLeast("parcel");
  const photo = colours.parcelHalo !== null;
  const width = photo ? (near ? 1.2 : 0.7) : near ? 0.9 : atLeast("section") ? 0.55 : 0.45;
  const outline = new Style({
    fill: TOUCHABLE,
    stroke: new Stroke({ color: atLeast("section") ? colours.parcel : colours.parcelFar, width }),
    zIndex: 1,
  });
  const halo =
    photo && near ? new Style({ stroke: new Stroke({ color: colours.parcelHalo ?? "", width: 2.6 }) }) : null;
  const body = halo ? [halo, outline] : [outline];
  if (!near) return () => body;
  const text = label({ size: 11, weight: 600, colour: colours.label, halo: colours.halo });
  const name = new Style({ text, zIndex: 9 });
  const withName = [...body, name];
  return (feature, resolution) => {
    if (!once(feature, resolution)) return body;
    // The plan says 12 where the register says 0012.
    text.setText(value(feature, ["number", layer.titleField]).replace(/^0+(?=\d)/, ""));
    return withName;
  };
};

const LIGHT_BUILDING = "02";

const buildings: Recipe = ({ colours, atLeast }) => {
  const photo = colours.building === null;
  const style = (fill: string | null, dash?: number[]): Style => {
    const width = photo ? 1 : atLeast("parcel") ? 0.8 : 0.4;
    const stroke = new Stroke({ color: colours.buildingLine, width, ...(dash ? { lineDash: dash } : {}) });
    return new Style({
      fill: fill === null ? TOUCHABLE : new Fill({ color: fill }),
      // From further away a photo shows its buildings better than their outlines, which would hide the parcels.
      ...(atLeast(photo ? "parcel" : "section") ? { stroke } : {}),
    });
  };
  const solid = style(colours.building);
  const light = style(photo ? null : colours.buildingLight, atLeast("parcel") ? [4, 2.5] : undefined);
  return (feature) => (feature.get("kind") === LIGHT_BUILDING ? light : solid);
};

const ROAD_METRES: [RegExp, number][] = [
  [/depart|\brd\b|\bd\s?\d|nation|\bn\s?\d|avenue|boulevard|main|primary/i, 8],
  [/chemin|sentier|path|track|rural|impasse/i, 3.5],
];

const ROAD_LABEL_PX = 6.2;
const ROAD_CELL_PX = 340;

/** The same name once per stretch of screen: a road is made of many pieces, cut again by the tiles. */
function oncePerCell(): (title: string, feature: FeatureLike, resolution: number) => boolean {
  const taken = new Map<string, string>();
  return (title, feature, resolution) => {
    const extent = feature.getGeometry()?.getExtent() ?? [];
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    const cell = ROAD_CELL_PX * resolution;
    const key = `${title}/${Math.round(resolution * 1000)}/${Math.round((west + east) / 2 / cell)}/${Math.round((south + north) / 2 / cell)}`;
    const piece = extent.map(Math.round).join();
    if (Math.hypot(east - west, north - south) < 0.8 * title.length * ROAD_LABEL_PX * resolution) return false;
    const owner = taken.get(key);
    if (owner === undefined) taken.set(key, piece);
    return owner === undefined || owner === piece;
  };
}

const roads: Recipe = ({ colours, layer, latitude, onceNearby, atLeast, part }) => {
  const text = label({ size: 11.5, weight: 500, colour: colours.labelSoft, halo: colours.halo, line: true });
  const name = new Style({ text, zIndex: 9 });
  const photo = colours.parcelHalo !== null;
  // A photo shows its roads itself: their axis is enough.
  const axis = photo ? colours.road : colours.roadCasing;
  const single = new Style({ stroke: new Stroke({ color: axis, width: atLeast("area") ? 1.4 : 0.8 }) });
  const bodies = new Map<string, Style[]>();
  return (feature, resolution) => {
    if (part === "labels" && !atLeast("parcel")) return [];
    if (part !== "labels" && (photo || !atLeast("section"))) return single;
    const title = value(feature, ["name", layer.titleField]);
    if (part === "labels") {
      if (!title || !onceNearby(title, feature, resolution)) return [];
      text.setText(title);
      return name;
    }
    const guess = ROAD_METRES.find(([pattern]) => pattern.test(`${value(feature, ["kind"])} ${title}`))?.[1] ?? 5.5;
    const metres = Number(feature.get("width_m")) || guess;
    const ground = resolution * Math.cos((latitude * Math.PI) / 180);
    const width = Math.max(metres > 6 ? 2 : 1.1, Math.min(metres / ground, 30));
    const key = width.toFixed(1);
    const body = bodies.get(key) ?? [
      new Style({ stroke: new Stroke({ color: colours.roadCasing, width: width + 1.6, lineCap: "round" }), zIndex: 0 }),
      new Style({ stroke: new Stroke({ color: colours.road, width, lineCap: "round" }), zIndex: 1 }),
    ];
    bodies.set(key, body);
    return body;
  };
};

const addresses: Recipe = ({ colours, layer, atLeast }) => {
  if (!atLeast("section")) return () => [];
  const dot = new Style({
    image: new Circle({
      radius: atLeast("address") ? 2.2 : 1.4,
      fill: new Fill({ color: colours.address }),
      stroke: new Stroke({ color: colours.halo, width: 1 }),
      declutterMode: "none",
    }),
  });
  if (!atLeast("address")) return () => dot;
  const text = label({ size: 10.5, weight: 500, colour: colours.address, halo: colours.halo, offsetY: -9 });
  const name = new Style({ text });
  return (feature) => {
    const number = value(feature, ["house_number", "number", "numero"]);
    const suffix = value(feature, ["suffix", "repetition", "rep", "suffixe"]);
    text.setText(number ? `${number}${suffix ? ` ${suffix}` : ""}` : value(feature, [layer.titleField]));
    return [dot, name];
  };
};

/** Where a symbol has no colour of its own to be seen by, the map's. */
function symbolStyles(symbol: LegendSymbol, colours: Palette, photo: boolean, thin: boolean): Style[] {
  const width = symbol.stroke_width ?? 1.2;
  const line = symbol.stroke ? { color: symbol.stroke, ...(symbol.dash ? { lineDash: symbol.dash } : {}) } : null;
  const stroke = line && width > 0 ? new Stroke({ ...line, width }) : null;
  const halo = photo ? new Stroke({ color: casing(inkOf(symbol, colours.accent)), width: width + 2.2 }) : null;
  if (symbol.kind === "circle") return pointStyles(symbol, stroke, halo, colours);
  const fill = symbol.kind === "fill" && symbol.fill ? new Fill({ color: groundOf(symbol.fill, thin) }) : TOUCHABLE;
  const lines = symbol.kind === "fill" && symbol.hatch ? hatchPattern(symbol.hatch) : null;
  // The ground stays under a hatch: one points at a feature between its lines too.
  const ground = lines ? [new Style({ fill, zIndex: 1 })] : [];
  const body = new Style({ fill: lines ? new Fill({ color: lines }) : fill, ...(stroke ? { stroke } : {}), zIndex: 1 });
  return [...(halo && stroke ? [new Style({ stroke: halo, zIndex: 0 })] : []), ...ground, body];
}

/** The wash of a ground: a thin one where a photo is shown, for one looks at the photo through it. */
export function groundOf(colour: string, thin: boolean): Color | string {
  if (!thin) return colour;
  const [red = 0, green = 0, blue = 0, alpha = 1] = asArray(colour);
  return [red, green, blue, alpha * WASH_ON_PHOTO];
}

function pointStyles(symbol: LegendSymbol, stroke: Stroke | null, halo: Stroke | null, colours: Palette): Style[] {
  const fill = new Fill({ color: symbol.fill ?? (stroke ? "rgba(128,128,128,0.01)" : colours.accent) });
  const body = pointImage(symbol, fill, stroke ?? undefined);
  const around = halo && new Style({ image: pointImage(symbol, undefined, halo), zIndex: 1 });
  return [...(around ? [around] : []), new Style({ image: body, zIndex: 2 })];
}

function pointImage(symbol: LegendSymbol, fill: Fill | undefined, stroke: Stroke | undefined): ImageStyle {
  const radius = symbol.radius ?? 4;
  const shape = SHAPES[symbol.shape ?? "circle"];
  const look = { ...(fill ? { fill } : {}), ...(stroke ? { stroke } : {}), declutterMode: "none" as const };
  if (!shape) return new Circle({ radius, ...look });
  const reach = radius * shape.grown;
  const inner = shape.depth === undefined ? {} : { radius2: reach * shape.depth };
  return new RegularShape({ points: shape.points, angle: shape.angle, radius: reach, ...inner, ...look });
}

const WASH_ON_PHOTO = 0.4;
const LABEL_GAP_PX = 4;
/** Signs are drawn with their pictograms from near, with the symbols of the legend from further away. */
const SIGNS = "road-assets";

/** What the layer's labels write, from their scale on; nothing for a feature without a value. */
function labelled({
  layer,
  latitude,
  colours,
  once,
  part,
}: StyleContext): (feature: FeatureLike, resolution: number) => Style[] {
  const labels = layer.labels;
  if (!labels || part === "body") return () => [];
  const text = label({
    size: labels.size,
    weight: labels.bold ? 700 : 500,
    colour: labels.colour ?? colours.label,
    halo: labels.colour ? casing(labels.colour) : colours.halo,
    line: layer.geometryType === "line",
    overflow: layer.geometryType === "point",
  });
  if (layer.geometryType === "point") {
    text.setOffsetY(
      -Math.max(...layer.legend.map(({ symbol }) => symbol.radius ?? 4), 4) - labels.size / 2 - LABEL_GAP_PX,
    );
  }
  const name = new Style({ text, zIndex: 9 });
  const metres = (labels.from_scale ?? Number.POSITIVE_INFINITY) * PIXEL_M * 1.01;
  return (feature, resolution) => {
    if (resolution * Math.cos((latitude * Math.PI) / 180) > metres) return [];
    const written = labelText(labels.parts, (column) => feature.get(column));
    if (!written || !once(feature, resolution)) return [];
    text.setText(written);
    return [name];
  };
}

/** A layer we know nothing of is drawn as its legend says: by the first line that a feature fits. */
const fromLegend: Recipe = (context) => {
  const { layer, colours } = context;
  const photo = colours.parcelHalo !== null;
  const drawn = layer.legend.map(({ symbol }) => symbolStyles(symbol, colours, photo, layer.look.photo));
  const named = labelled(context);
  const signs = layer.slug === SIGNS && context.atLeast("parcel");
  if (context.part === "labels") return named;
  return (feature, resolution) => {
    const sign = signs ? signStyle(feature) : null;
    if (sign) return [sign, ...named(feature, resolution)];
    const styles = drawn[lineFor(layer.legend, (column) => (column === "id" ? feature.getId() : feature.get(column)))];
    return styles && [...styles, ...named(feature, resolution)];
  };
};

/** What is too small to be seen is counted together (`clusters.ts`); the rest is drawn as its legend says. */
const clustered: Recipe = (context) => {
  const drawn = fromLegend(context);
  return (feature, resolution) => {
    const extent = feature.getGeometry()?.getExtent();
    return extent && isSpeck(extent, resolution) ? [] : drawn(feature, resolution);
  };
};

const RECIPES: Record<string, Recipe> = {
  ...{ communes, sections, parcels, buildings, roads, addresses },
  [CLUSTERED]: clustered,
};

/** Whether the map draws a layer by rules of its own rather than by its legend. */
export const hasOwnCartography = (slug: string): boolean => slug in RECIPES;

/** Whether a place of the map, in its own projection, lies on a photo. */
export type OnPhoto = (place: number[]) => boolean;

/** The cartography of one layer, for one look of the map; with `onPhoto`, only what is on a photo looks so. */
export function layerStyle(layer: MapLayer, latitude: number, part: Part, onPhoto: OnPhoto | null): StyleFunction {
  const rank = DETAIL_RANK[layer.look.detail];
  const shared = {
    layer,
    part,
    latitude,
    once: oncePerFeature(),
    onceNearby: oncePerCell(),
    atLeast: (detail: Detail): boolean => rank >= DETAIL_RANK[detail],
  };
  const recipe = RECIPES[layer.slug] ?? fromLegend;
  const asked = recipe({ ...shared, colours: palette(layer.look) });
  if (!layer.look.photo || !onPhoto) return without(layer.hidden, asked);
  const plain = recipe({ ...shared, colours: palette({ ...layer.look, photo: false }) });
  return without(layer.hidden, (feature, resolution) =>
    (onPhoto(middle(feature)) ? asked : plain)(feature, resolution),
  );
}

function without(hidden: readonly number[], style: StyleFunction): StyleFunction {
  if (!hidden.length) return style;
  const ids = new Set<number | string | undefined>(hidden);
  return (feature, resolution) => (ids.has(feature.getId()) ? undefined : style(feature, resolution));
}

function middle(feature: FeatureLike): number[] {
  const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
  return [(west + east) / 2, (south + north) / 2];
}

function outline(colours: Palette, scale: number, fill: string): Style[] {
  const halo = new Stroke({ color: colours.selectionHalo, width: 6.5 * scale, lineJoin: "round", lineCap: "round" });
  const line = new Stroke({ color: colours.accent, width: 3 * scale, lineJoin: "round", lineCap: "round" });
  return [
    new Style({
      stroke: halo,
      image: new Circle({ radius: 9 * Math.sqrt(scale), stroke: halo }),
      zIndex: 1,
    }),
    new Style({
      stroke: line,
      fill: new Fill({ color: fill }),
      image: new Circle({ radius: 9 * Math.sqrt(scale), stroke: line, fill: new Fill({ color: fill }) }),
      zIndex: 2,
    }),
  ];
}

export const selectionStyle = (colours: Palette): Style[] => outline(colours, 1, colours.accentFill);
export const chosenStyle = (colours: Palette): Style[] => outline(colours, 0.8, colours.accentFill);
export const hoverStyle = (colours: Palette): Style[] => outline(colours, 0.5, colours.accentFillSoft);

/** Line, fill and vertices of a measure; its length is written in the panel, not over the map. */
export function sketchStyle(colours: Palette): Style[] {
  return [...outline(colours, 0.8, colours.accentFill)];
}

export function vertexStyle(colours: Palette): Style {
  return new Style({
    image: new Circle({
      radius: 4.5,
      fill: new Fill({ color: "#FFFFFF" }),
      stroke: new Stroke({ color: colours.accent, width: 2 }),
    }),
    zIndex: 3,
  });
}

export function pinStyle(colours: Palette, words: string): Style[] {
  const text = label({ size: 14, weight: 700, colour: colours.accent, halo: colours.selectionHalo, offsetY: -22 });
  text.setText(words);
  return [
    ...(words ? [new Style({ text, zIndex: 4 })] : []),
    new Style({ image: new Circle({ radius: 10, stroke: new Stroke({ color: colours.selectionHalo, width: 5 }) }) }),
    new Style({
      image: new Circle({
        radius: 10,
        stroke: new Stroke({ color: colours.accent, width: 2 }),
        fill: new Fill({ color: colours.accentFill }),
      }),
    }),
    new Style({ image: new Circle({ radius: 2.5, fill: new Fill({ color: colours.accent }) }) }),
  ];
}

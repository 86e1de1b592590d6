import type { Background, Geometry, GeometryType, Labels, Layer, LegendLine, Photo } from "../api/types";
import { sameOrigin, tilesUrl } from "../api/urls";
import type { MultiPolygon } from "../geo/footprint";
import { type Bbox, type LonLat, scaleDenominator } from "../geo/mercator";
import { inLegend } from "../state/catalogue";
import { comparison, knownPhotos } from "../state/photos";
import type { AppState, CompareMode, HeightStyle, MeasureKind, Sheet } from "../state/state";
import type { WaterPicture } from "../state/water";

/** Everything the map draws, as plain data: no OpenLayers object, so it can be compared and tested. */
export interface MapLayer {
  slug: string;
  url: string;
  geometryType: GeometryType;
  minZoom: number;
  maxZoom: number;
  extent: Bbox | null;
  visible: boolean;
  opacity: number;
  zIndex: number;
  titleField: string;
  legend: readonly LegendLine[];
  labels: Labels | null;
  look: Look;
  /** The images of a layer that another server draws. */
  image: { url: string; tileSize: number } | null;
  /** Features that are being edited: they are drawn elsewhere. */
  hidden: readonly number[];
}

/** A campaign beneath the layers. */
export interface MapPhoto {
  slug: string;
  url: string;
  minZoom: number;
  maxZoom: number;
  extent: Bbox;
  /** The GeoJSON of where it has pixels: text, for it is often compared and seldom read. */
  footprint: string;
}

export type Detail = "far" | "area" | "section" | "parcel" | "address";

/** What a layer's drawing depends on besides its data. */
export interface Look {
  dark: boolean;
  photo: boolean;
  detail: Detail;
}

export interface Sketch {
  kind: MeasureKind;
  points: LonLat[];
  finished: boolean;
  mark?: LonLat | null;
}

export interface MapModel {
  background: Background | null;
  photo: MapPhoto | null;
  /** The other photo of a comparison, on the left; `mode` says how they share the screen. */
  compared: MapPhoto | null;
  mode: CompareMode | null;
  layers: MapLayer[];
  selected: Geometry | null;
  /** Parcels drawn as chosen. */
  chosen: readonly { id: number }[];
  pin: LonLat | null;
  /** What is written beside it. */
  pinWords: string;
  sketch: Sketch | null;
  water: WaterPicture | null;
  look: Look;
}

/** The scales at which the map says more; in between nothing is redrawn. */
const DETAILS: [number, Detail][] = [
  [2000, "address"],
  [5000, "parcel"],
  [20000, "section"],
  [100000, "area"],
];

/** A hair above each limit counts as within: the scale a person reads is rounded. */
export function detailAt(zoom: number, latitude: number): Detail {
  const scale = scaleDenominator(zoom, latitude);
  return DETAILS.find(([limit]) => scale <= limit * 1.01)?.[1] ?? "far";
}

/** Whether a layer is shown at the scale 1:denominator; what a person reads as its limit still counts. */
export function shownAt({ scale_from, scale_to }: Layer, denominator: number): boolean {
  return denominator <= (scale_from ?? Number.POSITIVE_INFINITY) * 1.01 && denominator >= (scale_to ?? 0) * 0.99;
}

function mapLayer(layer: Layer, state: AppState, tiles: string, look: Look): MapLayer {
  const index = state.layers.findIndex(({ slug }) => slug === layer.slug);
  const setting = state.layers[index];
  return {
    slug: layer.slug,
    url: tilesUrl(tiles, layer.slug, layer.version),
    geometryType: layer.geometry_type,
    minZoom: layer.min_zoom,
    maxZoom: layer.max_zoom,
    extent: layer.extent_4326,
    visible: (setting?.visible ?? false) && shownAt(layer, scaleDenominator(state.view.zoom, state.view.center[1])),
    opacity: setting?.opacity ?? 1,
    zIndex: state.layers.length - index,
    titleField: layer.title_field,
    legend: inLegend(layer, setting?.legend, state.legends).legend,
    labels: layer.labels ?? null,
    image: layer.image ? { url: sameOrigin(layer.image.tiles), tileSize: layer.image.tile_size } : null,
    look,
    hidden: state.editing?.hidden[layer.slug] ?? [],
  };
}

const texts = new WeakMap<MultiPolygon, string>();

function written(footprint: MultiPolygon): string {
  const text = texts.get(footprint) ?? JSON.stringify(footprint);
  texts.set(footprint, text);
  return text;
}

/** Where photos lie on the plain ground, as GeoJSON; nothing where an image lies everywhere. */
export function patches({ background, photo, compared }: MapModel): string[] {
  if (background) return [];
  return [...new Set([photo, compared].flatMap((one) => (one ? [one.footprint] : [])))].sort();
}

/** The ground and the surface have tiles of their own in each style. */
function tilesInStyle({ kind, slug, tiles }: Photo, style: HeightStyle): string {
  const styled = style && (kind === "ground" || kind === "surface");
  return sameOrigin(styled ? tiles.replace(`/${slug}/`, `/${slug}--${style}/`) : tiles);
}

function mapPhoto(photo: Photo | undefined, style: HeightStyle): MapPhoto | null {
  if (!photo) return null;
  return {
    slug: photo.slug,
    url: tilesInStyle(photo, style),
    minZoom: photo.min_zoom,
    maxZoom: photo.max_zoom,
    extent: photo.extent_4326,
    footprint: written(photo.footprint_4326),
  };
}

/** What the sheet is about, where nothing else on the map shows it. */
function selected(sheet: Sheet | null): Geometry | null {
  if (sheet?.status === "ready") return sheet.feature.geometry;
  return sheet?.status === "ground" && "shape" in sheet.ground ? sheet.ground.shape : null;
}

/** The map that a state asks for. */
export function buildModel(state: AppState, tiles: string): MapModel {
  const background = state.backgrounds.find(({ slug }) => slug === state.background) ?? null;
  const image = background !== null && background.kind !== "plain";
  const photo = mapPhoto(
    knownPhotos(state).find(({ slug }) => slug === state.photo),
    state.heightStyle,
  );
  const pair = comparison(state);
  const look = {
    dark: state.dark,
    photo: image || photo !== null,
    detail: detailAt(state.view.zoom, state.view.center[1]),
  };
  const catalogue = state.catalogue.status === "ready" ? [...state.catalogue.value, ...state.images] : [];
  return {
    background: image ? background : null,
    photo,
    compared: mapPhoto(pair?.left, state.heightStyle),
    mode: pair?.mode ?? null,
    layers: catalogue.map((layer) => mapLayer(layer, state, tiles, look)),
    selected: selected(state.sheet),
    chosen: state.chosen.parcels,
    pin: state.pin,
    pinWords: (state.sheet?.status === "ready" && state.sheet.marked) || "",
    sketch: state.measure,
    water: state.water,
    look,
  };
}

import type { Feature, GeometryType, Layer, Photo } from "../src/api/types";
import type { MultiPolygon } from "../src/geo/footprint";
import type { Bbox, LonLat } from "../src/geo/mercator";
import type { AppState } from "../src/state/state";

export function layer(slug: string, patch: Partial<Layer> = {}): Layer {
  return {
    slug,
    title: slug,
    abstract: "",
    theme: { slug: "cadastre", title: "Cadastre", order: 1 },
    order: 1,
    attribution: "DGFiP",
    licence: "",
    source_date: null,
    geometry_type: "polygon" as GeometryType,
    visibility: "public",
    owner: null,
    min_zoom: 13,
    max_zoom: 16,
    extent_4326: null,
    visible: true,
    opacity: 1,
    version: 3,
    title_field: "label",
    fields: [],
    tiles: "",
    style: "",
    legend: [],
    can_edit: false,
    ...patch,
  };
}

export function feature(slug: string, id: number): Feature {
  return {
    layer: slug,
    id,
    title: `${slug} ${id}`,
    subtitle: null,
    properties: [],
    links: [],
    picture: null,
    geometry: { type: "Point", coordinates: [0, 0] },
    bbox_4326: [0, 0, 0, 0],
    version: 1,
  };
}

export function ring([west, south, east, north]: Bbox): LonLat[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

export function footprint(...boxes: Bbox[]): MultiPolygon {
  return { type: "MultiPolygon", coordinates: boxes.map((box) => [ring(box)]) };
}

export function photo(slug: string, patch: Partial<Photo> = {}): Photo {
  return {
    slug,
    kind: "photo",
    title: `Campagne ${slug}`,
    acquired: slug,
    resolution_m: 0.2,
    visibility: "public",
    owner: null,
    attribution: "IGN",
    licence: "",
    abstract: "",
    edition: 12,
    extent_4326: [1.8, 47.5, 2, 47.6],
    footprint_4326: footprint([1.8, 47.5, 2, 47.6]),
    tiles: `/ortho/v12/wmts/${slug}/PM/{z}/{x}/{y}.png`,
    min_zoom: 0,
    max_zoom: 19,
    ...patch,
  };
}

export function state(patch: Partial<AppState> = {}): AppState {
  return {
    view: { center: [1.9, 47.55], zoom: 17, bbox: [1.8, 47.5, 2, 47.6] },
    catalogue: { status: "ready", value: [layer("parcels"), layer("buildings")] },
    images: [],
    backgrounds: [],
    layers: [
      { slug: "parcels", visible: true, opacity: 1 },
      { slug: "buildings", visible: true, opacity: 0.5 },
    ],
    legends: {},
    background: "plain",
    photos: null,
    photo: null,
    brightness: 100,
    heightStyle: "",
    compare: null,
    selection: null,
    sheet: null,
    pin: null,
    panel: "layers",
    panelTab: null,
    theme: "auto",
    dark: false,
    language: "fr",
    coordinates: "lambert93",
    measure: null,
    chosen: { parcels: [], secret: false },
    editing: null,
    water: null,
    aiming: false,
    table: null,
    sheetHeight: "half",
    jobs: [],
    notices: [],
    online: true,
    busy: false,
    ...patch,
  };
}

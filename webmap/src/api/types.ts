/** Shapes of the HTTP contract, as the server sends them. */
import type { MultiPolygon } from "../geo/footprint";
import type { Geometry, GeometryType } from "../geo/geojson";
import type { Bbox, LonLat } from "../geo/mercator";

export type { Geometry, GeometryType };

export interface Member {
  slug: string;
  name: string;
  bbox_4326?: Bbox;
}

export interface Config {
  /** `id`: the same in every session, says nothing. */
  user: { id: string; username: string; name: string } | null;
  member: Member | null;
  memberships: { member: Member; role: string; role_label: string }[];
  language: string;
  urls: {
    api: string;
    sign_in: string;
    sign_out: string;
    account: string;
    language: string;
    tiles: string;
    admin: string | null;
    imports: string | null;
    layers: string | null;
    campaigns: string | null;
    members: string | null;
    sheets: string | null;
    roads: string;
    /** The pages of planning applications, for whoever may see some; where one is filed, for whoever may. */
    permits: string | null;
    file_permit: string | null;
    /** The pages of water and sewer networks, for whoever may see some. */
    networks: string | null;
  };
  extent_4326: Bbox;
  version: string;
}

export type Visibility = "public" | "signed_in" | "members" | "owner";
export type FieldType = "text" | "integer" | "number" | "date" | "datetime" | "boolean" | "area_m2" | "length_m";

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  unit: string | null;
  in_tiles: boolean;
}

/** Parallel lines over the fill of an area. */
export interface Hatch {
  colour: string;
  /** Degrees, counter-clockwise from the horizontal. */
  angle: number;
  /** From line to line, in pixels. */
  spacing: number;
  width: number;
  cross?: boolean;
}

export interface LegendSymbol {
  kind: "fill" | "line" | "circle";
  fill?: string | null;
  hatch?: Hatch | null;
  stroke?: string | null;
  stroke_width?: number | null;
  dash?: number[] | null;
  radius?: number | null;
  shape?: string | null;
}

export type Plain = string | number | boolean | null;

/** What a column's value must be: this one, one of those, or within bounds. */
export type Condition =
  | Plain
  | { in: Plain[] }
  | { from?: number | string; above?: number | string; to?: number | string; below?: number | string };

/** A line of a legend: a feature is drawn by the first one that it fits. */
export interface LegendLine {
  label: string;
  where?: Record<string, Condition>;
  symbol: LegendSymbol;
}

/** What is written beside the features of a layer. */
export interface Labels {
  column: string;
  size: number;
  colour: string | null;
  bold: boolean;
  from_scale: number | null;
}

export interface LayerImage {
  /** Address template of the images, in the Web Mercator pyramid. */
  tiles: string;
  tile_size: number;
  /** Address of an image of the legend. */
  legend: string | null;
}

/** A layer of another server, as the server sends it. */
export interface ExternalLayer extends LayerImage {
  slug: string;
  title: string;
  abstract: string;
  theme: { slug: string; title: string; order: number } | null;
  order: number;
  attribution: string;
  licence: string;
  visibility: Visibility;
  owner: { slug: string; name: string } | null;
  kind: "wms" | "wmts" | "xyz";
  min_zoom: number;
  max_zoom: number;
  extent_4326: Bbox | null;
  version: number;
}

export interface Layer {
  slug: string;
  title: string;
  abstract: string;
  theme: { slug: string; title: string; order: number } | null;
  order: number;
  attribution: string;
  licence: string;
  source_date: string | null;
  geometry_type: GeometryType;
  visibility: Visibility;
  owner: { slug: string; name: string } | null;
  min_zoom: number;
  max_zoom: number;
  extent_4326: Bbox | null;
  visible: boolean;
  opacity: number;
  version: number;
  title_field: string;
  fields: Field[];
  tiles: string;
  style: string;
  legend: LegendLine[];
  labels?: Labels | null;
  /** Denominators between which the layer is shown. */
  scale_from?: number | null;
  scale_to?: number | null;
  can_edit: boolean;
  /** The page of its settings, for whoever administers it. */
  settings?: string | null;
  /** Drawn by another server, as images that ours passes on. */
  image?: LayerImage;
}

export interface Background {
  slug: string;
  title: string;
  kind: "plain" | "xyz" | "wmts";
  url: string;
  layer: string;
  matrix_set: string;
  format: string;
  style: string;
  attribution: string;
  min_zoom: number;
  max_zoom: number;
  default: boolean;
}

/** An aerial campaign that was published, as tiles. */
export interface Photo {
  slug: string;
  title: string;
  /** "2024", "2024-06" or "2024-06-12". */
  acquired: string;
  resolution_m: number;
  visibility: Visibility;
  owner: { slug: string; name: string } | null;
  attribution: string;
  licence: string;
  abstract: string;
  edition: number;
  extent_4326: Bbox;
  /** Where it has pixels, nearly. */
  footprint_4326: MultiPolygon;
  tiles: string;
  min_zoom: number;
  max_zoom: number;
}

export interface SearchResult {
  kind: "commune" | "parcel" | "address" | "road" | "coordinates";
  label: string;
  detail: string;
  layer: string | null;
  id: number | null;
  center_4326: LonLat;
  bbox_4326: Bbox | null;
  /** A whole numbered road, as addresses have it. */
  road: string | null;
}

/** A numbered road, all of it. */
export type WholeRoad = Pick<Feature, "title" | "subtitle" | "properties" | "links" | "geometry" | "bbox_4326">;

/** Where a place lies on a numbered road, and the pages that go on from there. */
export interface RoadPlace {
  reference: string;
  links: FeatureLink[];
}

export interface Property {
  name: string;
  label: string;
  value: unknown;
  unit: string | null;
  display: string;
}

/** A page of the platform that goes on from a feature. */
export interface FeatureLink {
  title: string;
  url: string;
}

export interface Feature {
  layer: string;
  id: number;
  title: string;
  subtitle: string | null;
  properties: Property[];
  links: FeatureLink[];
  picture: string | null;
  geometry: Geometry | null;
  bbox_4326: Bbox;
  version: number;
}

export interface HereGroup {
  layer: string;
  title: string;
  features: Feature[];
}

export interface FeatureRow {
  id: number;
  title: string;
  properties: Record<string, unknown>;
  bbox_4326: Bbox;
}

export interface FeaturePage {
  number_matched: number | null;
  next: string | null;
  results: FeatureRow[];
}

export interface Job {
  id: number;
  kind: string;
  title: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  progress: number | null;
  message: string;
  started_at: string | null;
  ended_at: string | null;
  report: string | null;
}

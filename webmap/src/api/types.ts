/**
 * Shapes of the HTTP contract. Those of the API are the document's own (schema.d.ts), but where it says less than the map
 * must know: conditions of legends, GeoJSON, what a style that is being written may leave out.
 */
import type { Geometry, GeometryType } from "../geo/geojson";
import type { Bbox } from "../geo/mercator";
import type * as schema from "./schema";

export type { Geometry, GeometryType };

export interface Member {
  slug: string;
  name: string;
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
    /** Where a person's map is kept; null for visitors. */
    map_view: string | null;
    language: string;
    tiles: string;
    /** The list of the guides. */
    help: string;
    admin: string | null;
    /** What leads the agency on an empty platform. */
    start: string | null;
    sheets: string | null;
    roads: string;
    /** The pages of planning applications, for whoever may see some; where one is filed, for whoever may. */
    permits: string | null;
    file_permit: string | null;
    /** The pages of water and sewer networks, for whoever may see some. */
    networks: string | null;
  };
  /** The links of the bar that the pages have. */
  bar: { name: string; url: string; labels: Record<string, string> }[];
  /** The address of the guide of a panel, of those that have one. */
  guides: Record<string, string>;
  /** Where the map begins: the territories of the person's members, or all of them. */
  extent_4326: Bbox;
  /** What is said while the site only lets read; empty otherwise. */
  maintenance: string;
  /** No commune was imported yet: there is nothing to see. */
  is_empty: boolean;
  /** What opens for the person's roles beside the layers that open for everybody. */
  first_view: { layers: string[]; photo: boolean };
  /** Where to open where the whole territory would be seen from further than `zoom`. */
  first_place: { center: [number, number]; zoom: number } | null;
  /** How the person left the map, as a link says it; empty while they have not arranged it. */
  map_view: string;
  version: string;
}

export type Visibility = schema.VisibilityEnum;
export type FieldType = schema.ColumnTypeEnum;
export type Field = schema.Column;
export type Hatch = schema.Hatch;
export type Labels = schema.Labels;
export type LabelPart = schema.LabelPart;

/** A symbol may leave out what is as usual. */
export type LegendSymbol = Pick<schema.Symbol, "kind"> & {
  [Name in Exclude<keyof schema.Symbol, "kind">]?: schema.Symbol[Name] | null;
};

export type Plain = string | number | boolean | null;

/** What a column's value must be: this one, one of those, or within bounds. */
export type Condition =
  | Plain
  | { in: Plain[] }
  | { from?: number | string; above?: number | string; to?: number | string; below?: number | string };

/** A line of a legend: a feature is drawn by the first one that it fits. */
export interface LegendLine extends Pick<schema.Legend, "label"> {
  where?: Record<string, Condition>;
  symbol: LegendSymbol;
}

/** A layer of another server. */
export type ExternalLayer = schema.ExternalLayer;
export type LayerImage = Pick<ExternalLayer, "tiles" | "tile_size" | "legend">;

type Always =
  | "slug"
  | "title"
  | "abstract"
  | "theme"
  | "order"
  | "attribution"
  | "licence"
  | "source_date"
  | "geometry_type"
  | "visibility"
  | "owner"
  | "min_zoom"
  | "max_zoom"
  | "extent_4326"
  | "visible"
  | "opacity"
  | "version"
  | "title_field"
  | "fields"
  | "tiles"
  | "style"
  | "can_edit";
type Ours = "group" | "labels" | "legends" | "scale_from" | "scale_to" | "settings";

/** A layer of ours, or one of another server, of which there is less to say. */
export interface Layer extends Pick<schema.Layer, Always>, Partial<Pick<schema.Layer, Ours>> {
  legend: LegendLine[];
  /** Drawn by another server, as images that ours passes on. */
  image?: LayerImage;
}

export type Background = schema.Background;
/** An aerial campaign that was published, as tiles. */
export type Photo = schema.Photo;
export type SearchResult = schema.Suggestion;
export type Suggestions = schema.Suggestions;

/** A numbered road, all of it. */
export type WholeRoad = Omit<schema.Road, "geometry" | "slug"> & { geometry: Geometry };
/** Where a place lies on a numbered road, and the pages that go on from there. */
export type RoadPlace = Pick<schema.RoadPlace, "reference" | "links">;

export type Property = schema.Property;
/** A page of the platform that goes on from a feature. */
export type FeatureLink = schema.FeatureLink;

export interface Feature extends Omit<schema.Feature, "geometry"> {
  geometry: Geometry | null;
}

export interface HereGroup extends Omit<schema.HereLayer, "features"> {
  features: Feature[];
}

export type FeatureRow = schema.ListedFeature;
export type FeaturePage = schema.FeaturePage;
export type Job = Omit<schema.Job, "created_at" | "state_label">;
/** A published model of heights. */
export type HeightModel = schema.HeightModel;
/** A place of a line: metres from its beginning, the ground, the surface (null where not known), longitude, latitude. */
export type ProfilePoint = readonly [
  distance: number,
  ground: number | null,
  surface: number | null,
  lon: number,
  lat: number,
];
/** Ground and surface along a line. */
export interface TerrainProfile {
  length_m: number;
  ground_length_m: number | null;
  slope: number | null;
  models: Partial<Record<"ground" | "surface", HeightModel>>;
  profile: readonly ProfilePoint[];
}
/** At a place: the altitude of a model, and what stands on the ground. */
export type HeightAt = Pick<schema.Heights, "model" | "height" | "above_ground">;
/** What the colours of a model of heights stand for. */
export type HeightLegend = schema.HeightLegend;

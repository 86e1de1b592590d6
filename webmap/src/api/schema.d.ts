// Written by `npm run types`, from the OpenAPI document; a test fails when it is not what the API answers.

export interface Account {
  code: string;
  ground: boolean;
  premises: string[];
  /** Owners by their right, in the register's order. */
  rights: Record<string, unknown>[];
}

/** Sensitive users first; at most 5,000. */
export interface AllServed {
  count: number;
  dwellings: number;
  truncated: boolean;
  results: Served[];
}

export interface Alternative {
  id: number;
  reference: string | null;
  point: [number, number];
  connections: number;
  length_m: number;
}

export interface AlternativeLegend {
  name: string;
  title: string;
  /** where its figures stand; empty for nowhere */
  page: string;
}

export interface Applicant {
  name: string;
  address?: string;
  email?: string;
  phone?: string;
  siret?: string;
  /** who acts for them */
  agent?: string;
  architect?: string;
  /** at the order of architects */
  architect_number?: string;
}

export interface ApplicantAnswer {
  number: string;
  applicant: Applicant | null;
}

export interface Attachment {
  id: number;
  url: string;
  thumbnail: string;
  title: string;
  taken_at: string | null;
  added_at: string;
  width: number;
  height: number;
  size_bytes: number;
}

export interface Attachments {
  results: Attachment[];
}

export interface Background {
  slug: string;
  title: string;
  kind: BackgroundKindEnum;
  url: string | null;
  layer: string | null;
  matrix_set: string | null;
  format: string | null;
  style: string | null;
  attribution: string;
  min_zoom: number;
  max_zoom: number;
  default: boolean;
}

/** * `plain` - plain * `xyz` - xyz * `wmts` - wmts */
export type BackgroundKindEnum = "plain" | "xyz" | "wmts";

export interface Backgrounds {
  results: Background[];
}

export type BlankEnum = "";

/** A pipe by its id, or a point: the nearest pipe in service within 25 m is meant. */
export interface Break {
  pipe?: number;
  point?: [number, number];
  /** of the point * `2154` - Lambert-93 * `4326` - WGS 84 * `3857` - Web Mercator */
  crs?: PointSystemEnum;
}

export interface BreakAnswer {
  pipe: number;
  reference: string | null;
  point: [number, number];
  distance_m: number;
}

export interface BuildingAround {
  type: string;
  id: number;
  /** Polygon or MultiPolygon, EPSG:2154 */
  geometry: unknown;
  properties: BuildingAroundProperties;
}

export interface BuildingAroundProperties {
  height_m: number;
  /** m NGF; null: not measured */
  ground_m: number | null;
  /** false: the usual height of such a building */
  measured: boolean;
  /** to the project */
  distance_m: number;
}

/** GeoJSON. */
export interface BuildingsAround {
  type: string;
  features: BuildingAround[];
}

export interface Campaign {
  slug: string;
  title: string;
  /** null for the whole platform's */
  member: string | null;
  acquired: string;
  state: CampaignStateEnum;
  state_label: string;
  message: string;
  resolution_m: number | null;
  build: number;
  published: boolean;
  published_build: number | null;
  counts: Counts;
  /** 0 to 1 of what is going on */
  progress: number | null;
  seconds_left: number | null;
  findings: Finding[];
  size_bytes: number;
  attribution: string;
  licence: string;
  visibility: string;
  within_communes: boolean;
  crs: number;
  codec: string;
  display: string;
  created_at: string;
  /** what is to be said of the state, in one sentence */
  told: string;
  /** whether it will change by itself */
  goes_on: boolean;
  inventory: Inventory | null;
  /** what may be asked of it now */
  actions: string[];
}

export interface CampaignDetail {
  slug: string;
  title: string;
  /** null for the whole platform's */
  member: string | null;
  acquired: string;
  state: CampaignStateEnum;
  state_label: string;
  message: string;
  resolution_m: number | null;
  build: number;
  published: boolean;
  published_build: number | null;
  counts: Counts;
  /** 0 to 1 of what is going on */
  progress: number | null;
  seconds_left: number | null;
  findings: Finding[];
  size_bytes: number;
  attribution: string;
  licence: string;
  visibility: string;
  within_communes: boolean;
  crs: number;
  codec: string;
  display: string;
  created_at: string;
  /** what is to be said of the state, in one sentence */
  told: string;
  /** whether it will change by itself */
  goes_on: boolean;
  inventory: Inventory | null;
  /** what may be asked of it now */
  actions: string[];
  /** one letter per sheet in the order of the list: (r)efused, (f)ound, (b)uilt, failed (x) */
  sheet_states: string;
}

/** A delivery to inspect. Its folder is one of the inbox on the server, `member/folder`. */
export interface CampaignOrder {
  delivery: string;
  title: string;
  title_en?: string;
  abstract?: string;
  /** else made from the title */
  slug?: string;
  /** YYYY, YYYY-MM or YYYY-MM-DD */
  acquired: string;
  /** short name; needed where one administers several */
  member?: string;
  visibility?: VisibilityEnum;
  /** short names of members */
  shared_with?: string[];
  within_communes?: boolean;
  attribution?: string;
  licence?: string;
  /** EPSG code for the sheets that name none */
  crs?: number;
  /** jpeg for photos, deflate for heights by default * `jpeg` - JPEG * `webp` - WEBP * `deflate` - DEFLATE (lossless) * `lerc` - LERC (heights, to a millimetre) */
  codec?: CodecEnum;
  display?: DisplayEnum;
  /** photos, or which heights * `photo` - Photo * `ground` - Ground (MNT) * `surface` - Surface (MNS) * `height` - Height above ground (MNH) */
  kind?: PhotoKindEnum;
  /** what the values of heights count; metres by default * `m` - metres * `dm` - decimetres * `cm` - centimetres * `ft` - feet (0.3048 m) */
  unit?: UnitEnum;
  /** EPSG code of the vertical datum, where the files say none */
  vertical_crs?: number | null;
}

export interface CampaignPage {
  count: number;
  next: string | null;
  results: Campaign[];
}

/** * `inspecting` - Being inspected * `refused` - Refused * `inspected` - Inspected * `building` - Being built * `stopped` - Stopped * `built` - Built */
export type CampaignStateEnum = "inspecting" | "refused" | "inspected" | "building" | "stopped" | "built";

export interface Change {
  name: string;
  label: string;
  before: unknown;
  after: unknown;
}

/** * `M` - M * `T` - T */
export type ChangeEnum = "M" | "T";

/** * `jpeg` - JPEG * `webp` - WEBP * `deflate` - DEFLATE (lossless) * `lerc` - LERC (heights, to a millimetre) */
export type CodecEnum = "jpeg" | "webp" | "deflate" | "lerc";

export interface Column {
  name: string;
  label: string;
  type: ColumnTypeEnum;
  unit: string | null;
  in_tiles: boolean;
}

/** * `text` - text * `integer` - integer * `number` - number * `date` - date * `datetime` - datetime * `boolean` - boolean * `area_m2` - area_m2 * `length_m` - length_m */
export type ColumnTypeEnum = "text" | "integer" | "number" | "date" | "datetime" | "boolean" | "area_m2" | "length_m";

export interface Consultation {
  /** of the journal */
  line: number;
  /** many owners were read in a short time: administrators see it */
  flagged: boolean;
  parcels: ParcelOwners[];
  /** parcels that the register does not know */
  missing: string[];
}

export interface ConsultationOrder {
  /** idu */
  parcels: string[];
  purpose: ConsultationOrderPurposeEnum;
  reference?: string;
  year?: number | null;
}

/** * `permit` - Planning application * `planning` - Town planning * `works` - Works or networks * `land` - Land purchase or sale * `tax` - Local taxes * `safety` - Safety, insalubrity, dangerous buildings * `other` - Another purpose */
export type ConsultationOrderPurposeEnum = "permit" | "planning" | "works" | "land" | "tax" | "safety" | "other";

export interface CountedValue {
  value: unknown;
  count: number;
}

export interface Counts {
  refused: number;
  found: number;
  built: number;
  failed: number;
  total: number;
  bytes: number;
  mean_seconds: number | null;
}

export interface CrossedRule {
  section: string;
  title: string;
  detail: string;
}

export interface Deleted {
  next: string | null;
  results: DeletedFeature[];
}

export interface DeletedFeature {
  id: number;
  /** the last one, which can be restored */
  version: number;
  title: string;
  at: string;
  by: string;
  /** GeoJSON, EPSG:4326 */
  geometry: Record<string, unknown> | null;
}

/** What became of a message: `reference` is the one that it was sent with, `id` the provider's own. */
export interface Delivery {
  reference?: string;
  id?: string;
  status: string;
  reason?: string;
}

/** Ways around as GeoJSON, directions without one, what was closed and which other works were avoided. */
export interface DetourAnswer {
  type?: string;
  features: unknown[];
  missing: unknown[];
  closed: number[];
  works: unknown[];
}

/** What is closed (`work`, `sections` or `geometry`), on which days, and the vehicle. */
export interface DetourRequest {
  work?: number;
  sections?: number[];
  /** GeoJSON line or lines, longitudes and latitudes. */
  geometry?: unknown;
  starts_on?: string;
  ends_on?: string;
  gauge?: GaugeEnum;
  vehicle?: DetourVehicle;
}

/** Metres and tonnes, instead of a vehicle of the list. */
export interface DetourVehicle {
  height_m?: number;
  width_m?: number;
  length_m?: number;
  weight_t?: number;
  axle_t?: number;
}

/** * `upstream` - upstream * `downstream` - downstream * `connected` - connected * `between` - between */
export type DirectionEnum = "upstream" | "downstream" | "connected" | "between";

/** * `natural` - Natural colours * `infrared` - Infrared colours */
export type DisplayEnum = "natural" | "infrared";

export interface Distribution {
  /** the most frequent ones, at most 100 */
  values: CountedValue[];
  /** there are others */
  more: boolean;
  /** features */
  total: number;
  /** features without a value */
  empty: number;
  /** of a number: 201, least to greatest */
  quantiles: number[];
  /** of a number: inner breaks of 2 to 9 classes of least variance */
  natural: Record<string, number[]>;
}

/** A node. */
export interface DryTank {
  id: number;
  reference: string | null;
  name: string | null;
  point: [number, number];
  capacity_m3: number | null;
}

export interface Edit {
  action: EditActionEnum;
  /** of the object to change or delete */
  id?: number;
  /** the one seen; a session must say it */
  version?: number;
  /** the same one sent twice is applied once */
  client_id?: string;
  /** what changes; all of it for a new object */
  properties?: Record<string, unknown>;
  /** GeoJSON, in `crs` */
  geometry?: Record<string, unknown> | null;
}

/** * `create` - create * `update` - update * `delete` - delete */
export type EditActionEnum = "create" | "update" | "delete";

/** * `EPSG:2154` - EPSG:2154 * `CRS84` - CRS84 */
export type EditSystemEnum = "EPSG:2154" | "CRS84";

export interface Edits {
  crs?: EditSystemEnum;
  edits: Edit[];
}

export interface EnvelopeStep {
  type: string;
  geometry: unknown;
  properties: EnvelopeStepProperties;
}

export interface EnvelopeStepProperties {
  zone: string;
  /** m above the natural ground */
  bottom: number;
  top: number;
  area_m2: number;
}

export interface Event {
  id: number;
  kind: string;
  at: string;
  by: string;
  /** where it came from, in words */
  from: string;
  rows: number | null;
}

export interface Events {
  next: string | null;
  results: Event[];
}

export interface ExactFeature {
  /** Feature */
  type: string;
  id: number;
  geometry: Record<string, unknown> | null;
  properties: Record<string, unknown>;
  version: number;
  title: string;
}

/** * `` - None: the limits apply * `holder` - Holder of a right in these parcels, or their agent * `authority` - Authority or administration in a procedure */
export type ExemptionEnum = "holder" | "authority";

/** An export of the asker's: as its job, and where its file is once there is one. */
export interface Export {
  id: number;
  title: string;
  state: JobStateEnum;
  progress: number | null;
  message: string;
  created_at: string;
  ended_at: string | null;
  /** Where to fetch the file; null before there is one, and when its days are over. */
  file: string | null;
  report: unknown;
}

export interface ExportCount {
  count: number;
}

export interface ExportList {
  results: Export[];
}

/** A misspelt name is refused, for nobody would notice what it was meant to choose or to change. */
export interface ExportOrder {
  format: FormatEnum;
  layers: ExportedLayer[];
  /** EPSG:2154 by default */
  crs?: string;
  /** codes in words */
  labels?: boolean;
  /** x and y in a workbook */
  points?: boolean;
}

/** A misspelt name is refused, for nobody would notice what it was meant to choose or to change. */
export interface ExportedLayer {
  layer: string;
  /** west, south, east, north (EPSG:4326) */
  bbox?: [number, number, number, number] | null;
  /** CQL2 */
  filter?: string;
  /** cql2-text, cql2-json */
  filter_lang?: string;
  /** by its URI */
  filter_crs?: string;
  ids?: number[] | null;
}

export interface ExternalLayer {
  slug: string;
  title: string;
  abstract: string;
  theme: Theme;
  order: number;
  attribution: string;
  licence: string;
  visibility: VisibilityEnum;
  owner: Owner | null;
  kind: ExternalLayerKindEnum;
  /** the address of its images in Web Mercator, at this server */
  tiles: string;
  /** the side of an image in pixels; one holds the world at zoom 0 */
  tile_size: number;
  min_zoom: number;
  max_zoom: number;
  extent_4326: [number, number, number, number] | null;
  /** the address of an image of its legend */
  legend: string | null;
  version: number;
}

/** * `wms` - wms * `wmts` - wmts * `xyz` - xyz */
export type ExternalLayerKindEnum = "wms" | "wmts" | "xyz";

export interface ExternalLayerPage {
  count: number;
  next: string | null;
  results: ExternalLayer[];
}

export interface Fact {
  name: string;
  label: string;
  value: unknown;
  unit: string | null;
  display: string;
}

export interface Feature {
  layer: string;
  id: number;
  title: string;
  subtitle: string | null;
  properties: Property[];
  links: FeatureLink[];
  /** Address of a drawing of it, such as a sign's */
  picture: string | null;
  /** GeoJSON, EPSG:4326 */
  geometry: Record<string, unknown> | null;
  bbox_4326: [number, number, number, number];
  version: number;
}

export interface FeatureLink {
  title: string;
  url: string;
}

export interface FeaturePage {
  /** null above 10,000 */
  number_matched: number | null;
  next: string | null;
  results: ListedFeature[];
}

/** What the form says of a file in figures: areas in m², a height in m, destinations by their codes (R.151-28). */
export interface Figures {
  floor_before_m2: number | null;
  floor_created_m2: number | null;
  floor_removed_m2: number | null;
  floor_after_m2: number | null;
  emprise_created_m2: number | null;
  height_m: number | null;
  dwellings?: number | null;
  destinations?: string[];
}

/** A file as lists give it: never who applies. Stored columns of the list that are not named here come with it. */
export interface Filed {
  number: string;
  /** the number as people write it */
  shown: string;
  kind: PermitKindEnum;
  kind_label: string;
  state: PermitStateEnum;
  state_label: string;
  tacit?: boolean;
  member: string;
  insee: string;
  parent: string | null;
  filed_date: string;
  description?: string;
  address?: string;
  parcels: string[];
  silence_refuses?: string[];
  instructor: PermitPerson | null;
  complete_date?: string | null;
  notify_by_date?: string | null;
  answer_by_date?: string | null;
  due_date?: string | null;
  ended_date?: string | null;
  valid_until_date?: string | null;
  next_date?: string | null;
  /** notify_by, answer_by, due, or nothing */
  next_what: string;
  plan_date?: string | null;
  recorded_at: string;
  version: number;
  figures: Figures | null;
  url: string;
  page: string;
  /** GeoJSON, EPSG:4326 */
  geometry: Record<string, unknown> | null;
  /** kept as typed: the plan does not have them */
  unknown_parcels: string[];
  /** files that the new one seems to be */
  alike: string[];
}

/** What filing and changing share. */
export interface Filing {
  /** AB 12, … */
  parcels?: string[];
  description?: string;
  address?: string;
  /** why (R.424-2) */
  silence_refuses?: string[];
  instructor?: number | null;
  kind: PermitKindEnum;
  insee: string;
  filed_date: string;
  /** else the next one */
  number?: string;
  /** the file it changes */
  parent?: string;
  /** modification or transfer * `M` - M * `T` - T */
  change?: ChangeEnum;
  applicant?: Applicant | null;
  /** short name; needed where several instruct the commune */
  member?: string;
}

export interface Finding {
  code: string;
  words: string;
  files: string[];
  params: Record<string, unknown>;
}

/** A GeoJSON MultiPolygon: polygons of rings of positions (longitude, latitude). */
export interface Footprint {
  type: FootprintTypeEnum;
  coordinates: [number, number][][][];
}

export interface FootprintFile {
  /** GeoJSON, DXF, a Shapefile with its companions or in a ZIP; one or several */
  file: string;
}

/** * `MultiPolygon` - MultiPolygon */
export type FootprintTypeEnum = "MultiPolygon";

export interface Footprints {
  /** GeoJSON polygons, EPSG:2154 */
  footprints: unknown[];
  /** what was left out, and why */
  notes: string[];
}

/** * `gpkg` - gpkg * `shp` - shp * `xlsx` - xlsx * `parquet` - parquet * `dxf` - dxf */
export type FormatEnum = "gpkg" | "shp" | "xlsx" | "parquet" | "dxf";

/** A frozen sheet: what it said then, and where its file is. */
export interface FrozenSheet {
  number: string;
  title: string;
  made_at: string;
  day: string;
  content_sha256: string;
  content: unknown;
  url: string;
  pdf: string;
}

/** A frozen sheet: what it said then, and where its file is. */
export interface FrozenSheetLine {
  number: string;
  title: string;
  made_at: string;
  day: string;
  url: string;
  pdf: string;
}

export interface FrozenSheetList {
  count: number;
  results: FrozenSheetLine[];
}

/** * `cars` - cars * `3.5` - 3.5 * `19` - 19 * `44` - 44 */
export type GaugeEnum = "cars" | "3.5" | "19" | "44";

export interface Geometry {
  /** GeoJSON geometry, EPSG:4326 */
  geometry: unknown;
}

/** * `point` - point * `line` - line * `polygon` - polygon */
export type GeometryTypeEnum = "point" | "line" | "polygon";

/** * `near` - near * `serious` - serious * `grave` - grave */
export type GravityEnum = "near" | "serious" | "grave";

/** Parcels, or a shape. */
export interface Ground {
  /** 14 or 15 characters each */
  parcels?: string[];
  /** GeoJSON polygon, EPSG:4326 */
  shape?: unknown;
  /** the rules of this day; today by default */
  day?: string;
  sections?: string[];
  title?: string;
}

export interface GroundAnswer {
  parcels: string[];
  insee: string[];
  day: string;
  measured_m2: number;
  bbox_2154: number[];
  geometry: unknown;
}

export interface GroundProfile {
  /** of the line on the map */
  length_m: number;
  /** of the line along the ground */
  ground_length_m: number | null;
  /** of the ground from one end to the other, m for a metre */
  slope: number | null;
  /** `ground` and `surface`, where published */
  models: Record<string, HeightModel>;
  /** distance, ground, surface, x and y (in the CRS asked in) of each point of the line */
  profile: ((number | null)[])[];
}

export interface Group {
  slug: string;
  title: string;
}

export interface Hatch {
  colour: string;
  /** degrees, counter-clockwise from the horizontal */
  angle: number;
  /** from line to line, in pixels */
  spacing: number;
  /** in pixels */
  width: number;
  /** lines at right angles too; absent: false */
  cross?: boolean;
}

/** Square pixels, north up; metres, EPSG:2154. */
export interface HeightGrid {
  model: ModelEnum;
  campaign: HeightModel;
  /** of the outer corner in the north-west */
  left: number;
  top: number;
  pixel_m: number;
  columns: number;
  rows: number;
  /** the share of the pixels that have a height */
  known: number;
  /** base64 of little-endian float32, row by row from the north; NaN: a hole */
  heights: string;
}

export interface HeightLegend {
  style: string;
  label: string;
  /** of the figures in the labels; empty for shaded relief, which has no lines */
  unit: string;
  lines: HeightLegendLine[];
}

export interface HeightLegendLine {
  label: string;
  colour: string;
}

export interface HeightModel {
  slug: string;
  title: string;
  /** the year, the month or the day */
  acquired: string;
  resolution_m: number;
  /** EPSG code; 5720 is NGF-IGN69 */
  vertical_crs: number | null;
  attribution: string;
}

/** Of a point, a line or a polygon: the fields of the others are absent. Metres, m², m³. */
export interface Heights {
  model: ModelEnum;
  campaign: HeightModel;
  /** of a point; null in a hole */
  height?: number | null;
  /** what stands at the point */
  above_ground?: number | null;
  /** of the line on the map */
  length_m?: number;
  /** of the line along the ground */
  ground_length_m?: number;
  step_m?: number;
  /** distance, height, x and y (in the CRS asked in) of each point of the line */
  profile?: ((number | null)[])[];
  /** pixels with a height in the polygon */
  count?: number;
  /** the share of the polygon that has heights */
  known?: number;
  min?: number;
  mean?: number;
  max?: number;
  percentiles?: Record<string, number>;
  area_m2?: number;
  /** against `plane`: `above_m3` (to cut), `below_m3` (to fill) */
  volume?: Record<string, number>;
}

export interface Here {
  results: HereLayer[];
}

export interface HereLayer {
  layer: string;
  title: string;
  features: Feature[];
}

export interface Import {
  /** etalab or communes */
  source: string;
  /** short name; needed where one administers several */
  member?: string;
  /** of the data; else the latest that the files hold */
  date?: string;
  /** only report what would change */
  dry_run?: boolean;
  /** how many objects may go, exactly, where the import was refused for it */
  accept_loss?: number;
  file: string[];
}

/** The inventory's job while it is open; without a living worker its message says so. */
export interface Inventory {
  job: number;
  state_label: string;
  message: string;
  progress: number | null;
}

export interface Invitation {
  role: RoleEnum;
  communes?: string[];
  email: string;
  first_name?: string;
  last_name?: string;
}

/** What to shut, and who loses water. */
export interface Isolation {
  family: string;
  breaks: BreakAnswer[];
  source_known: boolean;
  message: string | null;
  valves: Valve[];
  sources_to_stop: NetworkEnd[];
  zone: Stretch;
  cut_off: Stretch;
  tanks: DryTank[];
  alternatives: Alternative[];
  connections: AllServed;
  addresses: string[];
  hydrants: Place[];
  /** drains and hydrants that flush what is lost */
  outlets?: NetworkEnd[];
  air_valves?: NetworkEnd[];
  bbox_4326: [number, number, number, number] | null;
}

/** One break as it is, or several in `breaks`; the valves that cannot be turned in `unusable`. */
export interface IsolationRequest {
  pipe?: number;
  point?: [number, number];
  /** of the point * `2154` - Lambert-93 * `4326` - WGS 84 * `3857` - Web Mercator */
  crs?: PointSystemEnum;
  breaks?: Break[];
  unusable?: number[];
}

export interface Issue {
  rule: string;
  hard: boolean;
  id: number;
  title: string;
  /** the other object, where there is one */
  other: number | null;
  message: string;
  center_4326: [number, number];
}

export interface Issues {
  results: Issue[];
  /** false where there are more, or not all objects were looked at */
  complete: boolean;
}

export interface Job {
  id: number;
  kind: string;
  title: string;
  state: JobStateEnum;
  state_label: string;
  progress: number | null;
  message: string;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** Where the report is, once there is one. */
  report: string | null;
}

export interface JobList {
  count: number;
  results: Job[];
}

/** * `waiting` - Waiting * `running` - Running * `done` - Done * `failed` - Failed * `cancelled` - Cancelled */
export type JobStateEnum = "waiting" | "running" | "done" | "failed" | "cancelled";

/** A line as administrators read it: it names parcels, never owners. */
export interface JournalLine {
  id: number;
  at: string;
  action: JournalLineActionEnum;
  by_user: number;
  by_name: string;
  by_token?: string;
  /** Short names of the members concerned, those that still exist. */
  members: string[];
  purpose: JournalLinePurposeEnum;
  reference?: string;
  parcels: string[];
  owners: number;
  refusal?: string;
  flagged: boolean;
}

/** * `consultation` - Consultation * `export` - Export * `extract` - Extract for a third party * `search` - Search by name */
export type JournalLineActionEnum = "consultation" | "export" | "extract" | "search";

/** * `permit` - Planning application * `planning` - Town planning * `works` - Works or networks * `land` - Land purchase or sale * `tax` - Local taxes * `safety` - Safety, insalubrity, dangerous buildings * `third_party` - Request of a third party * `other` - Another purpose */
export type JournalLinePurposeEnum = "permit" | "planning" | "works" | "land" | "tax" | "safety" | "third_party" | "other";

export interface JudgedZone {
  zone: string;
  idurba: string;
  area_m2: number;
  /** 0 to 1, of the terrain */
  share: number;
  /** how many are entered */
  rules: number;
  regulation: string | null;
}

export interface KeptView {
  /** PNG or JPEG */
  file: string;
  variant: string;
  /** on the ground; none: bare */
  photo?: string;
  /** of the sun, ISO 8601 with its offset */
  at?: string;
}

export interface LabelPart {
  column: string;
  /** written before a value */
  prefix: string;
  /** words written in place of codes */
  short: Record<string, string>;
}

export interface Labels {
  column: string;
  /** columns written after it, in one text */
  also: string[];
  /** in pixels */
  size: number;
  colour: string | null;
  bold: boolean;
  /** written at 1:n and larger scales */
  from_scale: number | null;
  /** 0 to 10: where there is no room for all, greater ones are written */
  priority: number;
  /** how each column is written; what has no value is left out */
  parts: LabelPart[];
}

/** The account's parcels in one piece, and their ground (GeoJSON, EPSG:4326). */
export interface LandUnit {
  /** of the journal */
  line: number;
  parcels: string[];
  measured_m2: number;
  geometry: Record<string, unknown>;
}

export interface Layer {
  slug: string;
  title: string;
  abstract: string;
  theme: Theme;
  /** listed as one with the others of this group */
  group: Group | null;
  order: number;
  attribution: string;
  licence: string;
  source_date: string | null;
  /** how the data were made */
  lineage: string;
  contact: string;
  geometry_type: GeometryTypeEnum;
  visibility: VisibilityEnum;
  owner: Owner | null;
  min_zoom: number;
  max_zoom: number;
  extent_4326: [number, number, number, number] | null;
  /** shown when the map opens */
  visible: boolean;
  opacity: number;
  version: number;
  title_field: string;
  fields: Column[];
  tiles: string;
  style: string;
  /** a feature is drawn by the first line that it fits */
  legend: Legend[];
  /** others, asked for with `legend` at the layer's address */
  legends: AlternativeLegend[];
  labels: Labels | null;
  /** not shown at scales smaller than 1:n */
  scale_from: number | null;
  /** not shown at scales larger than 1:n */
  scale_to: number | null;
  can_edit: boolean;
  /** the page of its settings, for whoever administers it */
  settings: string | null;
  /** no edit without the version seen, with a token either */
  strict_locking: boolean;
  /** below it a crossing with a parcel is a limit to be checked; null: never measured */
  tolerance: Tolerance | null;
}

export interface LayerPage {
  count: number;
  next: string | null;
  results: Layer[];
}

export interface Legend {
  label: string;
  /** what a feature must fit: a value, `in`, or `from`/`above`, `to`/`below` */
  where: Record<string, unknown>;
  symbol: Symbol;
}

/** * `A` - A * `B` - B * `C` - C * `D` - D * `E` - E * `F` - F */
export type LetterEnum = "A" | "B" | "C" | "D" | "E" | "F";

export interface Line {
  key: string;
  title: string;
  detail: string;
  area_m2: number | null;
  /** 0 to 1, of the ground */
  share: number | null;
  length_m: number | null;
  uncertain: boolean;
  layer: string | null;
  feature: number | null;
  facts: Fact[];
  links: Link[];
}

export interface Link {
  title: string;
  url: string;
}

export interface ListedFeature {
  id: number;
  title: string;
  properties: Record<string, unknown>;
  bbox_4326: [number, number, number, number];
}

export interface Me {
  /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
  username: string;
  name: string;
  email?: string;
  language?: MeLanguageEnum;
  memberships: MyMembership[];
}

/** * `fr` - Français * `en` - English */
export type MeLanguageEnum = "fr" | "en";

export interface Measure {
  length_m: number;
  area_m2: number;
}

/** * `closed` - Road closed * `one_way` - One direction closed * `alternate` - Alternating traffic * `narrowed` - Lane narrowed * `none` - Traffic goes on */
export type MeasureEnum = "closed" | "one_way" | "alternate" | "narrowed" | "none";

export interface Member {
  slug: string;
  name: string;
  siren: string;
  kind: MemberKindEnum;
  /** West, south, east, north. */
  bbox_4326: number[];
}

export interface MemberDetail {
  slug: string;
  name: string;
  siren: string;
  kind: MemberKindEnum;
  /** West, south, east, north. */
  bbox_4326: number[];
  /** INSEE code and name of each commune of the territory, by name. */
  communes: Record<string, string>[];
}

/** * `epci` - Inter-communal body * `petr` - Territorial pole (PETR) * `departement` - Département */
export type MemberKindEnum = "epci" | "petr" | "departement";

export interface MemberList {
  count: number;
  results: Member[];
}

export interface MemberReference {
  slug: string;
  name: string;
}

export interface Merge {
  /** the first one stays */
  features: Versioned[];
  properties?: Record<string, unknown>;
}

/** * `ground` - ground * `surface` - surface * `height` - height */
export type ModelEnum = "ground" | "surface" | "height";

/** * `fr` - fr * `en` - en */
export type MyLanguageLanguageEnum = "fr" | "en";

export interface MyMembership {
  member: MemberReference;
  role: RoleEnum;
  role_label: string;
}

export interface NamedField {
  name: string;
  label: string;
}

export interface NearObject {
  layer: string;
  title: string;
  id: number;
  reference: string;
  /** to its drawn place */
  distance_m: number;
  /** its class (order of 15 February 2012) */
  accuracy: string;
}

export interface NeighbourSun {
  parcel: string;
  name: string;
  garden: SunLoss | null;
  /** on their roofs; null: none, or not shown to you */
  buildings: SunLoss | null;
}

/** A source, a sink or a hydrant. */
export interface NetworkEnd {
  id: number;
  reference: string | null;
  name: string | null;
  point: [number, number];
  kind: string;
  kind_label: string;
}

export interface NewToken {
  id: number;
  name: string;
  prefix: string;
  created_at: string;
  expires_at?: string;
  last_used_at?: string | null;
  last_address?: string;
  may_write?: boolean;
  desks?: string[];
  layers?: number[];
  networks?: string[];
  secret: string;
}

export interface Notice {
  id: number;
  layer: string;
  layer_title: string;
  feature: number;
  /** update or delete */
  action: string;
  fields: NamedField[];
  by: string;
  at: string;
}

export interface NoticePage {
  count: number;
  next: string | null;
  results: Notice[];
}

export type NullEnum = null;

/** * `surface_model` - surface_model * `buildings` - buildings * `none` - none */
export type ObstaclesEnum = "surface_model" | "buildings" | "none";

/** What to do with one anomaly; `versions` are those that came with the preview of the repair. */
export interface One {
  action: OneActionEnum;
  way?: string;
  versions?: Record<string, number>;
  reason?: string;
}

/** * `repair` - repair * `ignore` - ignore * `reopen` - reopen */
export type OneActionEnum = "repair" | "ignore" | "reopen";

/** * `portrait` - portrait * `landscape` - landscape */
export type OrientationEnum = "portrait" | "landscape";

export interface Owner {
  slug: string;
  name: string;
}

export interface OwnerSearch {
  /** null where no parcel has such an owner */
  consultation: Consultation | null;
  /** there are more parcels than 50 */
  more: boolean;
}

export interface OwnersJournal {
  count: number;
  results: JournalLine[];
}

export interface PaperSheet {
  paper: string;
  orientation: OrientationEnum;
  sheet_mm: [number, number];
  map_mm: [number, number];
}

/** GeoJSON: the steps of every zone, from the ground up. */
export interface ParcelEnvelope {
  type: string;
  crs: string;
  parcels: string[];
  accuracy_m: number;
  zones: ZoneEnvelope[];
  notes: string[];
  features: EnvelopeStep[];
}

export interface ParcelOwners {
  idu: string;
  year: number;
  area_m2: number;
  address: string;
  subdivisions: number;
  accounts: Account[];
  exemptions: string[];
}

export interface ParcelSheet {
  ground: GroundAnswer;
  made_at: string;
  sections: Section[];
}

export interface ParcelSide {
  type: string;
  geometry: unknown;
  properties: ParcelSideProperties;
}

export interface ParcelSideProperties {
  side: number;
  /** alignment, side, rear */
  kind: string;
  kind_label: string;
  /** public_ground, way_parcel, water, neighbour, unknown */
  origin: string;
  origin_label: string;
  /** parcels beyond, or the street */
  names: string[];
  length_m: number;
  /** why its kind is doubtful */
  uncertain: string;
  /** its kind before somebody corrected it; null: nobody did */
  derived: string | null;
}

/** GeoJSON. */
export interface ParcelSides {
  type: string;
  crs: string;
  corner: boolean;
  /** ways that run through the terrain */
  crossings: string[];
  accuracy_m: number;
  notes: string[];
  /** whether the asker may say what a side is */
  can_correct: boolean;
  /** of the plan, on the parcel */
  buildings: PlotBuilding[];
  features: ParcelSide[];
}

/** What may change of a campaign, and of its published photo at once; what is not given stays. */
export interface PatchedCampaignDescription {
  title?: string;
  title_en?: string;
  abstract?: string;
  /** YYYY, YYYY-MM or YYYY-MM-DD */
  acquired?: string;
  visibility?: VisibilityEnum;
  /** short names of members */
  shared_with?: string[];
  within_communes?: boolean;
  attribution?: string;
  licence?: string;
}

/** Only what is given changes. */
export interface PatchedChange {
  /** AB 12, … */
  parcels?: string[];
  description?: string;
  address?: string;
  /** why (R.424-2) */
  silence_refuses?: string[];
  instructor?: number | null;
}

export interface PatchedMyLanguage {
  language?: MyLanguageLanguageEnum;
}

export interface PatchedRole {
  role?: RoleEnum;
  communes?: string[];
}

/** A file as lists give it: never who applies. Stored columns of the list that are not named here come with it. */
export interface Permit {
  number: string;
  /** the number as people write it */
  shown: string;
  kind: PermitKindEnum;
  kind_label: string;
  state: PermitStateEnum;
  state_label: string;
  tacit?: boolean;
  member: string;
  insee: string;
  parent: string | null;
  filed_date: string;
  description?: string;
  address?: string;
  parcels: string[];
  silence_refuses?: string[];
  instructor: PermitPerson | null;
  complete_date?: string | null;
  notify_by_date?: string | null;
  answer_by_date?: string | null;
  due_date?: string | null;
  ended_date?: string | null;
  valid_until_date?: string | null;
  next_date?: string | null;
  /** notify_by, answer_by, due, or nothing */
  next_what: string;
  plan_date?: string | null;
  recorded_at: string;
  version: number;
  figures: Figures | null;
  url: string;
  page: string;
}

/** A file as lists give it: never who applies. Stored columns of the list that are not named here come with it. */
export interface PermitDetail {
  number: string;
  /** the number as people write it */
  shown: string;
  kind: PermitKindEnum;
  kind_label: string;
  state: PermitStateEnum;
  state_label: string;
  tacit?: boolean;
  member: string;
  insee: string;
  parent: string | null;
  filed_date: string;
  description?: string;
  address?: string;
  parcels: string[];
  silence_refuses?: string[];
  instructor: PermitPerson | null;
  complete_date?: string | null;
  notify_by_date?: string | null;
  answer_by_date?: string | null;
  due_date?: string | null;
  ended_date?: string | null;
  valid_until_date?: string | null;
  next_date?: string | null;
  /** notify_by, answer_by, due, or nothing */
  next_what: string;
  plan_date?: string | null;
  recorded_at: string;
  version: number;
  figures: Figures | null;
  url: string;
  page: string;
  /** GeoJSON, EPSG:4326 */
  geometry: Record<string, unknown> | null;
}

export interface PermitEvent {
  id: number;
  what: WhatEnum;
  label: string;
  on_date: string;
  detail: Record<string, unknown>;
  recorded_at: string;
  recorded_by: PermitPerson | null;
  struck_at?: string | null;
  struck_by: PermitPerson | null;
  struck_reason?: string;
}

export interface PermitEventPage {
  count: number;
  results: PermitEvent[];
}

/** * `DP` - Prior declaration (DP) * `PCMI` - Building permit, single house (PCMI) * `PC` - Building permit (PC) * `PA` - Development permit (PA) * `PD` - Demolition permit (PD) * `CUa` - Planning certificate, information (CUa) * `CUb` - Planning certificate, operational (CUb) */
export type PermitKindEnum = "DP" | "PCMI" | "PC" | "PA" | "PD" | "CUa" | "CUb";

export interface PermitPage {
  count: number;
  next: string | null;
  results: Permit[];
}

/** Somebody who works on files. */
export interface PermitPerson {
  id: number;
  name: string;
}

/** An event to record; `detail` holds what its kind needs. */
export interface PermitRecord {
  what: WhatEnum;
  /** the day on which it counts */
  on?: string | null;
  detail?: Record<string, unknown>;
}

/** * `received` - Received * `incomplete` - Incomplete * `instruction` - Under instruction * `granted` - Granted * `refused` - Refused * `rejected` - Rejected, pieces missing * `withdrawn` - Withdrawn * `works` - Works begun * `finished` - Works finished * `expired` - Expired * `deferred` - Decision put off * `inadmissible` - Inadmissible * `revoked` - Decision withdrawn * `annulled` - Annulled by the court */
export type PermitStateEnum = "received" | "incomplete" | "instruction" | "granted" | "refused" | "rejected" | "withdrawn" | "works" | "finished" | "expired" | "deferred" | "inadmissible" | "revoked" | "annulled";

export interface PermitStep {
  date: string;
  code: string;
  title: string;
  /** in words */
  why: string;
  articles: string[];
  /** the one that made it */
  event: number | null;
  /** false: it changes no date */
  effective: boolean;
  /** it has effect, and lacks what the law asks: a judge may annul it */
  irregular: boolean;
  /** a value of the law that was not read in a source */
  uncertain: boolean;
  /** what was counted with */
  values: Record<string, unknown>;
}

/** `covered` is false for files before October 2007: no deadline is told of them. */
export interface PermitTimeline {
  number: string;
  covered: boolean;
  filed_on: string;
  notify_by: string | null;
  complete_on: string | null;
  answer_by: string | null;
  months: number | null;
  due_on: string | null;
  silence: string | null;
  outcome: string | null;
  tacit: boolean;
  ended_on: string | null;
  /** last day to withdraw it as illegal */
  revocable_until: string | null;
  valid_until: string | null;
  /** since when it holds no more */
  lapsed_on: string | null;
  steps: PermitStep[];
}

/** Until the invitation is accepted: the address as typed and the role, nothing of the account. */
export interface Person {
  id: number;
  username: string | null;
  name: string | null;
  email: string;
  role: RoleEnum;
  role_label: string;
  /** INSEE codes that a town hall user works for. */
  communes: string[];
  accepted_at?: string | null;
  last_login_at: string | null;
}

export interface PersonList {
  count: number;
  results: Person[];
}

export interface Photo {
  slug: string;
  /** a photo, or a model of heights * `photo` - Photo * `ground` - Ground (MNT) * `surface` - Surface (MNS) * `height` - Height above ground (MNH) */
  kind: PhotoKindEnum;
  title: string;
  /** the year, the month (2024-06) or the day (2024-06-12) of the photos */
  acquired: string;
  resolution_m: number;
  visibility: VisibilityEnum;
  owner: Owner | null;
  attribution: string;
  licence: string;
  abstract: string;
  /** the number of this publication; it stands in the tiles' address */
  edition: number;
  extent_4326: [number, number, number, number];
  /** where it has pixels, simplified */
  footprint_4326: Footprint;
  /** the address of its tiles in Web Mercator */
  tiles: string;
  min_zoom: number;
  /** the first zoom that shows every pixel */
  max_zoom: number;
}

export interface PhotoFile {
  /** JPEG, PNG or WebP, at most 25 MB */
  file: string;
}

/** * `photo` - Photo * `ground` - Ground (MNT) * `surface` - Surface (MNS) * `height` - Height above ground (MNH) */
export type PhotoKindEnum = "photo" | "ground" | "surface" | "height";

export interface PhotoPage {
  count: number;
  next: string | null;
  results: Photo[];
}

/** A node. */
export interface Place {
  id: number;
  reference: string | null;
  name: string | null;
  point: [number, number];
}

export interface PlotBuilding {
  id: number;
  area_m2: number;
  geometry: unknown;
}

/** * `2154` - Lambert-93 * `4326` - WGS 84 * `3857` - Web Mercator */
export type PointSystemEnum = 2154 | 4326 | 3857;

/** A print of the asker's: as its job, and where its file is once there is one. */
export interface Print {
  id: number;
  title: string;
  state: JobStateEnum;
  progress: number | null;
  message: string;
  created_at: string;
  ended_at: string | null;
  /** Where to fetch the file; null before there is one, and when its days are over. */
  file: string | null;
  report: unknown;
}

export interface PrintList {
  results: Print[];
}

export interface PrintOptions {
  sheets: PaperSheet[];
  /** the least and the greatest */
  scales: [number, number];
  /** the least and the greatest */
  dpi: [number, number];
  usual_dpi: number;
  /** of a photo */
  most_pixels: number;
  /** of a photo, about */
  bytes_per_pixel: number;
  most_layers: number;
  longest: Record<string, number>;
  author: string;
  kept_days: number;
}

/** A misspelt name is refused, for nobody would notice what it was meant to choose or to change. */
export interface PrintOrder {
  /** at most 120 characters */
  title: string;
  /** 1:n, n from 100 to 100,000 */
  scale: number;
  /** A4, A3, A2, A1, A0 */
  paper: string;
  /** portrait, landscape */
  orientation: string;
  /** EPSG:2154 */
  center: [number, number];
  /** the first one on top */
  layers?: PrintedLayer[];
  photo?: string | null;
  /** of the photo, 72 to 300; 150 by default */
  dpi?: number;
  /** at most 600 characters */
  note?: string;
  /** the asker's name by default */
  author?: string;
  /** Lambert-93 coordinates */
  grid?: boolean;
  /** objects to outline, as far as the asker sees them */
  selected?: PrintedSelection[];
}

export interface PrintedLayer {
  layer: string;
  /** 0 to 1 */
  opacity?: number;
  /** another of its legends, by name */
  legend?: string;
}

export interface PrintedSelection {
  layer: string;
  ids: number[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: Record<string, unknown>;
}

/** What a project holds. */
export interface Project {
  name: string;
  /** 14 or 15 characters */
  parcels: string[];
  /** a permit’s number */
  permit?: string;
  variants: VariantAnswer[];
  id: number;
  member: string;
  author: string;
  made_at: string;
  changed_by: string;
  changed_at: string;
  archived_at: string | null;
  version: number;
  writable: boolean;
  /** short names of members that read it */
  shared_with: string[];
  /** its parcels that the plan has no more */
  gone: string[];
  /** the parcels that lie there now */
  successors: string[];
  notes: string[];
  url: string;
}

/** What a project holds. */
export interface ProjectContent {
  name: string;
  /** 14 or 15 characters */
  parcels: string[];
  /** a permit’s number */
  permit?: string;
  variants: ProjectVariant[];
}

/** What a project holds. */
export interface ProjectCreation {
  name: string;
  /** 14 or 15 characters */
  parcels: string[];
  /** a permit’s number */
  permit?: string;
  variants: ProjectVariant[];
  /** short name of who keeps it; the only one by default */
  member?: string;
}

/** The natural ground under the volumes, by the published model. */
export interface ProjectGround {
  /** NGF */
  low_m: number;
  /** NGF */
  high_m: number;
  /** of the plane that fits it best */
  slope_percent: number;
  /** above the feet of the volumes */
  cut_m3: number;
  /** below them */
  fill_m3: number;
}

/** A road, a wall, a hedge or a trench: a line with a width. */
export interface ProjectLine {
  kind: ProjectLineKindEnum;
  name?: string;
  /** GeoJSON LineString in EPSG:2154 */
  line: unknown;
  /** m */
  width: number;
  /** m; of a trench its depth */
  height?: number;
}

/** * `road` - road * `wall` - wall * `hedge` - hedge * `trench` - trench */
export type ProjectLineKindEnum = "road" | "wall" | "hedge" | "trench";

export interface ProjectPicture {
  id: number;
  title: string;
  url: string;
}

/** What a variant holds, beside its letter. */
export interface ProjectVariant {
  title?: string;
  notes?: string;
  volumes: ProjectVolume[];
  lines?: ProjectLine[];
  /** ids of buildings of the plan */
  demolished?: number[];
  letter: LetterEnum;
}

/** What a variant holds, beside its letter. */
export interface ProjectVariantFields {
  title?: string;
  notes?: string;
  volumes: ProjectVolume[];
  lines?: ProjectLine[];
  /** ids of buildings of the plan */
  demolished?: number[];
}

export interface ProjectVersion {
  number: number;
  made_at: string;
  made_by: string;
  content: ProjectContent;
}

export interface ProjectVolume {
  /** GeoJSON polygon in EPSG:2154 */
  footprint: unknown;
  /** m NGF; null: on the natural ground */
  base?: number | null;
  /** m above its foot */
  eaves: number;
  /** m above its foot; as the eaves by default */
  ridge?: number | null;
  roof?: RoofEnum;
  /** degrees clockwise from the grid's north */
  ridge_azimuth?: number | null;
  levels?: number | null;
  name?: string | null;
}

export interface Property {
  name: string;
  label: string;
  value: unknown;
  unit: string | null;
  display: string;
}

export interface QmlFile {
  file: string;
}

export interface QmlReading {
  /** legend, labels, scale_from and scale_to, as the catalogue keeps them */
  style: Record<string, unknown>;
  /** what could not be taken, in words */
  told: string[];
}

export interface Remark {
  /** the property that it is about, or geometry */
  field: string;
  message: string;
  /** how far it lies from where it would lie better */
  distance_m: number | null;
  /** where it would lie better (EPSG:2154) */
  move_to: number[] | null;
  /** the end of the line that would: start or end; empty for a point */
  end: string;
}

/** An answer to a message. */
export interface Reply {
  from: string;
  text: string;
}

export interface Report {
  slug: string;
  title: string;
  /** null for the whole platform's */
  member: string | null;
  acquired: string;
  state: CampaignStateEnum;
  state_label: string;
  message: string;
  resolution_m: number | null;
  build: number;
  published: boolean;
  published_build: number | null;
  counts: Counts;
  /** 0 to 1 of what is going on */
  progress: number | null;
  seconds_left: number | null;
  findings: Finding[];
  size_bytes: number;
  attribution: string;
  licence: string;
  visibility: string;
  within_communes: boolean;
  crs: number;
  codec: string;
  display: string;
  created_at: string;
  /** what is to be said of the state, in one sentence */
  told: string;
  /** whether it will change by itself */
  goes_on: boolean;
  inventory: Inventory | null;
  /** what may be asked of it now */
  actions: string[];
  sheets: Sheet[];
}

/** Delivery reports and answers, in any order and as often as the provider likes. */
export interface Reports {
  reports?: Delivery[];
  replies?: Reply[];
}

export interface RequestOrder {
  requester: Requester;
  /** idu */
  parcels: string[];
}

export interface Requester {
  name: string;
  address?: string;
  exemption?: ExemptionEnum | BlankEnum;
}

export interface Restore {
  /** the one to restore */
  version: number;
  /** the one seen; null for a deleted object */
  current: number | null;
}

/** A numbered road as the map shows it. */
export interface Road {
  /** As addresses have it: D2020-45. */
  slug: string;
  title: string;
  subtitle: string;
  properties: RoadLine[];
  links: RoadLink[];
  /** GeoJSON, EPSG:4326: its sections to half a metre, its markers. */
  geometry: unknown;
  bbox_4326: [number, number, number, number];
}

export interface RoadLine {
  name: string;
  label: string;
  value: string;
  unit: string | null;
  display: string;
}

/** A page of the platform. */
export interface RoadLink {
  title: string;
  url: string;
}

/** A place on a numbered road, both ways of saying it. */
export interface RoadPlace {
  /** As people read it: D 2020 PR 12+350. */
  reference: string;
  route: string;
  /** Code of the Département of the road; empty where not known. */
  department: string;
  marker: number;
  /** After the marker. */
  metres: number;
  side: SideEnum;
  section: number;
  /** EPSG:2154. */
  x: number;
  y: number;
  lon: number;
  lat: number;
  /** From the place that was asked. */
  distance_m: number;
  /** Which side of the road that place lies on, as markers grow: left, right. */
  lies: string;
  /** Pages that go on from there, for whom they open. */
  links: RoadLink[];
}

/** * `reader` - Reader * `town_hall` - Town hall * `permit_instructor` - Permit instructor * `network_technician` - Network technician * `gis_administrator` - GIS administrator * `agency_administrator` - Agency administrator */
export type RoleEnum = "reader" | "town_hall" | "permit_instructor" | "network_technician" | "gis_administrator" | "agency_administrator";

/** * `flat` - flat * `gable` - gable * `hip` - hip * `mono` - mono */
export type RoofEnum = "flat" | "gable" | "hip" | "mono";

export interface Rule {
  /** valid, inside_territory, unique, no_overlap or snapped_ends */
  kind: string;
  /** refused by the database; soft ones are listed */
  hard?: boolean;
  /** of a `unique` rule */
  column?: string;
  tolerance_m?: number;
}

export interface RuleMeasure {
  /** of the SRU catalogue */
  attribute: string;
  /** TypeReference of the SRU catalogue */
  reference: string;
  status: VerdictStatusEnum;
  value: number | null;
  limit: number | null;
  /** below zero: broken by so much */
  margin: number | null;
  accuracy: number | null;
  /** m, ratio, %, levels */
  unit: string;
  /** from 0; null: all */
  volume: number | null;
  reasons: string[];
}

/** The text of the regulation, level 1. */
export interface RuleText {
  content: string;
  title: string;
  text: string;
}

export interface Rules {
  rules: Rule[];
}

export interface SearchOrder {
  /** the beginnings of words of a name */
  name: string;
  /** permit, planning, works, land, tax, safety, other */
  purpose: string;
  reference?: string;
}

export interface Section {
  section: string;
  title: string;
  facts: Fact[];
  lines: Line[];
  uncertain: Line[];
  /** what the uncertain lines are below */
  tolerances: SheetTolerance[];
  notes: string[];
  vintages: Vintage[];
  failed: string | null;
}

export interface SectionName {
  section: string;
  title: string;
}

export interface SectionNames {
  results: SectionName[];
}

/** A shape, with a distance around it or not; or references; or identifiers. */
export interface Select {
  /** GeoJSON point, line or polygon, EPSG:4326 */
  shape?: unknown;
  /** 0 to 1000, 0 by default */
  distance_m?: number;
  /** 45001 AB 12, AB 12, … as people write them, one or a list in each */
  references?: string[];
  /** of references that name no commune */
  insee?: string;
  /** 14 or 15 characters each */
  parcels?: string[];
}

export interface Selected {
  id: number;
  idu: string;
  label: string;
  insee: string;
  commune: string | null;
  area_m2: number | null;
  measured_m2: number;
  bbox_4326: [number, number, number, number];
}

export interface Selection {
  count: number;
  /** there are more */
  truncated: boolean;
  /** references that no parcel has */
  unknown: string[];
  /** of all of them */
  measured_m2: number;
  results: Selected[];
}

export interface Served {
  id: number;
  reference: string | null;
  address: string | null;
  sensitive: string | null;
  sensitive_label: string | null;
  sensitive_name: string | null;
  dwellings: number | null;
  point: [number, number];
}

/** `scan` the asker's networks (or one member's); or `repair` several: those named, or those of a filter. */
export interface Several {
  action: SeveralActionEnum;
  member?: string;
  ids?: number[];
  kind?: string;
  within_m?: number;
  bbox?: [number, number, number, number];
}

/** * `scan` - scan * `repair` - repair */
export type SeveralActionEnum = "scan" | "repair";

export interface ShadedNeighbour {
  parcel: string;
  name: string;
  shaded_m2: number;
  /** of its buildings, in the shadow */
  buildings_m2: number;
}

export interface Sheet {
  name: string;
  file: string;
  state: SheetStateEnum;
  state_label: string;
  code: string;
  message: string;
  width: number | null;
  height: number | null;
  sha256: string;
  size_bytes: number | null;
  seconds: number | null;
  /** EPSG:2154 */
  outline: number[][] | null;
}

export interface SheetPage {
  count: number;
  next: string | null;
  results: Sheet[];
}

/** * `refused` - Refused * `found` - Found * `built` - Built * `failed` - Failed */
export type SheetStateEnum = "refused" | "found" | "built" | "failed";

export interface SheetTolerance {
  layer: string | null;
  m2: number | null;
  /** 0 to 100, of the ground; both count for surfaces */
  percent: number | null;
  /** along a line; from a point to the limit */
  m: number | null;
  display: string;
}

/** What a side is; the side is that on which the place lies. */
export interface SideCorrection {
  /** x, y in EPSG:2154 */
  point: [number, number];
  /** null: as derived * `alignment` - alignment * `side` - side * `rear` - rear */
  kind: SideCorrectionKindEnum | NullEnum | null;
}

/** * `alignment` - alignment * `side` - side * `rear` - rear */
export type SideCorrectionKindEnum = "alignment" | "side" | "rear";

/** * `U` - Chaussée unique * `D` - Droite * `G` - Gauche */
export type SideEnum = "U" | "D" | "G";

export interface SimulationAccuracies {
  /** m, of the cadastral sheet */
  plan: number;
  /** false: a careful default */
  plan_known: boolean;
  heights: number;
  heights_known: boolean;
}

/** A project to judge. */
export interface SimulationCheck {
  /** 14 or 15 characters */
  parcels: string[];
  volumes: SimulationVolume[];
  /** SRU level 2 rules or constraints; those of the zone by default */
  rules?: unknown;
  /** ids of buildings that stand no more */
  demolished?: number[];
  /** the documents of this day; today by default */
  day?: string;
}

export interface SimulationChecked {
  parcels: string[];
  day: string;
  terrain_m2: number;
  emprise_before_m2: number;
  emprise_after_m2: number;
  accuracies: SimulationAccuracies;
  zones: JudgedZone[];
  results: Verdict[];
  notes: string[];
}

/** What a project meets, and what lies near it. */
export interface SimulationNearby {
  /** null: no model of the ground */
  ground: ProjectGround | null;
  /** to the nearest neighbour’s building within 60 m */
  neighbour_m: number | null;
  /** within 30 m, 2 of each layer at most */
  networks: NearObject[];
  /** prescriptions, easements, risks on the volumes themselves */
  easements: CrossedRule[];
  notes: string[];
}

/** Volumes on parcels. */
export interface SimulationProject {
  parcels: string[];
  volumes: SimulationVolume[];
  /** the documents of this day; today by default */
  day?: string;
}

/** A project, and how far around it one sees. */
export interface SimulationScene {
  volumes: SimulationVolume[];
  /** beyond the middle of the project; 500 */
  reach_m?: number;
  /** ids of buildings that stand no more */
  demolished?: number[];
}

export interface SimulationSceneAnswer {
  /** west, south, east, north (EPSG:2154) */
  bbox: number[];
  /** the model of heights that volumes stand on */
  ground: string | null;
  volumes: Solid[];
  buildings: BuildingsAround;
  notes: string[];
}

/** A project and an instant. */
export interface SimulationShadow {
  volumes: SimulationVolume[];
  /** ISO 8601 with its offset */
  at: string;
  /** true: on the published models of heights, or among the buildings; false: on flat ground */
  terrain?: boolean;
  /** ids of buildings that stand no more */
  demolished?: number[];
}

export interface SimulationShadowAnswer {
  sun: Sun;
  /** GeoJSON MultiPolygon, EPSG:2154; null at night */
  shadow: unknown;
  area_m2: number;
  neighbours: ShadedNeighbour[];
  /** the models of heights it lies on */
  terrain: string[];
  /** what stands around: where it was read * `surface_model` - surface_model * `buildings` - buildings * `none` - none */
  obstacles: ObstaclesEnum;
  /** of these; null on flat ground: exact */
  pixel_m: number | null;
  notes: string[];
}

/** A project and a day. */
export interface SimulationSun {
  volumes: SimulationVolume[];
  /** ids of buildings that stand no more */
  demolished?: number[];
  /** today by default */
  day?: string;
}

export interface SimulationSunAnswer {
  day: string;
  classes: SunClass[];
  /** who loses most first */
  neighbours: NeighbourSun[];
  /** what stands around: where it was read * `surface_model` - surface_model * `buildings` - buildings * `none` - none */
  obstacles: ObstaclesEnum;
  /** the models of heights it lies on */
  terrain: string[];
  pixel_m: number;
  notes: string[];
}

export interface SimulationVolume {
  /** GeoJSON polygon in EPSG:2154 */
  footprint: unknown;
  /** m NGF; null: on the natural ground */
  base?: number | null;
  /** m above its foot */
  eaves: number;
  /** m above its foot; as the eaves by default */
  ridge?: number | null;
  roof?: RoofEnum;
  /** degrees clockwise from the grid's north */
  ridge_azimuth?: number | null;
  levels?: number | null;
}

export interface Snap {
  /** FeatureCollection */
  type: string;
  features: SnapFeature[];
  truncated: boolean;
}

export interface SnapFeature {
  /** Feature */
  type: string;
  id: number;
  layer: string;
  properties: Record<string, unknown>;
  geometry: Record<string, unknown> | null;
}

export interface Solid {
  /** m NGF; null: the ground is not known */
  foot_m: number | null;
  height_m: number;
  faces: SolidFace[];
}

/** A flat face, anticlockwise seen from outside. */
export interface SolidFace {
  kind: SolidFaceKindEnum;
  /** outer ring, then holes; x, y (EPSG:2154) and metres above the foot; not closed */
  rings: number[][][];
}

/** * `roof` - roof * `wall` - wall * `floor` - floor */
export type SolidFaceKindEnum = "roof" | "wall" | "floor";

export interface Split {
  crs?: EditSystemEnum;
  version?: number;
  /** GeoJSON line, in `crs` */
  line: Record<string, unknown>;
}

/** A pipe or a node by its id, or a point. */
export interface Start {
  pipe?: number;
  point?: [number, number];
  /** of the point * `2154` - Lambert-93 * `4326` - WGS 84 * `3857` - Web Mercator */
  crs?: PointSystemEnum;
  node?: number;
}

/** A job that was just queued: the address in `Location` says how far it is. */
export interface Started {
  id: number;
  kind: string;
  title: string;
  state: string;
}

export interface Stretch {
  pipes: number;
  length_m: number;
  /** of the pipes whose diameter is known */
  volume_m3: number;
  without_diameter: number;
  /** GeoJSON MultiLineString, EPSG:4326 */
  geometry: Record<string, unknown> | null;
}

export interface Strike {
  reason: string;
}

export interface Suggestion {
  kind: SuggestionKindEnum;
  /** The heading of its kind. */
  group: string;
  label: string;
  detail: string;
  layer: string | null;
  id: number | null;
  center_4326: [number, number] | null;
  bbox_4326: [number, number, number, number] | null;
  /** A whole numbered road, as addresses have it. */
  road: string | null;
  /** Its page, where it has one. */
  url: string | null;
  /** Identifiers of the parcels of a list, which are chosen together. */
  parcels: string[];
  /** What to POST to the page, which searches further. */
  body: Record<string, string> | null;
}

/** * `commune` - commune * `parcel` - parcel * `address` - address * `road` - road * `coordinates` - coordinates * `permit` - permit * `object` - object * `place` - place * `layer` - layer * `page` - page */
export type SuggestionKindEnum = "commune" | "parcel" | "address" | "road" | "coordinates" | "permit" | "object" | "place" | "layer" | "page";

export interface Suggestions {
  results: Suggestion[];
  /** What to say where a text has a plain meaning and no result, else empty. */
  message: string;
}

export interface Sun {
  /** degrees clockwise from true north */
  azimuth: number;
  /** degrees above the horizon, refraction left aside */
  elevation: number;
  /** degrees clockwise from the north of Lambert-93's grid */
  grid_azimuth: number;
}

export interface SunClass {
  /** hours of sun lost a day, at least */
  from_h: number;
  /** less than; null: no end */
  to_h: number | null;
  area_m2: number;
  /** GeoJSON MultiPolygon, EPSG:2154; null: nowhere */
  shape: unknown;
}

export interface SunLoss {
  area_m2: number;
  /** hours lost, on the whole area */
  mean_h: number;
  /** where most are lost */
  most_h: number;
  /** where 1 h or more is lost */
  lost_m2: number;
}

export interface Symbol {
  kind: SymbolKindEnum;
  fill: string | null;
  /** lines over the fill of an area */
  hatch: Hatch | null;
  stroke: string | null;
  stroke_width: number;
  dash: number[] | null;
  /** of a circle or another shape, in pixels */
  radius: number;
  /** of kind circle: circle, square, triangle, diamond, cross or star */
  shape: string;
}

/** * `fill` - fill * `line` - line * `circle` - circle */
export type SymbolKindEnum = "fill" | "line" | "circle";

/** How many reports were of messages of ours, how many answers stopped somebody. */
export interface Taken {
  known: number;
  stopped: number;
}

export interface Theme {
  slug: string;
  title: string;
  order: number;
}

export interface TileColumn {
  column: string;
}

export interface TileColumns {
  /** of the layer: its tiles have a new address */
  version: number;
  columns: string[];
}

export interface Timeline {
  next: string | null;
  results: TimelineEntry[];
}

export interface TimelineEntry {
  version: number;
  at: string;
  by: string;
  /** where it came from, in words */
  from: string;
  /** create, update or delete */
  action: string;
  /** edit, split, merge, restore, import, or an SQL statement */
  kind: string;
  lineage: Record<string, unknown> | null;
  changes: Change[];
  geometry_changed: boolean;
  /** GeoJSON, EPSG:4326 */
  geometry: Record<string, unknown> | null;
}

export interface Token {
  id: number;
  name: string;
  prefix: string;
  created_at: string;
  expires_at?: string;
  last_used_at?: string | null;
  last_address?: string;
  may_write?: boolean;
  desks?: string[];
  layers?: number[];
  networks?: string[];
}

export interface TokenList {
  count: number;
  results: Token[];
}

export interface TokenName {
  name: string;
  /** In a year unless told otherwise; two years at most. */
  last_date?: string;
  /** Without it PostgreSQL refuses to write for it. */
  may_write?: boolean;
  /** Parts of the platform; none: all of it. */
  desks?: string[];
  /** Slugs of the only layers that it opens. */
  layers?: string[];
  /** 192.0.2.7 or 192.0.2.0/24; none: anywhere. */
  networks?: string[];
}

export interface Tolerance {
  /** of surfaces, together with the percent */
  m2: number | null;
  /** of the ground, 0 to 100 */
  percent: number | null;
  /** along a line; from a point to the limit */
  m: number | null;
}

/** What is reached; `pipe_ids` are in order along a way. */
export interface Trace {
  family: string;
  direction: DirectionEnum;
  message: string | null;
  pipes: number;
  nodes: number;
  length_m: number;
  volume_m3: number;
  connections: number;
  dwellings: number;
  ends: NetworkEnd[];
  pipe_ids: number[];
  truncated: boolean;
  /** GeoJSON MultiLineString, EPSG:4326 */
  geometry: Record<string, unknown> | null;
  bbox_4326: [number, number, number, number] | null;
}

/** A pipe or a node by its id, or a point. */
export interface TraceRequest {
  pipe?: number;
  point?: [number, number];
  /** of the point * `2154` - Lambert-93 * `4326` - WGS 84 * `3857` - Web Mercator */
  crs?: PointSystemEnum;
  node?: number;
  direction: DirectionEnum;
  /** for between */
  to?: Start;
}

/** * `m` - metres * `dm` - decimetres * `cm` - centimetres * `ft` - feet (0.3048 m) */
export type UnitEnum = "m" | "dm" | "cm" | "ft";

export interface Valve {
  id: number;
  reference: string | null;
  status: ValveStatusEnum;
  why: WhyEnum | NullEnum | null;
  diameter_mm: number | null;
  point: [number, number];
  address: string | null;
}

/** * `close` - close * `optional` - optional * `closed` - closed * `skipped` - skipped */
export type ValveStatusEnum = "close" | "optional" | "closed" | "skipped";

/** What a variant holds, beside its letter. */
export interface VariantAnswer {
  title?: string;
  notes?: string;
  volumes: ProjectVolume[];
  lines?: ProjectLine[];
  /** ids of buildings of the plan */
  demolished?: number[];
  letter: LetterEnum;
  figures: VariantFigures;
}

export interface VariantFigures {
  volumes: number;
  emprise_m2: number;
  /** null: a volume does not say its levels */
  floor_m2: number | null;
  height_m: number;
  lines_m2: number;
  trench_m3: number;
  demolished: number;
}

export interface Verdict {
  rule: string;
  /** catContrainte */
  category: string;
  status: VerdictStatusEnum;
  value: number | null;
  limit: number | null;
  /** below zero: broken by so much */
  margin: number | null;
  /** a smaller margin is to be judged */
  accuracy: number | null;
  unit: string;
  /** GeoJSON geometry, EPSG:2154 */
  where: unknown;
  text: string;
  label: string;
  remark: string;
  zone: string;
  /** of a national rule */
  article: string;
  /** from 0; null: all */
  volume: number | null;
  measures: RuleMeasure[];
  source: RuleText | null;
}

/** * `broken` - broken * `to_judge` - to_judge * `respected` - respected * `not_applicable` - not_applicable */
export type VerdictStatusEnum = "broken" | "to_judge" | "respected" | "not_applicable";

export interface Versioned {
  id: number;
  version?: number;
}

export interface Vintage {
  title: string;
  date: string | null;
}

/** * `public` - Everybody * `signed_in` - Everybody signed in * `members` - Listed members * `owner` - Its owner alone */
export type VisibilityEnum = "public" | "signed_in" | "members" | "owner";

/** * `filed` - Filed * `pieces_asked` - Missing pieces asked for * `pieces_came` - Pieces received * `longer_notified` - Longer delay notified * `by_hand` - Delay entered by hand * `reported` - Report of the public inquiry received * `architect_said` - Opinion of the architect of French buildings * `filing_posted` - Notice of filing posted at the town hall * `decided` - Decision notified * `withdrawn` - Application withdrawn * `revoke_announced` - Withdrawal announced (contradictory letter) * `remarks_came` - Remarks of the holder received * `revoked` - Withdrawal of the decision notified * `appeal_lodged` - Appeal lodged * `appeal_ended` - Outcome of an appeal * `confirmed` - Application confirmed by the applicant * `extended` - Extension of validity asked for * `transmitted` - Sent to the prefect * `posted_town_hall` - Decision posted at the town hall * `posted_on_site` - Posted on the ground * `works_started` - Works begun (DOC) * `works_stopped` - Works interrupted * `works_resumed` - Works resumed * `works_finished` - Works finished (DAACT) * `contested` - Conformity contested * `attested` - Attestation of no contest given * `note` - Note */
export type WhatEnum = "filed" | "pieces_asked" | "pieces_came" | "longer_notified" | "by_hand" | "reported" | "architect_said" | "filing_posted" | "decided" | "withdrawn" | "revoke_announced" | "remarks_came" | "revoked" | "appeal_lodged" | "appeal_ended" | "confirmed" | "extended" | "transmitted" | "posted_town_hall" | "posted_on_site" | "works_started" | "works_stopped" | "works_resumed" | "works_finished" | "contested" | "attested" | "note";

/** * `broken` - broken * `buried` - buried * `unusable` - unusable */
export type WhyEnum = "broken" | "buried" | "unusable";

/** Where works are to be, one way of saying it, and when. */
export interface WorkCheck {
  /** D 2020 PR 12+350, with `end`. */
  start?: string;
  end?: string;
  /** With `commune`; several by semicolons. */
  street?: string;
  commune?: string;
  /** Two places on roads, longitude and latitude. */
  points?: [[number, number], [number, number]];
  /** GeoJSON of a line, in degrees. */
  geom?: string;
  starts_on?: string;
  ends_on?: string;
  kind?: WorkCheckKindEnum;
  measure?: MeasureEnum;
  new_surface?: boolean;
  hours?: string;
  /** Those works themselves. */
  work?: number;
}

/** * `road` - Works on the road * `water` - Works on drinking water * `sewer` - Works on sewers * `network` - Works on another network * `building` - Works on a building * `event` - Event */
export type WorkCheckKindEnum = "road" | "water" | "sewer" | "network" | "building" | "event";

/** The stretch, and what it meets; without days nothing is met. */
export interface WorkChecked {
  /** GeoJSON in degrees. */
  stretch: Record<string, unknown>;
  length_m: number;
  place: string;
  conflicts: WorkConflict[];
}

export interface WorkConflict {
  id: number;
  reference: string;
  title: string;
  member: string;
  days: string;
  gravity: GravityEnum;
  gravity_label: string;
  why: string;
  metres: number;
  url: string;
}

export interface Written {
  /** in the layer's history; null where nothing changed */
  event: number | null;
  results: WrittenEdit[];
}

export interface WrittenEdit {
  id: number;
  version: number;
  /** create, update or delete */
  action: string;
  /** fields that somebody else had written lately */
  overwritten: string[];
  /** what it was written in spite of, to be looked at */
  remarks: Remark[];
  feature: ExactFeature | null;
}

export interface ZoneEnvelope {
  zone: string;
  idurba: string;
  terrain_m2: number;
  /** ground on which something may stand */
  area_m2: number;
  /** that may still be built over; null: no rule says */
  ces_m2: number | null;
  /** null: no rule says by figures */
  height_m: number | null;
  eaves_m: number | null;
  /** of all steps */
  volume_m3: number | null;
  /** within the CES at every height */
  bounded_volume_m3: number | null;
  /** categories that count for nothing here */
  left_out: string[];
}

export interface simulation_projects_page {
  /** exact up to 10000; beyond, how many there are at least */
  count: number;
  next: string | null;
  results: simulation_projects_row[];
}

export interface simulation_projects_row {
  /** Identifier */
  id: number | null;
  /** Project */
  name: string | null;
  /** Commune */
  commune: string | null;
  /** Parcels */
  parcels: string | null;
  /** Permit */
  permit: string | null;
  /** Author */
  author: string | null;
  /** Member */
  member: string | null;
  /** Last change */
  changed_at: string | null;
}

import type { ApiClient } from "../api/client";
import type { Config, Feature, Layer, SearchResult } from "../api/types";
import type { Language } from "../format/format";
import type { Bbox, LonLat } from "../geo/mercator";
import type { Translate } from "../i18n/first-view";
import type { EditCanvas, EditEvents } from "../map/canvas";
import type { PaperFrame, PaperFrameEvents } from "../map/port";
import type { Pointed } from "../state/photos";
import type {
  AppState,
  CompareMode,
  EditTab,
  FeatureRef,
  HeightStyle,
  LayerSetting,
  MeasureKind,
  Notice,
  PanelId,
  Sheet,
  SheetHeight,
  ThemeChoice,
} from "../state/state";
import type { Store } from "../state/store";
import type { Work } from "../state/unfinished";

export interface Place {
  center?: LonLat;
  bbox?: Bbox;
  zoom?: number;
}

/** Where the map looks. */
export interface ViewPort {
  /** What is under the crosshair now: the state learns of it only once the map has come to rest. */
  readonly centre: LonLat;
  goTo(place: Place): void;
  /** Goes to a place once what takes room beside the map has taken it. */
  frame(place: Place): Promise<void>;
  /** Brings a place into view, once what takes room beside the map has taken it. */
  reveal(bbox: Bbox): Promise<void>;
  panBy(dx: number, dy: number): void;
  zoomBy(step: number): void;
  /** Goes to where the person stands. */
  locate(): void;
  /** Marks a feature that is pointed at elsewhere; null for none. */
  hover(ref: FeatureRef | null): void;
  editCanvas(events: EditEvents): Promise<EditCanvas>;
  paperFrame(events: PaperFrameEvents): Promise<PaperFrame>;
}

/** The layers that one may see, how they are shown, and what lies under them. */
export interface LayersPort {
  get(slug: string): Layer | undefined;
  /** The layers of ours that are on. */
  visible(): string[];
  load(): Promise<void>;
  /** Asks for the catalogue while the one known stays on screen: a layer may have a new version. */
  refresh(): Promise<void>;
  set(slug: string, patch: Partial<LayerSetting>): void;
  /** Draws a layer by another of its legends, or by its own: an empty name. */
  setLegend(slug: string, name: string): void;
  turnOn(slug: string): void;
  move(slug: string, step: -1 | 1): void;
  setBackground(slug: string): void;
}

export interface SelectOptions {
  /** Frame the thing, wherever it is. */
  move?: boolean;
  /** Move only if it is out of sight. */
  reveal?: boolean;
  /** A place inside it, to ask what else is there. */
  near?: LonLat;
}

export type GroundSheet = Omit<Extract<Sheet, { status: "ground" }>, "status">;

/** The right sheet: one feature, what is at a place, a whole road, a ground. */
export interface SheetPort {
  /** What is at a place, in all the layers that are on; with `zoom`, as seen from there: the map is on its way. */
  askHere(at: LonLat, zoom?: number): Promise<void>;
  /** Opens the sheet of one thing; with `near`, also says what else is there. */
  open(ref: FeatureRef, options?: SelectOptions): Promise<void>;
  /** Opens another thing of those the sheet already lists. */
  expand(feature: Feature): void;
  /** Opens the sheet of a whole numbered road, draws all of it and frames it. */
  openRoad(road: string): Promise<void>;
  /** Opens the sheet of several parcels, or of a drawn shape. */
  openGround(sheet: GroundSheet): void;
  /** Goes to a search result and opens its sheet. */
  openResult(result: SearchResult): Promise<void>;
  close(): void;
  /** On a phone: makes room for a desk that uses what is selected, which stays so. */
  giveWay(): void;
  /** Shows again what gave way, if nothing else was asked meanwhile. */
  comeBack(): void;
}

/** What is drawn on the map: to measure it, or to choose parcels by it. */
export interface MeasurePort {
  start(kind: MeasureKind): void;
  /** The measure that was left when the page was loaded anew, or a new one. */
  resume(): void;
  addPoint(at: LonLat): void;
  addCentrePoint(): void;
  removePoint(): void;
  finish(): void;
  stop(): void;
  /** Shows a place of the measured line; null shows none. */
  pointAt(mark: LonLat | null): void;
}

/** Panels, and what one chose of the screen. */
export interface ScreenPort {
  openPanel(panel: PanelId | null): void;
  togglePanel(panel: PanelId): void;
  /** Opens the table of a layer under the map; null closes it. */
  openTable(slug: string | null): void;
  /** What is selected stays in sight above the sheet of a phone, whatever room it takes. */
  setSheetHeight(height: SheetHeight): void;
  setTheme(theme: ThemeChoice): void;
  setLanguage(language: Language): Promise<void>;
  toggleCoordinates(): void;
}

/** Short messages at the foot of the map. */
export interface NoticesPort {
  /** The number by which it is dismissed. */
  add(tone: Notice["tone"], text: string, action?: Notice["action"]): number;
  dismiss(id: number): void;
}

/** The aerial photos: which one lies under the layers, how bright, and compared with which other. */
export interface PhotosPort {
  /** Where the swipe divides the map, from 0 (left) to 1: apart from the state, for it follows a finger. */
  readonly divider: Store<{ at: number }>;
  /** The comparison was just opened: its divider takes the focus if nothing else keeps it. */
  opening: boolean;
  /** Asks for the campaigns once; later calls wait for the same answer. */
  load(): Promise<void>;
  choose(slug: string | null): void;
  chooseLeft(slug: string): void;
  /** A campaign picked on the time line takes the place of the nearer of the two. */
  pick(slug: string): void;
  sideOf(slug: string): "left" | "right";
  swap(): void;
  /** The next older campaign, then none, then the newest again; `back` the other way. */
  step(back?: boolean): Promise<void>;
  toggleCompare(): Promise<void>;
  stopCompare(): void;
  setMode(mode: CompareMode): void;
  toggleMode(): void;
  setBrightness(percent: number): void;
  /** How models of the ground and of the surface are drawn. */
  setHeightStyle(style: HeightStyle): void;
  /** Moves the divider of the swipe. */
  slide(at: number): void;
}

/** The editor of a layer, as far as what is not of editing must know it. */
export interface OpenEditor {
  /** The layer's slug. */
  readonly slug: string;
  /** Opened by a button that went away: the sheet takes the focus. */
  focusing: boolean;
  open(id: number, tab: EditTab): Promise<void>;
  /** Closes its sheet. */
  close(): void;
  /** One step back; false when there is nothing to go back from. */
  back(): boolean;
  /** Leaves; asks first when something is not saved. */
  leave(): void;
  /** Its sheet took more room, or less. */
  revealActive(): void;
  start(): Promise<void>;
}

/** What a key means while a layer is edited, on the map or anywhere; true when it meant something. */
export interface EditKeys {
  onMap(event: KeyboardEvent): boolean;
  onPage(event: KeyboardEvent, typing: boolean): boolean;
}

export interface EditingPort {
  /** While a layer is edited. */
  readonly editor: OpenEditor | null;
  readonly keys: EditKeys | null;
  /** Opens the editor of a layer, and one of its features there; its code is fetched the first time. */
  open(slug: string, id?: number | null, tab?: EditTab): Promise<void>;
  /** Whether this person is one of the layer's owner: the history names people, and is for those. */
  readsHistory(layer: Layer): boolean;
  /** The editor's sheet opens, or gives way to the map. */
  setSheet(height: SheetHeight): void;
  /** The editor has let the map go. */
  left(): void;
}

/** What a click on the map, and the end of a drawing, mean while a desk has a tool of its own. */
export interface MapTool {
  /** `when`: by the page's clock, in milliseconds. */
  clicked(at: LonLat, when: number): void;
  drawn(): void;
  /** What was drawn, or was about to be pointed at, is given up: it can be done again. */
  restart(): void;
}

/** The web map as desks and the screen know it: its state, its verbs by what they are about, and the way to the server. */
export interface AppPort {
  readonly config: Config;
  readonly api: ApiClient;
  readonly store: Store<AppState>;
  readonly state: AppState;
  readonly t: Translate;
  /** Where the pointer is: apart from the state, which must not change sixty times a second. */
  readonly pointer: Store<Pointed>;
  readonly view: ViewPort;
  readonly layers: LayersPort;
  readonly sheet: SheetPort;
  readonly measure: MeasurePort;
  readonly screen: ScreenPort;
  readonly notices: NoticesPort;
  readonly photos: PhotosPort;
  readonly editing: EditingPort;
  tool: MapTool | null;
  /** A click on the map, or Enter on what is under its crosshair. */
  clicked(at: LonLat): void;
  copyLink(): Promise<void>;
  /** Chooses these parcels in place of those that were chosen, and shows them. */
  chooseParcels(idus: readonly string[]): Promise<void>;
  /** Where to sign in, to come back to what was done on the map. */
  signInAddress(): string;
  /** Forgets how the person left the map: it opens as it does for their roles. */
  resetView(): Promise<void>;
  /** Keeps what this person has not finished in a panel; null: it is done, or given up. */
  keep(work: Work, value: object | null): void;
  /** What this person left unfinished in a panel before the page was loaded. */
  kept<T extends object>(work: Work): Partial<T> | null;
}

/** What the map fetches of its desks when it needs them: whoever starts it says where they are. */
export interface Desks {
  openEditor(app: AppPort, layer: Layer): Promise<{ editor: OpenEditor; keys: EditKeys }>;
  /** Has the parcels of a link chosen. */
  restoreParcels(app: AppPort, idus: readonly string[]): Promise<void>;
  /** Chooses the parcels of a list in place of those that were chosen, and shows them. */
  takeParcels(app: AppPort, idus: readonly string[]): Promise<void>;
}

import { ApiClient, ApiError } from "../api/client";
import { Session } from "../api/session";
import type { Config } from "../api/types";
import { signInUrl } from "../api/urls";
import { bboxCentre, type LonLat } from "../geo/mercator";
import { type Translate, translate } from "../i18n/first-view";
import type { MapEvents, MapPort } from "../map/port";
import { isPhone } from "../state/device";
import * as memory from "../state/memory";
import type { Permalink } from "../state/permalink";
import type { Pointed } from "../state/photos";
import type { AppState } from "../state/state";
import { Store } from "../state/store";
import { keep, kept, type Work } from "../state/unfinished";
import { Editing } from "./editing";
import { KeptView } from "./kept-view";
import { Layers } from "./layers";
import { Link } from "./link";
import { Measuring } from "./measure";
import { Notices } from "./notices";
import { Photos } from "./photos";
import type { AppPort, Desks, MapTool } from "./port";
import { Screen } from "./screen";
import { SessionNotices } from "./session";
import { FeatureSheet } from "./sheet";
import { View } from "./view";

const FIRST_ZOOM = 12;
const MEMBER_ZOOM = 17;

/** The web map: its verbs, by what they are about, over one state that the map and the screen follow. */
export class Controller implements AppPort {
  readonly store: Store<AppState>;
  readonly api: ApiClient;
  readonly session = new Session();
  readonly pointer = new Store<Pointed>({ position: null, twin: false });
  readonly view = new View(this);
  readonly sheet = new FeatureSheet(this);
  readonly measure = new Measuring(this);
  readonly notices = new Notices(this);
  readonly photos = new Photos(this);
  readonly screen = new Screen(this, () => this.reloadWords());
  readonly layers: Layers;
  readonly editing: Editing;
  readonly link: Link;
  readonly keptView: KeptView;
  tool: MapTool | null = null;

  constructor(
    readonly config: Config,
    private readonly desks: Desks,
  ) {
    this.link = new Link(this, desks.restoreParcels);
    this.layers = new Layers(this, this.link);
    this.keptView = new KeptView(this, () => this.link.followed);
    this.editing = new Editing(this, desks.openEditor);
    this.store = new Store(firstState(config, this.link.opened));
    this.api = new ApiClient(config.urls.api, () => this.state.language, undefined, this.session);
    this.session.events = new SessionNotices(this, this.session, () => this.reloadAll());
    this.store.subscribe((now, before) => {
      this.view.draw();
      this.link.keep();
      this.keptView.changed();
      this.measure.changed(now, before);
    });
    this.photos.divider.subscribe(() => this.link.keep());
  }

  get state(): AppState {
    return this.store.state;
  }

  get t(): Translate {
    return translate(this.state.language);
  }

  // --- start -------------------------------------------------------------------------------------------------------

  /** Gives the map: from now on it follows the state. */
  attach(map: MapPort): void {
    this.view.attach(map, this.link.place ?? { bbox: this.config.extent_4326, zoom: MEMBER_ZOOM });
    const place = this.link.first ? this.config.first_place : null;
    if (place && map.view().zoom < place.zoom) this.view.jumpTo(place);
  }

  async start(): Promise<void> {
    const photos =
      this.link.first && this.config.first_view.photo ? this.photos.openNewest() : this.photos.open(this.link.opened);
    await Promise.all([this.layers.load(), this.layers.loadBackgrounds(), photos]);
    await this.link.restore();
    this.link.begin();
    this.keptView.begin();
    this.editing.offerUnsaved();
  }

  /** The session is back: what did not come meanwhile is asked for again. */
  private reloadAll(): void {
    this.view.reload();
    void this.layers.refresh();
    void this.photos.refresh();
  }

  /** Another language: so are the words of the server. */
  private async reloadWords(): Promise<void> {
    await this.layers.load();
    await this.layers.loadBackgrounds();
    const { selection } = this.state;
    if (selection) await this.sheet.open(selection);
  }

  // --- the map -----------------------------------------------------------------------------------------------------

  /** What the map says; `rendered`: it has drawn all it has. */
  mapEvents(rendered: () => void): MapEvents {
    return {
      moved: () => this.view.moved(),
      pointer: (position, twin) => this.pointer.update({ position, twin }),
      clicked: (at, when) => this.clicked(at, when),
      doubleClicked: () => this.measure.finish(),
      tileFailed: () => void this.session.glance(),
      imageFailed: (slug, detail) => {
        void this.session.glance();
        this.layers.imageFailed(slug, detail);
      },
      photoFailed: (slug) => void this.photos.tileFailed(slug),
      busy: (busy) => this.store.update({ busy }),
      rendered,
    };
  }

  clicked(at: LonLat, when = performance.now()): void {
    if (this.editing.editor) return;
    const { measure } = this.state;
    if (measure && !measure.finished) this.measure.addPoint(at);
    else if (this.tool) this.tool.clicked(at, when);
    else void this.sheet.askHere(at);
  }

  /** One step back: the open measure, then the sheet, the comparison, the panel. False when there was nothing to close. */
  back(): boolean {
    const { measure, sheet, compare, panel, aiming } = this.state;
    if (this.editing.editor?.back()) return true;
    if (aiming && this.tool && !sheet) {
      this.tool.restart();
      return true;
    }
    if (measure?.points.length && !measure.finished) this.measure.finish();
    else if (sheet) this.sheet.close();
    else if (measure?.points.length && this.tool) this.tool.restart();
    else if (measure?.points.length) this.measure.start(measure.kind);
    else if (compare) this.photos.stopCompare();
    else if (panel) this.screen.openPanel(null);
    else return false;
    return true;
  }

  async chooseParcels(idus: readonly string[]): Promise<void> {
    try {
      await this.desks.takeParcels(this, idus);
    } catch (error) {
      const { offline, detail, title } = error instanceof ApiError ? error : new ApiError(0, "", "");
      const reason = offline ? this.t("error.offlineTitle") : detail || title;
      this.notices.add("warning", `${this.t("link.parcelsFailed")} ${reason}`.trim());
    }
  }

  copyLink(): Promise<void> {
    return this.link.copy();
  }

  signInAddress(): string {
    return signInUrl(this.config.urls.sign_in, this.link.addressForAccount());
  }

  resetView(): Promise<void> {
    return this.keptView.reset();
  }

  // --- unfinished work ---------------------------------------------------------------------------------------------

  keep(work: Work, value: object | null): void {
    keep(this.config.user?.id ?? "", work, value);
  }

  kept<T extends object>(work: Work): Partial<T> | null {
    return kept<T>(this.config.user?.id ?? "", work);
  }
}

/** What is on screen before anything has come: as the link says, and as this person left it. */
function firstState(config: Config, link: Permalink): AppState {
  const bbox = config.extent_4326;
  const theme = link.theme ?? memory.theme();
  return {
    view: { center: link.center ?? bboxCentre(bbox), zoom: link.zoom ?? FIRST_ZOOM, bbox },
    catalogue: { status: "loading" },
    images: [],
    backgrounds: [],
    layers: [],
    legends: {},
    background: link.background ?? "plain",
    photos: null,
    photo: null,
    brightness: 100,
    heightStyle: "",
    compare: null,
    selection: link.selection ?? null,
    // The sheet's place is taken from the start: opening it later would shift the view that the link restores.
    sheet: link.selection ? { status: "loading" } : null,
    pin: null,
    panel: link.panel !== undefined ? link.panel : isPhone() ? null : "layers",
    panelTab: link.panelTab ?? null,
    theme,
    dark: memory.isDark(theme),
    language: memory.language(config.language),
    coordinates: memory.coordinates(),
    measure: null,
    chosen: { parcels: [], secret: false },
    editing: null,
    water: null,
    aiming: false,
    table: null,
    sheetHeight: "half",
    jobs: [],
    notices: [],
    online: navigator.onLine,
    busy: false,
  };
}

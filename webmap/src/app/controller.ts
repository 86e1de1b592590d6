import { ApiClient, type ApiError, isAbort } from "../api/client";
import { Session } from "../api/session";
import type { Config, Feature, HereGroup, Layer, SearchResult } from "../api/types";
import type { EditCanvas, EditEvents } from "../edit/canvas";
import type { Editor } from "../edit/editor";
import type { Tab } from "../edit/state";
import type { Language } from "../format/format";
import { type Bbox, bboxCentre, type LonLat } from "../geo/mercator";
import { type Translate, translate } from "../i18n";
import { buildModel } from "../map/model";
import type { MapPort, PaperFrame, PaperFrameEvents } from "../map/port";
import type { KeptChoice } from "../parcels/selection";
import { arrange, imageLayer, moveLayer } from "../state/catalogue";
import { linkable, type Permalink, readPermalink, writePermalink } from "../state/permalink";
import type { Pointed } from "../state/photos";
import type {
  AppState,
  FeatureRef,
  LayerSetting,
  Measure,
  MeasureKind,
  Notice,
  PanelId,
  Sheet,
  SheetHeight,
  ThemeChoice,
} from "../state/state";
import { Store } from "../state/store";
import { orderGroups, selectionFirst } from "./here";
import { keepFocus } from "./keyboard";
import * as memory from "./memory";
import { Photos } from "./photos";
import { isPhone } from "./surroundings";
import { keep, kept, type Work } from "./unfinished";
import { unsavedLayers } from "./unsaved";

const POINT_ZOOM = 18.5;
/** Asking as from very close: only what is truly at the place. */
const NEIGHBOUR_ZOOM = 21;
const COMMUNE_LAYER = "communes";
const ROAD_SECTIONS = "road-sections";
const WHOLE_ROAD = "whole-road";
const NOTICE_MS = 9000;
/** So old a catalogue is asked for again when one comes back to the map. */
const STALE_MS = 60000;

interface Place {
  center?: LonLat;
  bbox?: Bbox;
  zoom?: number;
}

interface SelectOptions {
  /** Frame the thing, wherever it is. */
  move?: boolean;
  /** Move only if it is out of sight. */
  reveal?: boolean;
  /** A place inside it, to ask what else is there. */
  near?: LonLat;
}

/** What a click on the map, and the end of a drawing, mean while a desk has a tool of its own. */
export interface MapTool {
  clicked(at: LonLat): void;
  drawn(): void;
  /** What was drawn, or was about to be pointed at, is given up: it can be done again. */
  restart(): void;
}

/** The verbs of the web map. The interface calls them, the state changes, the map and the screen follow. */
export class Controller {
  readonly store: Store<AppState>;
  readonly api: ApiClient;
  /** Where the pointer is: apart from the state, which must not change sixty times a second. */
  readonly pointer = new Store<Pointed>({ position: null, twin: false });
  readonly photos = new Photos(this);
  readonly session = new Session();
  /** While a layer is edited. */
  editor: Editor | null = null;
  private editorComing: Promise<void> | null = null;
  /** What a key on the map, or anywhere, means to the editor; true when it meant something. */
  editKey: ((event: KeyboardEvent) => boolean) | null = null;
  editPageKey: ((event: KeyboardEvent, typing: boolean) => boolean) | null = null;
  tool: MapTool | null = null;
  private map: MapPort | null = null;
  /** A link may open a desk before the map has come. */
  private mapCame: (map: MapPort) => void = () => {};
  private readonly mapThere = new Promise<MapPort>((resolve) => {
    this.mapCame = resolve;
  });
  private question: AbortController | null = null;
  private noticeCount = 0;
  /** The notice that the session has ended. */
  private endedNotice: number | null = null;
  /** The notices that offer to take up work, by layer. */
  private readonly offers = new Map<string, number>();
  private readonly failedImages = new Set<string>();
  private linkTimer = 0;
  private catalogueAt = Date.now();
  private opened: Permalink = {};

  constructor(readonly config: Config) {
    const language = memory.language(config.language);
    this.opened = readPermalink(location.hash);
    const theme = this.opened.theme ?? memory.theme();
    const [center, bbox] = this.firstPlace();
    this.store = new Store<AppState>({
      view: { center: this.opened.center ?? center, zoom: this.opened.zoom ?? 12, bbox },
      catalogue: { status: "loading" },
      images: [],
      backgrounds: [],
      layers: [],
      background: this.opened.background ?? "plain",
      photos: null,
      photo: null,
      brightness: 100,
      compare: null,
      selection: this.opened.selection ?? null,
      // The sheet's place is taken from the start: opening it later would shift the view that the link restores.
      sheet: this.opened.selection ? { status: "loading" } : null,
      pin: null,
      panel: this.opened.panel !== undefined ? this.opened.panel : isPhone() ? null : "layers",
      theme,
      dark: memory.isDark(theme),
      language,
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
    });
    this.api = new ApiClient(config.urls.api, () => this.state.language, undefined, this.session);
    this.session.events = {
      ended: () => this.sessionEnded(),
      restored: () => this.sessionRestored(),
      rightsChanged: () => this.rightsChanged(),
    };
    this.store.subscribe((now, before) => this.stateChanged(now, before));
    this.photos.divider.subscribe(() => this.keepLink());
  }

  get state(): AppState {
    return this.store.state;
  }

  get t(): Translate {
    return translate(this.state.language);
  }

  layer(slug: string): Layer | undefined {
    return this.state.catalogue.status === "ready"
      ? this.state.catalogue.value.find((layer) => layer.slug === slug)
      : undefined;
  }

  // --- start -------------------------------------------------------------------------------------------------------

  /** Gives the map: from now on it follows the state. */
  attach(map: MapPort): void {
    this.map = map;
    this.mapCame(map);
    const { center, zoom } = this.opened;
    if (center) map.goTo({ center, zoom: zoom ?? 15 });
    else map.goTo({ bbox: this.firstPlace()[1], zoom: 17 });
    map.apply(buildModel(this.state, this.config.urls.tiles));
  }

  async start(): Promise<void> {
    await Promise.all([this.loadCatalogue(), this.loadBackgrounds(), this.photos.open(this.opened)]);
    const chosen = this.restoreChosen(this.opened.chosen ?? this.kept<KeptChoice>("choose")?.parcels ?? []);
    if (this.opened.road) await this.openRoad(this.opened.road);
    else if (this.opened.selection) await this.restoreSelection(this.opened.selection);
    await chosen;
    for (const slug of unsavedLayers(this.config.user?.id ?? null)) this.offerUnsaved(slug);
  }

  /** Somebody left before saving: their work is here to be taken up. */
  private offerUnsaved(slug: string): void {
    if (!this.layer(slug)?.can_edit || this.editor) return;
    const text = this.t("edit.kept", { name: this.layer(slug)?.title ?? slug });
    const act = (): void => void this.edit(slug);
    this.notify("warning", text, { label: this.t("edit.resume"), act });
    this.offers.set(slug, this.noticeCount);
  }

  /** What was offered is taken up. */
  private withdrawOffer(slug: string): void {
    const offer = this.offers.get(slug);
    if (offer !== undefined) this.dismiss(offer);
    this.offers.delete(slug);
  }

  // --- session -----------------------------------------------------------------------------------------------------

  /** One would not sign in again now: said as long as it is so. */
  private sessionEnded(): void {
    if (this.state.notices.some(({ id }) => id === this.endedNotice)) return;
    const act = (): void => void this.reconnect();
    this.notify("warning", this.t("session.ended"), { label: this.t("session.signIn"), act });
    this.endedNotice = this.noticeCount;
  }

  /** Signs in again over the map. */
  async reconnect(): Promise<boolean> {
    this.endedNotice = null;
    return this.session.back();
  }

  /** What was shown meanwhile without a session is asked for again. */
  private sessionRestored(): void {
    if (this.endedNotice !== null) this.dismiss(this.endedNotice);
    this.endedNotice = null;
    this.map?.reload();
    void this.refreshCatalogue();
    void this.photos.refresh();
    const { sheet } = this.state;
    if (sheet?.status === "error" && sheet.error.status === 401) sheet.retry();
  }

  private rightsChanged(): void {
    const act = (): void => location.reload();
    this.notify("warning", this.t("session.rights"), { label: this.t("session.reload"), act });
  }

  async loadCatalogue(): Promise<void> {
    this.store.update({ catalogue: { status: "loading" } });
    try {
      // Without the layers of other servers the map has its own: the catalogue's error, if any, is the one to show.
      const images = this.api.externalLayers().catch(() => []);
      this.catalogueLoaded(await this.api.layers(), (await images).map(imageLayer));
    } catch (error) {
      this.store.update({ catalogue: { status: "error", error: error as ApiError } });
    }
  }

  private catalogueLoaded(layers: Layer[], images: Layer[]): void {
    const wanted = this.state.layers.length ? this.state.layers : this.opened.layers;
    const { settings, unknown } = arrange([...layers, ...images], wanted);
    this.store.update({ catalogue: { status: "ready", value: layers }, images, layers: settings });
    if (unknown.length) this.notify("warning", this.t("link.unknownLayers", { names: unknown.join(", ") }));
  }

  private async loadBackgrounds(): Promise<void> {
    try {
      const backgrounds = await this.api.backgrounds();
      const first = backgrounds.find((background) => background.default) ?? backgrounds[0];
      const wanted = this.opened.background;
      const known = backgrounds.find(({ slug, kind }) => slug === wanted || (wanted === "plain" && kind === "plain"));
      if (wanted && !known) this.notify("warning", this.t("link.unknownBackground", { name: wanted }));
      this.store.update({ backgrounds, background: (known ?? first)?.slug ?? "plain" });
    } catch {
      // Without the list the map keeps our own tiles: the catalogue's error, if any, is the one to show.
      this.store.update({ background: "plain" });
    }
  }

  private firstPlace(): [LonLat, Bbox] {
    const bbox = this.config.member?.bbox_4326 ?? this.config.extent_4326;
    return [bboxCentre(bbox), bbox];
  }

  // --- link --------------------------------------------------------------------------------------------------------

  /** The address that shows what is on screen now. */
  link(): string {
    const { view, layers, background, selection, theme, panel } = this.state;
    const photos = this.photos.link();
    const link: Permalink = { center: view.center, zoom: view.zoom, layers, background, ...photos, theme, panel };
    if (selection) link.selection = selection;
    if (this.state.sheet?.status === "ready" && this.state.sheet.road) link.road = this.state.sheet.road;
    link.chosen = linkable(this.state.chosen);
    return `${location.origin}${location.pathname}${location.search}${writePermalink(link)}`;
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.link());
      this.notify("info", this.t("link.copied"));
    } catch {
      this.notify("warning", this.t("link.notCopied"));
    }
  }

  /** Opens a link pasted in the address bar while the map is open. */
  async openHash(hash: string): Promise<void> {
    if (this.link().endsWith(hash)) return;
    const link = readPermalink(hash);
    this.opened = link;
    this.closeSheet();
    if (link.theme) this.store.update({ theme: link.theme, dark: memory.isDark(link.theme) });
    if (link.panel !== undefined && link.panel !== this.state.panel) this.openPanel(link.panel);
    if (this.state.catalogue.status === "ready" && link.layers) {
      const { settings, unknown } = arrange([...this.state.catalogue.value, ...this.state.images], link.layers);
      this.store.update({ layers: settings });
      if (unknown.length) this.notify("warning", this.t("link.unknownLayers", { names: unknown.join(", ") }));
    }
    if (link.background && this.state.backgrounds.some(({ slug }) => slug === link.background)) {
      this.setBackground(link.background);
    }
    void this.photos.open(link);
    this.store.update({ chosen: { parcels: [], secret: false } });
    if (link.chosen) void this.restoreChosen(link.chosen);
    if (link.center) this.map?.goTo({ center: link.center, ...(link.zoom === undefined ? {} : { zoom: link.zoom }) });
    if (link.road) return this.openRoad(link.road);
    if (!link.selection) return;
    await this.restoreSelection(link.selection);
    if (link.center) this.map?.goTo({ center: link.center, ...(link.zoom === undefined ? {} : { zoom: link.zoom }) });
  }

  private async restoreSelection(ref: FeatureRef): Promise<void> {
    await this.select(ref, { move: !this.opened.center });
    if (this.opened.edit && this.state.sheet?.status === "ready" && this.layer(ref.layer)?.can_edit) {
      return this.edit(ref.layer, ref.id);
    }
    if (this.state.sheet?.status !== "error" || this.state.sheet.error.status !== 404) return;
    this.closeSheet();
    this.notify("warning", this.t("link.unknownSelection"));
  }

  /** The parcels of a link take the place of those that were chosen; what does it is fetched only then. */
  private async restoreChosen(idus: readonly string[]): Promise<void> {
    if (!idus.length) return;
    try {
      const { deskOf } = await import("../parcels/desk");
      await deskOf(this).restore(idus);
    } catch {
      this.notify("warning", this.t("link.parcelsFailed"));
    }
  }

  private stateChanged(now: AppState, before: AppState): void {
    this.map?.apply(buildModel(this.state, this.config.urls.tiles));
    this.keepLink();
    if (now.measure !== before.measure && [now.panel, before.panel].includes("measure")) this.keepMeasure(now);
  }

  // --- unfinished work ---------------------------------------------------------------------------------------------

  /** Keeps what this person has not finished in a panel; null: it is done, or given up. */
  keep(work: Work, value: object | null): void {
    keep(this.config.user?.id ?? "", work, value);
  }

  /** What this person left unfinished in a panel before the page was loaded. */
  kept<T extends object>(work: Work): Partial<T> | null {
    return kept<T>(this.config.user?.id ?? "", work);
  }

  private keepMeasure({ panel, measure }: AppState): void {
    this.keep("measure", panel === "measure" && measure?.points.length ? measure : null);
  }

  /** Soon, in the address bar: what is on screen. */
  private keepLink(): void {
    window.clearTimeout(this.linkTimer);
    this.linkTimer = window.setTimeout(() => this.writeHash(), 250);
  }

  private writeHash(): void {
    // Before the layers are known the hash still holds what they should be.
    if (this.state.catalogue.status === "ready") history.replaceState(null, "", this.link());
  }

  // --- map events --------------------------------------------------------------------------------------------------

  /** An image of another server did not come: said once for each layer, in that server's words. */
  imageFailed(slug: string, detail: string): void {
    void this.session.glance();
    if (this.failedImages.has(slug) || !this.state.online) return;
    this.failedImages.add(slug);
    const name = this.state.images.find((layer) => layer.slug === slug)?.title ?? slug;
    this.notify("warning", this.t("layers.imageFailed", { name, detail }));
  }

  moved(): void {
    if (this.map) this.store.update({ view: this.map.view() });
  }

  clicked(at: LonLat): void {
    if (this.editor) return;
    if (this.state.measure && !this.state.measure.finished) this.addPoint(at);
    else if (this.tool) this.tool.clicked(at);
    else void this.askHere(at);
  }

  // --- view --------------------------------------------------------------------------------------------------------

  /** What is under the crosshair now: the state learns of it only once the map has come to rest. */
  get centre(): LonLat {
    return this.map?.view().center ?? this.state.view.center;
  }

  panBy(dx: number, dy: number): void {
    this.map?.panBy(dx, dy);
  }

  zoomBy(step: number): void {
    this.map?.zoomBy(step);
  }

  goTo(place: Place): void {
    this.map?.goTo({ ...place, animate: true });
  }

  hover(ref: FeatureRef | null): void {
    this.map?.hover(ref);
  }

  locate(): void {
    if (!navigator.geolocation) return this.notify("warning", this.t("locate.unavailable"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const center: LonLat = [coords.longitude, coords.latitude];
        this.store.update({ pin: center });
        this.goTo({ center, zoom: 18 });
      },
      () => this.notify("warning", this.t("locate.failed")),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  }

  // --- selection ---------------------------------------------------------------------------------------------------

  /** What is at a place, in all the layers that are on; with `zoom`, as seen from there: the map is on its way. */
  async askHere(at: LonLat, zoom?: number): Promise<void> {
    const signal = this.newQuestion();
    this.store.update({ sheet: { status: "loading" }, pin: at, selection: null, sheetHeight: "half" });
    try {
      const groups = orderGroups(await this.api.here(at, zoom ?? this.state.view.zoom, this.visibleSlugs(), signal));
      const feature = groups[0]?.features[0];
      if (feature) {
        this.show(groups, feature, at);
        if (zoom === undefined) void this.reveal([at[0], at[1], at[0], at[1]]);
      } else this.store.update({ sheet: { status: "empty", at } });
    } catch (error) {
      this.questionFailed(error, () => void this.askHere(at, zoom));
    }
  }

  /** Opens the sheet of one thing; with `near`, also tells what else is there. */
  async select(ref: FeatureRef, options: SelectOptions = {}): Promise<void> {
    const { move, reveal, near } = options;
    const signal = this.newQuestion();
    this.store.update({ sheet: { status: "loading" }, selection: ref, pin: null, sheetHeight: "half" });
    try {
      const feature = await this.api.feature(ref.layer, ref.id, signal);
      this.show([{ layer: ref.layer, title: this.layer(ref.layer)?.title ?? "", features: [feature] }], feature, near);
      if (move) this.goTo({ bbox: feature.bbox_4326, zoom: POINT_ZOOM });
      else if (reveal) void this.reveal(feature.bbox_4326);
      if (near) await this.addNeighbours(feature, near, signal);
    } catch (error) {
      this.questionFailed(error, () => void this.select(ref, options));
    }
  }

  private async addNeighbours(feature: Feature, near: LonLat, signal: AbortSignal): Promise<void> {
    const groups = await this.api.here(near, NEIGHBOUR_ZOOM, this.visibleSlugs(), signal).catch(() => []);
    const ordered = selectionFirst(groups, feature);
    if (ordered && !signal.aborted) this.show(ordered, feature, near);
  }

  /** Once the sheet has taken its room beside the map: a place is framed in what is left. */
  private laidOut(): Promise<void> {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  }

  /** Brings a place into view, once what takes room beside the map has taken it. */
  async reveal(bbox: Bbox): Promise<void> {
    await this.laidOut();
    this.map?.reveal(bbox);
  }

  /** Goes to a place once what takes room beside the map has taken it. */
  async frame(place: Place): Promise<void> {
    await this.laidOut();
    this.goTo(place);
  }

  /** Opens another thing of those the sheet already lists. */
  expand(feature: Feature): void {
    if (this.state.sheet?.status === "ready") this.show(this.state.sheet.groups, feature, this.state.sheet.at);
  }

  private show(groups: HereGroup[], feature: Feature, at?: LonLat): void {
    this.store.update({
      sheet: { status: "ready", groups, feature, at },
      selection: { layer: feature.layer, id: feature.id },
      pin: null,
    });
  }

  /** Opens the sheet of a whole numbered road, draws all of it and frames it. */
  async openRoad(road: string): Promise<void> {
    const signal = this.newQuestion();
    for (const slug of [ROAD_SECTIONS, "road-markers"]) this.turnOn(slug);
    this.store.update({ sheet: { status: "loading" }, selection: null, pin: null, sheetHeight: "half" });
    try {
      // Like a feature, of no layer: nothing of it is edited.
      const feature = { ...(await this.api.road(road, signal)), layer: WHOLE_ROAD, id: 0, picture: null, version: 0 };
      const groups = [{ layer: WHOLE_ROAD, title: "", features: [feature] }];
      this.store.update({ sheet: { status: "ready", groups, feature, road } });
      await this.frame({ bbox: feature.bbox_4326, zoom: POINT_ZOOM });
    } catch (error) {
      this.questionFailed(error, () => void this.openRoad(road));
    }
  }

  /** Opens the sheet of several parcels, or of a drawn shape. */
  showGround(sheet: Omit<Extract<Sheet, { status: "ground" }>, "status">): void {
    this.question?.abort();
    this.store.update({ sheet: { status: "ground", ...sheet }, selection: null, pin: null, sheetHeight: "half" });
  }

  closeSheet(): void {
    this.question?.abort();
    this.store.update({ sheet: null, selection: null, pin: null });
  }

  private newQuestion(): AbortSignal {
    this.question?.abort();
    this.question = new AbortController();
    return this.question.signal;
  }

  private questionFailed(error: unknown, retry: () => void): void {
    if (isAbort(error)) return;
    this.store.update({ sheet: { status: "error", error: error as ApiError, retry } });
  }

  private visibleSlugs(): string[] {
    const images = new Set(this.state.images.map(({ slug }) => slug));
    return this.state.layers.filter(({ slug, visible }) => visible && !images.has(slug)).map(({ slug }) => slug);
  }

  /** Goes to a search result and opens its sheet. */
  async open(result: SearchResult): Promise<void> {
    if (result.road) return this.openRoad(result.road);
    const { kind, layer, id, center_4326: center, bbox_4326: bbox } = result;
    if (layer !== null) this.turnOn(layer);
    const answered =
      layer !== null && id !== null ? this.select({ layer, id }, { near: center }) : this.askHere(center, POINT_ZOOM);
    await this.laidOut();
    this.goTo(this.placeOf(result));
    await answered;
    // A place on a road or on the ground is marked on the feature that it lies on.
    const marked = !bbox && (kind === "road" || kind === "coordinates");
    const { sheet } = this.state;
    if (!marked || sheet?.status !== "ready") return;
    this.store.update({ pin: center, sheet: kind === "road" ? { ...sheet, marked: result.label } : sheet });
  }

  private placeOf({ layer, center_4326: center, bbox_4326: bbox }: SearchResult): Place {
    if (bbox && bbox[2] - bbox[0] > 1e-5) return { bbox, zoom: layer === COMMUNE_LAYER ? 15 : POINT_ZOOM };
    return { center, zoom: POINT_ZOOM };
  }

  // --- layers ------------------------------------------------------------------------------------------------------

  setLayer(slug: string, patch: Partial<LayerSetting>): void {
    const layers = this.state.layers.map((setting) => (setting.slug === slug ? { ...setting, ...patch } : setting));
    this.store.update({ layers });
  }

  turnOn(slug: string): void {
    if (this.state.layers.some((setting) => setting.slug === slug && !setting.visible)) {
      this.setLayer(slug, { visible: true });
    }
  }

  moveLayer(slug: string, step: -1 | 1): void {
    this.store.update({ layers: moveLayer(this.state.layers, slug, step) });
  }

  setBackground(background: string): void {
    this.store.update({ background });
  }

  // --- editing -----------------------------------------------------------------------------------------------------

  /** Opens the editor of a layer, and one of its features there; its code is fetched the first time. */
  async edit(slug: string, id: number | null = null, tab: Tab = "values"): Promise<void> {
    const layer = this.layer(slug);
    if (!layer) return;
    this.withdrawOffer(slug);
    if (this.editor?.state.layer.slug !== slug) this.editor?.leave();
    if (!this.editor) {
      this.editorComing ??= this.openEditor(layer).finally(() => {
        this.editorComing = null;
      });
      await this.editorComing;
    }
    // It stays where it is while somebody decides about unsaved work.
    if (id === null || this.editor?.state.layer.slug !== slug) return;
    this.editor.focusing = true;
    await this.editor.open(id, tab);
  }

  /** Whether this person is one of the layer's owner: the history names people, and is for those. */
  readsHistory({ owner }: Layer): boolean {
    return owner !== null && this.config.memberships.some(({ member }) => member.slug === owner.slug);
  }

  /** The sheet stays until the editor is here: on a slow line nothing would be left to look at. */
  private async openEditor(layer: Layer): Promise<void> {
    try {
      const [{ openEditor }, { mapKey, pageKey }] = await Promise.all([
        import("../edit/editor"),
        import("../edit/keys"),
      ]);
      const editor = await openEditor(this, layer);
      // Whoever sees its tools may press on the map at once.
      await editor.board.start(editor.hand);
      this.editor = editor;
      this.editKey = (event) => mapKey(editor, event);
      this.editPageKey = (event, typing) => pageKey(editor, event, typing);
      this.closeSheet();
      this.photos.stopCompare();
      this.stopMeasure();
      this.turnOn(layer.slug);
      await editor.start();
    } catch {
      this.notify("error", this.t("edit.unavailable"));
    }
  }

  editCanvas(events: EditEvents): Promise<EditCanvas> {
    if (!this.map) throw new Error("There is no map yet.");
    return this.map.edit(events);
  }

  paperFrame(events: PaperFrameEvents): Promise<PaperFrame> {
    return this.mapThere.then((map) => map.paperFrame(events));
  }

  editorLeft(): void {
    this.editor = null;
    this.editKey = null;
    this.editPageKey = null;
    this.store.update({ editing: null });
    keepFocus();
  }

  editSheetOpened(sheetHeight: SheetHeight = "half"): void {
    this.store.update({ sheetHeight });
  }

  /** One comes back to the map after a while: others may have changed what it shows. */
  catalogueSeen(): void {
    if (this.state.online && Date.now() - this.catalogueAt >= STALE_MS) void this.refreshCatalogue();
  }

  /** Asks for the catalogue while the one known stays on screen: a layer may have a new version. */
  async refreshCatalogue(): Promise<void> {
    this.catalogueAt = Date.now();
    const value = await this.api.layers().catch(() => null);
    if (value) this.store.update({ catalogue: { status: "ready", value } });
  }

  // --- measuring ---------------------------------------------------------------------------------------------------

  startMeasure(kind: MeasureKind): void {
    this.store.update({ measure: { kind, points: [], finished: false } });
  }

  /** The measure that was left when the page was loaded anew, or a new one. */
  resumeMeasure(): void {
    const { kind = "length", points = [], finished = false } = this.kept<Measure>("measure") ?? {};
    this.store.update({ measure: { kind, points, finished } });
  }

  addPoint(at: LonLat): void {
    const measure = this.state.measure;
    if (measure) this.store.update({ measure: { ...measure, finished: false, points: [...measure.points, at] } });
  }

  addCentrePoint(): void {
    this.addPoint(this.centre);
  }

  removePoint(): void {
    const measure = this.state.measure;
    if (measure) this.store.update({ measure: { ...measure, finished: false, points: measure.points.slice(0, -1) } });
  }

  finishMeasure(): void {
    const measure = this.state.measure;
    if (measure) this.store.update({ measure: { ...measure, finished: true } });
    if (measure) this.tool?.drawn();
  }

  stopMeasure(): void {
    this.store.update({ measure: null });
  }

  // --- table -------------------------------------------------------------------------------------------------------

  /** Opens the table of a layer under the map; null closes it. */
  openTable(table: string | null): void {
    this.store.update({ table });
    if (table === null) keepFocus();
  }

  // --- screen ------------------------------------------------------------------------------------------------------

  openPanel(panel: PanelId | null): void {
    if (panel !== "measure" || this.state.panel !== "measure") this.stopMeasure();
    if (panel === "measure" && !this.state.measure) this.resumeMeasure();
    this.store.update({ panel, sheetHeight: "half" });
  }

  togglePanel(panel: PanelId): void {
    this.openPanel(this.state.panel === panel ? null : panel);
  }

  /** What is selected stays in sight above the sheet of a phone, whatever room it takes. */
  setSheetHeight(sheetHeight: SheetHeight): void {
    this.store.update({ sheetHeight });
    if (sheetHeight === "full") return;
    if (this.editor) return this.editor.revealActive();
    const { sheet } = this.state;
    if (sheet?.status !== "ready") return;
    const { at, feature } = sheet;
    void this.reveal(at ? [at[0], at[1], at[0], at[1]] : feature.bbox_4326);
  }

  setTheme(theme: ThemeChoice): void {
    memory.keepTheme(theme);
    this.store.update({ theme, dark: memory.isDark(theme) });
  }

  async setLanguage(language: Language): Promise<void> {
    memory.keepLanguage(language);
    this.store.update({ language });
    await this.tellLanguage(language);
    await this.loadCatalogue();
    await this.loadBackgrounds();
    const { selection } = this.state;
    if (selection) await this.select(selection);
  }

  /** What the server writes, files too, comes in that language as well. */
  private async tellLanguage(language: Language): Promise<void> {
    const body = new FormData();
    body.set("language", language);
    await this.api.send(this.config.urls.language, { method: "POST", body }).catch(() => {});
  }

  toggleCoordinates(): void {
    const coordinates = this.state.coordinates === "lambert93" ? "wgs84" : "lambert93";
    memory.keepCoordinates(coordinates);
    this.store.update({ coordinates });
  }

  notify(tone: Notice["tone"], text: string, action?: Notice["action"]): void {
    this.noticeCount += 1;
    const id = this.noticeCount;
    this.store.update({ notices: [...this.state.notices, { id, tone, text, ...(action ? { action } : {}) }] });
    if (tone === "info") window.setTimeout(() => this.dismiss(id), NOTICE_MS);
  }

  dismiss(id: number): void {
    this.state.notices.find((notice) => notice.id === id)?.action?.read?.();
    this.store.update({ notices: this.state.notices.filter((notice) => notice.id !== id) });
  }

  /** One step back: the open measure, then the sheet, the comparison, the panel. False when there was nothing to close. */
  back(): boolean {
    const { measure, sheet, compare, panel, aiming } = this.state;
    if (this.editor?.back()) return true;
    if (aiming && this.tool && !sheet) {
      this.tool.restart();
      return true;
    }
    if (measure?.points.length && !measure.finished) this.finishMeasure();
    else if (sheet) this.closeSheet();
    else if (measure?.points.length && this.tool) this.tool.restart();
    else if (measure?.points.length) this.startMeasure(measure.kind);
    else if (compare) this.photos.stopCompare();
    else if (panel) this.openPanel(null);
    else return false;
    return true;
  }
}

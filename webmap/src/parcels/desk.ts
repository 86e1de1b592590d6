import { type ApiError, isAbort } from "../api/client";
import type { Geometry } from "../api/types";
import type { AppPort, MapTool } from "../app/port";
import { type Received, saveBlob } from "../export/download";
import { formatArea } from "../format/format";
import type { LonLat } from "../geo/mercator";
import { type ChooseWords, chooseWords } from "../i18n/choose";
import { isPhone } from "../state/device";
import { oneForEach } from "../state/one-for-each";
import { linkable } from "../state/permalink";
import type { AppState, Choice, ChosenParcel, Ground, Measure } from "../state/state";
import { Store } from "../state/store";
import {
  areaOf,
  bboxOf,
  type Commune,
  communesOf,
  communeText,
  type DrawKind,
  FARTHEST_M,
  geometryOf,
  inseeIn,
  type KeptChoice,
  keepable,
  LEAST_POINTS,
  NOTHING,
  type Selected,
  together,
  totals,
  type Way,
  without,
} from "./selection";

export interface ChooseState {
  way: Way;
  kind: DrawKind;
  /** What was typed: a distance in metres. */
  distance: string;
  text: string;
  /** What was typed: a commune's name or INSEE code. */
  commune: string;
  communes: readonly Commune[];
  /** Said in place and aloud, the last thing that happened. */
  said: string;
  unknown: readonly string[];
  truncated: boolean;
  /** What is wrong with what was typed. */
  fault: "distance" | "commune" | "references" | "tooMany" | null;
  asking: boolean;
  failed: { error: ApiError; retry: () => void } | null;
  saving: boolean;
}

const CLOSE_ZOOM = 19;
/** The second click of a double click that ended a drawing begins no other. */
const DOUBLE_CLICK_MS = 500;
const MOST_COMMUNE_PAGES = 10;

/** The verbs of choosing parcels; what is chosen is in the state of the map, and stays while the panel is closed. */
export class ParcelDesk implements MapTool {
  readonly store: Store<ChooseState>;
  /** What was left when the page was loaded anew, until it is on the map again. */
  private leftParcels: readonly string[];
  private leftBefore: readonly string[];
  private leftDrawing: Measure | null;
  /** The panel opens with something to read: its result takes the focus. */
  focusing = false;
  /** What was chosen, secret or not, before the drawing that is on the map: asking again with another distance starts from there. */
  private before: Choice = NOTHING;
  private question = Promise.resolve();
  private drawing: AbortController | null = null;
  private drawnAt = Number.NEGATIVE_INFINITY;
  /** How many questions wait for their answer. */
  private waiting = 0;
  /** Counts what gives up the answers that are still to come. */
  private round = 0;

  constructor(private readonly app: AppPort) {
    const left = app.kept<KeptChoice>("choose") ?? {};
    const { way = "click", kind = "area", distance = "0", text = "", commune = "" } = left;
    this.leftParcels = left.parcels ?? [];
    this.leftBefore = left.before ?? [];
    this.leftDrawing = left.drawing ?? null;
    this.store = new Store<ChooseState>({
      way,
      kind,
      distance,
      text,
      commune,
      communes: [],
      said: "",
      unknown: [],
      truncated: false,
      fault: null,
      asking: false,
      failed: null,
      saving: false,
    });
    this.store.subscribe(() => this.keep());
    app.store.subscribe((now, before) => this.mapChanged(now, before));
  }

  private mapChanged(now: AppState, before: AppState): void {
    if (now.chosen !== before.chosen || now.measure !== before.measure) this.keep();
  }

  /** Keeps what is typed, drawn and chosen here until it is cleared. */
  private keep(): void {
    const { way, kind, distance, text, commune } = this.state;
    const { chosen, measure } = this.app.state;
    const drawn = way === "draw" && this.app.tool === this && measure?.points.length ? measure : null;
    const drawing = this.leftDrawing ?? drawn;
    const parcels = this.leftParcels.length ? this.leftParcels : keepable(chosen);
    const before = this.leftParcels.length ? this.leftBefore : keepable(this.before);
    const isWork = parcels.length > 0 || drawing !== null || text.trim() !== "";
    const choice: KeptChoice = { way, kind, distance, text, commune, drawing, parcels, before };
    this.app.keep("choose", isWork ? choice : null);
  }

  get state(): ChooseState {
    return this.store.state;
  }

  get words(): ChooseWords {
    return chooseWords(this.app.state.language);
  }

  get parcels(): readonly ChosenParcel[] {
    return this.app.state.chosen.parcels;
  }

  // --- the panel ---------------------------------------------------------------------------------------------------

  open(): void {
    this.app.tool = this;
    if (this.leftDrawing) this.resumeDrawing(this.leftDrawing);
    else if (this.state.way === "draw") this.draw(this.state.kind);
    if (!this.state.communes.length) void this.loadCommunes();
  }

  close(): void {
    if (this.app.tool === this) this.app.tool = null;
    this.store.update({ said: "", unknown: [], truncated: false, failed: null, fault: null });
  }

  setWay(way: Way): void {
    this.store.update({ way, said: "", unknown: [], truncated: false, fault: null, failed: null });
    if (way === "draw") this.draw(this.state.kind);
    else this.app.measure.stop();
  }

  type(patch: Partial<Pick<ChooseState, "distance" | "text" | "commune">>): void {
    this.store.update({ ...patch, fault: null });
  }

  // --- by clicking -------------------------------------------------------------------------------------------------

  /** One after the other: a quick second click must see what the first one chose. */
  clicked(at: LonLat, when = performance.now()): void {
    if (this.state.way === "draw" && when - this.drawnAt < DOUBLE_CLICK_MS) return;
    if (this.state.way === "draw") return this.beginAt(at);
    this.question = this.question.then(() => this.toggleAt(at));
  }

  private async toggleAt(at: LonLat): Promise<void> {
    const found = await this.ask({ shape: { type: "Point", coordinates: at } }, () => this.clicked(at));
    if (!found) return;
    const [parcel] = found.results;
    if (!parcel) return this.say(this.words("said.nothingHere"));
    if (this.parcels.some(({ id }) => id === parcel.id)) this.remove(parcel);
    else this.add(found, this.app.state.chosen, parcel.label);
  }

  // --- by drawing --------------------------------------------------------------------------------------------------

  private resumeDrawing(measure: Measure): void {
    this.leftDrawing = null;
    this.app.store.update({ measure });
  }

  draw(kind: DrawKind): void {
    this.store.update({ kind, fault: null });
    this.drawing?.abort();
    if (kind === "point") this.app.measure.stop();
    else this.app.measure.start(kind === "line" ? "length" : "area");
  }

  restart(): void {
    this.draw(this.state.kind);
  }

  private beginAt(at: LonLat): void {
    if (this.state.kind === "point") {
      this.app.store.update({ measure: { kind: "length", points: [at], finished: true } });
      return this.drawn();
    }
    this.draw(this.state.kind);
    this.app.measure.addPoint(at);
  }

  drawn(): void {
    this.before = this.app.state.chosen;
    this.drawnAt = performance.now();
    const points = this.app.state.measure?.points ?? [];
    if (points.length < LEAST_POINTS[this.state.kind]) {
      this.say(this.words(this.state.kind === "line" ? "said.twoPoints" : "said.threePoints"));
      return this.draw(this.state.kind);
    }
    void this.askAround();
  }

  /** What is drawn and finished on the map. */
  get shape(): Geometry | null {
    const { measure } = this.app.state;
    return this.state.way === "draw" && measure?.finished ? geometryOf(this.state.kind, measure.points) : null;
  }

  /** Whether the server would not take the question as it is: a shape that crosses itself, a reference out of bounds. */
  get refused(): boolean {
    return this.state.failed?.error.status === 400;
  }

  async askAround(): Promise<void> {
    const { shape } = this;
    const distance = this.distance();
    if (distance === null) return this.store.update({ fault: "distance" });
    if (!shape) return;
    this.drawing?.abort();
    this.drawing = new AbortController();
    const body = { shape, distance_m: distance };
    const found = await this.ask(body, () => void this.askAround(), this.drawing.signal);
    if (found) this.add(found, this.before);
  }

  private distance(): number | null {
    const text = this.state.distance.trim().replace(",", ".");
    const metres = Number(text || "0");
    return metres >= 0 && metres <= FARTHEST_M ? metres : null;
  }

  // --- by references -----------------------------------------------------------------------------------------------

  async askReferences(): Promise<void> {
    const { text, commune, communes } = this.state;
    const insee = commune.trim() ? inseeIn(commune, communes) : "";
    if (!/[\p{L}\p{N}]/u.test(text)) return this.store.update({ fault: "references" });
    if (insee === null) return this.store.update({ fault: "commune" });
    const found = await this.ask({ references: [text], ...(insee ? { insee } : {}) }, () => void this.askReferences());
    if (!found) return;
    // Those that were not found stay to be corrected; what was typed meanwhile stays too.
    if (this.state.text === text) this.store.update({ text: found.unknown.join("\n") });
    this.add(found, this.app.state.chosen);
    this.show(found.results);
  }

  /** The communes that one may mean: those of the member; the one in the middle of the map is taken to be meant. */
  private async loadCommunes(): Promise<void> {
    const { config, api } = this.app;
    const communes: Commune[] = [];
    try {
      let page = await api.features("communes", config.member ? config.extent_4326 : this.app.state.view.bbox);
      for (let pages = 1; ; pages += 1) {
        for (const { title, properties } of page.results) {
          if (typeof properties["insee"] === "string") communes.push({ insee: properties["insee"], name: title });
        }
        if (!page.next || pages >= MOST_COMMUNE_PAGES) break;
        page = await api.nextFeatures(page.next);
      }
      const here = (await api.here(this.app.view.centre, CLOSE_ZOOM, ["communes"]))[0]?.features[0];
      const insee = here?.properties.find(({ name }) => name === "insee")?.value;
      const meant = communes.find((one) => one.insee === insee);
      if (meant && !this.state.commune) this.store.update({ commune: communeText(meant) });
    } catch {
      // Without suggestions the INSEE code can be typed.
    }
    this.store.update({ communes: communes.sort((a, b) => a.name.localeCompare(b.name, "fr")) });
  }

  // --- from elsewhere ----------------------------------------------------------------------------------------------

  /** The parcels that a link names, or that were left when the page was loaded anew. */
  async restore(idus: readonly string[]): Promise<void> {
    const found = await this.selected({ parcels: idus });
    this.leftParcels = [];
    this.before = { parcels: found.results.filter(({ idu }) => this.leftBefore.includes(idu)), secret: false };
    this.app.store.update({ chosen: { parcels: found.results, secret: false } });
    if (!found.unknown.length) return;
    this.app.notices.add("warning", this.words("link.unknown", { names: found.unknown.join(", ") }));
  }

  /** The parcels of an unité foncière take the place of those that were chosen; no link keeps them. Throws ApiError. */
  async takeUnit(idus: readonly string[]): Promise<void> {
    const found = await this.take(idus, true);
    if (!found) return;
    const area = formatArea(totals(found.results).measured_m2, this.app.state.language);
    this.sayOf(found, this.words("said.unit", { count: this.count(found.results.length), area }));
  }

  /** The parcels of a list take the place of those that were chosen. Throws ApiError. */
  async takeList(idus: readonly string[]): Promise<void> {
    const found = await this.take(idus, false);
    if (!found) return;
    const now = this.words("said.now", { count: this.count(found.results.length) });
    this.sayOf(found, `${this.added(found.results.length)} ${now}`);
  }

  private sayOf({ unknown, truncated }: Selected, said: string): void {
    this.store.update({ said, unknown, truncated });
  }

  /** Null when something else was asked meanwhile. */
  private async take(idus: readonly string[], secret: boolean): Promise<Selected | null> {
    this.round += 1;
    const { round } = this;
    const found = await this.selected({ parcels: idus }).catch((error: unknown) => {
      if (round === this.round) throw error;
      return null;
    });
    if (!found || round !== this.round) return null;
    const { results } = found;
    if (isPhone()) this.app.sheet.close();
    this.store.update({ way: "click", failed: null, unknown: [], truncated: false });
    this.leftParcels = [];
    this.app.store.update({ chosen: { parcels: results, secret } });
    this.focusing = true;
    if (this.app.state.panel !== "choose") this.app.screen.openPanel("choose");
    this.app.measure.stop();
    const bbox = bboxOf(results);
    if (bbox) void this.app.view.frame({ bbox, zoom: CLOSE_ZOOM });
    return found;
  }

  // --- what is chosen ----------------------------------------------------------------------------------------------

  private add(found: Selected, before: Choice, label?: string): void {
    const { parcels, over } = together(before.parcels, found.results);
    const count = parcels.length - before.parcels.length;
    this.put({ parcels, secret: before.secret });
    const added = label ? this.words("said.added", { label }) : this.added(count);
    const chosen = parcels.length ? ` ${this.words("said.now", { count: this.count(parcels.length) })}` : "";
    const said = found.results.length || found.unknown.length ? `${added}${chosen}` : this.words("said.nothingHere");
    this.sayOf({ ...found, truncated: found.truncated || over }, said);
  }

  private added(count: number): string {
    const number = count.toLocaleString(this.app.state.language);
    return this.words(count === 1 ? "said.addedOne" : count ? "said.addedMany" : "said.addedNone", { count: number });
  }

  remove(parcel: ChosenParcel): void {
    const parcels = without(this.parcels, parcel.id);
    this.put({ ...this.app.state.chosen, parcels });
    this.before = { ...this.before, parcels: without(this.before.parcels, parcel.id) };
    this.app.view.hover(null);
    const chosen = this.words("said.now", { count: this.count(parcels.length) });
    this.store.update({ said: `${this.words("said.removed", { label: parcel.label })} ${chosen}`, truncated: false });
  }

  clear(): void {
    this.round += 1;
    this.put(NOTHING);
    this.before = NOTHING;
    this.store.update({ said: this.words("said.cleared"), truncated: false, unknown: [], failed: null });
    if (this.state.way === "draw") this.draw(this.state.kind);
  }

  private put(chosen: Choice): void {
    this.leftParcels = [];
    this.app.store.update({ chosen: chosen.parcels.length ? chosen : NOTHING });
  }

  /** Whether a link to this view keeps what is chosen. */
  get kept(): boolean {
    return linkable(this.app.state.chosen).length > 0;
  }

  show(parcels: readonly ChosenParcel[] = this.parcels): void {
    const bbox = bboxOf(parcels);
    if (bbox) this.app.view.goTo({ bbox, zoom: CLOSE_ZOOM });
  }

  count(count: number): string {
    const { language } = this.app.state;
    const number = count.toLocaleString(language);
    return this.words(count === 1 ? "count.one" : count ? "count.many" : "count.none", { count: number });
  }

  private say(said: string): void {
    this.store.update({ said, unknown: [], truncated: false });
  }

  // --- sheets and table --------------------------------------------------------------------------------------------

  openSheet(): void {
    const parcels = [...this.parcels];
    const [first] = parcels;
    const subtitle = (): string => {
      const communes = communesOf(parcels);
      const places = communes.length > 3 ? `${communes.slice(0, 3).join(", ")}…` : communes.join(", ");
      return `${places} · ${formatArea(totals(parcels).measured_m2, this.app.state.language)}`;
    };
    const title = (): string => (parcels.length === 1 && first ? first.label : this.count(parcels.length));
    this.openGround({ parcels: parcels.map(({ idu }) => idu) }, title, subtitle);
  }

  openZone(): void {
    const { shape } = this;
    const points = this.app.state.measure?.points ?? [];
    if (shape?.type !== "Polygon") return;
    const subtitle = (): string => formatArea(areaOf(points), this.app.state.language);
    this.openGround({ shape }, () => this.words("zone.title"), subtitle);
  }

  private openGround(ground: Ground, title: () => string, subtitle: () => string): void {
    this.app.sheet.openGround({ ground, title, subtitle });
  }

  async saveTable(): Promise<void> {
    this.store.update({ saving: true });
    try {
      const body = { parcels: this.parcels.map(({ idu }) => idu) };
      const answer = await this.app.api.send(`${this.url}select.csv`, { method: "POST", body });
      saveBlob({ blob: await answer.blob(), name: "parcelles.csv" } satisfies Received);
      this.say(this.words("said.saved"));
    } catch (error) {
      this.store.update({ failed: { error: error as ApiError, retry: () => void this.saveTable() } });
    } finally {
      this.store.update({ saving: false });
    }
  }

  // --- asking ------------------------------------------------------------------------------------------------------

  private get url(): string {
    return `${this.app.config.urls.api}parcels/`;
  }

  private async selected(body: unknown, signal?: AbortSignal): Promise<Selected> {
    const answer = await this.app.api.send(`${this.url}select/`, { method: "POST", body, signal });
    return (await answer.json()) as Selected;
  }

  /** What was found; null when it failed, which is told, or when something else was asked meanwhile. */
  private async ask(body: unknown, retry: () => void, signal?: AbortSignal): Promise<Selected | null> {
    const { round } = this;
    this.waiting += 1;
    this.store.update({ asking: true, failed: null, fault: null, unknown: [], truncated: false });
    try {
      const found = await this.selected(body, signal);
      return round === this.round ? found : null;
    } catch (error) {
      if (isAbort(error) || round !== this.round) return null;
      const refusal = error as ApiError;
      if (refusal.problem?.["parameter"] === "references") this.store.update({ fault: "tooMany", said: "" });
      else this.store.update({ failed: { error: refusal, retry }, said: "" });
      return null;
    } finally {
      this.waiting -= 1;
      this.store.update({ asking: this.waiting > 0 });
    }
  }
}

export const deskOf = oneForEach((app: AppPort) => new ParcelDesk(app));

import { ApiError, isAbort } from "../api/client";
import type { AppPort, MapTool } from "../app/port";
import type { Bbox, LonLat } from "../geo/mercator";
import { type WaterWords, waterWords } from "../i18n/water";
import { isPhone } from "../state/device";
import { focusMap } from "../state/focus";
import { oneForEach } from "../state/one-for-each";
import { Store } from "../state/store";
import type { WaterPicture } from "../state/water";
import {
  type Direction,
  type Family,
  type Isolation,
  isolationUrl,
  type Start,
  startAt,
  type Trace,
  traceBody,
  traceUrl,
} from "./answers";
import { actedBbox, askedPicture, isolationPicture, markAt, tracePicture } from "./picture";
import { headline, traceLine } from "./sentences";

/** What the next tap on the map shows. */
export type Aim = "break" | "start" | "end";
export type WaterTabId = "isolate" | "trace" | "anomalies";

export interface WaterState {
  tab: WaterTabId;
  aim: Aim | null;
  /** Said aloud: the last thing that was found. */
  said: string;
  /** What is wrong with what was pointed at. */
  fault: string;
  asking: boolean;
  failed: { error: ApiError; retry: () => void } | null;
  breaks: readonly Start[];
  unusable: readonly number[];
  done: readonly number[];
  /** When valves were ticked as closed, by their ids (ISO 8601). */
  doneAt: Readonly<Record<number, string>>;
  isolation: Isolation | null;
  family: Family;
  direction: Direction;
  from: Start | null;
  to: Start | null;
  trace: Trace | null;
  /** The mark that is looked at, on the map and in the lists. */
  current: string | null;
}

/** What was asked, and what was done of it: a phone forgets its pages, a crew in the street must not. */
type KeptWater = Pick<
  WaterState,
  "tab" | "breaks" | "unusable" | "done" | "doneAt" | "family" | "direction" | "from" | "to"
>;

/** A position less exact than this may lie on the wrong pipe. */
const EXACT_M = 20;
const MARK_ZOOM = 19;
const RESULT_ZOOM = 18.5;

/** The first thing that one asks of a network. */
const BEGINNING: Record<Family, Direction> = { water: "upstream", sewer: "downstream" };

type Patch = Partial<WaterState>;

/** The verbs of the water desk: shutting off a break, following a network. What it found stays while its panel is closed. */
export class WaterDesk implements MapTool {
  readonly store: Store<WaterState>;
  /** A result came: its first line takes the focus. */
  focusing = false;
  private question: AbortController | null = null;
  private drawnFrom: readonly unknown[] = [];

  constructor(private readonly app: AppPort) {
    const { tab, breaks, unusable, done, doneAt, family, direction, from, to } = app.kept<KeptWater>("water") ?? {};
    this.store = new Store<WaterState>({
      tab: tab ?? "isolate",
      aim: null,
      said: "",
      fault: "",
      asking: false,
      failed: null,
      breaks: breaks ?? [],
      unusable: unusable ?? [],
      done: done ?? [],
      doneAt: doneAt ?? {},
      isolation: null,
      family: family ?? "water",
      direction: direction ?? "upstream",
      from: from ?? null,
      to: to ?? null,
      trace: null,
      current: null,
    });
    this.store.subscribe(() => this.draw());
  }

  get state(): WaterState {
    return this.store.state;
  }

  get words(): WaterWords {
    return waterWords(this.app.state.language);
  }

  // --- the panel ---------------------------------------------------------------------------------------------------

  open(): void {
    this.app.tool = this;
    if (!this.state.asking) this.askAgain();
  }

  /** What was left when the page was loaded anew is asked again: the network may have changed. */
  private askAgain(): void {
    const { tab, breaks, isolation, from, to, trace, direction } = this.state;
    if (tab === "trace" && from && !trace && (to || direction !== "between")) void this.askTrace({});
    else if (tab === "isolate" && breaks.length && !isolation) void this.askIsolation({});
  }

  close(): void {
    this.stopAiming();
    if (this.app.tool === this) this.app.tool = null;
  }

  setTab(tab: WaterTabId): void {
    this.stopAiming();
    this.update({ tab, said: "", fault: "", failed: null, current: null });
    this.askAgain();
  }

  private update(patch: Patch): void {
    this.store.update(patch);
    const { tab, breaks, unusable, done, doneAt, family, direction, from, to } = this.state;
    const work: KeptWater = { tab, breaks, unusable, done, doneAt, family, direction, from, to };
    this.app.keep("water", breaks.length || from || to ? work : null);
  }

  private draw(): void {
    const { tab, isolation, breaks, from, to, trace, current } = this.state;
    const drawn = [tab, isolation, breaks, from, to, trace, current];
    if (drawn.every((one, i) => one === this.drawnFrom[i])) return;
    this.drawnFrom = drawn;
    this.app.store.update({ water: this.picture() });
  }

  private picture(): WaterPicture | null {
    const { tab, isolation, breaks, from, to, trace, current } = this.state;
    if (tab === "anomalies") return null;
    if (tab === "trace") return from || to ? tracePicture(trace, from, to, current) : null;
    if (isolation) return isolationPicture(isolation, current);
    return breaks.length ? { lines: [], marks: askedPicture("break", breaks), current } : null;
  }

  // --- pointing ----------------------------------------------------------------------------------------------------

  aimAt(aim: Aim): void {
    this.showNetwork(aim === "break" ? "water" : this.state.family);
    this.update({ aim, fault: "", failed: null });
    if (isPhone()) this.app.sheet.close();
    this.app.store.update({ aiming: true, sheetHeight: "half" });
    focusMap();
  }

  /** What cannot be seen cannot be pointed at. */
  private showNetwork(family: Family): void {
    for (const layer of [`${family}-pipes`, `${family}-nodes`]) this.app.layers.turnOn(layer);
  }

  stopAiming(): void {
    if (!this.state.aim) return;
    this.update({ aim: null, fault: "" });
    this.app.store.update({ aiming: false });
  }

  /** Escape: one step back. */
  restart(): void {
    this.stopAiming();
    this.focusing = true;
    this.store.update({});
  }

  drawn(): void {}

  clicked(at: LonLat): void {
    if (this.state.aim) return this.pointedAt(startAt(at));
    const { water, view } = this.app.state;
    const mark = water && markAt(water, at, view.zoom);
    if (!mark) return void this.app.sheet.askHere(at);
    this.focusing = true;
    this.update({ current: mark.key });
    if (isPhone()) this.app.sheet.close();
  }

  /** What lies under the cross. */
  takeCentre(): void {
    this.pointedAt(startAt(this.app.view.centre));
  }

  private pointedAt(start: Start): void {
    const { aim, from, to, direction } = this.state;
    if (aim === "break") void this.askIsolation({ breaks: [...this.state.breaks, start] });
    else if (aim === "end") void this.askTrace({ to: start });
    else if (aim === "start" && direction === "between" && !to) {
      this.update({ from: start, trace: null });
      this.aimAt("end");
    } else if (aim === "start" || from) void this.askTrace({ from: start });
  }

  /** Where the person stands; a position that is not exact only brings the map there. */
  takePosition(): void {
    if (!navigator.geolocation) return this.update({ fault: this.words("aim.noPlace") });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.located([coords.longitude, coords.latitude], coords.accuracy),
      () => this.update({ fault: this.words("aim.noPlace") }),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  }

  private located(at: LonLat, accuracy: number): void {
    if (!this.state.aim) return;
    if (accuracy <= EXACT_M) return this.pointedAt(startAt(at));
    this.app.view.goTo({ center: at, zoom: MARK_ZOOM });
    this.update({ fault: this.words("aim.far", { metres: Math.round(accuracy) }) });
  }

  // --- shutting off ------------------------------------------------------------------------------------------------

  /** A break on each of these pipes, and no other. */
  isolate(...pipes: number[]): void {
    this.update({ tab: "isolate" });
    this.showNetwork("water");
    void this.askIsolation({ breaks: pipes.map((pipe) => ({ pipe })), unusable: [], done: [], isolation: null });
  }

  markUnusable(id: number): void {
    const { unusable, done } = this.state;
    void this.askIsolation({ unusable: [...unusable, id], done: done.filter((one) => one !== id) });
  }

  markUsable(id: number): void {
    void this.askIsolation({ unusable: this.state.unusable.filter((one) => one !== id) });
  }

  toggleDone(id: number): void {
    const { done, doneAt } = this.state;
    if (done.includes(id)) this.update({ done: done.filter((one) => one !== id) });
    else this.update({ done: [...done, id], doneAt: { ...doneAt, [id]: new Date().toISOString() } });
  }

  removeBreak(index: number): void {
    const breaks = this.state.breaks.filter((_, i) => i !== index);
    if (breaks.length) void this.askIsolation({ breaks });
    else this.clearIsolation();
  }

  clearIsolation(): void {
    this.question?.abort();
    this.stopAiming();
    this.focusing = true;
    const nothing = { said: "", fault: "", failed: null, asking: false, current: null };
    this.update({ ...nothing, breaks: [], unusable: [], done: [], isolation: null });
  }

  /** Asks with what differs; what was known stays on screen until the answer is here, and when none comes. */
  private async askIsolation(patch: Pick<Patch, "breaks" | "unusable" | "done" | "isolation">): Promise<void> {
    const { breaks, unusable } = { ...this.state, ...patch };
    const url = isolationUrl(this.app.config.urls.api);
    const found = await this.ask<Isolation>(url, { breaks, unusable }, () => void this.askIsolation(patch));
    if (!found) return;
    this.arrived(
      { ...patch, isolation: found, said: headline(found, this.words, this.app.state.language) },
      actedBbox(found),
    );
  }

  /** All that is without water, in the frame. */
  showAll(): void {
    const bbox = this.state.isolation?.bbox_4326;
    if (bbox) void this.app.view.frame({ bbox, zoom: RESULT_ZOOM });
  }

  // --- following ---------------------------------------------------------------------------------------------------

  setFamily(family: Family): void {
    if (family === this.state.family) return;
    this.clearTrace();
    this.focusing = false;
    this.update({ family, direction: BEGINNING[family] });
  }

  setDirection(direction: Direction): void {
    const { from, to } = this.state;
    if (direction === "between" && from && !to) {
      this.update({ direction, trace: null });
      this.aimAt("end");
    } else if (from) void this.askTrace({ direction });
    else this.update({ direction });
  }

  /** Follows the network from this pipe on. */
  follow(family: Family, pipe: number): void {
    this.setFamily(family);
    this.update({ tab: "trace" });
    this.showNetwork(family);
    void this.askTrace({ from: { pipe }, to: null, direction: BEGINNING[family] });
  }

  swap(): void {
    const { from, to } = this.state;
    if (from && to) void this.askTrace({ from: to, to: from });
  }

  clearTrace(): void {
    this.question?.abort();
    this.stopAiming();
    this.focusing = true;
    const nothing = { said: "", fault: "", failed: null, asking: false, current: null };
    this.update({ ...nothing, from: null, to: null, trace: null });
  }

  private async askTrace(patch: Pick<Patch, "from" | "to" | "direction">): Promise<void> {
    const { family, direction, from, to } = { ...this.state, ...patch };
    if (!from) return;
    const url = traceUrl(this.app.config.urls.api, family);
    const body = traceBody({ direction, from, to });
    const found = await this.ask<Trace>(url, body, () => void this.askTrace(patch));
    if (!found) return;
    this.arrived(
      { ...patch, trace: found, said: traceLine(found, this.words, this.app.state.language) },
      found.bbox_4326,
    );
  }

  // --- what is found -----------------------------------------------------------------------------------------------

  private arrived(patch: Patch, bbox: Bbox | null): void {
    this.app.store.update({ aiming: false, sheetHeight: "half" });
    this.focusing = true;
    this.update({ ...patch, aim: null, fault: "", current: null });
    if (bbox) void this.app.view.frame({ bbox, zoom: RESULT_ZOOM });
  }

  /** Brings a mark into the middle of the map, and marks it there. */
  show(key: string, at: LonLat): void {
    this.update({ current: key });
    if (this.app.state.sheetHeight === "full") this.app.screen.setSheetHeight("half");
    void this.app.view.frame({ center: at, zoom: Math.max(MARK_ZOOM, this.app.state.view.zoom) });
  }

  private async ask<T>(url: string, body: unknown, retry: () => void): Promise<T | null> {
    this.question?.abort();
    this.question = new AbortController();
    const { signal } = this.question;
    this.update({ asking: true, failed: null, fault: "" });
    try {
      const answer = (await (await this.app.api.send(url, { method: "POST", body, signal })).json()) as T;
      this.update({ asking: false });
      return answer;
    } catch (error) {
      if (isAbort(error)) return null;
      this.update({ asking: false });
      this.refused(error, retry);
      return null;
    }
  }

  /** No pipe near enough, or a place that the server does not take: it is pointed at again, not asked again. */
  private refused(error: unknown, retry: () => void): void {
    if (!(error instanceof ApiError)) throw error;
    const again = error.status !== 404 && error.status !== 400;
    if (again) this.update({ failed: { error, retry } });
    else this.update({ fault: error.detail || error.title || this.app.t("error.title") });
  }
}

export const waterDesk = oneForEach((app: AppPort) => new WaterDesk(app));

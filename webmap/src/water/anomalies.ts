import { type ApiClient, ApiError, isAbort } from "../api/client";
import type { Geometry } from "../api/types";
import type { AppPort } from "../app/port";
import type { Bbox, LonLat } from "../geo/mercator";
import { oneForEach } from "../state/one-for-each";
import { Store } from "../state/store";
import type { WaterLine, WaterMark, WaterPicture } from "../state/water";
import type { Family } from "./answers";
import { waterDesk } from "./desk";

/** A repair that is offered: what it does in words, what is drawn of it, the versions that it relies on. */
export interface Way {
  readonly way: string;
  readonly words: string;
  readonly versions: Readonly<Record<string, number>>;
  readonly drawn: readonly { readonly role: "before" | "after" | "new" | "gone"; readonly geometry: Geometry }[];
}

export interface Anomaly {
  readonly id: number;
  readonly geometry: { readonly type: "Point"; readonly coordinates: LonLat };
  readonly properties: {
    readonly kind: string;
    readonly label: string;
    readonly words: string;
    readonly advice: string;
    readonly gravity: 1 | 2 | 3;
    readonly state: "open" | "ignored" | "repaired";
    readonly reason: string;
    readonly batch: boolean;
    readonly may_treat: boolean;
    readonly layer: string;
    readonly object: number;
  };
  readonly ways?: readonly Way[];
}

export interface AnomalyKind {
  readonly kind: string;
  readonly label: string;
  readonly count: number;
  readonly batch: boolean;
  readonly gravity: 1 | 2 | 3;
}

export interface AnomalyPage {
  readonly count: number;
  readonly kinds: readonly AnomalyKind[];
  readonly scans: readonly { readonly member: string; readonly member_name: string; readonly scanned_at: string }[];
  readonly next: string | null;
  readonly features: readonly Anomaly[];
}

export interface Query {
  readonly family: Family;
  readonly kind: string | null;
  /** Only those in the view. */
  readonly bbox: Bbox | null;
  readonly within: number | null;
}

const SHOWN = 100;

export function anomaliesUrl(base: string, { family, kind, bbox, within }: Query): string {
  const asked = new URLSearchParams({ limit: String(SHOWN) });
  if (kind) asked.set("kind", kind);
  if (bbox) asked.set("bbox", bbox.map((value) => value.toFixed(6)).join(","));
  if (within !== null) asked.set("within_m", String(within));
  return `${listUrl(base, family)}?${asked}`;
}

export const listUrl = (base: string, family: Family): string => `${base}networks/${family}/anomalies/`;
export const anomalyUrl = (base: string, family: Family, id: number): string => `${listUrl(base, family)}${id}/`;

const keyOf = (id: number): string => `anomaly ${id}`;

/** What the map shows of a list, and of the repair that is looked at. */
export function anomalyPicture(rows: readonly Anomaly[], current: Anomaly | null, way: Way | null): WaterPicture {
  const marks: WaterMark[] = rows.map((one) => ({ key: keyOf(one.id), kind: "anomaly", at: one.geometry.coordinates }));
  if (current && !rows.some(({ id }) => id === current.id)) {
    marks.push({ key: keyOf(current.id), kind: "anomaly", at: current.geometry.coordinates });
  }
  const lines: WaterLine[] = [];
  for (const { role, geometry } of way?.drawn ?? []) {
    const kind = role === "before" || role === "gone" ? "was" : "will";
    if (geometry.type !== "Point") lines.push({ kind, geometry });
    else if (kind === "will")
      marks.push({ key: `after ${marks.length}`, kind: "reached", at: geometry.coordinates as LonLat });
  }
  return { lines, marks, current: current ? keyOf(current.id) : null };
}

export interface AnomalyState {
  family: Family;
  wholeNetwork: boolean;
  kind: string | null;
  within: number | null;
  page: AnomalyPage | null;
  current: Anomaly | null;
  way: string | null;
  /** Its reason is being written. */
  ignoring: boolean;
  busy: boolean;
  failed: { error: ApiError; retry: () => void } | null;
  /** Said aloud, and shown: what was done. */
  said: { text: string; bad: boolean } | null;
}

interface KeptReason {
  readonly id: number;
  readonly reason: string;
}

const CLOSE_ZOOM = 19.5;
const LATER_MS = 350;

/** The worklist of anomalies: which are shown, which is looked at, what is done with it. */
export class AnomalyDesk {
  readonly store = new Store<AnomalyState>({
    family: "water",
    wholeNetwork: true,
    kind: null,
    within: null,
    page: null,
    current: null,
    way: null,
    ignoring: false,
    busy: false,
    failed: null,
    said: null,
  });
  private question: AbortController | null = null;
  private timer = 0;

  constructor(private readonly app: AppPort) {
    this.store.subscribe(() => this.draw());
  }

  get state(): AnomalyState {
    return this.store.state;
  }

  private get api(): ApiClient {
    return this.app.api;
  }

  private get base(): string {
    return this.app.config.urls.api;
  }

  get chosenWay(): Way | null {
    const ways = this.state.current?.ways ?? [];
    return ways.find(({ way }) => way === this.state.way) ?? ways[0] ?? null;
  }

  draw(): void {
    if (waterDesk(this.app).state.tab !== "anomalies") return;
    const { page, current, kind } = this.state;
    const rows = kind || current ? (page?.features ?? []) : [];
    this.app.store.update({ water: anomalyPicture(rows, current, this.chosenWay) });
  }

  open(): void {
    this.draw();
    void this.load();
  }

  close(): void {
    this.question?.abort();
    window.clearTimeout(this.timer);
  }

  setFamily(family: Family): void {
    this.store.update({ family, kind: null, current: null, page: null, said: null });
    void this.load();
  }

  setScope(wholeNetwork: boolean): void {
    this.store.update({ wholeNetwork, said: null });
    void this.load();
  }

  setKind(kind: string | null): void {
    this.store.update({ kind, within: null, current: null, said: null, page: this.knownOf(kind) });
    if (kind) for (const layer of ["pipes", "nodes"]) this.app.layers.turnOn(`${this.state.family}-${layer}`);
    void this.load();
  }

  /** Until the list of a kind comes: those of it that are known. */
  private knownOf(kind: string | null): AnomalyPage | null {
    const { page } = this.state;
    if (!page || !kind) return page;
    const count = page.kinds.find((one) => one.kind === kind)?.count ?? 0;
    return { ...page, count, features: page.features.filter(({ properties }) => properties.kind === kind) };
  }

  setWithin(within: number | null): void {
    this.store.update({ within, said: null });
    void this.load();
  }

  /** The map was moved: what is in the view is asked for, once it rests. */
  moved(): void {
    if (this.state.wholeNetwork || this.state.current) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), LATER_MS);
  }

  async load(): Promise<void> {
    const { family, kind, within, wholeNetwork } = this.state;
    const bbox = wholeNetwork ? null : this.app.state.view.bbox;
    const page = await this.ask<AnomalyPage>(
      anomaliesUrl(this.base, { family, kind, bbox, within }),
      undefined,
      () => void this.load(),
    );
    if (page) this.store.update({ page });
  }

  /** Looks at one: the map flies there, and its repairs are fetched. */
  async choose(id: number): Promise<void> {
    const known = this.state.page?.features.find((one) => one.id === id) ?? null;
    if (known) {
      this.store.update({ current: known, way: null, ignoring: false, said: null });
      void this.app.view.frame({ center: known.geometry.coordinates, zoom: CLOSE_ZOOM });
    }
    const found = await this.ask<Anomaly>(
      anomalyUrl(this.base, this.state.family, id),
      undefined,
      () => void this.choose(id),
    );
    if (found) this.store.update({ current: found, way: found.ways?.[0]?.way ?? null });
  }

  setWay(way: string): void {
    this.store.update({ way });
  }

  /** Why an anomaly is ignored, as far as it is written. */
  get reason(): string {
    const { id, reason = "" } = this.app.kept<KeptReason>("anomaly") ?? {};
    return id === this.state.current?.id ? reason : "";
  }

  writeReason(reason: string): void {
    const { current } = this.state;
    this.app.keep("anomaly", current && reason.trim() ? { id: current.id, reason } : null);
  }

  setIgnoring(ignoring: boolean): void {
    this.store.update({ ignoring });
  }

  /** Back to the list, which may not have come before one of it was looked at. */
  leave(): void {
    this.store.update({ current: null, ignoring: false, way: null });
    void this.load();
  }

  /** The one after this one in the list, the first after the last. */
  next(): void {
    const { page, current } = this.state;
    const rows = page?.features ?? [];
    const at = rows.findIndex(({ id }) => id === current?.id);
    const following = rows[(at + 1) % rows.length];
    if (following && following.id !== current?.id) void this.choose(following.id);
    else this.leave();
  }

  async repair(done: string): Promise<void> {
    const way = this.chosenWay;
    if (way) await this.act({ action: "repair", way: way.way, versions: way.versions }, done);
  }

  async ignore(reason: string, done: string): Promise<void> {
    await this.act({ action: "ignore", reason }, done);
  }

  private async act(body: Record<string, unknown>, done: string): Promise<void> {
    const { current, family, page } = this.state;
    if (!current) return;
    const answer = await this.ask<Anomaly>(anomalyUrl(this.base, family, current.id), body, () => void 0);
    if (!answer) return;
    this.app.keep("anomaly", null);
    const rows = page?.features ?? [];
    const at = rows.findIndex(({ id }) => id === current.id);
    const following = rows[at + 1] ?? null;
    void this.app.layers.refresh();
    this.store.update({ said: { text: done, bad: false }, ignoring: false });
    await this.load();
    const still = following && this.state.page?.features.some(({ id }) => id === following.id);
    if (still) await this.choose(following.id);
    else this.store.update({ current: null });
    this.store.update({ said: { text: done, bad: false } });
  }

  /** Repairs all that the list shows, in the way that is proposed for each. */
  async repairAll(say: (repaired: number, failed: number, why: string) => string): Promise<void> {
    const { family, kind, within, wholeNetwork } = this.state;
    const bbox = wholeNetwork ? null : this.app.state.view.bbox;
    const body = {
      action: "repair",
      kind,
      ...(within === null ? {} : { within_m: within }),
      ...(bbox ? { bbox } : {}),
    };
    const told = await this.ask<{ repaired: number; failed: { message: string }[] }>(
      listUrl(this.base, family),
      body,
      () => void 0,
    );
    if (!told) return;
    void this.app.layers.refresh();
    await this.load();
    const text = say(told.repaired, told.failed.length, told.failed[0]?.message ?? "");
    this.store.update({ said: { text, bad: told.failed.length > 0 } });
  }

  /** Has the networks scanned anew: the job shows its progress with the others. */
  async scan(done: string): Promise<void> {
    const told = await this.ask<unknown>(listUrl(this.base, this.state.family), { action: "scan" }, () => void 0);
    if (!told) return;
    this.store.update({ said: { text: done, bad: false } });
    this.app.store.update({ jobs: await this.api.jobs().catch(() => this.app.state.jobs) });
  }

  /** A refusal of a repair is said beside it; a list that did not come can be asked for again. */
  private async ask<T>(url: string, body: unknown, retry: () => void): Promise<T | null> {
    this.question?.abort();
    this.question = new AbortController();
    const { signal } = this.question;
    this.store.update({ busy: true, failed: null });
    try {
      const answer = await this.api.send(url, body === undefined ? { signal } : { method: "POST", body, signal });
      const told = (await answer.json()) as T;
      this.store.update({ busy: false });
      return told;
    } catch (error) {
      if (isAbort(error)) return null;
      if (!(error instanceof ApiError)) throw error;
      if (body === undefined || error.offline) this.store.update({ busy: false, failed: { error, retry } });
      else this.store.update({ busy: false, said: { text: error.detail || error.title, bad: true } });
      return null;
    }
  }
}

export const anomalyDesk = oneForEach((app: AppPort) => new AnomalyDesk(app));

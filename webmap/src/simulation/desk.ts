import { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import type { AppPort } from "../app/port";
import { dayInParis, formatNumber } from "../format/format";
import { fromLambert93, toLambert93 } from "../geo/lambert93";
import type { Bbox } from "../geo/mercator";
import type { Position } from "../geo/shape";
import { type SimulationWords, simulationWords } from "../i18n/simulation";
import { oneForEach } from "../state/one-for-each";
import { Store } from "../state/store";
import { Around } from "./around";
import type { Instant } from "./instant";
import { isoOf, stripOf } from "./instant";
import { Keeper, type KeeperState } from "./keeper";
import {
  alignTo,
  boxOfLimits,
  directionOf,
  heartOf,
  type Limit,
  type Limits,
  type PlanBuilding,
  placeAt,
  readLimits,
} from "./limits";
import type { LineKind } from "./lines";
import { angleOf, asPolygon, mirror, move, type Outline, type Rectangle, repeat, turn } from "./outline";
import { isSound, NO_DRAWING, nextId, type Project, readProject, type Volume, volumesBody } from "./project";
import { Lane, Question } from "./questions";
import { SunHours } from "./sun-hours";
import { Works } from "./works";

/** What the pointer does on the map. */
export type Mode = "move" | "rectangle" | "polygon" | "line";

export interface SimulationState {
  readonly project: Project;
  readonly past: readonly Project[];
  readonly future: readonly Project[];
  readonly active: number | null;
  readonly mode: Mode;
  /** The corners of a polygon that is being drawn. */
  readonly drawing: readonly Position[];
  readonly square: boolean;
  readonly snapping: boolean;
  /** What a line that is drawn becomes. */
  readonly lineKind: LineKind;
  readonly instant: Instant;
  readonly onRelief: boolean;
  readonly shadowShown: boolean;
  readonly stripShown: boolean;
  readonly envelopeShown: boolean;
  /** The verdict whose place is marked on the map, by its number in the table. */
  readonly spotted: number | null;
  /** The last thing that happened, said in place and aloud. */
  readonly said: string;
  /** Counts the answers that came. */
  readonly answers: number;
}

interface Kept extends Project {
  readonly day: string;
  readonly minutes: number;
  readonly keeper: Partial<KeeperState>;
}

/** What is judged and measured; `refusal` says why nothing is judged. */
export interface Checked extends schema.SimulationChecked {
  readonly refusal: string;
}

const NOTHING_TO_JUDGE_BY = 409;
/** Whatever is built over is within it. */
const ANY_RULE = [{ catContrainte: "CES", ratioMax: 1 }];
const PAUSE_MS = 250;
const MOST_STEPS = 100;
const CLOSE_ZOOM = 21;
const NOON = 12 * 60;
const COPY_APART_M = 2;
const FIRST_SIZE = { width: 10, depth: 8 };
const NO_LIMITS: readonly Limit[] = [];
const NO_BUILDINGS: readonly PlanBuilding[] = [];

/** The desk where a project is drawn on its terrain, judged and shaded; it stays while the panel is closed. */
export class SimulationDesk {
  readonly store: Store<SimulationState>;
  /** Whatever costs the server much is asked here, one after another. */
  readonly lane = new Lane();
  private readonly told = (): void => this.store.update({ answers: this.state.answers + 1 });
  readonly sides = new Question<Limits>(this.lane, 0, this.told);
  readonly checked = new Question<Checked>(this.lane, PAUSE_MS, this.told);
  /** What lies near: the ground, neighbours, networks, easements. */
  readonly nearby = new Question<schema.SimulationNearby>(this.lane, PAUSE_MS, this.told);
  readonly shadow = new Question<schema.SimulationShadowAnswer>(this.lane, PAUSE_MS, this.told);
  readonly strip = new Question<schema.SimulationShadowAnswer[]>(this.lane, 2 * PAUSE_MS, this.told);
  readonly envelope = new Question<schema.ParcelEnvelope>(this.lane, 0, this.told);
  readonly sun = new SunHours(this.lane, this.told);
  /** What is asked about the volumes that are drawn. */
  private readonly ofDrawing = [this.checked, this.nearby, this.shadow, this.strip, this.sun.question];
  /** The project as the server keeps it. */
  readonly keeper: Keeper;
  /** What is no volume: lines with a width, buildings that are pulled down, footprints of files. */
  readonly works: Works;
  readonly around: Around;
  /** The kind of change that was made last: what is typed in one field is one step to undo. */
  private lastKind = "";
  /** Opened by a button: its heading takes the focus. */
  focusing = false;

  constructor(private readonly app: AppPort) {
    const kept = app.kept<Kept>("simulation");
    const { day = dayInParis(new Date()), minutes = NOON } = kept ?? {};
    const project = readProject(kept);
    this.store = new Store<SimulationState>({
      project,
      past: [],
      future: [],
      active: project.volumes[0]?.id ?? null,
      mode: "move",
      drawing: [],
      square: true,
      snapping: true,
      lineKind: "road",
      instant: { day, minutes },
      onRelief: false,
      shadowShown: false,
      stripShown: false,
      envelopeShown: false,
      spotted: null,
      said: "",
      answers: 0,
    });
    this.keeper = new Keeper(app, this);
    this.works = new Works(app, this);
    this.around = new Around(app);
    this.keeper.fromTab(kept?.keeper);
    this.store.subscribe((now, before) => {
      if (now.project !== before.project || now.instant !== before.instant) this.keep();
    });
    this.keeper.store.subscribe(() => {
      this.keep();
      this.told();
    });
  }

  get lineKind(): LineKind {
    return this.state.lineKind;
  }

  get project(): Project {
    return this.state.project;
  }

  get state(): SimulationState {
    return this.store.state;
  }

  get words(): SimulationWords {
    return simulationWords(this.app.state.language);
  }

  get limits(): readonly Limit[] {
    return this.sides.answer.value?.limits ?? NO_LIMITS;
  }

  get buildings(): readonly PlanBuilding[] {
    return this.sides.answer.value?.buildings ?? NO_BUILDINGS;
  }

  get active(): Volume | null {
    const { project, active } = this.state;
    return project.volumes.find(({ id }) => id === active) ?? null;
  }

  private keep(): void {
    const { project, instant } = this.state;
    const keeper = this.keeper.forTab();
    this.app.keep("simulation", project.parcels.length ? { ...project, ...instant, keeper } : null);
  }

  // --- opening -----------------------------------------------------------------------------------------------------

  /** A project on this parcel; the one that is under way there goes on. */
  start(idu: string): void {
    this.focusing = true;
    if (this.state.project.parcels.includes(idu)) return;
    this.begin([idu]);
  }

  /** A new project on these parcels. */
  begin(parcels: readonly string[], permit = ""): void {
    const undone = this.state.project.volumes.length > 0;
    this.keeper.forget(permit);
    this.replace({ parcels, ...NO_DRAWING }, undone ? this.words("said.other") : "");
  }

  /** What a link asked for: a project that is kept ("12"), or parcels and perhaps a permit ("IDU,IDU.PC…"). */
  openLinked(text: string): void {
    this.focusing = true;
    if (/^\d{1,12}$/.test(text)) {
      const id = Number(text);
      if (this.keeper.state.saved?.id !== id || this.keeper.changed === false) void this.keeper.open(id);
      return;
    }
    const [names = "", permit = ""] = text.split(".");
    const parcels = names.split(",").filter((one) => /^[0-9AB]{5}[0-9A-Z]{9}$/.test(one));
    if (parcels.length && parcels.join() !== this.state.project.parcels.join()) this.begin(parcels, permit);
  }

  /** Another project takes the place of the one on the map, which can be undone where it is another drawing. */
  replace(project: Project, said = ""): void {
    const former = this.state.project;
    const moved = former.parcels.join() !== project.parcels.join();
    if (moved) for (const question of [this.sides, this.envelope]) question.forget();
    for (const question of this.ofDrawing) question.forget();
    this.settle();
    this.store.update({
      project,
      past: former.volumes.length && moved ? [...this.state.past, former] : [],
      future: [],
      active: project.volumes[0]?.id ?? null,
      drawing: [],
      mode: "move",
      spotted: null,
      said,
    });
    this.refresh();
  }

  /** Asks for whatever is shown and not known yet, or failed. */
  refresh(): void {
    const { project } = this.state;
    const [idu] = project.parcels;
    if (!idu) return;
    for (const one of [this.sides, this.envelope, ...this.ofDrawing, this.keeper]) one.retry();
    const { language } = this.app.state;
    const parcel = `${this.app.config.urls.api}parcels/${encodeURIComponent(idu)}/`;
    this.sides.ask([idu, language], (signal) => this.readSides(`${parcel}sides/`, signal));
    if (this.state.envelopeShown)
      this.envelope.ask([idu, language], (signal) => this.read(`${parcel}envelope/`, undefined, signal));
    if (!isSound(project)) {
      for (const question of this.ofDrawing) question.forget();
      return;
    }
    const demolished = [...project.demolished];
    this.askOf({ parcels: [...project.parcels], volumes: volumesBody(project), demolished });
  }

  private askOf({ parcels, ...given }: Pick<schema.SimulationCheck, "parcels" | "volumes" | "demolished">): void {
    const body = { parcels, ...given };
    const { instant, onRelief, shadowShown, stripShown } = this.state;
    const url = `${this.app.config.urls.api}simulations/`;
    const { language } = this.app.state;
    this.checked.ask([body, language], (signal) => this.judge(body, signal));
    this.nearby.ask([body, language], (signal) => this.read(`${url}nearby`, body, signal));
    this.sun.ask(body, instant.day, language, url, (...sent) => this.read(...sent));
    const cast = (at: Instant) => ({ ...given, at: isoOf(at), terrain: onRelief });
    if (shadowShown)
      this.shadow.ask([cast(instant), language], (signal) => this.read(`${url}shadow`, cast(instant), signal));
    if (!stripShown) return;
    const strip = stripOf(instant.day.slice(0, 4)).map(cast);
    this.strip.ask([strip, language], async (signal) => {
      const answers: schema.SimulationShadowAnswer[] = [];
      for (const one of strip) answers.push(await this.read(`${url}shadow`, one, signal));
      return answers;
    });
  }

  /** Where no rule is entered there is nothing to judge by: what is measured comes all the same. */
  async judge(body: object, signal: AbortSignal): Promise<Checked> {
    const url = `${this.app.config.urls.api}simulations/check`;
    try {
      return { ...(await this.read<schema.SimulationChecked>(url, body, signal)), refusal: "" };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== NOTHING_TO_JUDGE_BY) throw error;
      const measured = await this.read<schema.SimulationChecked>(url, { ...body, rules: ANY_RULE }, signal);
      return { ...measured, results: [], refusal: error.detail || error.title };
    }
  }

  private async readSides(url: string, signal: AbortSignal): Promise<Limits> {
    const limits = readLimits(await this.read<schema.ParcelSides>(url, undefined, signal));
    void this.around.load(limits.limits);
    return limits;
  }

  private async read<T>(url: string, body: unknown, signal: AbortSignal): Promise<T> {
    const answer = await this.app.api.send(url, body ? { method: "POST", body, signal } : { signal });
    return (await answer.json()) as T;
  }

  /** What a limit is was said anew: what is judged by it is judged again. */
  askAgain(said: string): void {
    for (const question of [this.sides, this.checked, this.envelope]) question.again();
    this.store.update({ said });
    this.refresh();
  }

  // --- changing ----------------------------------------------------------------------------------------------------

  /** Another project; changes of one `kind` that follow one another are undone together. */
  change(project: Project, kind = "", more: Partial<SimulationState> = {}): void {
    const { past } = this.state;
    const same = kind !== "" && kind === this.lastKind;
    this.lastKind = kind;
    const steps = same ? past : [...past.slice(-MOST_STEPS), this.state.project];
    this.store.update({ project, past: steps, future: [], spotted: null, said: "", ...more });
    this.refresh();
  }

  /** Ends a run of changes of one kind. */
  settle(): void {
    this.lastKind = "";
  }

  undo(): void {
    this.step("past", "future", "said.undone");
  }

  redo(): void {
    this.step("future", "past", "said.redone");
  }

  private step(from: "past" | "future", to: "past" | "future", said: "said.undone" | "said.redone"): void {
    const { project, active } = this.state;
    const before = this.state[from].at(-1);
    if (!before) return;
    this.settle();
    const moved = before.parcels.join() !== project.parcels.join();
    if (moved) this.keeper.remember();
    const still = before.volumes.some(({ id }) => id === active) ? active : (before.volumes.at(-1)?.id ?? null);
    this.store.update({
      project: before,
      [from]: this.state[from].slice(0, -1),
      [to]: [...this.state[to], project],
      active: still,
      drawing: [],
      spotted: null,
      said: this.words(said),
    });
    if (moved) this.keeper.recall();
    this.refresh();
  }

  // --- volumes -----------------------------------------------------------------------------------------------------

  /** The direction in which something new is drawn: that of the first alignment, else of the longest limit. */
  get usualAngle(): number {
    const limits = [...this.limits].sort((a, b) => b.metres - a.metres);
    const limit = limits.find(({ kind }) => kind === "alignment") ?? limits[0];
    return Math.round((limit ? (directionOf(limit) ?? 0) : 0) * 100) / 100;
  }

  /** A rectangle in the middle of the terrain. */
  addRectangle(): void {
    const centre = heartOf(this.limits) ?? toLambert93(this.app.view.centre);
    const outline: Rectangle = { kind: "rectangle", centre, ...FIRST_SIZE, angle: this.usualAngle };
    this.add(outline, this.words("said.rectangle"));
  }

  /** The same as a polygon, whose sides are typed one by one. */
  addPolygon(): void {
    const centre = heartOf(this.limits) ?? toLambert93(this.app.view.centre);
    const outline = asPolygon({ kind: "rectangle", centre, ...FIRST_SIZE, angle: this.usualAngle });
    this.add(outline, this.words("said.polygon"));
  }

  add(outline: Outline, said: string): void {
    const { project } = this.state;
    const id = nextId(project.volumes);
    const name = this.words("volume.name", { number: id });
    const levels = 1;
    const volume: Volume = { id, name, outline, roof: "gable", eaves: 3, ridge: 5.5, ridgeTurn: 0, levels };
    const volumes = [...project.volumes, volume];
    this.change({ ...project, volumes }, "", { active: id, mode: "move", drawing: [], said });
  }

  choose(id: number): void {
    this.settle();
    this.store.update({ active: id, said: "" });
  }

  /** Changes the volume that is chosen. */
  patch(patch: Partial<Omit<Volume, "id">>, kind = "", said = ""): void {
    const { project, active } = this.state;
    const volumes = project.volumes.map((volume) => (volume.id === active ? { ...volume, ...patch } : volume));
    this.change({ ...project, volumes }, kind && `${kind} ${active}`, { said });
  }

  move(dx: number, dy: number, kind = "move"): void {
    const volume = this.active;
    if (volume) this.patch({ outline: move(volume.outline, dx, dy) }, kind, this.words("said.moved"));
  }

  turn(degrees: number): void {
    const volume = this.active;
    if (!volume) return;
    const outline = turn(volume.outline, degrees);
    const angle = formatNumber(angleOf(outline), this.app.state.language, 1);
    this.patch({ outline }, "turn", this.words("said.turned", { angle }));
  }

  mirror(): void {
    const volume = this.active;
    if (!volume) return;
    // The ridge that runs along the mirror keeps its direction: a roof that rose to its right rises to its left.
    const along = volume.ridgeTurn % 180 === 0;
    const ridgeTurn = along ? (volume.ridgeTurn + 180) % 360 : volume.ridgeTurn;
    const roof = volume.roof === "mono" ? { ridgeTurn } : {};
    this.patch({ outline: mirror(volume.outline), ...roof }, "", this.words("said.mirrored"));
  }

  copy(): void {
    const volume = this.active;
    if (!volume) return;
    const { project } = this.state;
    const id = nextId(project.volumes);
    const angle = (angleOf(volume.outline) * Math.PI) / 180;
    const reach = volume.outline.kind === "rectangle" ? volume.outline.width + COPY_APART_M : COPY_APART_M;
    const outline = move(volume.outline, reach * Math.sin(angle), reach * Math.cos(angle));
    const copied = { ...volume, id, outline, name: this.words("volume.name", { number: id }) };
    this.change({ ...project, volumes: [...project.volumes, copied] }, "", {
      active: id,
      said: this.words("said.copied", { name: copied.name }),
    });
  }

  /** Copies of the volume in rows along its first side and columns across it, so many metres apart. */
  repeat(columns: number, rows: number, apart: number): void {
    const volume = this.active;
    if (!volume || columns * rows < 2) return;
    const { project } = this.state;
    const first = nextId(project.volumes);
    const copies = repeat(volume.outline, columns, rows, apart).map((outline, i) => {
      return { ...volume, id: first + i, outline, name: this.words("volume.name", { number: first + i }) };
    });
    const said = this.words("said.repeated", { count: copies.length });
    this.change({ ...project, volumes: [...project.volumes, ...copies] }, "", { said });
  }

  remove(): void {
    const volume = this.active;
    if (!volume) return;
    const volumes = this.state.project.volumes.filter((one) => one !== volume);
    this.change({ ...this.state.project, volumes }, "", {
      active: volumes.at(-1)?.id ?? null,
      said: this.words("said.removed", { name: volume.name }),
    });
  }

  /** At so many metres from a limit, with a side along it where asked. */
  placeAt(limit: Limit, metres: number, along: boolean): void {
    const volume = this.active;
    if (!volume) return;
    const turned = along ? alignTo(volume.outline, limit) : volume.outline;
    const outline = placeAt(turned, limit, metres, this.limits);
    const apart = formatNumber(metres, this.app.state.language, 2);
    this.patch({ outline }, "", this.words("said.placed", { metres: apart, number: limit.number }));
  }

  // --- what is shown -----------------------------------------------------------------------------------------------

  setMode(mode: Mode): void {
    this.settle();
    this.store.update({ mode, drawing: [], said: mode === "move" ? "" : this.words(`said.mode.${mode}`) });
  }

  show(
    patch: Partial<Pick<SimulationState, "instant" | "onRelief" | "shadowShown" | "stripShown" | "envelopeShown">>,
  ): void {
    this.store.update(patch);
    if (patch.shadowShown === false) this.shadow.forget();
    this.refresh();
  }

  /** Goes to the terrain, and to what is drawn on it. */
  frame(): void {
    const box = boxOfLimits(this.limits);
    if (!box) return;
    const [west, south] = fromLambert93([box[0], box[1]]);
    const [east, north] = fromLambert93([box[2], box[3]]);
    const bbox: Bbox = [west, south, east, north];
    void this.app.view.frame({ bbox, zoom: CLOSE_ZOOM });
  }

  spot(index: number): void {
    this.store.update({ spotted: this.state.spotted === index ? null : index });
  }

  /** Everything is given up; it can be undone. */
  clear(): void {
    const { project } = this.state;
    this.change({ ...project, ...NO_DRAWING }, "", { active: null, said: this.words("said.cleared") });
  }
}

export const simulationDesk = oneForEach((app: AppPort) => new SimulationDesk(app));

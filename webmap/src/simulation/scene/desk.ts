import { ApiError, isAbort } from "../../api/client";
import type { Photo } from "../../api/types";
import type { AppPort } from "../../app/port";
import { dayInParis, formatDate, formatNumber, formatTaken } from "../../format/format";
import type { Geometry } from "../../geo/geojson";
import { boxOf, distance, type Position, readShape } from "../../geo/shape";
import { type SceneKey, type SceneWords, sceneWords } from "../../i18n/scene";
import { knownPhotos } from "../../state/photos";
import { Store } from "../../state/store";
import { type SimulationDesk, simulationDesk } from "../desk";
import { clock, isoOf } from "../instant";
import { ahead, bearing, cornersOf } from "../outline";
import { ridgeOf, volumesBody } from "../project";
import { type Orbit, overview, type View, walkerAt } from "./camera";
import { loadPhoto, loadScene, type SceneData } from "./loading";
import { type Caption, captioned } from "./picture";
import { clearStand, type Stand } from "./sight";
import { drawsIn3d, type Part, Stage } from "./stage";

export interface SceneState {
  readonly data: SceneData | null;
  readonly error: ApiError | null;
  /** Whether there is a picture: without one the tables say the same. */
  readonly drawing: "waiting" | "drawn" | "impossible" | "lost";
  readonly view: View | null;
  /** Where somebody who walks begins: the project is seen from there. */
  readonly stand: Stand;
  /** The next touch of the ground says where to stand. */
  readonly placing: boolean;
  /** The last thing that happened, said in place and aloud. */
  readonly said: string;
  readonly photoFault: string;
  /** The photo that was chosen is not on the ground yet. */
  readonly photoWaits: boolean;
  /** A picture is on its way to the documents of the project. */
  readonly keeping: boolean;
}

/** A picture as it is saved: the blob is a PNG with its caption. */
export interface SavedView {
  readonly blob: Blob;
  readonly name: string;
  readonly caption: Caption;
}

type KeepFault = "save.keeping" | "save.unsaved" | "save.reader" | "save.changed" | "save.waits" | "sun.unknown";

const PARTS: readonly Part[] = ["near", "far"];
const FIRST_WALK_M = 25;
/** How many buildings may hide the project from a walker. */
const NEAREST = 300;

/** One opening of the view in three dimensions: what it is made of, where one looks from, its pictures. */
export class SceneDesk {
  readonly store = new Store<SceneState>({
    data: null,
    error: null,
    drawing: "waiting",
    view: null,
    stand: { metres: FIRST_WALK_M, side: 4 },
    placing: false,
    said: "",
    photoFault: "",
    photoWaits: false,
    keeping: false,
  });
  readonly project: SimulationDesk;
  readonly centre: Position;
  private readonly size: number;
  private readonly control = new AbortController();
  private readonly shadowBefore: boolean;
  private stage: Stage | null = null;
  private photo: string | null = null;
  private stopWatching: (() => void)[] = [];

  constructor(private readonly app: AppPort) {
    this.project = simulationDesk(app);
    const [west, south, east, north] = boxOf(
      this.project.state.project.volumes.flatMap((one) => cornersOf(one.outline)),
    );
    this.centre = [(west + east) / 2, (south + north) / 2];
    const highest = Math.max(...this.project.state.project.volumes.map(ridgeOf));
    this.size = Math.max(east - west, north - south, highest);
    this.shadowBefore = this.project.state.shadowShown;
  }

  get state(): SceneState {
    return this.store.state;
  }

  get words(): SceneWords {
    return sceneWords(this.app.state.language);
  }

  get home(): Orbit {
    return overview(this.centre, this.size, 45 * this.state.stand.side);
  }

  /** Asks for all of it, and draws on a canvas as soon as it is there. */
  async start(canvas: HTMLCanvasElement): Promise<void> {
    this.project.show({ shadowShown: true });
    void this.app.photos.load().then(() => this.showPhoto());
    if (!drawsIn3d()) this.store.update({ drawing: "impossible" });
    try {
      const { project } = this.project.state;
      const { api, config } = this.app;
      const { signal } = this.control;
      const volumes = volumesBody(project);
      const load = () => loadScene(api, config.urls.api, volumes, project.demolished, signal);
      const data = await this.project.lane.run(load, signal);
      this.store.update({ data, stand: this.clear(data), said: this.ready(data) });
      this.store.update({ view: this.home });
      if (this.state.drawing !== "impossible") this.draw(canvas, data);
    } catch (error) {
      if (!isAbort(error)) this.store.update({ error: error instanceof ApiError ? error : new ApiError(0, "", "") });
    }
  }

  private ready({ scene }: SceneData): string {
    const { volumes, buildings } = scene;
    return this.words("said.ready", { volumes: volumes.length, buildings: buildings.features.length });
  }

  private draw(canvas: HTMLCanvasElement, data: SceneData): void {
    canvas.addEventListener("webglcontextlost", () => this.store.update({ drawing: "lost" }), {
      signal: this.control.signal,
    });
    this.stage = new Stage(canvas, data, () => {
      if (this.state.drawing === "waiting") this.store.update({ drawing: "drawn" });
    });
    this.stage.setView(this.home);
    this.light();
    this.showPhoto();
    this.stopWatching = [
      this.project.store.subscribe(() => this.light()),
      this.app.store.subscribe(() => this.showPhoto()),
    ];
    const watcher = new ResizeObserver(() => this.stage?.resize());
    watcher.observe(canvas);
    this.stopWatching.push(() => watcher.disconnect());
  }

  /** Everything is given back; the map shows a shadow again only if it did before. */
  stop(): void {
    this.control.abort();
    for (const stop of this.stopWatching) stop();
    this.stage?.dispose();
    this.stage = null;
    if (!this.shadowBefore) this.project.show({ shadowShown: false });
  }

  private lit: object | null | undefined;

  private light(): void {
    const { value } = this.project.shadow.answer;
    if (!this.stage || this.lit === value) return;
    this.lit = value;
    this.stage.setSun(value?.sun ?? null);
  }

  // --- the photo -----------------------------------------------------------------------------------------------------

  get campaign(): Photo | null {
    const { state } = this.app;
    return knownPhotos(state).find(({ slug }) => slug === state.photo) ?? null;
  }

  private showPhoto(): void {
    const { stage, campaign } = this;
    const slug = campaign?.slug ?? "";
    if (!stage || slug === this.photo) return;
    this.photo = slug;
    this.store.update({ photoFault: "", photoWaits: campaign !== null });
    if (campaign) void this.loadParts(stage, campaign);
    else for (const part of PARTS) stage.setPhoto(part, null);
  }

  private async loadParts(stage: Stage, campaign: Photo): Promise<void> {
    await Promise.all(PARTS.map((part) => this.loadPart(stage, campaign, part)));
    if (this.photo === campaign.slug) this.store.update({ photoWaits: false });
  }

  private async loadPart(stage: Stage, campaign: Photo, part: Part): Promise<void> {
    try {
      const image = await loadPhoto(this.app.api, campaign, stage.boxes[part], this.control.signal);
      if (this.stage === stage && this.photo === campaign.slug) stage.setPhoto(part, image);
    } catch (error) {
      if (isAbort(error) || this.photo !== campaign.slug) return;
      const reason = error instanceof ApiError ? error.detail || error.title : "";
      stage.setPhoto(part, null);
      this.store.update({ photoFault: this.words("photo.failed", { reason }) });
    }
  }

  // --- where one looks from ------------------------------------------------------------------------------------------

  look(view: View, said = ""): void {
    this.store.update({ view, said });
    this.stage?.setView(view);
  }

  get metresPerPixel(): number {
    return this.stage?.metresPerPixel ?? 1;
  }

  /** Says where one is, once the keys or the fingers rest. */
  sayView(): void {
    const { view } = this.state;
    if (!view) return;
    const towards = { direction: this.direction(view.azimuth) };
    const away = view.kind === "walk" ? distance(view.at, this.centre) : view.distance;
    const said = this.words(`said.${view.kind}`, { ...towards, distance: this.number(away) });
    this.store.update({ said });
  }

  direction(azimuth: number): string {
    return this.words(`direction.${Math.round(azimuth / 45) % 8}` as SceneKey);
  }

  private number(value: number): string {
    return formatNumber(value, this.app.state.language, 0);
  }

  private clear({ scene }: SceneData): Stand {
    const project = this.project.state.project.volumes.map(({ outline }) => cornersOf(outline));
    const shapes = scene.buildings.features.slice(0, NEAREST);
    const buildings = shapes.flatMap(({ geometry }) => readShape(geometry as Geometry) ?? []);
    return clearStand(this.centre, this.size / 2 + FIRST_WALK_M, project, buildings);
  }

  /** So many metres from the middle of the project, on this side of it. */
  walkFrom(metres: number, azimuth: number): void {
    this.walkTo(ahead(this.centre, metres, azimuth));
  }

  private walkTo(at: Position): void {
    const highest = Math.max(...this.project.state.project.volumes.map(ridgeOf));
    const rise = (this.stage?.heightAt(this.centre) ?? 0) - (this.stage?.heightAt(at) ?? 0) + highest / 2;
    this.store.update({ placing: false });
    this.look(walkerAt(at, this.centre, rise));
    this.sayView();
  }

  place(placing: boolean): void {
    this.store.update({ placing, said: placing ? this.words("said.touch") : "" });
  }

  touch(x: number, y: number): void {
    if (!this.state.placing) return;
    const at = this.stage?.groundUnder(x, y);
    if (at) this.walkTo(at);
    else this.store.update({ said: this.words("said.notGround") });
  }

  bearingTo(place: Position): string {
    return this.direction(bearing(this.centre, place));
  }

  // --- pictures ------------------------------------------------------------------------------------------------------

  /** Whether the light of the hour or the photo are still to come: the picture is not yet what its words say. */
  get waits(): boolean {
    return this.project.shadow.answer.asking || this.state.photoWaits;
  }

  /** Why the picture cannot be kept with the project; none: it can. */
  get keepFault(): KeepFault | null {
    const { keeper } = this.project;
    const { saved } = keeper.state;
    if (this.state.keeping) return "save.keeping";
    if (!saved) return "save.unsaved";
    if (!saved.writable) return "save.reader";
    if (keeper.changed) return "save.changed";
    if (this.waits) return "save.waits";
    return this.project.shadow.answer.value ? null : "sun.unknown";
  }

  /** Keeps what is seen now among the documents of the project; gives its title there, null while there is no picture. */
  async keepView(): Promise<string | null> {
    const { saved, letter } = this.project.keeper.state;
    const body = new FormData();
    body.append("variant", letter);
    body.append("photo", this.campaign?.slug ?? "");
    body.append("at", isoOf(this.project.state.instant));
    this.store.update({ keeping: true });
    try {
      const view = await this.savedView();
      if (!view || !saved) return null;
      body.append("file", view.blob, view.name);
      const url = `${this.app.config.urls.api}simulations/${saved.id}/pictures`;
      const answer = await this.app.api.send(url, { method: "POST", body });
      return ((await answer.json()) as { title: string }).title;
    } finally {
      this.store.update({ keeping: false });
    }
  }

  /** What is seen now, with its date, campaign and hour written below it; null while there is no picture. */
  async savedView(): Promise<SavedView | null> {
    if (!this.stage) return null;
    const caption = this.caption();
    const blob = await captioned(this.stage.copy(), caption);
    const { parcels } = this.project.state.project;
    return { blob, name: `${this.words("file")}-${parcels.join("-")}.png`, caption };
  }

  private caption(): Caption {
    const { language } = this.app.state;
    const { day, minutes } = this.project.state.instant;
    const { campaign } = this;
    const photo = campaign
      ? this.words("caption.photo", { title: campaign.title, date: formatTaken(campaign.acquired, language) })
      : this.words("caption.noPhoto");
    const sun = this.project.shadow.answer.value
      ? this.words("caption.sun", { day: formatDate(day, language), time: clock(minutes) })
      : this.words("sun.unknown");
    const made = this.words("caption.made", { date: formatDate(dayInParis(new Date()), language) });
    return {
      title: this.words("caption.title", { idu: this.project.state.project.parcels.join(", ") }),
      lines: [photo, sun, `${this.groundSaid} ${this.words("caption.neighbours")} ${made}`],
      warning: this.words("caption.warning"),
    };
  }

  get groundSaid(): string {
    const ground = this.state.data?.ground;
    if (!ground) return "";
    const { source: name, known } = ground;
    if (name === null) return this.words("ground.flat", { level: this.number(ground.heights[0] ?? 0) });
    return known > 0.995
      ? this.words("ground.model", { name })
      : this.words("ground.part", { name, share: this.number(100 * known) });
  }
}

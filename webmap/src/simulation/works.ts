import { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import type { AppPort } from "../app/port";
import { saveBlob } from "../export/download";
import type { Position, Shape } from "../geo/shape";
import type { SimulationWords } from "../i18n/simulation";
import { type Limit, type PlanBuilding, placeOn } from "./limits";
import { type Line, type LineKind, lineAlong, USUAL } from "./lines";
import { geoJsonOf, nextId, outlineOf, type Project, type Volume } from "./project";

/** The desk, as far as works ask of it. */
export interface Drawn {
  readonly project: Project;
  readonly buildings: readonly PlanBuilding[];
  readonly limits: readonly Limit[];
  readonly lineKind: LineKind;
  readonly words: SimulationWords;
  askAgain(said: string): void;
  change(
    project: Project,
    kind?: string,
    more?: { said?: string; active?: number; drawing?: readonly Position[]; mode?: "move" },
  ): void;
}

/** What a project holds beside its volumes: lines with a width, buildings that are pulled down; footprints of files. */
export class Works {
  private demolishedOf: readonly unknown[] = [];
  private demolishedNow: readonly Shape[] = [];

  constructor(
    private readonly app: AppPort,
    private readonly desk: Drawn,
  ) {}

  /** The buildings that are pulled down; the same list as long as they are. */
  get demolishedShapes(): readonly Shape[] {
    const { buildings, project } = this.desk;
    const of = [project.demolished, buildings];
    if (of.every((one, i) => one === this.demolishedOf[i])) return this.demolishedNow;
    this.demolishedOf = of;
    const gone = buildings.filter(({ id }) => project.demolished.includes(id));
    this.demolishedNow = gone.flatMap(({ shape }) => (shape ? [shape] : []));
    return this.demolishedNow;
  }

  /** Has the browser save the drawing. */
  download(): void {
    const { project } = this.desk;
    const blob = new Blob([JSON.stringify(geoJsonOf(project))], { type: "application/geo+json" });
    saveBlob({ blob, name: `${this.desk.words("file")}-${project.parcels.join("-")}.geojson` });
  }

  /** Says what a limit is, for all of one's member; null as it is derived. */
  async correct(limit: Limit, kind: schema.SideCorrection["kind"]): Promise<void> {
    const [idu] = this.desk.project.parcels;
    const point = placeOn(limit);
    if (!idu || !point) return;
    const url = `${this.app.config.urls.api}parcels/${encodeURIComponent(idu)}/sides/`;
    let said = this.desk.words("said.corrected", { number: limit.number });
    try {
      await this.app.api.send(url, { method: "POST", body: { point, kind } });
    } catch (error) {
      said = error instanceof ApiError ? error.detail || error.title : String(error);
    }
    this.desk.askAgain(said);
  }

  addLine(points: readonly Position[]): void {
    const { project, lineKind: kind } = this.desk;
    const id = nextId(project.lines);
    const line: Line = { id, kind, name: "", points, ...USUAL[kind] };
    const said = this.desk.words("said.line", { name: this.desk.words(`line.${kind}`) });
    this.desk.change({ ...project, lines: [...project.lines, line] }, "", { drawing: [], mode: "move", said });
  }

  addLineAlong(limit: Limit, metres: number): void {
    const points = lineAlong(limit, metres, this.desk.limits);
    if (points) this.addLine(points);
  }

  patchLine(id: number, patch: Partial<Pick<Line, "kind" | "name" | "width" | "height">>): void {
    const { project } = this.desk;
    const lines = project.lines.map((line) => (line.id === id ? { ...line, ...patch } : line));
    this.desk.change({ ...project, lines }, `line ${id} ${Object.keys(patch).join()}`);
  }

  removeLine(id: number): void {
    const { project } = this.desk;
    this.desk.change({ ...project, lines: project.lines.filter((line) => line.id !== id) });
  }

  /** A building of the plan is pulled down, or stays. */
  demolish(id: number, pulledDown: boolean): void {
    const { project } = this.desk;
    const others = project.demolished.filter((one) => one !== id);
    this.desk.change({ ...project, demolished: pulledDown ? [...others, id] : others });
  }

  /** The polygons of files become volumes of these heights; what was left out is told. */
  async importFiles(files: readonly File[], eaves: number, levels: number | null): Promise<readonly string[]> {
    const body = new FormData();
    for (const file of files) body.append("file", file);
    const url = `${this.app.config.urls.api}simulations/footprints`;
    const answer = await this.app.api.send(url, { method: "POST", body });
    const { footprints, notes } = (await answer.json()) as schema.Footprints;
    const { project } = this.desk;
    const first = nextId(project.volumes);
    const volumes = footprints.flatMap((footprint, i): Volume[] => {
      const outline = outlineOf(footprint);
      const name = this.desk.words("volume.name", { number: first + i });
      const heights = { roof: "flat", eaves, ridge: eaves, ridgeTurn: 0, levels } as const;
      return outline ? [{ id: first + i, name, outline, ...heights }] : [];
    });
    const said = this.desk.words("said.imported", { count: volumes.length });
    this.desk.change({ ...project, volumes: [...project.volumes, ...volumes] }, "", { active: first, said });
    return notes;
  }
}

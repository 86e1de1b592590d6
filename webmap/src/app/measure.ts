import type { LonLat } from "../geo/mercator";
import type { AppState, Measure, MeasureKind } from "../state/state";
import type { AppPort, MeasurePort } from "./port";

/** What is drawn on the map; a measure is kept until it is done. */
export class Measuring implements MeasurePort {
  constructor(private readonly app: AppPort) {}

  start(kind: MeasureKind): void {
    this.set({ kind, points: [], finished: false });
  }

  resume(): void {
    const { kind = "length", points = [], finished = false } = this.app.kept<Measure>("measure") ?? {};
    this.set({ kind, points, finished });
  }

  addPoint(at: LonLat): void {
    const { measure } = this.app.state;
    if (measure) this.set({ ...measure, finished: false, points: [...measure.points, at] });
  }

  addCentrePoint(): void {
    this.addPoint(this.app.view.centre);
  }

  removePoint(): void {
    const { measure } = this.app.state;
    if (measure) this.set({ ...measure, finished: false, points: measure.points.slice(0, -1) });
  }

  finish(): void {
    const { measure } = this.app.state;
    if (!measure) return;
    this.set({ ...measure, finished: true });
    this.app.tool?.drawn();
  }

  stop(): void {
    this.set(null);
  }

  pointAt(mark: LonLat | null): void {
    const { measure } = this.app.state;
    if (measure && (measure.mark ?? null) !== mark) this.set({ ...measure, mark });
  }

  private set(measure: Measure | null): void {
    this.app.store.update({ measure });
  }

  /** The state has changed: what is measured in its panel is kept. */
  changed({ panel, measure }: AppState, before: AppState): void {
    if (measure === before.measure || (panel !== "measure" && before.panel !== "measure")) return;
    const kept = measure && { kind: measure.kind, points: measure.points, finished: measure.finished };
    this.app.keep("measure", panel === "measure" && kept?.points.length ? kept : null);
  }
}

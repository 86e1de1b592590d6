import type { Bbox, LonLat } from "../geo/mercator";
import type { FeatureRef, ViewState } from "../state/state";
import type { EditCanvas, EditEvents } from "./canvas";
import type { MapModel } from "./model";
import type { MapEvents, MapPort, PaperFrame, PaperFrameEvents } from "./port";
import { MapView } from "./view";

/** The map; and, while two photos stand side by side, its twin on the left: one view, the same layers, the other photo. */
class PairedMap implements MapPort {
  private readonly main: MapView;
  private twin: MapView | null = null;

  constructor(
    target: HTMLElement,
    private readonly twinTarget: HTMLElement,
    private readonly events: MapEvents,
  ) {
    this.main = new MapView(target, { ...events, pointer: (position) => this.pointed(position, false) });
  }

  apply(model: MapModel): void {
    const twin = model.mode === "side";
    if (twin !== (this.twin !== null)) this.pair(twin);
    this.main.apply(twin ? { ...model, compared: null } : model);
    this.twin?.apply({ ...model, photo: model.compared, compared: null });
  }

  goTo(place: { center?: LonLat; zoom?: number; bbox?: Bbox; animate?: boolean }): void {
    this.main.goTo(place);
  }

  panBy(dx: number, dy: number): void {
    this.main.panBy(dx, dy);
  }

  zoomBy(step: number): void {
    this.main.zoomBy(step);
  }

  hover(ref: FeatureRef | null): void {
    this.main.hover(ref);
    this.twin?.hover(ref);
  }

  view(): ViewState {
    return this.main.view();
  }

  reveal(bbox: Bbox): void {
    this.main.reveal(bbox);
  }

  refresh(): void {
    this.main.refresh();
  }

  reload(): void {
    this.main.reload();
    this.twin?.reload();
  }

  edit(events: EditEvents): Promise<EditCanvas> {
    return this.main.edit(events);
  }

  paperFrame(events: PaperFrameEvents): Promise<PaperFrame> {
    return this.main.paperFrame(events);
  }

  private pair(twin: boolean): void {
    this.twin?.dispose();
    this.main.showCursor(null);
    if (!twin) {
      this.twin = null;
      return;
    }
    const silent = { moved: () => {}, rendered: () => {}, busy: () => {} };
    const events = { ...this.events, ...silent, pointer: (position: LonLat | null) => this.pointed(position, true) };
    this.twin = new MapView(this.twinTarget, events, this.main);
  }

  /** The place under the pointer of one map is marked in the other. */
  private pointed(position: LonLat | null, twin: boolean): void {
    this.events.pointer(position, twin);
    (twin ? this.main : this.twin)?.showCursor(position);
    (twin ? this.twin : this.main)?.showCursor(null);
  }
}

export function createMap(target: HTMLElement, twinTarget: HTMLElement, events: MapEvents): MapPort {
  return new PairedMap(target, twinTarget, events);
}

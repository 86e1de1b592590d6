import type { Frame } from "../geo/frame";
import type { Bbox, LonLat } from "../geo/mercator";
import type { Position } from "../geo/shape";
import type { FeatureRef, ViewState } from "../state/state";
import type { EditCanvas, EditEvents } from "./canvas";
import type { MapModel } from "./model";

/** What the map tells. */
export interface MapEvents {
  moved(view: ViewState): void;
  /** `twin`: over the left one of two maps. */
  pointer(position: LonLat | null, twin: boolean): void;
  /** `when`: by the page's clock (ms); a busy page learns of it later. */
  clicked(position: LonLat, when: number): void;
  doubleClicked(): void;
  rendered(): void;
  photoFailed(slug: string): void;
  /** A tile of a layer of ours did not come. */
  tileFailed(): void;
  /** An image of another server's layer did not come, and why. */
  imageFailed(slug: string, detail: string): void;
  busy(busy: boolean): void;
}

/** What the frame of a printed map tells: where its middle was dragged to (EPSG:2154). */
export interface PaperFrameEvents {
  moved(center: Position): void;
}

/** The frame of a printed map, above the layers. */
export interface PaperFrame {
  draw(box: Frame): void;
  stop(): void;
}

/** What may be asked of the map; the only door between the interface and OpenLayers. */
export interface MapPort {
  apply(model: MapModel): void;
  goTo(place: { center?: LonLat; zoom?: number; bbox?: Bbox; animate?: boolean }): void;
  panBy(dx: number, dy: number): void;
  zoomBy(step: number): void;
  hover(ref: FeatureRef | null): void;
  view(): ViewState;
  /** Brings a place into the view, moving only when it is out of it. */
  reveal(bbox: Bbox): void;
  refresh(): void;
  /** Asks for everything that is drawn again. */
  reload(): void;
  /** A canvas to edit on, above the layers; its code is fetched the first time. */
  edit(events: EditEvents): Promise<EditCanvas>;
  /** The frame of what will be printed; its code is fetched the first time. */
  paperFrame(events: PaperFrameEvents): Promise<PaperFrame>;
}

import type { Bbox, LonLat } from "../geo/mercator";
import type { EditCanvas, EditEvents } from "../map/canvas";
import { buildModel } from "../map/model";
import type { MapPort, PaperFrame, PaperFrameEvents } from "../map/port";
import type { FeatureRef } from "../state/state";
import type { AppPort, Place, ViewPort } from "./port";

const HERE_ZOOM = 18;

/** The map: it follows the state, and goes where it is sent. */
export class View implements ViewPort {
  private map: MapPort | null = null;
  /** A link may open a desk before the map has come. */
  private mapCame: (map: MapPort) => void = () => {};
  private readonly mapThere = new Promise<MapPort>((resolve) => {
    this.mapCame = resolve;
  });

  constructor(private readonly app: AppPort) {}

  /** Gives the map, which goes to its first place. */
  attach(map: MapPort, first: Place): void {
    this.map = map;
    this.mapCame(map);
    map.goTo(first);
    this.draw();
  }

  /** Now, or once the map has come and stands at its first place. */
  private once(act: (map: MapPort) => void): void {
    if (this.map) act(this.map);
    else void this.mapThere.then(act);
  }

  draw(): void {
    this.map?.apply(buildModel(this.app.state, this.app.config.urls.tiles));
  }

  /** Asks for everything that is drawn again. */
  reload(): void {
    this.map?.reload();
  }

  /** The map has moved: the state learns where to. */
  moved(): void {
    if (this.map) this.app.store.update({ view: this.map.view() });
  }

  get centre(): LonLat {
    return this.map?.view().center ?? this.app.state.view.center;
  }

  panBy(dx: number, dy: number): void {
    this.map?.panBy(dx, dy);
  }

  zoomBy(step: number): void {
    this.map?.zoomBy(step);
  }

  goTo(place: Place): void {
    this.once((map) => map.goTo({ ...place, animate: true }));
  }

  /** Goes there without a flight. */
  jumpTo(place: Place): void {
    this.once((map) => map.goTo(place));
  }

  hover(ref: FeatureRef | null): void {
    this.map?.hover(ref);
  }

  locate(): void {
    const failed = (key: "locate.unavailable" | "locate.failed"): void =>
      void this.app.notices.add("warning", this.app.t(key));
    if (!navigator.geolocation) return failed("locate.unavailable");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const center: LonLat = [coords.longitude, coords.latitude];
        this.app.store.update({ pin: center });
        this.goTo({ center, zoom: HERE_ZOOM });
      },
      () => failed("locate.failed"),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  }

  async reveal(bbox: Bbox): Promise<void> {
    await this.laidOut();
    this.once((map) => map.reveal(bbox));
  }

  async frame(place: Place): Promise<void> {
    await this.laidOut();
    this.goTo(place);
  }

  /** Once the sheet has taken its room beside the map: a place is framed in what is left. */
  private laidOut(): Promise<void> {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  }

  editCanvas(events: EditEvents): Promise<EditCanvas> {
    return this.mapThere.then((map) => map.edit(events));
  }

  paperFrame(events: PaperFrameEvents): Promise<PaperFrame> {
    return this.mapThere.then((map) => map.paperFrame(events));
  }
}

import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Polygon from "ol/geom/Polygon";
import Draw from "ol/interaction/Draw";
import Modify from "ol/interaction/Modify";
import type { Layer } from "../api/types";
import type { Bbox } from "../geo/mercator";
import type { Look } from "./model";
import { PageMap } from "./page-map";
import { palette } from "./palette";
import { CONTEXT_RANK } from "./preview";
import { selectionStyle } from "./styles";

const ABOVE = 0.45;
const SNAP_PX = 14;

/** A small map on which one area is drawn; `changed` gets it as GeoJSON in degrees, null for none. */
export class AreaMap extends PageMap {
  private draw: Draw | null = null;

  constructor(
    target: HTMLElement,
    extent: Bbox,
    private readonly changed: (area: string | null) => void,
    private readonly drawing: (under: boolean) => void,
  ) {
    super(target, extent, false);
    const modify = new Modify({ source: this.source, pixelTolerance: SNAP_PX });
    modify.on("modifyend", () => this.tell());
    this.map.addInteraction(modify);
  }

  protected override rank(layer: Layer): number {
    return CONTEXT_RANK[layer.slug] ?? ABOVE;
  }

  protected override dressed(look: Look): void {
    this.layer.setStyle(selectionStyle(palette(look)));
  }

  /** An area that was drawn before, as GeoJSON. */
  show(area: string): void {
    const features = new GeoJSON().readFeatures(area, { featureProjection: "EPSG:3857" }) as Feature<Polygon>[];
    this.source.addFeatures(features);
    const extent = this.source.getExtent();
    if (extent && features.length) this.map.getView().fit(extent, { padding: [48, 48, 48, 48], maxZoom: 17 });
  }

  /** Draw a new area in place of the one that is there. */
  begin(): void {
    this.stop();
    this.clear();
    const draw = new Draw({ source: this.source, type: "Polygon", snapTolerance: SNAP_PX });
    draw.on("drawend", () => {
      // The source has it only after the event.
      setTimeout(() => {
        this.stop();
        this.tell();
      });
    });
    this.draw = draw;
    this.map.addInteraction(draw);
    this.target.classList.add("drawing");
    this.drawing(true);
  }

  stop(): void {
    if (!this.draw) return;
    this.map.removeInteraction(this.draw);
    this.draw = null;
    this.target.classList.remove("drawing");
    this.drawing(false);
  }

  clear(): void {
    this.source.clear();
    this.tell();
  }

  private tell(): void {
    const geometry = this.source.getFeatures()[0]?.getGeometry();
    const options = { featureProjection: "EPSG:3857", decimals: 7 };
    this.changed(geometry ? new GeoJSON().writeGeometry(geometry, options) : null);
  }
}

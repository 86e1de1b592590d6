import { isEmpty } from "ol/extent";
import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type { Layer } from "../api/types";
import type { Bbox } from "../geo/mercator";
import type { Look, MapPhoto } from "./model";
import { PageMap } from "./page-map";
import { palette } from "./palette";
import { photoLayer } from "./photo";
import { CONTEXT_RANK } from "./preview";
import { selectionStyle } from "./styles";

/** Parcels above buildings: their numbers name the ground. */
const RANK: Readonly<Record<string, number>> = { ...CONTEXT_RANK, parcels: 0.35 };

/** The ground of one file, on the aerial photo where there is one. */
export class GroundMap extends PageMap {
  private readonly photo: boolean;

  constructor(target: HTMLElement, extent: Bbox, ground: object, photo: MapPhoto | null, failed: () => void) {
    super(target, extent);
    this.photo = photo !== null;
    if (photo) this.map.addLayer(photoLayer(photo, "left", failed));
    const features = new GeoJSON().readFeatures(ground, { featureProjection: "EPSG:3857" }) as Feature[];
    this.source.addFeatures(features);
  }

  whole(): void {
    const extent = this.source.getExtent();
    if (extent && !isEmpty(extent)) this.goTo(extent, this.pace);
  }

  protected override rank(layer: Layer): number {
    return RANK[layer.slug] ?? 0;
  }

  protected override dressed(look: Look): void {
    this.layer.setStyle(selectionStyle(palette(look)));
  }

  protected override get look(): Look {
    return { ...super.look, photo: this.photo };
  }
}

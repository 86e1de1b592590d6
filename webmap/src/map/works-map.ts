import type Feature from "ol/Feature";
import OlFeature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type LineString from "ol/geom/LineString";
import MultiLineString from "ol/geom/MultiLineString";
import Point from "ol/geom/Point";
import Draw from "ol/interaction/Draw";
import { toLonLat } from "ol/proj";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { Layer } from "../api/types";
import type { Bbox, LonLat } from "../geo/mercator";
import type { Look } from "./model";
import { type Listening, MarkedMap, PageMap } from "./page-map";
import { palette } from "./palette";
import { CONTEXT_RANK } from "./preview";
import { selectionStyle } from "./styles";

export interface MeasureLook {
  colour: string;
  dash: number[] | null;
}

const HIT_PX = 8;
const NEAREST = 18;
const WIDTH = 5;
const SNAP_PX = 14;
/** Roads are what one points at here. */
const RANK: Readonly<Record<string, number>> = { ...CONTEXT_RANK, "road-sections": 0.45 };

/** Works in the colour and the dashes of what traffic meets. */
export class WorksMap extends MarkedMap {
  constructor(
    target: HTMLElement,
    private readonly looks: Readonly<Record<string, MeasureLook>>,
    extent: Bbox,
    listening: Listening,
  ) {
    super(target, extent, listening, HIT_PX, NEAREST);
  }

  protected override rank(layer: Layer): number {
    return RANK[layer.slug] ?? 0;
  }

  protected override dressed(): void {
    this.layer.changed();
  }

  protected override styleOf(feature: Feature): Style[] {
    const { colour, dash } = this.looks[String(feature.get("measure"))] ?? { colour: "#59636b", dash: null };
    const key = feature.getId() === undefined ? null : String(feature.getId());
    const near = key !== null && (key === this.chosen || key === this.pointed);
    const width = near ? WIDTH + 3 : WIDTH;
    return [
      new Style({ stroke: new Stroke({ color: palette(this.look).paper, width: width + 3 }), zIndex: near ? 3 : 1 }),
      new Style({ stroke: new Stroke({ color: colour, width, lineDash: dash ?? [] }), zIndex: near ? 4 : 2 }),
    ];
  }
}

/** Where one presses to say which stretch of road is meant: two places on it, or a line drawn freely. */
export class StretchMap extends PageMap {
  private draw: Draw | null = null;
  private following = false;
  private readonly pressed: LonLat[] = [];

  constructor(
    target: HTMLElement,
    extent: Bbox,
    private readonly told: {
      /** Both places were pressed. */
      places(one: LonLat, other: LonLat): void;
      /** A line was drawn: GeoJSON in degrees. */
      line(geometry: string): void;
      /** How many places were pressed so far; null when nothing is under way any more. */
      under(pressed: number | null): void;
    },
  ) {
    super(target, extent, false);
    this.map.on("click", (event) => {
      if (this.following) this.press(toLonLat(event.coordinate) as [number, number]);
    });
  }

  protected override rank(layer: Layer): number {
    return RANK[layer.slug] ?? 0;
  }

  protected override dressed(look: Look): void {
    const dot = new Style({
      image: new Circle({
        radius: 6,
        fill: new Fill({ color: "#b0353b" }),
        stroke: new Stroke({ color: palette(look).paper, width: 2 }),
      }),
    });
    const lines = selectionStyle(palette(look));
    this.layer.setStyle((one) => (one.getGeometry()?.getType() === "Point" ? dot : lines));
  }

  /** The stretch as it is, GeoJSON in degrees; "" for none. */
  show(stretch: string, goTo: boolean): void {
    this.source.clear();
    if (!stretch) return;
    const features = new GeoJSON().readFeatures(stretch, { featureProjection: "EPSG:3857" }) as Feature[];
    this.source.addFeatures(features);
    const extent = this.source.getExtent();
    if (goTo && extent && features.length) this.goTo(extent, 0, NEAREST);
  }

  follow(): void {
    this.stop();
    this.following = true;
    this.target.classList.add("drawing");
    this.told.under(0);
  }

  begin(): void {
    this.stop();
    const draw = new Draw({ type: "LineString", snapTolerance: SNAP_PX });
    draw.on("drawend", ({ feature }) => {
      const line = (feature.getGeometry() as LineString).getCoordinates();
      setTimeout(() => {
        this.stop();
        const options = { featureProjection: "EPSG:3857", decimals: 7 };
        this.told.line(new GeoJSON().writeGeometry(new MultiLineString([line]), options));
      });
    });
    this.draw = draw;
    this.map.addInteraction(draw);
    this.target.classList.add("drawing");
    this.told.under(2);
  }

  stop(): void {
    const under = this.following || this.draw !== null;
    if (this.draw) this.map.removeInteraction(this.draw);
    this.draw = null;
    this.following = false;
    this.pressed.length = 0;
    this.target.classList.remove("drawing");
    for (const one of this.source.getFeatures()) {
      if (one.getGeometry()?.getType() === "Point") this.source.removeFeature(one);
    }
    if (under) this.told.under(null);
  }

  private press(place: LonLat): void {
    this.pressed.push(place);
    const [one, other] = this.pressed;
    if (one && other) {
      this.stop();
      this.told.places(one, other);
      return;
    }
    const dot = new OlFeature(new Point([place[0], place[1]]).transform("EPSG:4326", "EPSG:3857") as Point);
    this.source.addFeature(dot);
    this.told.under(1);
  }
}

import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Icon, Stroke, Style, Text } from "ol/style";
import { type LineKind, MARKS, type MarkKind, type WaterMark, type WaterPicture } from "../state/water";
import type { Look } from "./model";
import { FAMILY, type Palette, palette } from "./palette";
import { symbolUrl } from "./water-symbols";

const LINES_AT = 996;
const MARKS_AT = 1100;
const SYMBOL_PX = 30;
const SMALL_PX = 24;
/** In metres of the plane under a pixel: from afar what only accompanies is drawn small. */
const FAR_RESOLUTION = 2;
const SMALL: readonly MarkKind[] = ["optional", "reached", "hydrant", "tank"];

interface LineLook {
  colour: string;
  width: number;
  dash?: number[];
}

/** What the water desk found, above the layers: lines told apart by their dashes, marks by their shapes. */
export class WaterOverlay {
  private readonly lines = overlay(LINES_AT);
  private readonly marks = overlay(MARKS_AT);
  private readonly geojson = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });

  constructor(map: OlMap) {
    map.addLayer(this.lines);
    map.addLayer(this.marks);
  }

  draw(picture: WaterPicture | null, look: Look): void {
    const [lines, marks] = [this.lines.getSource(), this.marks.getSource()];
    lines?.clear(true);
    marks?.clear(true);
    if (!picture) return;
    const colours = palette(look);
    const dark = look.dark || look.photo;
    lines?.addFeatures(
      picture.lines.map(({ kind, geometry }) => {
        const drawn = new Feature(this.geojson.readGeometry(geometry) ?? undefined);
        drawn.setStyle(lineStyle(lineLook(kind, dark, colours), colours));
        return drawn;
      }),
    );
    marks?.addFeatures(picture.marks.map((mark, i) => drawnMark(mark, i, mark.key === picture.current, colours)));
  }
}

function lineLook(kind: LineKind, dark: boolean, { accent }: Palette): LineLook {
  if (kind === "was") return { colour: dark ? "#F2979A" : "#A4262C", width: 3, dash: [6, 6] };
  if (kind === "will") return { colour: dark ? "#7CC48A" : "#2E6B3E", width: 6 };
  if (kind === "way") return { colour: dark ? "#5FB3C4" : accent, width: 6 };
  if (kind === "zone") return { colour: dark ? "#FF7A70" : "#C2261F", width: 7 };
  return { colour: dark ? "#F0A35E" : "#C46A1C", width: 4, dash: [9, 7] };
}

function lineStyle({ colour, width, dash }: LineLook, { selectionHalo }: Palette): Style[] {
  const shared = { lineCap: dash ? "butt" : "round", lineJoin: "round" } as const;
  return [
    new Style({ stroke: new Stroke({ ...shared, color: selectionHalo, width: width + 4 }), zIndex: 1 }),
    new Style({
      stroke: new Stroke({ ...shared, color: colour, width, ...(dash ? { lineDash: dash } : {}) }),
      zIndex: 2,
    }),
  ];
}

const iconsOf = (shrunk: number): Map<MarkKind, Icon> =>
  new Map(
    MARKS.map((kind) => {
      const size = SMALL.includes(kind) ? SMALL_PX * shrunk : SYMBOL_PX;
      return [kind, new Icon({ src: symbolUrl(kind), width: size, height: size })];
    }),
  );
const ICONS = { near: iconsOf(1), far: iconsOf(0.55) };

function drawnMark(mark: WaterMark, order: number, current: boolean, colours: Palette): Feature {
  const drawn = new Feature(new Point(fromLonLat(mark.at)));
  const styles = (icons: Map<MarkKind, Icon>): Style[] => {
    const image = icons.get(mark.kind);
    return [
      ...(current ? ringStyle(colours) : []),
      new Style({ ...(image ? { image } : {}), zIndex: order * 2 + 10 }),
      ...(mark.text ? [new Style({ text: numberText(mark.text), zIndex: order * 2 + 11 })] : []),
    ];
  };
  const [near, far] = [styles(ICONS.near), styles(ICONS.far)];
  drawn.setStyle((_, resolution) => (resolution > FAR_RESOLUTION ? far : near));
  return drawn;
}

function ringStyle({ accent, selectionHalo }: Palette): Style[] {
  const circle = (color: string, width: number): Style =>
    new Style({ image: new Circle({ radius: 20, stroke: new Stroke({ color, width }) }), zIndex: 5 });
  return [circle(selectionHalo, 7), circle(accent, 3.5)];
}

function numberText(text: string): Text {
  const font = `700 14px ${FAMILY}`;
  return new Text({ text, font, fill: new Fill({ color: "#FFFFFF" }), offsetY: 1 });
}

function overlay(zIndex: number): VectorLayer {
  const source = new VectorSource();
  return new VectorLayer({ source, zIndex, updateWhileAnimating: true, updateWhileInteracting: true });
}

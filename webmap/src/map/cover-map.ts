import type Feature from "ol/Feature";
import { Circle, Fill, RegularShape, Stroke, Style } from "ol/style";
import type ImageStyle from "ol/style/Image";
import type { Bbox } from "../geo/mercator";
import { type Listening, MarkedMap } from "./page-map";
import { palette } from "./palette";

/** What stands on the map: hydrants that may be used or not, buildings and why they are not covered. */
export const KINDS = ["far", "no_way", "no_road", "hydrant", "out"] as const;
export type Kind = (typeof KINDS)[number];

export const COLOURS: Readonly<Record<Kind, string>> = {
  far: "#c2410c",
  no_way: "#7a1f5c",
  no_road: "#59636b",
  hydrant: "#1f6fb2",
  out: "#59636b",
};

const HIT_PX = 8;
const NEAREST = 17;
/** Beyond so many metres a pixel marks are drawn smaller. */
const CROWDED_M = 6;

/** A small map of buildings too far from a hydrant, and of the hydrants. */
export class CoverMap extends MarkedMap {
  private readonly styles = new Map<string, Style>();

  constructor(target: HTMLElement, extent: Bbox, listening: Listening) {
    super(target, extent, listening, HIT_PX, NEAREST);
  }

  protected override dressed(): void {
    this.styles.clear();
    this.layer.changed();
  }

  protected override styleOf(feature: Feature, resolution: number): Style {
    const kind = String(feature.get("kind")) as Kind;
    const key = feature.getId();
    const near = key === this.chosen || key === this.pointed;
    const small = resolution > CROWDED_M;
    const name = `${kind}/${near}/${small}`;
    const kept = this.styles.get(name);
    if (kept) return kept;
    const image = markOf(kind, near, palette(this.look).paper);
    if (small && !near) image.setScale(0.6);
    const made = new Style({ image, zIndex: near ? 9 : RANK[kind] });
    this.styles.set(name, made);
    return made;
  }
}

/** The buildings are the answer: they lie above. */
const RANK: Readonly<Record<Kind, number>> = { hydrant: 1, out: 2, no_road: 3, no_way: 3, far: 4 };

/** A disc for a hydrant, a cross for one that may not be used; squares for buildings, a diamond without a way. */
function markOf(kind: Kind, near: boolean, paper: string): ImageStyle {
  const colour = COLOURS[kind];
  const more = near ? 3 : 0;
  const fill = new Fill({ color: colour });
  const stroke = new Stroke({ color: paper, width: near ? 3 : 1.5 });
  switch (kind) {
    case "hydrant":
      return new Circle({ radius: 5.5 + more, fill, stroke });
    case "out":
      return new RegularShape({
        points: 4,
        radius: 7 + more,
        radius2: 0,
        angle: Math.PI / 4,
        stroke: new Stroke({ color: colour, width: 3 }),
      });
    case "far":
      return new RegularShape({ points: 4, radius: 5.5 + more, angle: Math.PI / 4, fill, stroke });
    case "no_way":
      return new RegularShape({ points: 4, radius: 6.5 + more, fill, stroke });
    case "no_road":
      return new RegularShape({ points: 3, radius: 6 + more, fill, stroke });
  }
}

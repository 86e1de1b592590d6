import type Feature from "ol/Feature";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { Bbox } from "../geo/mercator";
import { type Listening, MarkedMap } from "./page-map";
import { palette } from "./palette";

const HIT_PX = 8;
const NEAREST = 18;
const PLAIN = "#1f6fb2";

/** A small map of the rows of a list, each in the `colour` that the list gives it. */
export class ListMap extends MarkedMap {
  private readonly styles = new Map<string, Style>();

  constructor(target: HTMLElement, extent: Bbox, listening: Listening) {
    super(target, extent, listening, HIT_PX, NEAREST);
  }

  protected override dressed(): void {
    this.styles.clear();
    this.layer.changed();
  }

  protected override styleOf(feature: Feature): Style {
    const colour = String(feature.get("colour") ?? PLAIN);
    const key = feature.getId();
    const near = key === this.chosen || key === this.pointed;
    const name = `${colour}/${near}`;
    const made = this.styles.get(name) ?? this.make(colour, near);
    this.styles.set(name, made);
    return made;
  }

  /** A disc for a place, a line or a surface in its colour; larger while it is pointed at. */
  private make(colour: string, near: boolean): Style {
    const paper = palette(this.look).paper;
    const image = new Circle({
      radius: near ? 8 : 5,
      fill: new Fill({ color: colour }),
      stroke: new Stroke({ color: paper, width: near ? 3 : 1.5 }),
    });
    return new Style({
      image,
      stroke: new Stroke({ color: colour, width: near ? 5 : 3 }),
      fill: new Fill({ color: `${colour}59` }),
      zIndex: near ? 2 : 1,
    });
  }
}

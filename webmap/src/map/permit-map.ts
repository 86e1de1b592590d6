import { getCenter, getHeight, getWidth } from "ol/extent";
import type Feature from "ol/Feature";
import Point from "ol/geom/Point";
import { Circle, Fill, RegularShape, Stroke, Style } from "ol/style";
import type { Layer } from "../api/types";
import type { Bbox } from "../geo/mercator";
import { type Listening, MarkedMap } from "./page-map";
import { palette } from "./palette";
import { CONTEXT_RANK } from "./preview";
import { hoverStyle, selectionStyle } from "./styles";

export interface StateLook {
  colour: string;
  dash: number[] | null;
}

/** Below this many pixels a ground is drawn as a mark. */
const SMALL_PX = 14;
const HIT_PX = 6;
const NEAREST = 18;
/** Parcels above buildings: their numbers name the ground. */
const RANK: Readonly<Record<string, number>> = { ...CONTEXT_RANK, parcels: 0.35 };
/** States that came to a bad end: a diamond, as in the table. */
const ENDED = ["refused", "rejected", "withdrawn", "expired", "inadmissible", "revoked", "annulled"];
const OPEN = ["received", "incomplete", "instruction"];

/** A small map of planning applications, each in the colour, the outline and the mark of its state. */
export class PermitMap extends MarkedMap {
  private readonly marks = new Map<string, Style[]>();

  constructor(
    target: HTMLElement,
    private readonly states: Readonly<Record<string, StateLook>>,
    extent: Bbox,
    listening: Listening,
  ) {
    super(target, extent, listening, HIT_PX, NEAREST);
  }

  protected override rank(layer: Layer): number {
    return RANK[layer.slug] ?? 0;
  }

  protected override dressed(): void {
    this.marks.clear();
    this.layer.changed();
  }

  protected override styleOf(feature: Feature, resolution: number): Style[] {
    const extent = feature.getGeometry()?.getExtent() ?? [];
    const small = Math.max(getWidth(extent), getHeight(extent)) < SMALL_PX * resolution;
    const number = feature.getId();
    const look = this.looksOf(String(feature.get("state")), small);
    const outlined =
      number === this.chosen
        ? selectionStyle(palette(this.look))
        : number === this.pointed
          ? hoverStyle(palette(this.look))
          : [];
    const styles = [...look, ...outlined];
    if (!small) return styles;
    const middle = new Point(getCenter(extent));
    return styles.map((style) => {
      const placed = style.clone();
      placed.setGeometry(middle);
      return placed;
    });
  }

  private looksOf(state: string, small: boolean): Style[] {
    const key = `${state}/${small}`;
    const kept = this.marks.get(key);
    if (kept) return kept;
    const { colour, dash } = this.states[state] ?? { colour: "#808080", dash: null };
    const made = small ? [this.markOf(state, colour)] : [ground(colour, dash)];
    this.marks.set(key, made);
    return made;
  }

  /** A ring while it is open, a disc when it was granted, a diamond when it came to nothing. */
  private markOf(state: string, colour: string): Style {
    const paper = palette(this.look).paper;
    const open = OPEN.includes(state);
    const fill = new Fill({ color: open ? paper : colour });
    const stroke = new Stroke({ color: open ? colour : paper, width: open ? 2.5 : 1 });
    const image = ENDED.includes(state)
      ? new RegularShape({ points: 4, radius: 6, fill, stroke })
      : new Circle({ radius: open ? 4.5 : 5, fill, stroke });
    return new Style({ image, zIndex: open ? 2 : 1 });
  }
}

function ground(colour: string, dash: number[] | null): Style {
  const stroke = new Stroke({ color: colour, width: 2, ...(dash ? { lineDash: dash } : {}) });
  return new Style({ fill: new Fill({ color: `${colour}73` }), stroke });
}

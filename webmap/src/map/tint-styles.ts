import { Circle, Fill, Stroke, Style } from "ol/style";
import type { Tint } from "./canvas";
import type { Palette } from "./palette";

interface Look {
  line: string;
  width: number;
  dash?: number[];
  fill?: string;
}

/** Colours apart from each other for who sees few of them: the dashes differ too. */
const LOOKS: Record<Tint, Look> = {
  alignment: { line: "#0B6FB8", width: 3.5 },
  side: { line: "#7A4FB5", width: 3, dash: [10, 6] },
  rear: { line: "#8A6A00", width: 3, dash: [2, 6] },
  envelope: { line: "#1E7B4F", width: 2, dash: [6, 4], fill: "rgba(30,123,79,0.16)" },
  shadow: { line: "rgba(12,18,38,0.65)", width: 1, fill: "rgba(12,18,38,0.42)" },
  // Hours of sun lost: the darker, the more. As in tokens.css.
  sun1: { line: "rgba(255,236,150,0.9)", width: 0.75, fill: "rgba(255,236,150,0.55)" },
  sun2: { line: "rgba(245,170,60,0.9)", width: 0.75, fill: "rgba(245,170,60,0.6)" },
  sun3: { line: "rgba(176,100,40,0.9)", width: 0.75, fill: "rgba(176,100,40,0.6)" },
  sun4: { line: "rgba(84,36,104,0.9)", width: 0.75, fill: "rgba(84,36,104,0.65)" },
  ridge: { line: "#1B2A2F", width: 1.5 },
  gap: { line: "#1B2A2F", width: 1.25, dash: [3, 4] },
  broken: { line: "#C62828", width: 4, fill: "rgba(198,40,40,0.38)" },
  spotted: { line: "#B0126F", width: 4, dash: [8, 5], fill: "rgba(176,18,111,0.25)" },
};
const BARE: readonly Tint[] = ["shadow", "envelope", "sun1", "sun2", "sun3", "sun4"];

/** A line of its colour on a halo, so that it is seen on any photo. */
export function tintStyle(tint: Tint, { selectionHalo }: Palette): Style[] {
  const { line, width, dash, fill = "rgba(0,0,0,0)" } = LOOKS[tint];
  const stroke = new Stroke({ color: line, width, lineJoin: "round", ...(dash ? { lineDash: dash } : {}) });
  const halo = new Stroke({ color: selectionHalo, width: width + 3, lineJoin: "round" });
  const surface = new Fill({ color: fill });
  const over = new Style({ stroke, fill: surface, image: new Circle({ radius: 6, stroke, fill: surface }) });
  return BARE.includes(tint) ? [over] : [new Style({ stroke: halo }), over];
}

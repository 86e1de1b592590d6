import { html, nothing, svg, type TemplateResult } from "lit";
import type { Hatch, Layer, LegendSymbol } from "../api/types";
import { corners, hatchLines } from "../map/legend";

const DEFAULTS: Record<string, LegendSymbol> = {
  communes: { kind: "line", stroke: "var(--map-commune)", stroke_width: 1.8, dash: [5, 3] },
  sections: { kind: "fill", fill: "none", stroke: "var(--map-section)", stroke_width: 2 },
  parcels: { kind: "fill", fill: "none", stroke: "var(--map-parcel)", stroke_width: 1 },
  buildings: { kind: "fill", fill: "var(--map-building)", stroke: "var(--map-building-line)", stroke_width: 1 },
  roads: { kind: "line", stroke: "var(--map-road-line)", stroke_width: 4 },
  addresses: { kind: "circle", fill: "var(--map-address)", stroke: "none", stroke_width: 0 },
};

/** Where our cartography tells kinds apart, in the order of the server's legend. */
const KINDS: Record<string, LegendSymbol[]> = {
  buildings: [
    { kind: "fill", fill: "var(--map-building)", stroke: "var(--map-building-line)", stroke_width: 1 },
    {
      kind: "fill",
      fill: "var(--map-building-light)",
      stroke: "var(--map-building-line)",
      stroke_width: 1,
      dash: [3, 2],
    },
  ],
};

const AREA: [number, number][] = [
  [2.5, 3],
  [14, 2],
  [21.5, 3.5],
  [20.5, 13.5],
  [3.5, 14],
];

function shape(symbol: LegendSymbol): TemplateResult {
  const fill = symbol.fill ?? "none";
  const stroke = symbol.stroke ?? "none";
  const width = Math.min(symbol.stroke_width ?? 1, 4);
  const dash = symbol.dash?.join(" ") ?? "none";
  if (symbol.kind === "line") {
    return svg`<path d="M1 12 9 6l5 3 9-6" fill="none" stroke=${stroke} stroke-width=${width} stroke-dasharray=${dash} />`;
  }
  const corner = corners(symbol.shape ?? "circle", 4.2);
  if (symbol.kind === "circle" && corner.length) {
    const path = corner.map(([x, y]) => `${(12 + x).toFixed(2)} ${(8 + y).toFixed(2)}`).join(" ");
    return svg`<polygon points=${path} fill=${fill} stroke=${stroke} stroke-width=${Math.min(width, 2)} stroke-linejoin="round" />`;
  }
  if (symbol.kind === "circle") {
    return svg`<circle cx="12" cy="8" r="4" fill=${fill} stroke=${stroke} stroke-width=${width} />`;
  }
  return svg`<path d="M${AREA.join("L")}Z" fill=${fill} />${symbol.hatch ? hatching(symbol.hatch) : nothing}<path d="M${AREA.join("L")}Z" fill="none" stroke=${stroke} stroke-width=${width} stroke-dasharray=${dash} stroke-linejoin="round" />`;
}

/** The lines of a hatch, close and thin enough to be seen as one in so small a place. */
function hatching({ colour, angle, spacing, width, cross }: Hatch): TemplateResult {
  const close = Math.min(Math.max(spacing * 0.6, 2.2), 4.5);
  const path = hatchLines(AREA, cross ? [angle, angle + 90] : [angle], close)
    .map(([from, to]) => `M${place(from)}L${place(to)}`)
    .join("");
  return svg`<path d=${path} fill="none" stroke=${colour} stroke-width=${Math.min(width, close / 2)} />`;
}

const place = (point: [number, number]): string => point.map((value) => value.toFixed(2)).join(" ");

/** A symbol as the map draws it. */
export function swatch(symbol: LegendSymbol): TemplateResult {
  return html`<svg class="swatch" viewBox="0 0 24 16" aria-hidden="true">${shape(symbol)}</svg>`;
}

/** The main symbol of a layer: our own cartography for the layers it knows, the legend's for the others. */
export function layerSwatch(layer: Layer): TemplateResult {
  const symbol = DEFAULTS[layer.slug] ?? layer.legend[0]?.symbol;
  return swatch(symbol ?? { kind: layer.geometry_type === "line" ? "line" : "fill", stroke: "currentColor" });
}

/** The legend as the map draws it: the server's, unless our cartography stands for it; empty when one symbol says all. */
export function drawnLegend(layer: Layer): Layer["legend"] {
  const kinds = KINDS[layer.slug];
  if (kinds) return layer.legend.flatMap(({ label }, i) => (kinds[i] ? [{ label, symbol: kinds[i] }] : []));
  return layer.slug in DEFAULTS ? [] : layer.legend.filter((line, i) => layer.legend.findIndex(isAlike(line)) === i);
}

/** Whether somebody who reads a legend sees another line as this one. */
const isAlike =
  ({ label, symbol }: Layer["legend"][number]) =>
  (other: Layer["legend"][number]): boolean =>
    other.label === label && JSON.stringify(other.symbol) === JSON.stringify(symbol);

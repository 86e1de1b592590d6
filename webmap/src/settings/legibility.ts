import { contrast, apart as distance, opaque, seenOn } from "./colours";
import type { Line } from "./style";

export const GROUND_COLOURS = { light: "#f3f0e8", dark: "#182529" } as const;

/** Least contrast of what is to be seen with its ground (WCAG 1.4.11), and least distance of two colours. */
const LEAST_CONTRAST = 2;
const LEAST_DISTANCE = 12;
const MOST_COMPARED = 40;

/** The colours by which a symbol is seen: its outline and its body. */
function inks({ symbol }: Line): string[] {
  const { fill, hatch, stroke, stroke_width } = symbol;
  const body = symbol.kind === "line" ? [] : [fill, hatch?.colour];
  return [stroke && (stroke_width ?? 1) > 0 ? stroke : null, ...body].filter(
    (ink): ink is string => !!ink && opaque(ink).opacity >= 0.25,
  );
}

/** Whether a line is seen on a ground: by its outline or its body, whichever is told from the ground better. */
function isSeenOn(line: Line, ground: string): boolean {
  return inks(line).some((ink) => contrast(seenOn(ink, ground), ground) >= LEAST_CONTRAST);
}

export interface Legibility {
  /** Labels of the lines that are hardly seen, by ground. */
  faint: { ground: keyof typeof GROUND_COLOURS; labels: string[] }[];
  /** Pairs of labels that look the same to somebody. */
  alike: [string, string][];
}

/** What of a legend is hard to see or to tell apart. Over a photo every symbol has a casing. */
export function legibility(legend: readonly Line[]): Legibility {
  const grounds = Object.entries(GROUND_COLOURS) as [keyof typeof GROUND_COLOURS, string][];
  const faint = grounds
    .map(([ground, colour]) => ({
      ground,
      labels: legend.filter((line) => !isSeenOn(line, colour)).map(({ label }) => label),
    }))
    .filter(({ labels }) => labels.length);
  return { faint, alike: alikePairs(legend.slice(0, MOST_COMPARED)) };
}

function alikePairs(legend: readonly Line[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [i, one] of legend.entries()) {
    for (const other of legend.slice(i + 1)) {
      if (sameForm(one, other) && distance(mainInk(one), mainInk(other)) < LEAST_DISTANCE) {
        pairs.push([one.label, other.label]);
      }
    }
  }
  return pairs;
}

/** Whether nothing but colour tells two symbols apart. */
function sameForm({ symbol: one }: Line, { symbol: other }: Line): boolean {
  const form = ({ kind, shape, dash, stroke_width, radius, hatch }: Line["symbol"]): string => {
    const lines = hatch ? [hatch.angle, hatch.spacing, hatch.width, hatch.cross ?? false] : null;
    const size = kind === "circle" ? (radius ?? 4) : 0;
    return JSON.stringify([kind, shape ?? "circle", dash ?? null, stroke_width ?? 1, size, lines]);
  };
  return form(one) === form(other);
}

function mainInk({ symbol }: Line): string {
  const ink = symbol.kind === "line" ? symbol.stroke : (symbol.fill ?? symbol.hatch?.colour ?? symbol.stroke);
  return ink ? seenOn(ink, GROUND_COLOURS.light) : "#000000";
}

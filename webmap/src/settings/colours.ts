import { luminance, rgb } from "../map/legend";

/** Colours that go together. A sequence is mixed to as many as are asked for; a set is taken in its order. */
export interface ColourRange {
  name: string;
  kind: "set" | "sequence" | "contrasting";
  colours: readonly string[];
}

/** Told apart by people who see colours otherwise too, over paper and, with a casing, over a photo. */
export const RANGES: readonly ColourRange[] = [
  {
    name: "eight",
    kind: "set",
    colours: ["#005cd3", "#d49f08", "#3dbd7c", "#6f4e2f", "#b4a0c3", "#524d8d", "#53a9ff", "#8d6300"],
  },
  { name: "viridis", kind: "sequence", colours: ["#fde725", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154"] },
  { name: "river", kind: "sequence", colours: ["#d8ecf0", "#8cc4d1", "#3f93a7", "#0b5c6b", "#05303a"] },
  { name: "embers", kind: "sequence", colours: ["#fff0c2", "#fdbb63", "#ef7b2e", "#b8400e", "#6d1d00"] },
  { name: "plum", kind: "sequence", colours: ["#f3e3f1", "#d0a3cd", "#a566a6", "#713a78", "#3d1845"] },
  { name: "blueOrange", kind: "contrasting", colours: ["#1f4e8c", "#7fb0d8", "#f2efe6", "#f1a45a", "#a3420c"] },
  { name: "greenPurple", kind: "contrasting", colours: ["#16603a", "#86c495", "#f2efe6", "#bd93c9", "#5b2a70"] },
];

/** What is left, beside the set above. */
export const REST = "#5e5e68";

/** As many colours of a range as are asked for; a sequence begins after this share of it, where paler ones get lost. */
export function colours(range: ColourRange, count: number, after = 0): string[] {
  if (range.kind === "set") return Array.from({ length: count }, (_, i) => setColour(range.colours, i));
  if (count === 1) return [range.colours[Math.floor(range.colours.length / 2)] ?? "#0b5c6b"];
  const start = range.kind === "sequence" ? after : 0;
  return Array.from({ length: count }, (_, i) => mixed(range.colours, start + (1 - start) * (i / (count - 1))));
}

/** Beyond the set, its colours again, paler and paler: they are told apart from the first ones, if less well. */
function setColour(set: readonly string[], index: number): string {
  const colour = set[index % set.length] ?? "#0b5c6b";
  const round = Math.floor(index / set.length);
  return round ? mix(colour, "#ffffff", Math.min(0.75, 0.4 * round)) : colour;
}

function mixed(stops: readonly string[], share: number): string {
  const place = share * (stops.length - 1);
  const before = Math.min(Math.floor(place), stops.length - 2);
  return mix(stops[before] ?? "#000000", stops[before + 1] ?? "#000000", place - before);
}

function mix(one: string, other: string, share: number): string {
  const [from, to] = [rgb(one) ?? [0, 0, 0], rgb(other) ?? [0, 0, 0]];
  return hex(from.map((value, i) => value + ((to[i] ?? 0) - value) * share));
}

export function hex(channels: readonly number[]): string {
  const digits = channels.map((value) =>
    Math.round(Math.min(255, Math.max(0, value)))
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${digits.join("")}`;
}

/** A colour as a colour field takes it, and how opaque it is (0 to 1). */
export function opaque(colour: string): { colour: string; opacity: number } {
  const digits = colour.slice(1);
  const wide = digits.length < 6 ? [...digits].map((digit) => digit + digit).join("") : digits;
  const alpha = wide.length === 8 ? Number.parseInt(wide.slice(6), 16) / 255 : 1;
  return { colour: `#${wide.slice(0, 6).toLowerCase()}`, opacity: Math.round(alpha * 100) / 100 };
}

export function withOpacity(colour: string, opacity: number): string {
  const plain = opaque(colour).colour;
  if (opacity >= 1) return plain;
  return `${plain}${Math.round(Math.max(0, opacity) * 255)
    .toString(16)
    .padStart(2, "0")}`;
}

/** Contrast of two colours (WCAG), from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The colour as it is seen where it lets the ground through. */
export function seenOn(colour: string, ground: string): string {
  const { colour: plain, opacity } = opaque(colour);
  return mix(ground, plain, opacity);
}

type Triple = [number, number, number];

/** How people who lack one kind of cone see linear light (Machado, Oliveira and Fernandes 2009, complete). */
const SIGHTS: Record<string, [Triple, Triple, Triple]> = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

const linear = (value: number): number => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);

function lab(light: readonly number[]): Triple {
  const [r = 0, g = 0, b = 0] = light.map((value) => Math.max(0, value));
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
  ];
  const [x = 0, y = 0, z = 0] = xyz.map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (one: Triple, other: Triple): number => Math.hypot(...one.map((value, i) => value - (other[i] ?? 0)));

/** How far apart two colours are (CIE 1976) for the person who tells them apart least. */
export function apart(one: string, other: string): number {
  const lights = [one, other].map((colour) => (rgb(colour) ?? [0, 0, 0]).map(linear));
  const seen = Object.values(SIGHTS).map((sight) =>
    lights.map((light) => lab(sight.map((row) => row.reduce((sum, factor, i) => sum + factor * (light[i] ?? 0), 0)))),
  );
  const pairs = [lights.map(lab), ...seen];
  return Math.min(...pairs.map(([a, b]) => (a && b ? distance(a, b) : 0)));
}

import type { MarkKind } from "../state/water";

const INK = "#1b2a2f";
const WHITE = "#ffffff";
const RED = "#a4262c";
const BLUE = "#1f6fb2";
const GREEN = "#2e6b3e";
const VIOLET = "#6a2c91";
const TEAL = "#0b5c6b";

/** A white casing, so that it is told from any ground. */
const cased = (shape: string, fill: string): string =>
  `<g stroke-linejoin="round"><g fill="${WHITE}" stroke="${INK}" stroke-opacity=".55" stroke-width="3.4">${shape}</g><g fill="${fill}" stroke="${WHITE}" stroke-width="2">${shape}</g></g>`;
const ring = (shape: string, colour: string, dash = ""): string =>
  `<g fill="${WHITE}" stroke="${INK}" stroke-opacity=".4" stroke-width="3.2">${shape}</g><g fill="none" stroke="${colour}" stroke-width="2.2" stroke-dasharray="${dash}">${shape}</g>`;
const line = (path: string, colour: string, width = 2.4): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;

const CIRCLE = '<circle cx="16" cy="16" r="12"/>';
const SMALL = '<circle cx="16" cy="16" r="9.5"/>';
const SQUARE = '<rect x="6" y="6" width="20" height="20" rx="3"/>';
const DIAMOND = '<path d="M16 3 29 16 16 29 3 16Z"/>';
const TRIANGLE = '<path d="M16 4 28.5 26H3.5Z"/>';
const OCTAGON = '<path d="M11 3.5h10L28.5 11v10L21 28.5H11L3.5 21V11Z"/>';
const HEXAGON = '<path d="M16 3 27 9.5v13L16 29 5 22.5v-13Z"/>';
const BURST =
  '<path d="M16 2l3 6.5L26 5l-2.5 7L30 15l-6 3.5L28 25l-7-1.5L19.5 30 16 24.5 12.5 30 11 23.5 4 25l4-6.5L2 15l6.5-3L6 5l7 3.5Z"/>';

const DRAWN: Record<MarkKind, string> = {
  break: `<g stroke-linejoin="round"><g fill="none" stroke="${WHITE}" stroke-width="5">${BURST}</g><g fill="#f2c14e" stroke="${INK}" stroke-width="1.8">${BURST}</g></g>`,
  close: cased(CIRCLE, RED),
  optional: ring(SMALL, "#4d5d61", "3.4 2.6") + line("M12 16h8", "#4d5d61"),
  closed: cased(SQUARE, INK) + line("M11 16h10", WHITE, 3.4),
  skipped: ring(CIRCLE, RED) + line("M11.5 11.5l9 9M20.5 11.5l-9 9", RED, 2.8),
  stop: `${cased(OCTAGON, BLUE)}<rect x="11" y="11" width="10" height="10" fill="${WHITE}"/>`,
  tank: ring(TRIANGLE, BLUE) + line("M11.5 20.5h9", BLUE),
  sensitive: cased(DIAMOND, VIOLET) + line("M16 10v7M16 21.5v.01", WHITE, 3),
  hydrant: cased(SQUARE, "#c21f1f") + line("M12.5 11v10M19.5 11v10M12.5 16h7", WHITE),
  alternative: cased(HEXAGON, GREEN) + line("M11 16h10M17.5 12l4 4-4 4", WHITE),
  start: cased(CIRCLE, TEAL) + line("M12 21.5 16 10.5l4 11M13.5 18h5", WHITE, 2.2),
  end:
    cased(SQUARE, TEAL) +
    line("M12.5 10.5v11M12.5 10.5h4a2.6 2.6 0 0 1 0 5.2h-4M12.5 15.7h4.5a2.9 2.9 0 0 1 0 5.8h-4.5", WHITE, 2),
  reached: `${ring('<path d="M16 6.5 25.5 16 16 25.5 6.5 16Z"/>', TEAL)}<circle cx="16" cy="16" r="3" fill="#0b5c6b"/>`,
  anomaly: cased(DIAMOND, RED) + line("M16 9.5v8M16 22v.01", WHITE, 3),
};

/** A mark as a picture of 32 by 32 units. */
export function symbolSvg(kind: MarkKind): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">${DRAWN[kind]}</svg>`;
}

/** The same as an address, for an image. */
export const symbolUrl = (kind: MarkKind): string => `data:image/svg+xml,${encodeURIComponent(symbolSvg(kind))}`;

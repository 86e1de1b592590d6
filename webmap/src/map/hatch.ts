import type { Hatch } from "../api/types";

/** OpenLayers draws patterns from a corner that it moves by so many pixels: a tile that divides it has no seams. */
const REPEAT_PX = 512;
const SIZES = [64, 128, 256, REPEAT_PX];
const LEAST_TURN = 0.7;
const LEAST_SHARE = 0.03;

/** A square of `size` pixels that repeats: its sides are crossed by so many lines, which go on in the next square. */
export interface Lattice {
  size: number;
  /** How many lines the horizontal and the vertical side cross. */
  across: number;
  down: number;
}

const turned = (lattice: Lattice): number => (Math.atan2(lattice.across, lattice.down) * 180) / Math.PI;
const spacingOf = (lattice: Lattice): number => lattice.size / Math.hypot(lattice.across, lattice.down);

/** The smallest square that says a hatch nearly as it is, else the largest. */
export function lattice({ angle, spacing }: Pick<Hatch, "angle" | "spacing">): Lattice {
  const radians = (angle * Math.PI) / 180;
  const all = SIZES.map((size) => {
    const across = Math.round((size * Math.sin(radians)) / spacing);
    const down = Math.round((size * Math.cos(radians)) / spacing);
    return { size, across, down };
  });
  const near = all.find((one) => {
    const turn = Math.abs(turned(one) - angle);
    const share = Math.abs(spacingOf(one) / spacing - 1);
    return Math.min(turn, 180 - turn) < LEAST_TURN && share < LEAST_SHARE;
  });
  return near ?? (all.at(-1) as Lattice);
}

const patterns = new Map<string, CanvasPattern | null>();

/** A hatch to fill with, made once for each density of the screen; null where nothing can be drawn. */
export function hatchPattern(hatch: Hatch, density = devicePixelRatio): CanvasPattern | null {
  const key = JSON.stringify([hatch, density]);
  const found = patterns.get(key);
  if (found !== undefined) return found;
  const made = pattern(hatch, density);
  patterns.set(key, made);
  return made;
}

function pattern(hatch: Hatch, density: number): CanvasPattern | null {
  const found = lattice(hatch);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(found.size * density);
  const context = canvas.getContext("2d");
  if (!context) return null;
  const scale = canvas.width / found.size;
  context.scale(scale, scale);
  context.strokeStyle = hatch.colour;
  context.lineWidth = hatch.width;
  context.beginPath();
  trace(context, found);
  // The other lines of a crossed hatch are a quarter turn further: the same square repeats them too.
  if (hatch.cross) trace(context, { size: found.size, across: found.down, down: -found.across });
  context.stroke();
  const made = context.createPattern(canvas, "repeat");
  // A density such as 1.1 gives no whole number of pixels: the pattern is stretched by the rest.
  made?.setTransform(new DOMMatrix().scale((found.size * density) / canvas.width));
  return made;
}

/** The lines where `across * x + down * y` is a multiple of the size: y goes down, angles go up. */
function trace(context: CanvasRenderingContext2D, { size, across, down }: Lattice): void {
  const square = across ** 2 + down ** 2;
  const reach = Math.abs(across) + Math.abs(down);
  const run = (2 * size) / Math.sqrt(square);
  // By half a pixel, so that lines along the pixels are crisp.
  const shift = across === 0 || down === 0 ? 0.5 : 0;
  for (let line = -reach - 1; line <= reach + 1; line++) {
    const x = (line * size * across) / square + shift;
    const y = (line * size * down) / square + shift;
    context.moveTo(x - down * run, y + across * run);
    context.lineTo(x + down * run, y - across * run);
  }
}

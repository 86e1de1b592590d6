import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import { type Handle, LENGTH_ABOVE_PX, type Role, type SnapKind } from "./canvas";
import { FAMILY, type Palette } from "./palette";

/** What is not saved yet, what will go, where one snaps: apart from the accent, and legible over a photo. */
const CHANGED = { line: "#B45309", fill: "rgba(180,83,9,0.14)" };
const DELETED = { line: "#A4262C", fill: "rgba(164,38,44,0.10)" };
const SNAP = { light: "#B0126F", dark: "#FF8AC4" };
const WHITE = "#FFFFFF";

interface Look {
  line: string;
  fill: string;
  width: number;
  dash?: number[];
}

function lookOf(role: Role, colours: Palette): Look {
  switch (role) {
    case "active":
    case "drawing":
      return { line: colours.accent, fill: colours.accentFill, width: 2.5 };
    case "picked":
      return { line: colours.accent, fill: colours.accentFill, width: 3 };
    case "changed":
      return { ...CHANGED, width: 2.5 };
    case "deleted":
      return { ...DELETED, width: 2, dash: [2, 6] };
    case "follower":
      return { ...CHANGED, width: 2.5, dash: [8, 5] };
    case "before":
      return { line: colours.labelSoft, fill: "rgba(0,0,0,0)", width: 1.75, dash: [6, 5] };
    case "box":
      return { line: colours.accent, fill: colours.accentFillSoft, width: 1.5, dash: [4, 4] };
    case "stored":
      return { line: colours.accent, fill: colours.accentFillSoft, width: 1.75 };
  }
}

const BOX_OR_BEFORE: Role[] = ["box", "before"];

/** A line of its colour on a halo, so that it is seen on any photo. */
export function shapeStyle(role: Role, colours: Palette): Style[] {
  const { line, fill, width, dash } = lookOf(role, colours);
  const halo = stroke(colours.selectionHalo, width + 3);
  const drawn = stroke(line, width, dash);
  const radius = role === "active" || role === "picked" ? 8 : 6;
  const under = new Style({ stroke: halo, image: new Circle({ radius, stroke: halo }), zIndex: 1 });
  const over = new Style({
    stroke: drawn,
    fill: new Fill({ color: fill }),
    image: new Circle({ radius, stroke: drawn, fill: new Fill({ color: fill }) }),
    zIndex: 2,
  });
  return BOX_OR_BEFORE.includes(role) ? [over] : [under, over];
}

function stroke(color: string, width: number, lineDash?: number[]): Stroke {
  return new Stroke({ color, width, lineJoin: "round", lineCap: "round", ...(lineDash ? { lineDash } : {}) });
}

const square = (radius: number, fill: string, line: string, width: number): RegularShape =>
  new RegularShape({
    points: 4,
    radius: radius * Math.SQRT2,
    angle: Math.PI / 4,
    fill: new Fill({ color: fill }),
    stroke: new Stroke({ color: line, width }),
  });

export function handleStyle(role: Handle["role"], colours: Palette): Style {
  switch (role) {
    case "vertex":
      return new Style({ image: square(4, WHITE, colours.accent, 2), zIndex: 4 });
    case "chosen":
      return new Style({ image: square(6, colours.accent, WHITE, 2), zIndex: 6 });
    case "first":
      return new Style({
        image: new Circle({ radius: 7, fill: new Fill({ color: WHITE }), stroke: stroke(colours.accent, 2.5) }),
        zIndex: 5,
      });
    case "middle":
      return new Style({
        image: new Circle({ radius: 3.5, fill: new Fill({ color: WHITE }), stroke: stroke(colours.accent, 1.25) }),
        zIndex: 3,
      });
    case "fault":
      return new Style({
        image: new RegularShape({
          points: 4,
          radius: 11,
          radius2: 0,
          angle: Math.PI / 4,
          stroke: stroke(DELETED.line, 3),
        }),
        zIndex: 7,
      });
  }
}

export const areaStyle = (colours: Palette): Style => new Style({ fill: new Fill({ color: colours.accentFill }) });

export function guideStyle(colours: Palette): Style[] {
  return [
    new Style({ stroke: stroke(colours.selectionHalo, 4.5) }),
    new Style({ stroke: stroke(colours.accent, 1.75, [6, 5]) }),
  ];
}

/** A shape says what one snaps to: a square on a vertex, a cross where lines cross, a lozenge on a side. */
export function snapStyle(kind: SnapKind, dark: boolean): Style[] {
  const color = dark ? SNAP.dark : SNAP.light;
  const halo = dark ? "rgba(10,18,20,0.85)" : WHITE;
  return [mark(kind, halo, 5.5), mark(kind, color, 2.5)];
}

function mark(kind: SnapKind, color: string, width: number): Style {
  const line = new Stroke({ color, width });
  const angle = kind === "edge" ? 0 : Math.PI / 4;
  const inner = kind === "intersection" ? { radius2: 0 } : {};
  return new Style({ image: new RegularShape({ points: 4, radius: 10, angle, stroke: line, ...inner }), zIndex: 9 });
}

export function lengthStyle(text: string, colours: Palette): Style {
  return new Style({
    text: new Text({
      text,
      font: `600 12px ${FAMILY}`,
      fill: new Fill({ color: colours.label }),
      stroke: new Stroke({ color: colours.halo, width: 3.5 }),
      offsetY: -LENGTH_ABOVE_PX,
      // The names of the layers below give way to it.
      declutterMode: "obstacle",
    }),
    zIndex: 8,
  });
}

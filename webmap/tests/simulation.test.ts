import { describe, expect, it } from "vitest";
import { isoOf, stripOf } from "../src/simulation/instant";
import { alignTo, encloses, gapOf, heartOf, type Limit, placeAt } from "../src/simulation/limits";
import { bandOf, beside, lineAlong } from "../src/simulation/lines";
import {
  addLeg,
  areaOf,
  asPolygon,
  between,
  centreOf,
  cornersOf,
  fromLegs,
  gapTo,
  legsOf,
  mirror,
  move,
  type Outline,
  pullCorner,
  type Rectangle,
  repeat,
  squared,
  turn,
  withLeg,
  withoutLeg,
} from "../src/simulation/outline";
import {
  drawingBody,
  faultIn,
  geoJsonOf,
  NO_DRAWING,
  outlineOf,
  readDrawing,
  readProject,
  type Volume,
  volumeBody,
} from "../src/simulation/project";

const X = 650_000;
const Y = 6_860_000;
const at = (x: number, y: number): [number, number] => [X + x, Y + y];
const house: Rectangle = { kind: "rectangle", centre: at(10, 10), width: 10, depth: 8, angle: 0 };
const relative = (outline: Outline) => cornersOf(outline).map(([x, y]) => [round(x - X), round(y - Y)]);
const round = (value: number): number => Math.round(value * 1000) / 1000 + 0;

const limit = (number: number, ...line: [number, number][]): Limit => ({
  number,
  kind: "side",
  label: "",
  origin: "",
  names: [],
  metres: 0,
  uncertain: "",
  derived: null,
  lines: [line],
});
/** A plot of 20 m by 40 m. */
const PLOT = [
  limit(1, at(0, 0), at(20, 0)),
  limit(2, at(20, 0), at(20, 40)),
  limit(3, at(20, 40), at(0, 40)),
  limit(4, at(0, 40), at(0, 0)),
];
const [SOUTH, EAST] = PLOT as [Limit, Limit];

const volume: Volume = {
  id: 1,
  name: "Garage",
  outline: house,
  roof: "gable",
  eaves: 3,
  ridge: 5,
  ridgeTurn: 90,
  levels: 1,
};

describe("a footprint", () => {
  it("is a rectangle by its sides and the direction of the first", () => {
    expect(relative(house)).toEqual([
      [6, 5],
      [6, 15],
      [14, 15],
      [14, 5],
    ]);
    expect(areaOf(house)).toBe(80);
  });

  it("turns clockwise about its middle", () => {
    expect(relative(turn(house, 90))[0]).toEqual([5, 14]);
    expect(centreOf(turn(asPolygon(house), 30)).map((value) => round(value))).toEqual([X + 10, Y + 10]);
  });

  it("moves, and stands in a mirror along its first side", () => {
    expect(relative(move(house, 1, -2))[0]).toEqual([7, 3]);
    const corner = fromLegs(at(0, 0), 0, [
      { length: 10, turn: 90 },
      { length: 6, turn: 90 },
      { length: 4, turn: 90 },
      { length: 1, turn: 0 },
    ]);
    expect(areaOf(mirror(corner))).toBeCloseTo(areaOf(corner), 3);
    expect(relative(mirror(corner))[1]?.[1]).toBeCloseTo(10, 3);
    expect(relative(mirror(corner))[2]?.[0]).toBeLessThan(relative(mirror(corner))[1]?.[0] ?? 0);
  });

  it("is pulled by a corner: the opposite one stays, and its angle", () => {
    expect(relative(pullCorner(house, 2, at(16, 20)))).toEqual([
      [6, 5],
      [6, 20],
      [16, 20],
      [16, 5],
    ]);
    expect(between(at(0, 0), at(4, 3), 90)).toMatchObject({ width: 4, depth: 3, angle: 90 });
  });

  it("has sides that are typed one by one; the last one closes it", () => {
    const square = asPolygon(house);
    expect(legsOf(square).map(({ length, turn }) => ({ length: round(length), turn: round(turn) }))).toEqual([
      { length: 10, turn: 90 },
      { length: 8, turn: 90 },
      { length: 10, turn: 90 },
      { length: 8, turn: 90 },
    ]);
    expect(relative(withLeg(square, 0, { length: 12 }))).toEqual([
      [6, 5],
      [6, 17],
      [14, 17],
      [14, 7],
    ]);
    expect(addLeg(square, { length: 4, turn: 90 }).corners).toHaveLength(5);
    expect(withoutLeg(square, 1).corners).toHaveLength(3);
  });

  it("keeps right angles while it is drawn", () => {
    expect(squared(at(0, 0), at(0, 10), at(7, 10.6)).map(round)).toEqual([X + 7, Y + 10]);
    expect(squared(at(0, 0), at(0, 10), at(0.3, 14)).map(round)).toEqual([X, Y + 14]);
  });

  it("that crosses itself is known before the server says so", () => {
    const crossed = {
      ...volume,
      outline: { kind: "polygon" as const, corners: [at(0, 0), at(5, 5), at(5, 0), at(0, 6)] },
    };
    expect(faultIn(crossed)).toBe("crossing");
    expect(faultIn(volume)).toBeNull();
  });
});

describe("distances to limits", () => {
  it("are the shortest, and zero where a limit is crossed", () => {
    expect(gapOf(house, EAST)?.metres).toBeCloseTo(6, 6);
    expect(gapTo(cornersOf(move(house, 8, 0)), EAST.lines)?.metres).toBe(0);
  });

  it("are typed: the volume goes there, on the terrain’s side", () => {
    const placed = placeAt(move(house, 30, 0), EAST, 4, PLOT);
    expect(gapOf(placed, EAST)?.metres).toBeCloseTo(4, 3);
    expect(relative(placed)[2]?.[0]).toBeCloseTo(16, 3);
  });

  it("turns as little as needed to run along a limit", () => {
    expect(alignTo(turn(house, 7), EAST)).toMatchObject({ angle: 0 });
    expect((alignTo(turn(house, 100), SOUTH) as Rectangle).angle % 90).toBeCloseTo(0, 6);
  });

  it("tell the inside of the terrain, and its heart", () => {
    expect(encloses(PLOT, at(10, 20))).toBe(true);
    expect(encloses(PLOT, at(21, 20))).toBe(false);
    const heart = heartOf(PLOT) ?? at(0, 0);
    expect(heart[0] - X).toBeCloseTo(10, 0);
  });
});

describe("a project", () => {
  it("is sent as the API wants it: the ridge turns with the volume", () => {
    expect(volumeBody({ ...volume, outline: turn(house, 30) })).toMatchObject({
      base: null,
      eaves: 3,
      ridge: 5,
      roof: "gable",
      ridge_azimuth: 120,
      levels: 1,
    });
    expect(volumeBody({ ...volume, roof: "flat" })).toMatchObject({ ridge: 3, ridge_azimuth: null });
  });

  it("is written as GeoJSON in degrees, outlines anticlockwise", () => {
    const written = geoJsonOf({ parcels: ["454480000A0001"], volumes: [volume] }) as {
      features: { geometry: { coordinates: [number, number][][] }; properties: object }[];
    };
    const ring = written.features[0]?.geometry.coordinates[0] ?? [];
    const turned = ring
      .slice(1)
      .reduce((sum, [x, y], i) => sum + (x - (ring[i]?.[0] ?? 0)) * (y + (ring[i]?.[1] ?? 0)), 0);
    expect(ring).toHaveLength(5);
    expect(ring[0]?.[1]).toBeGreaterThan(48);
    expect(turned).toBeLessThan(0);
    expect(written.features[0]?.properties).toMatchObject({ name: "Garage", eaves_m: 3, ridge_m: 5 });
  });

  it("that was kept is read again, and what cannot be read is left out", () => {
    const kept = JSON.parse(
      JSON.stringify({ parcels: ["a"], volumes: [volume, { outline: { kind: "circle" } }, null] }),
    );
    expect(readProject(kept)).toEqual({ parcels: ["a"], ...NO_DRAWING, volumes: [{ ...volume, base: null }] });
    expect(readProject(null)).toEqual({ parcels: [], ...NO_DRAWING });
  });
});

describe("an instant", () => {
  it("is written with the offset of legal time", () => {
    expect(isoOf({ day: "2026-06-21", minutes: 15 * 60 })).toBe("2026-06-21T15:00:00+02:00");
    expect(isoOf({ day: "2026-12-21", minutes: 9 * 60 + 15 })).toBe("2026-12-21T09:15:00+01:00");
    expect(isoOf({ day: "2026-03-29", minutes: 5 * 60 })).toBe("2026-03-29T05:00:00+02:00");
  });

  it("comes by nine: three days at three hours", () => {
    expect(stripOf("2026")).toHaveLength(9);
    expect(stripOf("2026")[4]).toEqual({ day: "2026-06-21", minutes: 720 });
  });
});

describe("what the server keeps", () => {
  it("reads a footprint with right angles as the rectangle that it was", () => {
    const turned: Rectangle = { ...house, angle: 33.5 };
    const kept = drawingBody({ ...NO_DRAWING, volumes: [{ ...volume, outline: turned }] });
    const [read] = readDrawing(kept).volumes;
    expect(read?.outline).toEqual(turned);
    expect(read?.ridgeTurn).toBe(90);
  });

  it("reads a footprint that goes the other way round as a polygon", () => {
    const corners = [...cornersOf(house)].reverse();
    const footprint = { type: "Polygon", coordinates: [[...corners, ...corners.slice(0, 1)]] };
    expect(outlineOf(footprint)?.kind).toBe("polygon");
  });

  it("keeps lines and buildings that are pulled down", () => {
    const line = { id: 1, kind: "wall", name: "", points: [at(0, 0), at(5, 0)], width: 0.2, height: 1.8 } as const;
    const drawing = { volumes: [], lines: [line], demolished: [7] };
    expect(readDrawing(drawingBody(drawing))).toEqual(drawing);
  });
});

describe("copies in rows", () => {
  it("makes twelve of one, as far apart as asked", () => {
    const copies = repeat(house, 6, 2, 4);
    expect(copies).toHaveLength(11);
    const [next] = copies;
    expect(
      next && gapTo(cornersOf(house), [[...cornersOf(next), cornersOf(next)[0] as [number, number]]])?.metres,
    ).toBe(4);
  });
});

describe("lines with a width", () => {
  it("takes half of its width on each side", () => {
    const band = bandOf({ points: [at(0, 0), at(10, 0)], width: 2 });
    expect(areaOf({ kind: "polygon", corners: band })).toBeCloseTo(20);
  });

  it("runs along a limit on the terrain, at the distance that was typed", () => {
    expect(lineAlong(SOUTH, 3, PLOT)?.map(([, y]) => round(y - Y))).toEqual([3, 3]);
    expect(lineAlong(EAST, 3, PLOT)?.map(([x]) => round(x - X))).toEqual([17, 17]);
  });

  it("is mitred where the line bends", () => {
    expect(beside([at(0, 0), at(10, 0), at(10, 10)], 1).map(([x, y]) => [round(x - X), round(y - Y)])).toEqual([
      [0, 1],
      [9, 1],
      [9, 10],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { type Box, type PlaceName, placeNames } from "../src/map/place-names";

const VIEW: Box = [0, 0, 400, 800];
const name = (text: string, x: number, y: number): PlaceName => ({
  text,
  at: [x, y],
  width: 100,
  height: 20,
  covers: () => true,
});

describe("names of places", () => {
  it("stand in the middle where nothing is", () => {
    expect(placeNames([name("Bray", 200, 300)], [], VIEW)).toEqual([{ text: "Bray", at: [200, 300] }]);
  });

  it("stand beside the number of a cluster", () => {
    const number: Box = [182, 282, 218, 318];
    const [placed] = placeNames([name("Bray", 200, 300)], [number], VIEW);
    const [x = 0, y = 0] = placed?.at ?? [];
    expect(x + 50 <= 182 || x - 50 >= 218 || y + 10 <= 282 || y - 10 >= 318).toBe(true);
    expect(Math.hypot(x - 200, y - 300)).toBeLessThan(60);
  });

  it("stand on their place rather than nearer to its middle", () => {
    const number: Box = [150, 282, 250, 318];
    const [placed] = placeNames([{ ...name("Bray", 200, 300), covers: ([, y]) => y > 300 }], [number], VIEW);
    expect(placed?.at[1]).toBeGreaterThan(318);
  });

  it("stand off their place only as far from its middle as they are high", () => {
    const beside = { ...name("Bray", 200, 300), covers: () => false };
    const low: Box = [150, 305, 250, 318];
    const high: Box = [150, 282, 250, 318];
    expect(placeNames([beside], [low], VIEW)).toEqual([{ text: "Bray", at: [200, 286] }]);
    expect(placeNames([beside], [high], VIEW)).toEqual([]);
  });

  it("are not looked for farther than the first place that is free and theirs", () => {
    const asked: (readonly [number, number])[] = [];
    const covers: PlaceName["covers"] = (at) => asked.push(at) > 0;
    placeNames([{ ...name("Bray", 200, 300), covers }], [], VIEW);
    expect(asked).toEqual([[200, 300]]);
  });

  it("stand beside each other, the first where it wants", () => {
    const [one, other] = placeNames([name("Bray", 200, 300), name("Lorris", 210, 305)], [], VIEW);
    expect(one?.at).toEqual([200, 300]);
    expect(Math.abs((other?.at[1] ?? 300) - 300)).toBeGreaterThanOrEqual(20);
  });

  it("are read whole at the edge of the map, and left out beyond it", () => {
    expect(placeNames([name("Bray", 390, 300), name("Lorris", 420, 500)], [], VIEW)).toEqual([
      { text: "Bray", at: [346, 300] },
    ]);
  });

  it("are left out where there is no room", () => {
    expect(placeNames([name("Bray", 200, 300)], [VIEW], VIEW)).toEqual([]);
  });
});

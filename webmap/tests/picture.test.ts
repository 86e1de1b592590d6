import { describe, expect, it } from "vitest";
import { apartFromOthers } from "../src/simulation/picture";

const gap = { text: "2,00 m", places: [[0, 0]] as const };

describe("labels on the map", () => {
  it("stand further along where their best place is taken", () => {
    const limit = {
      text: "3 · Alignement",
      places: [
        [5, 5],
        [200, 5],
      ] as const,
    };
    expect(apartFromOthers([gap, limit], 1)).toEqual([
      { text: "2,00 m", position: [0, 0] },
      { text: "3 · Alignement", position: [200, 5] },
    ]);
  });

  it("stand further along where a handle is under their best place", () => {
    const short = {
      text: "2,00 m",
      places: [
        [0, 0],
        [0, 60],
      ] as const,
    };
    expect(apartFromOthers([short], 1, [[0, 12]])).toEqual([{ text: "2,00 m", position: [0, 60] }]);
    expect(apartFromOthers([short], 1, [[60, 12]])).toEqual([{ text: "2,00 m", position: [0, 0] }]);
  });

  it("are left out where they would hide one that comes before", () => {
    const side = { text: "10,00 m", places: [[5, 5]] as const };
    expect(apartFromOthers([gap, side], 1)).toEqual([{ text: "2,00 m", position: [0, 0] }]);
    expect(apartFromOthers([gap, side], 0.1)).toHaveLength(2);
  });
});

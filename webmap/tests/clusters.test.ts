import { describe, expect, it } from "vitest";
import { clustersOf, isSpeck, type Speck } from "../src/map/cluster-cells";

const speck = (id: number, x: number, y: number): Speck => ({ id, at: [x, y], line: 0 });

describe("areas that are too small to be seen", () => {
  it("are specks by their longer side, at a resolution", () => {
    expect(isSpeck([0, 0, 30, 50], 10)).toBe(true);
    expect(isSpeck([0, 0, 30, 50], 1)).toBe(false);
  });

  it("are counted together in the middle of where they are", () => {
    const [first, second, ...rest] = clustersOf([speck(1, 10, 10), speck(2, 30, 50), speck(3, 250, 10)], 100);
    expect(first).toMatchObject({ at: [20, 30], extent: [10, 10, 30, 50] });
    expect(first?.specks.map(({ id }) => id)).toEqual([1, 2]);
    expect(second?.specks).toHaveLength(1);
    expect(rest).toEqual([]);
  });

  it("keep their cells while the map is moved", () => {
    const specks = [speck(1, 95, 5), speck(2, 105, 5)];
    expect(clustersOf(specks, 100)).toHaveLength(2);
    expect(clustersOf([...specks].reverse(), 100)).toHaveLength(2);
  });

  it("are one where their numbers would lie over each other", () => {
    const specks = [speck(1, 95, 5), speck(2, 96, 5), speck(3, 105, 5), speck(4, 305, 5)];
    const [joined, alone, ...rest] = clustersOf(specks, 100, 30);
    expect(joined?.specks.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(alone?.specks.map(({ id }) => id)).toEqual([4]);
    expect(rest).toEqual([]);
  });
});

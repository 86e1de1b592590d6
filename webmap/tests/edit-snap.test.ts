import { describe, expect, it } from "vitest";
import { SnapIndex, snap } from "../src/edit/snap";
import { TraceGraph } from "../src/edit/trace";
import type { Position, Shape } from "../src/geo/shape";

const [X, Y] = [617000.123456789, 6717000.987654321];
const p = (dx: number, dy: number): Position => [X + dx, Y + dy];
const surface = (...ring: Position[]): Shape => ({ kind: "polygon", parts: [[ring]] });
const way = (...positions: Position[]): Shape => ({ kind: "line", parts: [[positions]] });
const feature = (id: number, shape: Shape, layer = "parcels") => ({ layer, id, shape });

const left = feature(1, surface(p(0, 0), p(10, 0), p(10, 10), p(0, 10)));
const right = feature(2, surface(p(10, 0), p(20, 0), p(20, 10), p(10, 10)));
const road = feature(3, way(p(-100, 5), p(100, 5)), "roads");
const index = new SnapIndex([left, right, road]);

describe("snapping", () => {
  it("gives the very coordinates of a corner", () => {
    expect(snap([index], p(10.3, 0.2), 1)).toMatchObject({ kind: "vertex", position: p(10, 0), layer: "parcels" });
  });

  it("prefers a corner to a nearer side", () => {
    expect(snap([index], p(9.2, 0.1), 1)?.kind).toBe("vertex");
  });

  it("finds where lines of two layers cross", () => {
    const hit = snap([index], p(0.2, 5.3), 1);
    expect(hit?.kind).toBe("intersection");
    expect(hit?.position[0]).toBeCloseTo(X, 6);
    expect(hit?.position[1]).toBeCloseTo(Y + 5, 6);
  });

  it("falls on a side elsewhere, from far cells too", () => {
    expect(snap([index], p(60, 5.4), 1)).toMatchObject({ kind: "edge", layer: "roads" });
    expect(snap([index], p(60, 7), 1)).toBeNull();
  });

  it("skips what is being moved and layers that are off", () => {
    expect(snap([index], p(10.1, 0), 1, { skip: (layer) => layer === "parcels" })).toBeNull();
    expect(snap([index], p(0.1, 0), 1, { skip: (_, id) => id === 1 })).toBeNull();
  });

  it("looks in several indexes at once", () => {
    const own = new SnapIndex([feature(4, way(p(60, 0), p(60, 10)))]);
    expect(snap([index, own], p(60.2, 5.2), 1)?.kind).toBe("intersection");
  });

  it("keeps a side of many kilometres", () => {
    const long = new SnapIndex([feature(5, way(p(-30000, -30000), p(30000, 30000)))]);
    expect(snap([long], p(0.1, 0), 1)?.kind).toBe("edge");
  });
});

describe("tracing", () => {
  const graph = new TraceGraph(index.all);

  it("passes the corners in between, with their very coordinates", () => {
    expect(graph.path(p(0, 0), p(10, 10))).toHaveLength(2);
    expect(graph.path(p(0, 0), p(20, 0))).toEqual([p(10, 0), p(20, 0)]);
  });

  it("goes on from one thing to its neighbour", () => {
    expect(graph.path(p(0, 10), p(20, 10))).toEqual([p(10, 10), p(20, 10)]);
  });

  it("starts and ends in the middle of sides", () => {
    expect(graph.path(p(5, 0), p(15, 0))).toEqual([p(10, 0), p(15, 0)]);
  });

  it("goes straight along one side", () => {
    expect(graph.path(p(2, 0), p(8, 0))).toEqual([p(8, 0)]);
  });

  it("takes the short way round a ring", () => {
    const ring = new TraceGraph(new SnapIndex([feature(1, surface(p(0, 0), p(10, 0), p(10, 3), p(0, 3)))]).all);
    expect(ring.path(p(0, 0), p(0, 3))).toEqual([p(0, 3)]);
    expect(ring.path(p(1, 0), p(1, 3))).toEqual([p(0, 0), p(0, 3), p(1, 3)]);
  });

  it("finds no way where lines do not meet, nor from a place off them", () => {
    expect(graph.path(p(0, 0), p(-100, 5))).toBeNull();
    expect(graph.path(p(0, 0), p(3, 3))).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { endsAt, finished, laid, lay, layAgain, startDrawing, takeBack } from "../src/edit/drawing";
import { areaOf, bearing, groundLength, lengthOf, polar, readPosition, withLength } from "../src/edit/figures";
import { readNumber } from "../src/format/read";
import { fromLambert93, toLambert93 } from "../src/geo/lambert93";
import {
  faultOf,
  insertVertex,
  moveVertex,
  type Position,
  readShape,
  removeVertex,
  reversed,
  type Shape,
  segments,
  touches,
  translate,
  vertexNear,
  withHole,
  withPart,
  writeShape,
} from "../src/geo/shape";

const [X, Y] = [617000, 6717000];
const square = (x = X, y = Y, side = 10): Position[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];
const surface = (...parts: Position[][][]): Shape => ({ kind: "polygon", parts });
const line = (...positions: Position[]): Shape => ({ kind: "line", parts: [[positions]] });
const at = (part: number, ring: number, index: number) => ({ part, line: ring, index });

describe("shapes", () => {
  const geometries = [
    { type: "Point", coordinates: [X, Y] },
    {
      type: "MultiPoint",
      coordinates: [
        [X, Y],
        [X + 1, Y],
      ],
    },
    {
      type: "LineString",
      coordinates: [
        [X, Y],
        [X + 1, Y],
      ],
    },
    {
      type: "Polygon",
      coordinates: [
        [...square(), [X, Y]],
        [...square(X + 2, Y + 2, 3), [X + 2, Y + 2]],
      ],
    },
    { type: "MultiPolygon", coordinates: [[[...square(), [X, Y]]], [[...square(X + 50), [X + 50, Y]]]] },
  ];

  it.each(geometries)("read and write a $type to the last bit", (geometry) => {
    const shape = readShape(geometry);
    expect(shape && writeShape(shape)).toEqual(geometry);
  });

  it("are none for nothing, an empty geometry and a collection", () => {
    expect(readShape(null)).toBeNull();
    expect(readShape({ type: "MultiPolygon", coordinates: [] })).toBeNull();
    expect(readShape({ type: "GeometryCollection", geometries: [] })).toBeNull();
  });

  it("keep every other position when one moves", () => {
    const moved = moveVertex(surface([square()]), at(0, 0, 1), [X + 12, Y + 1]);
    expect(moved.parts[0]?.[0]).toEqual([
      [X, Y],
      [X + 12, Y + 1],
      [X + 10, Y + 10],
      [X, Y + 10],
    ]);
  });

  it("take a position on the closing side", () => {
    const shape = insertVertex(surface([square()]), at(0, 0, 3), [X, Y + 5]);
    expect(shape.parts[0]?.[0]?.at(-1)).toEqual([X, Y + 5]);
    expect(segments(shape)).toHaveLength(5);
  });

  it("lose a hole that became too short, then are gone when the outline does", () => {
    const triangle = square(X + 2, Y + 2, 2).slice(0, 3);
    const holed = surface([square(), triangle]);
    expect(removeVertex(holed, at(0, 1, 0))?.parts[0]).toHaveLength(1);
    expect(removeVertex(surface([triangle]), at(0, 0, 0))).toBeNull();
  });

  it("put a hole in the part that holds it", () => {
    const two = withPart(surface([square()]), square(X + 100));
    expect(withHole(two, square(X + 102, Y + 2, 2))?.parts.map((rings) => rings.length)).toEqual([1, 2]);
    expect(withHole(two, square(X + 500))).toBeNull();
  });

  it("move whole", () => {
    expect(translate(surface([square()]), 1, -2)).toEqual(surface([square(X + 1, Y - 2)]));
  });

  it("are hit inside, not in their holes", () => {
    const holed = surface([square(), square(X + 4, Y + 4, 2)]);
    expect(touches(holed, [X + 2, Y + 2], 0.1)).toBe(true);
    expect(touches(holed, [X + 5, Y + 5], 0.1)).toBe(false);
    expect(touches(holed, [X - 0.05, Y + 5], 0.1)).toBe(true);
  });

  it("find the nearest vertex within the tolerance", () => {
    expect(vertexNear(surface([square()]), [X + 9.7, Y + 0.2], 1)).toEqual(at(0, 0, 1));
    expect(vertexNear(surface([square()]), [X + 5, Y + 5], 1)).toBeNull();
  });
});

describe("faults", () => {
  it("tell a surface that crosses itself, and where", () => {
    const bow: Position[] = [
      [X, Y],
      [X + 10, Y + 10],
      [X + 10, Y],
      [X, Y + 10],
    ];
    expect(faultOf(surface([bow]))).toEqual({ kind: "crossing", at: [X + 5, Y + 5] });
  });

  it("leave a hole that touches its outline to the server", () => {
    const hole: Position[] = [
      [X, Y + 5],
      [X + 2, Y + 4],
      [X + 2, Y + 6],
    ];
    expect(faultOf(surface([square(), hole]))).toBeNull();
  });

  it("tell a hole that leaves its outline", () => {
    expect(faultOf(surface([square(), square(X + 8, Y + 2, 4)]))?.kind).toBe("crossing");
  });

  it("count repeated positions once", () => {
    expect(faultOf(line([X, Y], [X, Y]))?.kind).toBe("short");
  });

  it("let a line cross itself", () => {
    expect(faultOf(line([X, Y], [X + 10, Y + 10], [X + 10, Y], [X, Y + 10]))).toBeNull();
  });
});

describe("drawing", () => {
  const drawn = square().reduce((drawing, position) => lay(drawing, [position]), startDrawing("new", "polygon"));

  it("gives the shape of the positions laid", () => {
    expect(finished(drawn)).toEqual(surface([square()]));
  });

  it("ends on its first position, once there are enough", () => {
    expect(endsAt(drawn, [X + 0.3, Y], 0.5)).toBe(true);
    expect(endsAt(lay(startDrawing("new", "polygon"), [[X, Y]]), [X, Y], 0.5)).toBe(false);
  });

  it("takes a traced group back as one, and lays it again", () => {
    const traced = lay(drawn, [
      [X - 5, Y],
      [X - 6, Y],
    ]);
    expect(laid(takeBack(traced))).toEqual(square());
    expect(laid(layAgain(takeBack(traced)))).toHaveLength(6);
  });

  it("closes a trace that came round to its start", () => {
    expect(finished(lay(drawn, [[X, Y]]))).toEqual(surface([square()]));
  });

  it("lays no position twice in a row", () => {
    expect(laid(lay(drawn, [[X, Y + 10]]))).toHaveLength(4);
  });
});

describe("figures", () => {
  it("come back from Lambert-93 to a tenth of a millimetre", () => {
    for (const place of [
      [617284.123, 6717902.456],
      [100000, 6200000],
      [1200000, 7100000],
    ] as [number, number][]) {
      const [east, north] = toLambert93(fromLambert93(place));
      expect(Math.hypot(east - place[0], north - place[1])).toBeLessThan(1e-4);
    }
  });

  it("lay a place at a true length on the ground", () => {
    const from: Position = [X, Y];
    const to = polar(from, 20, 90);
    expect(groundLength(from, to)).toBeCloseTo(20, 3);
    expect(bearing(from, to)).toBeCloseTo(90, 9);
    expect(to[0] - X).not.toBeCloseTo(20, 3);
  });

  it("give a side its length by moving its far end only", () => {
    const shape = withLength(surface([square()]), at(0, 0, 0), 12.5);
    expect(groundLength(shape.parts[0]?.[0]?.[0] as Position, shape.parts[0]?.[0]?.[1] as Position)).toBeCloseTo(
      12.5,
      2,
    );
    expect(shape.parts[0]?.[0]?.[2]).toEqual([X + 10, Y + 10]);
  });

  it("measure outline and surface, holes taken away", () => {
    const holed = surface([square(X, Y, 100), square(X + 10, Y + 10, 10)]);
    expect(areaOf(holed)).toBeGreaterThan(9900);
    expect(areaOf(holed)).toBeLessThan(9920);
    expect(lengthOf(surface([square()]))).toBeCloseTo(40, 1);
  });

  it.each([
    ["12,5", 12.5],
    ["6 717 902,25", 6717902.25],
    ["6\u202f717\u202f902.25", 6717902.25],
    ["-3", -3],
    ["12,5,1", null],
    ["douze", null],
    ["", null],
  ])("read %j as %j", (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  it("refuse a place that Lambert-93 does not have", () => {
    expect(readPosition("617 284,12", "6 717 902")).toEqual([617284.12, 6717902]);
    expect(readPosition("2,35", "48,85")).toBeNull();
  });
});

describe("turning a line round", () => {
  it("runs from its end, and back again", () => {
    const line: Shape = {
      kind: "line",
      parts: [
        [
          [
            [X, Y],
            [X + 10, Y],
            [X + 20, Y + 5],
          ],
        ],
      ],
    };
    expect(reversed(line).parts[0]?.[0]?.[0]).toEqual([X + 20, Y + 5]);
    expect(reversed(reversed(line))).toEqual(line);
  });
});

import { describe, expect, it } from "vitest";
import { readSchema } from "../src/edit/form";
import { classOf, type Fix, isLess, measureOf, Survey, surveyValues, withFix } from "../src/edit/gps";
import { fromLambert93 } from "../src/geo/lambert93";
import type { Position, Shape } from "../src/geo/shape";

const [X, Y] = [617_000, 6_717_000];
/** A fix so many metres from a place in the Loiret. */
function fix(dx: number, dy: number, accuracy: number): Fix {
  const [lon, lat] = fromLambert93([X + dx, Y + dy]);
  return { lon, lat, accuracy };
}
const fields = readSchema({
  properties: {
    precision_xy: { type: "string", enum: ["A", "B", "C"] },
    survey_source: { type: "string" },
    surveyed_date: { type: "string", format: "date" },
  },
});
const line = (...places: Position[]): Shape => ({ kind: "line", parts: [[places]] });

describe("positions of the device", () => {
  it("are averaged, the more accurate ones counting more", () => {
    const measure = measureOf([fix(0, 0, 1), fix(3, 0, 2)]);
    expect((measure?.at[0] ?? 0) - X).toBeCloseTo(0.6, 3);
    expect(measure?.count).toBe(2);
  });

  it("claim no more together than the best of them", () => {
    expect(measureOf([fix(0, 0, 4), fix(1, 0, 4), fix(0, 1, 4)])?.accuracy).toBeCloseTo(4);
    expect(measureOf([fix(0, 0, 1), fix(0, 0, 9)])?.accuracy).toBeGreaterThanOrEqual(1);
  });

  it("begin anew where one has walked on", () => {
    expect(withFix([fix(0, 0, 2), fix(1, 0, 2)], fix(1, 1, 2))).toHaveLength(3);
    expect(withFix([fix(0, 0, 2), fix(1, 0, 2)], fix(50, 0, 2))).toHaveLength(1);
  });

  it("are none without a fix", () => {
    expect(measureOf([])).toBeNull();
  });
});

describe("the class of accuracy", () => {
  it.each([
    [0.02, "A"],
    [0.4, "A"],
    [0.5, "B"],
    [1.5, "B"],
    [3, "C"],
  ])("of %s m is %s", (accuracy, name) => {
    expect(classOf(accuracy)).toBe(name);
  });

  const measure = { at: [X, Y] as Position, accuracy: 3, count: 8 };
  const source = ({ accuracy, count }: { accuracy: number; count: number }) => `GPS ${accuracy} ${count}`;

  it("is kept with its source and its day", () => {
    const values = surveyValues(fields, measure, "2026-11-30", source);
    expect(values).toEqual({ precision_xy: "C", survey_source: "GPS 3 8", surveyed_date: "2026-11-30" });
  });

  it("is not where the layer has no field for it", () => {
    expect(surveyValues([], measure, "2026-11-30", source)).toEqual({});
  });

  it("of a better place is not lowered in silence", () => {
    expect(isLess({ precision_xy: "A" }, { precision_xy: "C" })).toBe(true);
    expect(isLess({ precision_xy: "C" }, { precision_xy: "A" })).toBe(false);
    expect(isLess({ precision_xy: null }, { precision_xy: "C" })).toBe(false);
  });

  it("of a line is that of its least accurate place, where all are measured", () => {
    const survey = new Survey();
    survey.add({ ...measure, accuracy: 0.3 }, [0, 0]);
    survey.add({ ...measure, accuracy: 1.2 }, [9, 0]);
    expect(survey.worst(line([0, 0], [9, 0]))?.accuracy).toBe(1.2);
    expect(survey.worst(line([0, 0], [5, 5], [9, 0]))).toBeNull();
  });
});

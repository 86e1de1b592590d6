import { describe, expect, it } from "vitest";
import type * as schema from "../src/api/schema";
import { Lane } from "../src/simulation/questions";
import { SunHours } from "../src/simulation/sun-hours";

const ANSWER = {
  classes: [{ from_h: 0.5, to_h: 1, area_m2: 3, shape: null }],
} as unknown as schema.SimulationSunAnswer;
const BODY = { volumes: [], demolished: [7] };

async function asked(sun: SunHours, chosen: string): Promise<unknown[]> {
  const sent: unknown[] = [];
  sun.ask(BODY, chosen, "fr", "/api/", (...given) => {
    sent.push(given.slice(0, 2));
    return Promise.resolve(ANSWER);
  });
  await new Promise((resolve) => setTimeout(resolve, 600));
  return sent;
}

function sunHours(): SunHours {
  globalThis.window ??= globalThis as unknown as Window & typeof globalThis;
  return new SunHours(new Lane(), () => {});
}

describe("hours of sun lost", () => {
  it("are not asked for while nobody looks at them", async () => {
    expect(await asked(sunHours(), "2026-05-03")).toEqual([]);
  });

  it("are those of the shortest day of the year of the shadow at first", async () => {
    const sun = sunHours();
    sun.show(true);
    expect(await asked(sun, "2026-05-03")).toEqual([["/api/sun", { ...BODY, day: "2026-12-21" }]]);
    expect(sun.classes).toBe(ANSWER.classes);
  });

  it("are those of the day of the shadow where that is chosen", async () => {
    const sun = sunHours();
    sun.show(true, "chosen");
    expect(await asked(sun, "2026-05-03")).toEqual([["/api/sun", { ...BODY, day: "2026-05-03" }]]);
  });

  it("leave the map once they are not shown", async () => {
    const sun = sunHours();
    sun.show(true);
    await asked(sun, "2026-05-03");
    sun.show(false);
    expect(sun.classes).toEqual([]);
  });
});

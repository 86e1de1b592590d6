import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AppPort } from "../src/app/port";
import { fetched } from "../src/ui/later";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("customElements", { get: () => undefined });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a part whose fetch failed is asked again where it is still shown", async () => {
  const asked: number[] = [];
  const fetchIt = async (): Promise<void> => {
    asked.push(asked.length);
    if (asked.length === 1) throw new Error("no network");
  };
  const draw = (): boolean => fetched(app, "arp-of-this-test", fetchIt);
  const app = { store: { update: draw } } as unknown as AppPort;
  draw();
  draw();
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked).toHaveLength(2);
});

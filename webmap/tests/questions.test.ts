import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/client";
import { Lane, Question } from "../src/simulation/questions";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", { setTimeout, clearTimeout });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A question that is asked each time something is told of it, as whatever draws its answer does. */
function drawn(send: () => Promise<string>) {
  const ask = (): void => question.ask("the same", send);
  const question: Question<string> = new Question(new Lane(), 0, () => ask());
  return { question, ask };
}

describe("a question that fails", () => {
  it("is not asked again by what draws its answer", async () => {
    const send = vi.fn(() => Promise.reject(new ApiError(404, "Nothing here", "")));
    const { question, ask } = drawn(send);
    ask();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(send).toHaveBeenCalledOnce();
    expect(question.answer.error?.status).toBe(404);
  });

  it("is asked again once that is wanted", async () => {
    const send = vi.fn(() => Promise.reject(new ApiError(404, "Nothing here", "")));
    const { question, ask } = drawn(send);
    ask();
    await vi.advanceTimersByTimeAsync(2_000);
    question.retry();
    ask();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(send).toHaveBeenCalledTimes(2);
  });
});

it("a question that was answered is not asked again by a retry", async () => {
  const send = vi.fn(() => Promise.resolve("yes"));
  const { question, ask } = drawn(send);
  ask();
  await vi.advanceTimersByTimeAsync(2_000);
  question.retry();
  ask();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(send).toHaveBeenCalledOnce();
});

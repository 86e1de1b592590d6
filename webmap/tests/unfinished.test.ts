import { beforeEach, describe, expect, it, vi } from "vitest";
import { keep, kept } from "../src/state/unfinished";

describe("unfinished work of a panel", () => {
  beforeEach(() => {
    const store = new Map<string, string>();
    vi.stubGlobal("sessionStorage", {
      getItem: (name: string) => store.get(name) ?? null,
      setItem: (name: string, value: string) => store.set(name, value),
      removeItem: (name: string) => store.delete(name),
    });
  });

  it("is found by the same person alone", () => {
    keep("one", "print", { title: "Rue de la Cave" });
    expect(kept("one", "print")).toEqual({ title: "Rue de la Cave" });
    expect(kept("two", "print")).toBeNull();
    expect(kept("", "print")).toBeNull();
    expect(kept("one", "measure")).toBeNull();
  });

  it("goes once it is done or given up", () => {
    keep("one", "measure", { points: [[1, 2]] });
    keep("one", "measure", null);
    expect(kept("one", "measure")).toBeNull();
  });

  it("is none where what is there cannot be read", () => {
    sessionStorage.setItem("arpent.print.one", "{");
    expect(kept("one", "print")).toBeNull();
    sessionStorage.setItem("arpent.print.one", "3");
    expect(kept("one", "print")).toBeNull();
  });

  it("lasts as long as the page where storage is refused", () => {
    const refuse = (): never => {
      throw new Error("refused");
    };
    vi.stubGlobal("sessionStorage", { getItem: refuse, setItem: refuse, removeItem: refuse });
    expect(() => keep("one", "print", {})).not.toThrow();
    expect(kept("one", "print")).toBeNull();
  });
});

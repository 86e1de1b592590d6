import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { translate } from "../src/i18n";
import { en } from "../src/i18n/en";
import { fr } from "../src/i18n/fr";

const SRC = join(import.meta.dirname, "../src");
const BUILT_FROM_A_CHOICE = [
  /^theme\.(auto|light|dark)$/,
  /^measure\.(length|area)$/,
  /^photos\.mode\.(swipe|side)$/,
  /^visibility\.\w+$/,
];

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("i18n"))
  .map((file) => readFileSync(join(SRC, file), "utf8"))
  .join("\n");

describe("texts", () => {
  it("are all used", () => {
    const unused = Object.keys(fr).filter(
      (key) => !sources.includes(`"${key}"`) && !BUILT_FROM_A_CHOICE.some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it("have the same parameters in both languages", () => {
    const parameters = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const differing = Object.entries(fr).filter(
      ([key, text]) => String(parameters(text)) !== String(parameters(en[key as keyof typeof fr])),
    );
    expect(differing).toEqual([]);
  });

  it("take their parameters", () => {
    expect(translate("fr")("list.count", { count: "131" })).toBe("131 dans la vue");
  });
});

describe("architecture", () => {
  it("lets only src/map know OpenLayers", () => {
    const guilty = readdirSync(SRC, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("map"))
      .filter((file) => /from "ol(\/|")/.test(readFileSync(join(SRC, file), "utf8")));
    expect(guilty).toEqual([]);
  });

  it("writes no style attribute, which the content security policy would refuse", () => {
    expect(sources.match(/\sstyle=["$]/g)).toBeNull();
  });
});

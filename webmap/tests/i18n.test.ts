import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { translate } from "../src/i18n";
import { editEn } from "../src/i18n/edit-en";
import { editFr } from "../src/i18n/edit-fr";
import { en } from "../src/i18n/en";
import { fr } from "../src/i18n/fr";
import { styleEn } from "../src/i18n/style-en";
import { styleFr } from "../src/i18n/style-fr";

const SRC = join(import.meta.dirname, "../src");
const BUILT_FROM_A_CHOICE = [
  /^theme\.(auto|light|dark)$/,
  /^measure\.(length|area)$/,
  /^photos\.mode\.(swipe|side)$/,
  /^visibility\.\w+$/,
  /^action\.\w+$/,
  /^error\.(choice|date|integer|least|longest|most|number|required)$/,
  /^fault\.(crossing|short)$/,
  /^snap\.(all|error|far|hit\.\w+|loading|none|some)$/,
  /^operator\.\w+$/,
  /^tab\.(values|geometry|photos|history)$/,
];

const BUILT_FROM_A_CHOICE_OF_STYLE = [
  /^by\.(single|categories|classes|conditions)$/,
  /^classes\.(quantiles|equal|natural|manual)$/,
  /^(fill|stroke)\.(label|none)$/,
  /^ground\.(light|dark|photo)$/,
  /^range\.\w+$/,
  /^shape\.\w+$/,
];

const catalogues: [string, Record<string, string>, Record<string, string>][] = [
  ["the first view", fr, en],
  ["editing", editFr, editEn],
  ["the style editor", styleFr, styleEn],
];

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("i18n"))
  .map((file) => readFileSync(join(SRC, file), "utf8"))
  .join("\n");

describe.each(catalogues)("texts of %s", (_name, french, english) => {
  it("are all used", () => {
    const unused = Object.keys(french).filter(
      (key) =>
        !sources.includes(`"${key}"`) &&
        ![...BUILT_FROM_A_CHOICE, ...BUILT_FROM_A_CHOICE_OF_STYLE].some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it("have the same parameters in both languages", () => {
    const parameters = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const differing = Object.entries(french).filter(
      ([key, text]) => String(parameters(text)) !== String(parameters(english[key] ?? "")),
    );
    expect(differing).toEqual([]);
  });
});

describe("texts", () => {
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

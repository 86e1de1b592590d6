import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseWords } from "../src/i18n/choose";
import { editWords } from "../src/i18n/edit";
import { exportWords } from "../src/i18n/export";
import { translate } from "../src/i18n/first-view";
import { parcelWords } from "../src/i18n/parcel";
import { permitWords } from "../src/i18n/permits";
import { printWords } from "../src/i18n/print";
import { roadWords } from "../src/i18n/roads";
import { sceneWords } from "../src/i18n/scene";
import { simulationWords } from "../src/i18n/simulation";
import { styleWords } from "../src/i18n/style";
import { terrainWords } from "../src/i18n/terrain";
import { type Pair, texts } from "../src/i18n/texts";
import { waterWords } from "../src/i18n/water";
import { anomalyWords } from "../src/i18n/water-anomalies";

const SRC = join(import.meta.dirname, "../src");
/** No text. */
const NONE = /^$/;

interface Part {
  readonly name: string;
  readonly all: Readonly<Record<string, Pair>>;
  /** The files in which its keys are written, from the beginning of their path; all of them without. */
  readonly used?: readonly string[];
  /** Keys that no file writes out: they are put together from a choice. */
  readonly built: RegExp;
}

const PARTS: readonly Part[] = [
  {
    name: "the first view",
    all: translate.all,
    built:
      /^(theme\.(auto|light|dark)|measure\.(length|area)|photos\.mode\.(swipe|side)|photos\.kind\.(ground|surface|height)|visibility\.\w+)$/,
  },
  {
    name: "editing",
    all: editWords.all,
    built:
      /^(action\.\w+|error\.(choice|date|integer|least|longest|most|number|required)|fault\.(crossing|short)|snap\.(all|error|far|hit\.\w+|loading|none|some)|operator\.\w+|tab\.(values|geometry|photos|history))$/,
  },
  {
    name: "the style editor",
    all: styleWords.all,
    built:
      /^(by\.(single|categories|classes|conditions)|classes\.(quantiles|equal|natural|manual)|(fill|stroke)\.(label|none)|ground\.(light|dark|photo)|range\.\w+|shape\.\w+|tab\.\w+)$/,
  },
  {
    name: "choosing parcels",
    all: chooseWords.all,
    built: /^(way\.(click|draw|list)|draw\.(point|line|area)|unit\.purpose\.\w+)$/,
  },
  {
    name: "the water desk",
    all: waterWords.all,
    used: ["water/desk", "water/sentences", "ui/water-panel", "ui/water-isolate", "ui/water-trace", "ui/water-parts"],
    built: /\.(one|many|none)$|^(directionAbout|direction|family|tab)\.|^valve\.(closed|skipped|why\.)/,
  },
  { name: "anomalies", all: anomalyWords.all, used: ["ui/water-anomalies"], built: /^gravity\.[123]$/ },
  {
    name: "planning applications",
    all: permitWords.all,
    used: ["ui/permits-panel", "permits/deadlines"],
    built: /^whose\./,
  },
  { name: "parcel sheets", all: parcelWords.all, used: ["ui/parcel-sections"], built: NONE },
  { name: "roads", all: roadWords.all, used: ["ui/roads-panel"], built: NONE },
  {
    name: "simulations",
    all: simulationWords.all,
    used: ["ui/simulate-", "simulation/"],
    built:
      /^((category|check\.fault|count|draw|field|figures|limit\.kind|nearby|obstacles|reference|ridge|roof|said\.mode|status)\.|line\.(hedge|road|trench|wall)$)/,
  },
  {
    name: "the view in three dimensions",
    all: sceneWords.all,
    used: ["ui/scene-", "simulation/scene/"],
    built: /^(direction\.|said\.(orbit|walk)$)/,
  },
  { name: "heights", all: terrainWords.all, used: ["ui/terrain-profile", "ui/height-"], built: /^style\./ },
  {
    name: "exports",
    all: exportWords.all,
    used: ["ui/export-dialog", "export/"],
    built: /^(format|places|system|which)\./,
  },
  { name: "printing", all: printWords.all, used: ["ui/print-panel", "print/"], built: /^paper\.(landscape|portrait)$/ },
];

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.startsWith("i18n"),
);
const written = (used: readonly string[] = [""]): string =>
  files
    .filter((file) => used.some((start) => file.startsWith(start)))
    .map((file) => readFileSync(join(SRC, file), "utf8"))
    .join("\n");

describe.each(PARTS)("texts of $name", ({ all, used, built }) => {
  it("are all used", () => {
    const sources = written(used);
    expect(Object.keys(all).filter((key) => !sources.includes(`"${key}"`) && !built.test(key))).toEqual([]);
  });

  it("have the same parameters in both languages", () => {
    const parameters = (text: string) => String((text.match(/\{\w+\}/g) ?? []).sort());
    const differing = Object.entries(all).filter(([, [french, english]]) => parameters(french) !== parameters(english));
    expect(differing).toEqual([]);
  });
});

describe("texts", () => {
  it("take their parameters", () => {
    expect(translate("fr")("list.count", { count: "131" })).toBe("131 dans la vue");
  });

  it("keep what French sets apart on one line with its word, and what is put in as it is", () => {
    const words = texts({ one: ["« {name} » : 1 000 ?", "“{name}”: 1,000?"] });
    expect(words("fr")("one", { name: "a : b" })).toBe("«\u00a0a : b\u00a0»\u00a0: 1\u202f000\u202f?");
    expect(words("en")("one", { name: "a" })).toBe("“a”: 1,000?");
  });
});

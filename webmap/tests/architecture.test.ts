import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");
const MOST_LINES = 500;

/** Who may know whom: each folder those before it, and itself. What a page loads (`main`) may know all. */
const ORDER: readonly (readonly string[])[] = [
  ["geo"],
  ["format"],
  ["i18n"],
  ["api"],
  ["state"],
  ["map"],
  ["app"],
  ["board", "edit", "export", "letters", "parcels", "permits", "print", "simulation", "water"],
  ["maps", "ui"],
  ["main"],
];

/** Data, which may be long: the texts in both languages, and what is generated. */
const DATA = ["api/schema.d.ts", "i18n/edit.ts", "i18n/first-view.ts"];

const everything = readdirSync(SRC, { recursive: true, encoding: "utf8" });
const all = everything.filter((file) => file.endsWith(".ts"));
const styles = everything.filter((file) => file.endsWith(".css"));
const text = (file: string): string => readFileSync(join(SRC, file), "utf8");

/** What a file imports of ours, types and what comes later included. */
function importsOf(file: string): string[] {
  const written = text(file).matchAll(/(?:\bfrom |\bimport\(|^import )"(\.[^"]+)"/gm);
  return [...written].flatMap(([, path = ""]) => {
    const target = normalize(join(dirname(file), path));
    return [`${target}.ts`, `${target}.d.ts`].filter((one) => all.includes(one));
  });
}

const imports = new Map(all.map((file) => [file, importsOf(file)]));

function rankOf(file: string): number {
  const [folder = ""] = file.split("/");
  const page = file === "main.ts" || file.endsWith("/main.ts") || folder === "settings";
  return ORDER.findIndex((folders) => folders.includes(page ? "main" : folder));
}

/** A way from a file back to itself; null for none. */
function circleFrom(file: string): string[] | null {
  const seen = new Set<string>();
  const waits: string[][] = [[file]];
  for (let way = waits.shift(); way; way = waits.shift()) {
    for (const next of imports.get(way.at(-1) ?? "") ?? []) {
      if (next === file) return [...way, file];
      if (!seen.has(next)) waits.push([...way, next]);
      seen.add(next);
    }
  }
  return null;
}

describe("the order of the web map", () => {
  it("is known for every file", () => {
    expect(all.filter((file) => rankOf(file) < 0)).toEqual([]);
  });

  it("is kept: nothing knows what is built on it", () => {
    const guilty = all.flatMap((file) =>
      (imports.get(file) ?? []).filter((one) => rankOf(one) > rankOf(file)).map((one) => `${file} → ${one}`),
    );
    expect(guilty).toEqual([]);
  });

  it("has no circle, not even through what is fetched later", () => {
    expect(all.map(circleFrom).filter((circle) => circle !== null)).toEqual([]);
  });

  it("lets desks and the screen know the port alone, not the controller behind it", () => {
    const guilty = all
      .filter((file) => !file.startsWith("app/") && file !== "main.ts")
      .flatMap((file) => (imports.get(file) ?? []).map((one) => [file, one]))
      .filter(([, one]) => one?.startsWith("app/") && one !== "app/port.ts");
    expect(guilty).toEqual([]);
  });

  it("lets only src/map know OpenLayers", () => {
    const guilty = all.filter((file) => !file.startsWith("map/") && /from "ol(\/|")/.test(text(file)));
    expect(guilty).toEqual([]);
  });
});

describe("the view in three dimensions", () => {
  const imports3d = (file: string): boolean => /from "three(\/|")/.test(text(file));

  it("is the only one that knows three", () => {
    expect(all.filter((file) => !file.startsWith("simulation/scene/") && imports3d(file))).toEqual([]);
  });

  it("is fetched when it is asked for, by nobody before", () => {
    const inside = (file: string): boolean => /^(simulation\/scene\/|ui\/scene-)/.test(file);
    const guilty = all.filter((file) => !inside(file) && /^import .*(scene\/|scene-)/m.test(text(file)));
    expect(guilty).toEqual([]);
  });
});

describe("files", () => {
  it("are short enough to be read, but for data", () => {
    const long = [...all, ...styles].filter((file) => text(file).split("\n").length - 1 > MOST_LINES);
    expect(long.filter((file) => !DATA.includes(file))).toEqual([]);
  });

  it("write no style attribute, which the content security policy would refuse", () => {
    expect(all.filter((file) => /\sstyle=["$]/.test(text(file)))).toEqual([]);
  });
});

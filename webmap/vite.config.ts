import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const MAP = resolve("src/main.ts");
/** What the map asks for as soon as it has begun. */
const CANVAS = resolve("src/map/pair.ts");
const PAGES = ["src/settings/main.ts", "src/maps/main.ts"].map((entry) => resolve(entry));

type Graph = {
  getModuleInfo(id: string): { importedIds: readonly string[]; dynamicallyImportedIds: readonly string[] } | null;
};

/** The modules that come with those of `ids`; with `later` those that they may ask for as well. */
function closure(graph: Graph, ids: readonly string[], later = false): Set<string> {
  const reached = new Set<string>();
  const waiting = [...ids];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const info = reached.has(id) ? null : graph.getModuleInfo(id);
    reached.add(id);
    if (info) waiting.push(...info.importedIds, ...(later ? info.dynamicallyImportedIds : []));
  }
  return reached;
}

/** The files of the map's first view: few, and pages other than the map take of them what they share with it. */
const FILES = ["shared", "shell", "openlayers"] as const;

function firstView() {
  let places: Map<string, string> | null = null;
  return FILES.map((file, rank) => ({
    name: (id: string, graph: Graph): string | null => {
      places ??= arrange(graph);
      return places.get(id) === file ? file : null;
    },
    debugName: file,
    // What one file has is not taken into the next along with what needs it.
    priority: FILES.length - rank,
  }));
}

/** The file of each module. */
function arrange(graph: Graph): Map<string, (typeof FILES)[number]> {
  const [shell, canvas, pages] = [closure(graph, [MAP]), closure(graph, [CANVAS]), closure(graph, PAGES, true)];
  const places = new Map<string, (typeof FILES)[number]>();
  for (const id of canvas) if (pages.has(id)) places.set(id, "openlayers");
  for (const id of shell) places.set(id, pages.has(id) ? "shared" : "shell");
  places.delete(MAP);
  return places;
}

export default defineConfig({
  base: "/static/webmap/",
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // light-dark() of the tokens stays as it is written.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A data: URI would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["src/main.ts", "src/settings/main.ts", "src/maps/main.ts", "src/letters/main.ts"],
      output: { codeSplitting: { groups: firstView() } },
    },
  },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});

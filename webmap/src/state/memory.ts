import type { CoordinateSystem, Language } from "../format/format";
import type { ThemeChoice } from "./state";

/** How one snaps while editing. */
export interface Snapping {
  readonly on: boolean;
  /** In pixels of the screen. */
  readonly tolerance: number;
  /** Layers that one does not snap to. */
  readonly off: readonly string[];
}

const SNAPPING: Snapping = { on: true, tolerance: 12, off: [] };

/** Small choices kept on this device. Storage may be refused: then nothing is kept, and nothing breaks. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(`arpent.${key}`);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(`arpent.${key}`, value);
  } catch {
    // Private browsing: the choice lasts as long as the page.
  }
}

export function theme(): ThemeChoice {
  const kept = read("theme");
  return kept === "light" || kept === "dark" ? kept : "auto";
}
export const keepTheme = (value: ThemeChoice): void => write("theme", value);

export function isDark(choice: ThemeChoice): boolean {
  return choice === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : choice === "dark";
}

export function language(server: string): Language {
  const kept = read("language");
  if (kept === "fr" || kept === "en") return kept;
  return server.startsWith("en") ? "en" : "fr";
}
export const keepLanguage = (value: Language): void => write("language", value);

/** The columns chosen for the list of a layer, null where nobody chose. */
export function columns(layer: string): string[] | null {
  return read(`columns.${layer}`)?.split(",") ?? null;
}
export const keepColumns = (layer: string, names: readonly string[]): void =>
  write(`columns.${layer}`, names.join(","));

/** How one snaps while editing. */
export function snapping(): Snapping {
  try {
    return { ...SNAPPING, ...JSON.parse(read("snapping") ?? "{}") };
  } catch {
    return SNAPPING;
  }
}
export const keepSnapping = (value: Snapping): void => write("snapping", JSON.stringify(value));

export const coordinates = (): CoordinateSystem => (read("coordinates") === "wgs84" ? "wgs84" : "lambert93");
export const keepCoordinates = (value: CoordinateSystem): void => write("coordinates", value);

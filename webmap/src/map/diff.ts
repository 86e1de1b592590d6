import { type MapLayer, type MapModel, patches } from "./model";

export type Change =
  | { kind: "background" }
  | { kind: "patches" }
  | { kind: "photo" }
  | { kind: "compared" }
  | { kind: "add"; layer: MapLayer }
  | { kind: "remove"; slug: string }
  | { kind: "replace"; layer: MapLayer }
  | { kind: "restyle"; layer: MapLayer }
  | { kind: "adjust"; layer: MapLayer }
  | { kind: "selection" }
  | { kind: "chosen" }
  | { kind: "pin" }
  | { kind: "sketch" }
  | { kind: "water" }
  | { kind: "look" };

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const SOURCE = ["url", "minZoom", "maxZoom", "extent", "geometryType", "image"] as const;
const STYLE = ["look", "legend", "labels", "titleField", "hidden"] as const;
const SETTINGS = ["visible", "opacity", "zIndex"] as const;

function layerChanges(before: MapLayer, after: MapLayer, repatched: boolean): Change[] {
  const differs = (keys: readonly (keyof MapLayer)[]) => keys.some((key) => !same(before[key], after[key]));
  if (differs(SOURCE)) return [{ kind: "replace", layer: after }];
  const changes: Change[] = [];
  if (repatched || differs(STYLE)) changes.push({ kind: "restyle", layer: after });
  if (differs(SETTINGS)) changes.push({ kind: "adjust", layer: after });
  return changes;
}

/** The least the map must do to go from one model to the next, in the order to do it. */
export function diff(before: MapModel, after: MapModel): Change[] {
  const changes: Change[] = [];
  const repatched = !same(patches(before), patches(after));
  if (!same(before.look, after.look)) changes.push({ kind: "look" });
  if (!same(before.background, after.background)) changes.push({ kind: "background" });
  if (repatched) changes.push({ kind: "patches" });
  if (!same(before.photo, after.photo)) changes.push({ kind: "photo" });
  if (!same(before.compared, after.compared)) changes.push({ kind: "compared" });
  const old = new Map(before.layers.map((layer) => [layer.slug, layer]));
  for (const layer of after.layers) {
    const previous = old.get(layer.slug);
    old.delete(layer.slug);
    changes.push(...(previous ? layerChanges(previous, layer, repatched) : [{ kind: "add", layer } as const]));
  }
  for (const slug of old.keys()) changes.push({ kind: "remove", slug });
  // Geometry objects come from one answer and are never changed in place: identity is enough, and cheap.
  if (before.selected !== after.selected) changes.push({ kind: "selection" });
  if (!same(before.chosen, after.chosen)) changes.push({ kind: "chosen" });
  if (!same(before.pin, after.pin) || before.pinWords !== after.pinWords) changes.push({ kind: "pin" });
  if (!same(before.sketch, after.sketch)) changes.push({ kind: "sketch" });
  // Replaced as a whole when something of it differs.
  if (before.water !== after.water) changes.push({ kind: "water" });
  return changes;
}

import { formatLength, formatNumber, type Language } from "../format/format";
import type { WaterKey, WaterWords } from "../i18n/water";
import type { Isolation, Place, Trace, Valve } from "./answers";
import { valvesOf } from "./picture";

type Counted =
  | "headline.close"
  | "headline.cut"
  | "headline.stop"
  | "count.sensitive"
  | "count.subscribers"
  | "trace.pipes";

const NONE: readonly Counted[] = ["headline.close", "headline.cut", "count.subscribers"];

/** A number with its word, as the language says it. */
export function counted(words: WaterWords, what: Counted, count: number, language: Language): string {
  const form = count === 1 ? "one" : count === 0 && NONE.includes(what) ? "none" : "many";
  return words(`${what}.${form}` as WaterKey, { count: formatNumber(count, language) });
}

export const sensitiveOf = ({ connections }: Isolation): number =>
  connections.results.filter(({ sensitive }) => sensitive).length;

/** The sentence that matters: what to do, and who is without water. */
export function headline(found: Isolation, words: WaterWords, language: Language): string {
  const stop = found.sources_to_stop.length;
  const close = valvesOf(found, "close").length;
  const acts = [counted(words, "headline.close", close, language)];
  if (stop) acts.push(counted(words, "headline.stop", stop, language));
  const sensitive = sensitiveOf(found);
  const cut = [counted(words, "headline.cut", found.connections.count, language)];
  if (sensitive) cut.push(counted(words, "count.sensitive", sensitive, language));
  return `${acts.join(", ")} · ${cut.join(", ")}`;
}

export function traceLine(trace: Trace, words: WaterWords, language: Language): string {
  if (!trace.pipes) return trace.message ?? words("trace.none");
  const pipes = counted(words, "trace.pipes", trace.pipes, language);
  return words("trace.found", { length: formatLength(trace.length_m, language), pipes });
}

export const nameOf = ({ reference, name }: Pick<Place, "reference" | "name">, words: WaterWords): string =>
  name || reference || words("noReference");

/** What tells one valve from another in the street, beside its reference. */
export function valveDetail(valve: Valve, words: WaterWords): string {
  const diameter = valve.diameter_mm ? words("valve.diameter", { diameter: valve.diameter_mm }) : "";
  return [diameter, valve.address ?? words("near.unknown")].filter(Boolean).join(" · ");
}

import type { Language } from "../format/format";

type Parameters = Readonly<Record<string, string | number>>;

/** The texts of a part of the map in one language; `{name}` in a text is replaced by the parameter of that name. */
export type Texts<Key extends string> = (key: Key, parameters?: Parameters) => string;

/** Both languages side by side: a text without its translation is a type error. */
export type Pair = readonly [french: string, english: string];

/** The texts of a part of the map by language, and all of them. */
export interface Catalogue<Key extends string> {
  (language: Language): Texts<Key>;
  readonly all: Readonly<Record<Key, Pair>>;
}

/** The keys of a catalogue. */
export type KeyOf<C> = C extends Catalogue<infer Key> ? Key : never;

const THIN = "\u202f";
const FIXED = "\u00a0";

/** What French sets apart stays on one line with its word. */
const spaced = (text: string): string =>
  text
    .replace(/ (?=[;?!])/g, THIN)
    .replace(/ (?=[:»])/g, FIXED)
    .replace(/« /g, `«${FIXED}`)
    .replace(/(\d) (?=\d{3}(?!\d))/g, `$1${THIN}`);

/** A catalogue lies in a module of its own: it is fetched with the first part of the map that uses it. */
export function texts<Key extends string>(all: Readonly<Record<Key, Pair>>): Catalogue<Key> {
  const words = (language: Language): Texts<Key> => {
    const at = language === "fr" ? 0 : 1;
    return (key, parameters = {}) =>
      spaced(all[key][at]).replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
  };
  return Object.assign(words, { all });
}

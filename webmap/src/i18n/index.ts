import type { Language } from "../format/format";
import { en } from "./en";
import { fr, type Messages } from "./fr";

export type Key = keyof Messages;
export type Translate = (key: Key, parameters?: Record<string, string | number>) => string;

const MESSAGES: Record<Language, Messages> = { fr, en };

/** Texts of a language; `{name}` in a text is replaced by the parameter of that name. */
export function translate(language: Language): Translate {
  return (key, parameters = {}) =>
    MESSAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}

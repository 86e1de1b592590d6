import type { Language } from "../format/format";
import { styleEn } from "./style-en";
import { type StyleMessages, styleFr } from "./style-fr";

export type StyleKey = keyof StyleMessages;
export type StyleWords = (key: StyleKey, parameters?: Record<string, string | number>) => string;

const MESSAGES: Record<Language, StyleMessages> = { fr: styleFr, en: styleEn };

/** Texts of the style editor in a language. */
export function styleWords(language: Language): StyleWords {
  return (key, parameters = {}) =>
    MESSAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}

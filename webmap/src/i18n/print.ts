import type { Language } from "../format/format";
import { printEn } from "./print-en";
import { type PrintMessages, printFr } from "./print-fr";

export type PrintKey = keyof PrintMessages;
export type PrintWords = (key: PrintKey, parameters?: Record<string, string | number>) => string;

const MESSAGES: Record<Language, PrintMessages> = { fr: printFr, en: printEn };

/** Texts of printing in a language. */
export function printWords(language: Language): PrintWords {
  return (key, parameters = {}) =>
    MESSAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}

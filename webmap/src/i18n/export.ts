import type { Language } from "../format/format";
import { exportEn } from "./export-en";
import { type ExportMessages, exportFr } from "./export-fr";

export type ExportKey = keyof ExportMessages;
export type ExportWords = (key: ExportKey, parameters?: Record<string, string | number>) => string;

const MESSAGES: Record<Language, ExportMessages> = { fr: exportFr, en: exportEn };

/** Texts of exports in a language. */
export function exportWords(language: Language): ExportWords {
  return (key, parameters = {}) =>
    MESSAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}

import type { Language } from "../format/format";
import { editEn } from "./edit-en";
import { type EditMessages, editFr } from "./edit-fr";

export type EditKey = keyof EditMessages;
export type EditWords = (key: EditKey, parameters?: Record<string, string | number>) => string;

const MESSAGES: Record<Language, EditMessages> = { fr: editFr, en: editEn };

/** Texts of editing in a language. */
export function editWords(language: Language): EditWords {
  return (key, parameters = {}) =>
    MESSAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}

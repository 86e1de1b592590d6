import type { Field } from "../api/types";
import { formatDate, formatInstant, formatLength, formatNumber, type Language } from "../format/format";
import type { Translate } from "../i18n/first-view";

export const hasValue = (value: unknown): boolean => value !== null && value !== undefined && value !== "";

/** A value of a feature as a table shows it. */
export function cellText(field: Field, value: unknown, t: Translate, language: Language): string {
  if (!hasValue(value)) return "–";
  if (typeof value === "boolean") return t(value ? "list.yes" : "list.no");
  if (field.type === "area_m2") return `${formatNumber(Number(value), language)}\u00a0m²`;
  if (field.type === "length_m") return formatLength(Number(value), language);
  if (field.type === "date") return formatDate(String(value), language);
  if (field.type === "datetime") return formatInstant(String(value), language);
  if (field.type === "number") return formatNumber(Number(value), language, 1);
  return String(value);
}

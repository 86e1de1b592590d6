import type { Field, FieldType } from "../api/types";
import { readNumber } from "../format/read";

/** How a field is compared. */
export const OPERATORS = ["contains", "is", "less", "more", "empty", "filled"] as const;
export type Operator = (typeof OPERATORS)[number];

/** One line of a filter; `value` as a person wrote it. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

const FIGURES: readonly FieldType[] = ["integer", "number", "area_m2", "length_m"];
const DATES: readonly FieldType[] = ["date", "datetime"];

export const isFigure = ({ type }: Pick<Field, "type">): boolean => FIGURES.includes(type);
export const isDate = ({ type }: Pick<Field, "type">): boolean => DATES.includes(type);

/** The comparisons that make sense for a field, the usual one first. */
export function operatorsFor(field: Pick<Field, "type">): Operator[] {
  if (isFigure(field) || isDate(field)) return ["is", "less", "more", "empty", "filled"];
  if (field.type === "boolean") return ["is", "empty", "filled"];
  return ["contains", "is", "empty", "filled"];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** What LIKE takes as it stands. */
const plain = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("%", "\\%").replaceAll("_", "\\_");
const folded = (expression: string): string => `CASEI(ACCENTI(${expression}))`;

/** CQL2 text of a line; null while it says nothing yet, or nothing that the field could be. */
export function conditionText(condition: Condition, field: Pick<Field, "type">): string | null {
  const name = `"${condition.field.replaceAll('"', '""')}"`;
  if (condition.operator === "empty") return `${name} IS NULL`;
  if (condition.operator === "filled") return `${name} IS NOT NULL`;
  const value = condition.value.trim();
  if (!value) return null;
  if (condition.operator === "contains") return `${folded(name)} LIKE ${folded(quoted(`%${plain(value)}%`))}`;
  const literal = literalOf(value, field);
  return literal === null ? null : `${name} ${{ is: "=", less: "<", more: ">" }[condition.operator]} ${literal}`;
}

function literalOf(value: string, field: Pick<Field, "type">): string | null {
  if (isFigure(field)) return readNumber(value)?.toString() ?? null;
  if (field.type === "boolean") return value === "true" || value === "false" ? value : null;
  if (!isDate(field)) return quoted(value);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return null;
  return field.type === "date" ? `DATE('${value}')` : `TIMESTAMP('${value}T00:00:00Z')`;
}

/** CQL2 text of all lines together; empty when none says anything. */
export function filterText(conditions: readonly Condition[], fields: readonly Field[]): string {
  const texts = conditions.flatMap((condition) => {
    const field = fields.find(({ name }) => name === condition.field);
    return (field && conditionText(condition, field)) ?? [];
  });
  return texts.join(" AND ");
}

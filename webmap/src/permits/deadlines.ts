import type { Bbox } from "../geo/mercator";
import type { PermitWords } from "../i18n/permits";

/** The layer that shows planning applications. */
export const PERMITS = "permits";
export const MOST_PARCELS = 100;

export interface Deadline {
  readonly id: number;
  readonly number: string;
  readonly shown: string;
  readonly kind: string;
  readonly kind_label: string;
  readonly state_label: string;
  readonly address: string;
  readonly next_date: string;
  readonly next_label: string;
  readonly days: number;
  readonly late: boolean;
  readonly soon: boolean;
  readonly bbox_4326: Bbox | null;
  readonly url: string;
}

export interface Deadlines {
  readonly whose: "mine" | "members";
  readonly more: boolean;
  readonly results: readonly Deadline[];
}

export const deadlinesUrl = (permits: string): string => `${permits}echeances.json`;

/** The page of a file. */
export const permitUrl = (permits: string, number: string): string => `${permits}${encodeURIComponent(number)}/`;

/** Where an application on these parcels is filed; null where nobody may, or for more parcels than a file has. */
export function filingUrl(filing: string | null, idus: readonly string[]): string | null {
  if (!filing || !idus.length || idus.length > MOST_PARCELS) return null;
  return `${filing}?parcels=${idus.map(encodeURIComponent).join(",")}`;
}

/** How far a day is, as people say it. */
export function inDays(days: number, words: PermitWords): string {
  if (days === 0) return words("days.today");
  if (days === 1) return words("days.tomorrow");
  if (days === -1) return words("days.lateOne");
  return days < 0 ? words("days.late", { count: -days }) : words("days.in", { count: days });
}

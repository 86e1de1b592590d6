/**
 * Unfinished work of the map's panels, kept in this tab for one person: a reload or a session that ends loses nothing,
 * and whoever signs in after them finds nothing of it. Edits of features have a store of their own (edit/keep.ts).
 */
export type Work = "water" | "measure" | "choose" | "print" | "table" | "anomaly" | "simulation";

const nameFor = (user: string, work: Work): string => `arpent.${work}.${user}`;

/** Null: it is done, or given up. */
export function keep(user: string, work: Work, value: object | null): void {
  try {
    if (value) sessionStorage.setItem(nameFor(user, work), JSON.stringify(value));
    else sessionStorage.removeItem(nameFor(user, work));
  } catch {
    // Storage is refused: it lasts as long as the page.
  }
}

export function kept<T extends object>(user: string, work: Work): Partial<T> | null {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(nameFor(user, work)) ?? "null");
    return typeof found === "object" ? (found as Partial<T> | null) : null;
  } catch {
    return null;
  }
}

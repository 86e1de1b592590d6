import type { IsolationRequest } from "./answers";

/** What was asked, and what was done of it: a phone forgets its pages, a crew in the street must not. */
export interface Kept extends IsolationRequest {
  /** Valves that the crew said they closed. */
  readonly done: readonly number[];
}

/** In this tab, for one person: whoever signs in after them finds nothing of it. */
const nameFor = (user: string): string => `arpent.water.${user}`;

export function keep(user: string, kept: Kept): void {
  try {
    if (kept.breaks.length) sessionStorage.setItem(nameFor(user), JSON.stringify(kept));
    else sessionStorage.removeItem(nameFor(user));
  } catch {
    // Storage is refused: it lasts as long as the page.
  }
}

export function kept(user: string): Kept | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(nameFor(user)) ?? "null") as Partial<Kept> | null;
    if (!found?.breaks?.length) return null;
    return { breaks: found.breaks, unusable: found.unusable ?? [], done: found.done ?? [] };
  } catch {
    return null;
  }
}

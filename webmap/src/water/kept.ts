import type { IsolationRequest } from "./answers";

/** What was asked, and what was done of it: a phone forgets its pages, a crew in the street must not. */
export interface Kept extends IsolationRequest {
  /** Valves that the crew said they closed. */
  readonly done: readonly number[];
}

const NAME = "arpent.water";

export function keep(kept: Kept): void {
  try {
    if (kept.breaks.length) sessionStorage.setItem(NAME, JSON.stringify(kept));
    else sessionStorage.removeItem(NAME);
  } catch {
    // Storage is refused: it lasts as long as the page.
  }
}

export function kept(): Kept | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Partial<Kept> | null;
    if (!found?.breaks?.length) return null;
    return { breaks: found.breaks, unusable: found.unusable ?? [], done: found.done ?? [] };
  } catch {
    return null;
  }
}

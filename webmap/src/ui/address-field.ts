import { html, nothing, type TemplateResult } from "lit";
import type { Suggestions } from "../api/types";
import { addressesUrl } from "../api/urls";

const DEBOUNCE_MS = 200;
const SHORTEST = 3;
let timer = 0;
let request: AbortController | null = null;

/** The list of a box in which an address is typed; `nothing` for other boxes. */
export const addressList = (id: string, suggest: string | null): TemplateResult | typeof nothing =>
  suggest === "addresses" ? html`<datalist id="${id}-addresses"></datalist>` : nothing;

/** Proposes what the address layer has, while one types in a box with such a list; another text may stay. */
export function suggestAddresses(event: Event): void {
  const { list, value } = event.target as HTMLInputElement;
  window.clearTimeout(timer);
  if (list && value.trim().length >= SHORTEST) timer = window.setTimeout(() => void fill(list, value), DEBOUNCE_MS);
}

async function fill(list: HTMLElement, text: string): Promise<void> {
  request?.abort();
  request = new AbortController();
  try {
    const answer = await fetch(addressesUrl(text.trim()), {
      headers: { accept: "application/json" },
      signal: request.signal,
    });
    if (!answer.ok) return;
    const { results } = (await answer.json()) as Suggestions;
    list.replaceChildren(...results.map(({ label, detail }) => new Option("", `${label}, ${detail}`)));
  } catch {
    // Without suggestions the address is typed.
  }
}

import type { AppPort } from "../app/port";

const asked = new Set<string>();
const AGAIN_MS = 3000;

/**
 * Whether the module that defines `tag` is here; if not, fetches it, and has the screen drawn again when it comes. An
 * element must not stand in the page before it is defined: it would be connected before it has its app.
 */
export function fetched(app: AppPort, tag: string, fetchIt: () => Promise<unknown>): boolean {
  if (customElements.get(tag)) return true;
  if (!asked.has(tag)) {
    asked.add(tag);
    fetchIt().then(
      () => app.store.update({}),
      () => {
        asked.delete(tag);
        // Drawn again, whoever still shows it asks for it again: a phone's network comes back.
        setTimeout(() => app.store.update({}), AGAIN_MS);
      },
    );
  }
  return false;
}

import type { AppPort } from "../app/port";

const asked = new Set<string>();

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
      () => asked.delete(tag),
    );
  }
  return false;
}

import type { Controller } from "../app/controller";

const asked = new Set<string>();

/**
 * Whether the module that defines `tag` is here; if not, fetches it, and has the screen drawn again when it comes. An
 * element must not stand in the page before it is defined: it would be connected before it has its controller.
 */
export function fetched(controller: Controller, tag: string, fetchIt: () => Promise<unknown>): boolean {
  if (customElements.get(tag)) return true;
  if (!asked.has(tag)) {
    asked.add(tag);
    fetchIt().then(
      () => controller.store.update({}),
      () => asked.delete(tag),
    );
  }
  return false;
}

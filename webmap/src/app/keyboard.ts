import type { Controller } from "./controller";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])"));

export function focusSearch(): void {
  const input = document.querySelector<HTMLInputElement>("arp-search input");
  input?.focus();
  input?.select();
}

/** Shortcuts that work wherever the focus is. Those of the map itself are in the map's element. */
export function startKeyboard(app: Controller): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    if (app.editing.keys?.onPage(event, isTyping(event.target))) return event.preventDefault();
    const search = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (search || (event.key === "/" && !isTyping(event.target))) {
      event.preventDefault();
      focusSearch();
    } else if (event.key === "?" && !isTyping(event.target)) {
      event.preventDefault();
      app.screen.togglePanel("help");
    } else if (event.key === "Escape" && app.back()) {
      event.preventDefault();
    }
  });
}

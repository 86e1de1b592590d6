import { isDark } from "../state/memory";
import type { Controller } from "./controller";

/** What changes around the page: theme and language of the document, network, address bar. */
export function startSurroundings(app: Controller): void {
  const root = document.documentElement;
  const dress = (): void => {
    const { theme, dark, language } = app.state;
    root.dataset["theme"] = theme === "auto" ? (dark ? "dark" : "light") : theme;
    root.lang = language;
  };
  dress();
  app.store.subscribe(dress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    app.store.update({ dark: isDark(app.state.theme) }),
  );
  addEventListener("online", () => app.store.update({ online: true }));
  addEventListener("offline", () => app.store.update({ online: false }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    void app.photos.refresh();
    app.layers.refreshOld();
  });
  // The event's own address: meanwhile the map may have written what it showed before in the address bar.
  addEventListener("hashchange", ({ newURL }) => void app.link.open(new URL(newURL).hash));
}

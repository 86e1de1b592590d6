import { ApiClient } from "../api/client";
import type { Language } from "../format/format";
import type { PageMap } from "../map/page-map";

/** A GeoJSON collection, and whether there is more than it holds. */
export interface Collection {
  readonly features: readonly object[];
  readonly more?: boolean;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  text = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** A button; `label` says what a sign such as “+” does. */
export function button(text: string, press: () => void, label = ""): HTMLButtonElement {
  const made = element("button", "", text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

export function zoomButtons(
  words: Readonly<Record<"closer" | "further", string>>,
  zoomBy: (step: number) => void,
): HTMLButtonElement[] {
  return [button("−", () => zoomBy(-1), words.further), button("+", () => zoomBy(1), words.closer)];
}

/** Where a small map is drawn. */
export function mapTarget(label: string): HTMLElement {
  const target = element("div", "map");
  target.tabIndex = 0;
  target.setAttribute("role", "application");
  target.setAttribute("aria-label", label);
  return target;
}

/** The line under a map that says, aloud too, what there is and what is pointed at. */
export function statusLine(): HTMLElement {
  const line = element("p", "map-told");
  line.setAttribute("role", "status");
  return line;
}

/** Puts these layers of the plan under a map; without them it is a map all the same. */
export function addContext(map: PageMap, language: Language, slugs: readonly string[]): Promise<void> {
  const api = new ApiClient("/api/v1/", () => language);
  return api.layers().then(
    (layers) => map.addContext(layers.filter(({ slug }) => slugs.includes(slug))),
    () => undefined,
  );
}

/** Throws when the server does not give it. */
export async function readCollection(url: string): Promise<Collection> {
  const response = await fetch(url, { headers: { Accept: "application/geo+json" } });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Collection;
}

/** Shows a small map in its place, by what the server wrote for it. */
// biome-ignore lint/suspicious/noExplicitAny: each kind of map reads a configuration of its own.
export type Shower = (place: HTMLElement, config: any) => void;

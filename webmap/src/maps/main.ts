import type { Shower } from "../board/parts";

/** The small maps of pages (`gis_core/desk/small_map.py`), by the kind that the server says. */
const KINDS: Readonly<Record<string, () => Promise<{ show: Shower }>>> = {
  list: () => import("./list"),
  permits: () => import("./permits"),
  cover: () => import("./cover"),
  works: () => import("./works"),
  area: () => import("./area"),
  stretch: () => import("./stretch"),
  ground: () => import("./ground"),
};

/** A map begins when its place is seen: on a telephone it is folded at first. */
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    void begin(target as HTMLElement);
  }
});

async function begin(place: HTMLElement): Promise<void> {
  const config = document.getElementById(`${place.id}-config`)?.textContent;
  const made = await KINDS[place.dataset["smallMap"] ?? ""]?.();
  if (config) made?.show(place, JSON.parse(config));
}

for (const place of document.querySelectorAll("[data-small-map]")) seen.observe(place);

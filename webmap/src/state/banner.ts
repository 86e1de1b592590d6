import type { AppState } from "./state";

type Banner = "offline" | "maintenance" | "empty" | "photo";

/** What the map says above itself: one thing, the one that keeps from most. */
export function bannerOf(config: { maintenance: string; is_empty: boolean }, state: Pick<AppState, "online">): Banner {
  if (!state.online) return "offline";
  if (config.maintenance) return "maintenance";
  return config.is_empty ? "empty" : "photo";
}

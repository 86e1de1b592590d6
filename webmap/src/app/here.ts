import type { Feature, HereGroup } from "../api/types";

/** What a person who points at a place most likely asks about, first. */
const RANK = ["parcels", "addresses", "buildings", "roads", "sections", "communes"];
const rank = (slug: string): number => (RANK.includes(slug) ? RANK.indexOf(slug) : 0.5);

export function orderGroups(groups: readonly HereGroup[]): HereGroup[] {
  return groups.filter(({ features }) => features.length > 0).sort((a, b) => rank(a.layer) - rank(b.layer));
}

/** The groups with `feature` in first place; null when the place does not hold it, for then they tell of another. */
export function selectionFirst(groups: readonly HereGroup[], feature: Feature): HereGroup[] | null {
  const own = groups.find(({ layer }) => layer === feature.layer);
  if (!own?.features.some(({ id }) => id === feature.id)) return null;
  const rest = own.features.filter(({ id }) => id !== feature.id);
  const others = orderGroups(groups.filter((group) => group !== own));
  return [{ ...own, features: [feature, ...rest] }, ...others];
}

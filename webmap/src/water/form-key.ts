const KEPT = "arpent.outage";
const SAME_MS = 10 * 60_000;

/**
 * The key under which an isolation is kept: the same for ten minutes in this tab, so that what is sent again because no
 * answer came is kept once. Asked about later, the same cut is another outage.
 */
export function formKey(
  store: Pick<Storage, "getItem" | "setItem">,
  request: string,
  now: number,
  random: () => string,
): string {
  try {
    const { request: former, key, at } = JSON.parse(store.getItem(KEPT) ?? "{}") as Record<string, unknown>;
    if (former === request && typeof key === "string" && typeof at === "number" && now - at < SAME_MS) return key;
    const made = random();
    store.setItem(KEPT, JSON.stringify({ request, key: made, at: now }));
    return made;
  } catch {
    return random();
  }
}

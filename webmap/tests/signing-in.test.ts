import { beforeEach, describe, expect, it, vi } from "vitest";
import { Link } from "../src/app/link";
import type { AppState } from "../src/state/state";
import { Store } from "../src/state/store";
import { state } from "./fixtures";

const layers = [
  { slug: "parcels", visible: true, opacity: 1 },
  { slug: "water-pipes", visible: false, opacity: 1 },
];

/** The map of a visitor who comes to `hash`, and who does something for the first time with `act`. */
function visiting(hash = "") {
  const heard: (() => void)[] = [];
  vi.stubGlobal("location", { hash, origin: "https://lys.test", pathname: "/", search: "" });
  vi.stubGlobal("history", { state: null, replaceState() {} });
  vi.stubGlobal("window", {
    addEventListener: (_name: string, listener: () => void) => heard.push(listener),
    removeEventListener() {},
  });
  const store = new Store<AppState>(state({ layers }));
  const app = { config: { user: null, map_view: "" }, photos: { link: () => ({}) }, store };
  Object.defineProperty(app, "state", { get: () => store.state });
  const link = new Link(app as never, async () => {});
  link.begin();
  return { link, store, act: () => heard[0]?.() };
}

describe("a visitor who signs in", () => {
  beforeEach(() => void vi.unstubAllGlobals());

  it("finds the map of the account where nothing was done on this one", () => {
    const { link, act } = visiting();
    act();
    expect(link.addressForAccount()).toBe("/");
  });

  it("comes back to the place, with the layers of the account", () => {
    const { link, store, act } = visiting();
    act();
    store.update({ view: { ...store.state.view, zoom: 18.5 } });
    expect(link.addressForAccount()).toMatch(/^\/#v=1&c=[^&]+&z=18.5/);
    expect(link.addressForAccount()).not.toContain("&l=");
  });

  it("keeps the layers that were switched on by hand", () => {
    const { link, store, act } = visiting();
    act();
    store.update({ layers: layers.map((layer) => ({ ...layer, visible: true })) });
    expect(link.addressForAccount()).toContain("&l=parcels,water-pipes");
  });

  it("keeps all that a link shows", () => {
    const { link, act } = visiting("#v=1&c=1.9,47.5&z=17");
    act();
    expect(link.addressForAccount()).toContain("&l=parcels,!water-pipes");
  });
});

import { describe, expect, it } from "vitest";
import { orderGroups, selectionFirst } from "../src/app/here";
import { buildModel } from "../src/map/model";
import { arrange, attributions, byTheme, imageLayer, inSets, moveLayer } from "../src/state/catalogue";
import { type Permalink, readPermalink, viewText, writePermalink } from "../src/state/permalink";
import { Store } from "../src/state/store";
import { feature, layer, state } from "./fixtures";

describe("permalink", () => {
  const full: Permalink = {
    center: [1.900405, 47.55564],
    zoom: 17.25,
    layers: [
      { slug: "parcels", visible: true, opacity: 1 },
      { slug: "roads", visible: false, opacity: 0.35 },
    ],
    background: "ortho",
    photo: "campagne-2024",
    brightness: 120,
    compare: { mode: "swipe", left: "campagne-2020" },
    divider: 0.42,
    selection: { layer: "parcels", id: 113 },
    theme: "dark",
    panel: "list",
  };

  it("restores everything it wrote", () => {
    expect(readPermalink(writePermalink(full))).toEqual(full);
  });

  it("says how a person has arranged the map: the layers that are on, and nothing of what is selected", () => {
    const layers = [
      { slug: "parcels", visible: true, opacity: 0.5 },
      { slug: "roads", visible: false, opacity: 1 },
    ];
    const text = viewText(state({ layers, photo: "2024", brightness: 120, selection: { layer: "parcels", id: 1 } }));
    expect(text).toBe("v=1&c=1.9,47.55&z=17&l=parcels:50&b=plain&ph=2024&br=120");
    expect(readPermalink(text).layers).toEqual([{ slug: "parcels", visible: true, opacity: 0.5 }]);
  });

  it("opens a whole road", () => {
    expect(readPermalink(writePermalink({ road: "D2020-45" }))).toEqual({ road: "D2020-45" });
    expect(readPermalink("#r=../D2020")).toEqual({});
  });

  it("opens what it selects in the editor, and is not written so again", () => {
    const selection = { layer: "road-assets", id: 7 };
    expect(readPermalink("#s=road-assets.7&e=1")).toEqual({ selection, edit: true });
    expect(writePermalink({ selection, edit: true })).toBe("#v=1&s=road-assets.7");
  });

  it("is fitted to what a link is about, and is not written so again", () => {
    expect(readPermalink("#v=1&bb=1.9,47.5,1.92,47.51")).toEqual({ around: [1.9, 47.5, 1.92, 47.51] });
    expect(writePermalink({ around: [1.9, 47.5, 1.92, 47.51] })).toBe("#v=1");
    for (const wrong of ["1.9,47.5,1.8,47.6", "1,2,3", "1,2,3,4,5", "a,2,3,4", "-999,2,3,4"])
      expect(readPermalink(`#bb=${wrong}`)).toEqual({});
  });

  it("opens what a link asks for in a panel", () => {
    expect(readPermalink("#v=1&p=water.anomalies.sewer")).toEqual({ panel: "water", panelTab: "anomalies.sewer" });
    expect(readPermalink("#v=1&p=water")).toEqual({ panel: "water" });
    expect(readPermalink("#v=1&p=nothing.here")).toEqual({});
  });

  it("remembers that the panel was folded", () => {
    expect(readPermalink(writePermalink({ panel: null })).panel).toBeNull();
  });

  it("writes the photos shortly", () => {
    const compare = { mode: "side" as const, left: "2020" };
    expect(writePermalink({ photo: "2024", brightness: 100, compare, divider: 0.5 })).toBe(
      "#v=1&ph=2024&cmp=side.2020.50",
    );
  });

  it.each([
    ["#cmp=swipe.2020.50", {}],
    ["#ph=2024&cmp=fold.2020.50", { photo: "2024" }],
    ["#ph=2024&cmp=swipe.2020.-3", { photo: "2024" }],
    ["#ph=2024&cmp=swipe..50", { photo: "2024" }],
    ["#ph=2024&br=9000", { photo: "2024" }],
    ["#ph=../2024", {}],
  ])("keeps of %s what can be had", (hash, kept) => {
    expect(readPermalink(hash)).toEqual(kept);
  });

  it.each([
    "",
    "#",
    "#c=1",
    "#c=abc,def",
    "#c=500,47",
    "#z=-3",
    "#z=",
    "#l=%00,<script>:9,a:b:c",
    "#s=parcels",
    "#s=parcels.9999999999999999999",
    "#t=pink",
    "#p=kitchen",
    "#v=1&c=1,2,3&z=NaN",
    `#l=${"x".repeat(200)}`,
  ])("opens %s without harm", (hash) => {
    const { layers = [], ...rest } = readPermalink(hash);
    expect(layers).toEqual([]);
    expect(Object.values(rest).every((value) => value === undefined)).toBe(true);
  });
});

describe("layers of a link", () => {
  const catalogue = [layer("parcels"), layer("buildings", { visible: false }), layer("communes")];

  it("keep its order, and turn the others off", () => {
    const { settings } = arrange(catalogue, [{ slug: "buildings", visible: true, opacity: 0.4 }]);
    expect(settings[0]).toEqual({ slug: "buildings", visible: true, opacity: 0.4 });
    expect(settings.slice(1).every(({ visible }) => !visible)).toBe(true);
    expect(settings).toHaveLength(3);
  });

  it("that are unknown are told", () => {
    expect(arrange(catalogue, [{ slug: "gone", visible: true, opacity: 1 }]).unknown).toEqual(["gone"]);
  });

  it("named twice count once", () => {
    const twice = { slug: "parcels", visible: true, opacity: 1 };
    expect(arrange(catalogue, [twice, twice]).settings).toHaveLength(3);
  });

  it("without a link are as the server says, limits above surfaces", () => {
    const { settings } = arrange(catalogue, undefined);
    expect(settings.map(({ slug }) => slug)).toEqual(["communes", "parcels", "buildings"]);
    expect(settings.find(({ slug }) => slug === "buildings")?.visible).toBe(false);
  });

  it("without a link open what the role works with beside what is for everybody", () => {
    const { settings } = arrange(catalogue, undefined, ["buildings", "gone"]);
    expect(settings.filter(({ visible }) => visible).map(({ slug }) => slug)).toEqual([
      "communes",
      "parcels",
      "buildings",
    ]);
  });
});

describe("layer tree", () => {
  it("lists variants as one, where the first of them stands", () => {
    const group = { slug: "prescriptions", title: "Prescriptions" };
    const lines = inSets([layer("zones"), layer("psc-pct", { group }), layer("risks"), layer("psc-lin", { group })]);
    expect(lines.map(({ slug }) => slug)).toEqual(["zones", "prescriptions", "risks"]);
    expect(lines[1]).toMatchObject({ title: "Prescriptions", layers: [{ slug: "psc-pct" }, { slug: "psc-lin" }] });
  });

  it("finds without accents", () => {
    const catalogue = [layer("buildings", { title: "Bâtiments" }), layer("parcels", { title: "Parcelles" })];
    expect(byTheme(catalogue, "bati").flatMap(({ layers }) => layers.map(({ slug }) => slug))).toEqual(["buildings"]);
  });

  it("gathers layers by theme, in the themes' order", () => {
    const roads = layer("roads", { theme: { slug: "voies", title: "Voies", order: 0 } });
    expect(byTheme([layer("parcels"), roads]).map(({ slug }) => slug)).toEqual(["voies", "cadastre"]);
  });

  it("moves a layer one step, and not beyond the ends", () => {
    const settings = [
      { slug: "a", visible: true, opacity: 1 },
      { slug: "b", visible: true, opacity: 1 },
    ];
    expect(moveLayer(settings, "b", -1).map(({ slug }) => slug)).toEqual(["b", "a"]);
    expect(moveLayer(settings, "a", -1)).toEqual(settings);
  });

  it("names each source once", () => {
    expect(attributions(["DGFiP", "IGN ", "DGFiP", ""])).toEqual(["DGFiP", "IGN"]);
  });
});

describe("what is here", () => {
  const groups = [
    { layer: "communes", title: "", features: [feature("communes", 1)] },
    { layer: "roads", title: "", features: [] },
    { layer: "parcels", title: "", features: [feature("parcels", 1), feature("parcels", 2)] },
  ];

  it("puts the parcel first and leaves empty layers out", () => {
    expect(orderGroups(groups).map(({ layer: slug }) => slug)).toEqual(["parcels", "communes"]);
  });

  it("puts the chosen thing first", () => {
    const ordered = selectionFirst(groups, feature("parcels", 2));
    expect(ordered?.[0]?.features.map(({ id }) => id)).toEqual([2, 1]);
  });

  it("is of no use when it does not hold the chosen thing", () => {
    expect(selectionFirst(groups, feature("parcels", 9))).toBeNull();
  });
});

describe("store", () => {
  it("tells its listeners once for several changes", async () => {
    const store = new Store({ a: 1, b: 1 });
    const seen: { a: number; b: number }[] = [];
    store.subscribe((now) => seen.push(now));
    store.update({ a: 2 });
    store.update({ b: 3 });
    await Promise.resolve();
    expect(seen).toEqual([{ a: 2, b: 3 }]);
  });
});

describe("layers of other servers", () => {
  const external = {
    slug: "ortho-ailleurs",
    title: "Ortho",
    abstract: "",
    theme: { slug: "images", title: "Images", order: 9 },
    order: 1,
    attribution: "© Ailleurs",
    licence: "",
    visibility: "public" as const,
    owner: null,
    kind: "wms" as const,
    tiles: "/externe/ortho-ailleurs/{z}/{x}/{y}?v=1",
    tile_size: 512,
    min_zoom: 0,
    max_zoom: 19,
    extent_4326: null,
    legend: null,
    version: 1,
  };

  it("lie under our own, and are off at first", () => {
    const { settings } = arrange([imageLayer(external), layer("parcels")], undefined);
    expect(settings.map(({ slug, visible }) => [slug, visible])).toEqual([
      ["parcels", true],
      ["ortho-ailleurs", false],
    ]);
  });

  it("are drawn as images", () => {
    const images = [imageLayer(external)];
    const layers = [{ slug: "ortho-ailleurs", visible: true, opacity: 0.5 }];
    const drawn = buildModel(state({ images, layers }), "/tiles/").layers.find(({ slug }) => slug === external.slug);
    expect(drawn).toMatchObject({ visible: true, opacity: 0.5, image: { url: external.tiles, tileSize: 512 } });
  });
});

import { describe, expect, it } from "vitest";
import { zoomForScale } from "../src/geo/mercator";
import { diff } from "../src/map/diff";
import { buildModel, detailAt, patches } from "../src/map/model";
import { feature, footprint, layer, photo, state } from "./fixtures";

const model = (patch: Parameters<typeof state>[0] = {}) => buildModel(state(patch), "/tiles/");
const kinds = (before: ReturnType<typeof model>, after: ReturnType<typeof model>) =>
  diff(before, after).map(({ kind }) => kind);

describe("detail", () => {
  it.each([
    [1000, "address"],
    [5000, "parcel"],
    [5200, "section"],
    [20000, "section"],
    [50000, "area"],
    [200000, "far"],
  ])("at 1 : %i is %s", (scale, detail) => {
    expect(detailAt(zoomForScale(scale, 47.5), 47.5)).toBe(detail);
  });
});

const image = {
  slug: "ortho",
  title: "",
  kind: "xyz" as const,
  url: "/p/{z}/{x}/{y}",
  layer: "",
  matrix_set: "",
  format: "",
  style: "",
  attribution: "",
  min_zoom: 0,
  max_zoom: 19,
  default: false,
};

describe("model", () => {
  it("takes out of the tiles of each layer what the editor draws in its place", () => {
    const editing = {
      layer: "water-nodes",
      hidden: { "water-nodes": [7], "water-pipes": [1, 2] },
      sheet: true,
      crosshair: false,
      drawing: false,
    };
    const value = ["water-nodes", "water-pipes", "parcels"].map((slug) => layer(slug));
    const { layers } = model({ catalogue: { status: "ready", value }, editing });
    expect(layers.map(({ hidden }) => hidden)).toEqual([[7], [1, 2], []]);
  });

  it("draws the first layer of the list on top", () => {
    const [parcels, buildings] = model().layers;
    expect(parcels?.zIndex).toBeGreaterThan(buildings?.zIndex ?? 0);
  });

  it("asks tiles by their version", () => {
    expect(model().layers[0]?.url).toBe("/tiles/parcels/{z}/{x}/{y}.mvt?v=3");
  });

  it("takes lighter styles over a photo", () => {
    expect(model({ backgrounds: [image], background: "ortho" }).look.photo).toBe(true);
    expect(model().look.photo).toBe(false);
  });
});

describe("photos", () => {
  const photos = { status: "ready" as const, value: [photo("2024"), photo("2020", { edition: 3 })] };
  const swipe = { mode: "swipe" as const, left: "2020" };

  it("lie beneath the layers, at the address of their edition", () => {
    const { photo: lying, look } = model({ photos, photo: "2024" });
    expect(lying?.url).toBe("/ortho/v12/wmts/2024/PM/{z}/{x}/{y}.png");
    expect(look.photo).toBe(true);
  });

  it("leave the plain background when they are unknown", () => {
    expect(model({ photos, photo: "1999" })).toMatchObject({ photo: null, look: { photo: false } });
    expect(model({ photos: null, photo: "2024" }).photo).toBeNull();
  });

  it("are asked of our own host, whatever a proxy made of the address", () => {
    const value = [photo("2024", { tiles: "http://inside:8000/ortho/v1/2024/{z}/{x}/{y}.png" })];
    expect(model({ photos: { status: "ready", value }, photo: "2024" }).photo?.url).toBe(
      "/ortho/v1/2024/{z}/{x}/{y}.png",
    );
  });

  it("are compared only when both exist", () => {
    expect(model({ photos, photo: "2024", compare: swipe })).toMatchObject({
      mode: "swipe",
      compared: { slug: "2020" },
    });
    const gone = model({ photos, photo: "2024", compare: { mode: "side", left: "1999" } });
    expect(gone).toMatchObject({ mode: null, compared: null });
  });

  it("restyle the layers once, then only change places", () => {
    const one = model({ photos, photo: "2024" });
    expect(kinds(model({ photos }), one)).toEqual(["look", "patches", "photo", "restyle", "restyle"]);
    expect(kinds(one, model({ photos, photo: "2020" }))).toEqual(["photo"]);
    expect(kinds(one, model({ photos, photo: "2024", compare: swipe }))).toEqual(["compared"]);
  });

  it("restyle the layers where another photo does not lie in the same place", () => {
    const value = [photo("2024"), photo("2020", { footprint_4326: footprint([1.8, 47.5, 1.9, 47.6]) })];
    const chosen = (slug: string) => model({ photos: { status: "ready", value }, photo: slug });
    expect(kinds(chosen("2024"), chosen("2020"))).toEqual(["patches", "photo", "restyle", "restyle"]);
  });

  it("are patches on the plain ground, not on an image that lies everywhere", () => {
    const on = model({ photos, photo: "2024", compare: swipe });
    expect(patches(on)).toEqual([JSON.stringify(footprint([1.8, 47.5, 2, 47.6]))]);
    expect(patches({ ...on, background: image })).toEqual([]);
    expect(patches(model())).toEqual([]);
  });

  it("draw nothing again for another brightness", () => {
    expect(kinds(model({ photos, photo: "2024" }), model({ photos, photo: "2024", brightness: 130 }))).toEqual([]);
  });

  it("are fetched anew in another edition", () => {
    const value = [photo("2024", { tiles: "/ortho/v13/wmts/2024/PM/{z}/{x}/{y}.png" })];
    const after = model({ photos: { status: "ready", value }, photo: "2024" });
    expect(kinds(model({ photos, photo: "2024" }), after)).toEqual(["photo"]);
  });
});

describe("diff", () => {
  it("does nothing for the same state", () => {
    expect(kinds(model(), model())).toEqual([]);
  });

  it("does nothing for a pan within one scale", () => {
    expect(kinds(model(), model({ view: { center: [1.91, 47.55], zoom: 17.1, bbox: [0, 0, 0, 0] } }))).toEqual([]);
  });

  it("only adjusts a layer whose opacity changed", () => {
    const layers = [
      { slug: "parcels", visible: true, opacity: 0.3 },
      { slug: "buildings", visible: true, opacity: 0.5 },
    ];
    expect(diff(model(), model({ layers }))).toMatchObject([{ kind: "adjust", layer: { slug: "parcels" } }]);
  });

  it("fetches again only the layer whose data changed", () => {
    const value = [layer("parcels", { version: 4 }), layer("buildings")];
    const changes = diff(model(), model({ catalogue: { status: "ready", value } }));
    expect(changes).toMatchObject([{ kind: "replace", layer: { slug: "parcels" } }]);
  });

  it("restyles all layers for another theme, without fetching", () => {
    expect(kinds(model(), model({ dark: true }))).toEqual(["look", "restyle", "restyle"]);
  });

  it("adds and removes layers", () => {
    const value = [layer("parcels"), layer("roads")];
    expect(kinds(model(), model({ catalogue: { status: "ready", value } }))).toEqual(["add", "remove"]);
  });

  it("draws the selection, the pin and the measure apart", () => {
    const sheet = { status: "ready" as const, groups: [], feature: feature("parcels", 1) };
    expect(kinds(model(), model({ sheet }))).toEqual(["selection"]);
    expect(kinds(model(), model({ pin: [1, 2] }))).toEqual(["pin"]);
    const place = { status: "ready" as const, groups: [], feature: feature("road-sections", 1) };
    expect(model({ sheet: { ...place, marked: "D 921 PR 26+350" } }).pinWords).toBe("D 921 PR 26+350");
    expect(kinds(model(), model({ measure: { kind: "area", points: [], finished: false } }))).toEqual(["sketch"]);
  });
});

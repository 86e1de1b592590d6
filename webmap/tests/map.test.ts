import { describe, expect, it } from "vitest";
import { zoomForScale } from "../src/geo/mercator";
import { diff } from "../src/map/diff";
import { buildModel, detailAt } from "../src/map/model";
import { feature, layer, state } from "./fixtures";

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

describe("model", () => {
  it("draws the first layer of the list on top", () => {
    const [parcels, buildings] = model().layers;
    expect(parcels?.zIndex).toBeGreaterThan(buildings?.zIndex ?? 0);
  });

  it("asks tiles by their version", () => {
    expect(model().layers[0]?.url).toBe("/tiles/parcels/{z}/{x}/{y}.mvt?v=3");
  });

  it("takes lighter styles over a photo", () => {
    const photo = {
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
    expect(model({ backgrounds: [photo], background: "ortho" }).look.photo).toBe(true);
    expect(model().look.photo).toBe(false);
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
    expect(kinds(model(), model({ measure: { kind: "area", points: [], finished: false } }))).toEqual(["sketch"]);
  });
});

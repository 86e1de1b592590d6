import { describe, expect, it } from "vitest";
import type { Layer } from "../src/api/types";
import { bboxOf, outline } from "../src/geo/frame";
import { fromLambert93, toLambert93 } from "../src/geo/lambert93";
import {
  fittingScale,
  frameOf,
  groundSize,
  isScale,
  layersAt,
  orderBody,
  outlined,
  type PrintChoice,
  type PrintOptions,
  papersOf,
  picturesOf,
  pixelsOf,
  tooFine,
  weightOf,
} from "../src/print/order";
import type { ChosenParcel } from "../src/state/state";
import { layer, photo } from "./fixtures";

const OPTIONS: PrintOptions = {
  sheets: [
    { paper: "A4", orientation: "portrait", sheet_mm: [210, 297], map_mm: [190, 204] },
    { paper: "A4", orientation: "landscape", sheet_mm: [297, 210], map_mm: [213, 175] },
    { paper: "A0", orientation: "landscape", sheet_mm: [1189, 841], map_mm: [1017.8, 770.25] },
  ],
  scales: [100, 100000],
  dpi: [72, 300],
  usual_dpi: 150,
  most_pixels: 80_000_000,
  bytes_per_pixel: 0.4,
  most_layers: 30,
  longest: { title: 120, author: 80, note: 600 },
  author: "Jeanne",
  kept_days: 7,
};
const CHOICE: PrintChoice = {
  title: " Plan ",
  paper: "A4",
  orientation: "landscape",
  scale: 1000,
  center: [617284, 6717902],
  dpi: 150,
  note: "",
  author: "Jeanne",
  grid: false,
  outline: true,
};

describe("the frame", () => {
  it("is as large on the ground as the map on paper at its scale", () => {
    expect(groundSize(OPTIONS, CHOICE)).toEqual([213, 175]);
    expect(groundSize(OPTIONS, { ...CHOICE, scale: 500, orientation: "portrait" })).toEqual([95, 102]);
  });

  it("has its corners where Lambert-93 has them", () => {
    const corners = outline(frameOf(OPTIONS, CHOICE), 4).filter((_, i) => i % 4 === 0);
    const [first] = corners.map((corner) => toLambert93(corner));
    expect(first?.[0]).toBeCloseTo(617284 - 106.5, 3);
    expect(first?.[1]).toBeCloseTo(6717902 - 87.5, 3);
    expect(corners).toHaveLength(4);
  });

  it("takes the largest usual scale at which it is seen whole", () => {
    const [west, south] = fromLambert93([617284 - 300, 6717902 - 300]);
    const [east, north] = fromLambert93([617284 + 300, 6717902 + 300]);
    expect(fittingScale(OPTIONS, CHOICE, [west, south, east, north])).toBe(2000);
    expect(fittingScale(OPTIONS, { ...CHOICE, paper: "A0" }, [west, south, east, north])).toBe(250);
  });

  it("lies inside the box that the map is asked to show", () => {
    const [west, south, east, north] = bboxOf(frameOf(OPTIONS, CHOICE));
    for (const [lon, lat] of outline(frameOf(OPTIONS, CHOICE))) {
      expect(lon >= west && lon <= east && lat >= south && lat <= north).toBe(true);
    }
  });
});

describe("limits", () => {
  it("offers each paper once", () => expect(papersOf(OPTIONS)).toEqual(["A4", "A0"]));

  it("knows a scale", () => {
    expect([100, 1234, 100000].every((scale) => isScale(OPTIONS, scale))).toBe(true);
    expect([99, 100001, 12.5, Number.NaN, 0].some((scale) => isScale(OPTIONS, scale))).toBe(false);
  });

  it("says at how many dpi a photo fits", () => {
    expect(tooFine(OPTIONS, CHOICE)).toBeNull();
    const large = { ...CHOICE, paper: "A0", dpi: 300 };
    const fitting = tooFine(OPTIONS, large) ?? 0;
    expect(pixelsOf(OPTIONS, { ...large, dpi: fitting })).toBeLessThanOrEqual(OPTIONS.most_pixels);
    expect(fitting).toBeGreaterThan(200);
  });

  it("tells about how heavy the file will be", () => {
    expect(weightOf(OPTIONS, CHOICE, 0)).toBeLessThan(1e6);
    expect(weightOf(OPTIONS, CHOICE, 1)).toBeCloseTo(150_000 + 1258 * 1033 * 0.4, -3);
  });
});

describe("what is printed", () => {
  const catalogue: Layer[] = ["parcels", "buildings"].map((slug) => layer(slug, { min_zoom: 10 }));
  const settings = catalogue.map(({ slug }) => ({ slug, visible: true, opacity: 0.5 }));

  it("are the layers that are on, the topmost first, with their opacity", () => {
    const { printed } = layersAt(catalogue, settings.slice(0, 2).reverse(), CHOICE);
    const body = orderBody(CHOICE, printed, null) as { layers: unknown; title: string };
    expect(body.layers).toEqual([
      { layer: settings[1]?.slug, opacity: 0.5 },
      { layer: settings[0]?.slug, opacity: 0.5 },
    ]);
    expect(body.title).toBe("Plan");
    expect(body).not.toHaveProperty("photo");
  });

  it("leaves out what the map does not show at the scale, and says so", () => {
    const [first, second] = catalogue as [Layer, Layer];
    const near = [
      { ...first, min_zoom: 19 },
      { ...second, scale_from: 500 },
    ];
    expect(layersAt(near, settings, CHOICE).far.map(({ slug }) => slug)).toEqual([first.slug, second.slug]);
    expect(layersAt(near, settings, { ...CHOICE, scale: 500 }).printed).toHaveLength(2);
  });

  it("counts the photo and the layers that other servers draw as pictures", () => {
    const image = { tiles: "", tile_size: 256, legend: null };
    const drawn = [layer("parcels"), layer("plan", { image, min_zoom: 19 })];
    const { printed } = layersAt(
      drawn,
      drawn.map(({ slug }) => ({ slug, visible: true, opacity: 1 })),
      CHOICE,
    );
    expect(printed.map(({ layer }) => layer.slug)).toContain("plan");
    expect(picturesOf(printed, photo("ortho"))).toBe(2);
  });

  it("carries the photo with its resolution", () => {
    expect(orderBody(CHOICE, [], photo("ortho"))).toMatchObject({ photo: "ortho", dpi: 150 });
  });
});

describe("what is selected", () => {
  const lamp = { layer: "lampes", id: 7 };
  const catalogue = [layer("lampes"), layer("parcels")];
  const parcels = [3, 4].map((id) => ({ id }) as ChosenParcel);
  const nothing = { parcels: [], secret: false };

  it("is sent to be outlined: the open object and the chosen parcels", () => {
    const selected = outlined({ selection: lamp, chosen: { parcels, secret: false } }, catalogue);
    expect(orderBody(CHOICE, [], null, selected)).toMatchObject({
      selected: [
        { layer: "lampes", ids: [7] },
        { layer: "parcels", ids: [3, 4] },
      ],
    });
  });

  it("is never sent where owners' data led to it, not even the one of them whose sheet is open", () => {
    const selection = { layer: "parcels", id: 3 };
    expect(outlined({ selection, chosen: { parcels, secret: true } }, catalogue)).toEqual([]);
  });

  it("is each parcel once", () => {
    const selection = { layer: "parcels", id: 4 };
    expect(outlined({ selection, chosen: { parcels, secret: false } }, catalogue)).toEqual([
      { layer: "parcels", ids: [3, 4] },
    ]);
  });

  it("is left out when one asks so, and where the layer is not one of ours", () => {
    const selected = outlined({ selection: lamp, chosen: nothing }, catalogue);
    expect(orderBody({ ...CHOICE, outline: false }, [], null, selected)).not.toHaveProperty("selected");
    expect(outlined({ selection: { layer: "ailleurs", id: 1 }, chosen: nothing }, catalogue)).toEqual([]);
  });
});

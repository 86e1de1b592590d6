import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AppPort } from "../src/app/port";
import { chooseWords } from "../src/i18n/choose";
import { buildModel } from "../src/map/model";
import { ParcelDesk } from "../src/parcels/desk";
import {
  bboxOf,
  type Commune,
  communesOf,
  geometryOf,
  inseeIn,
  MOST_CHOSEN,
  together,
  totals,
  without,
} from "../src/parcels/selection";
import { linkable, readPermalink, writePermalink } from "../src/state/permalink";
import type { ChosenParcel } from "../src/state/state";
import { Store } from "../src/state/store";
import { state } from "./fixtures";

function parcel(id: number, patch: Partial<ChosenParcel> = {}): ChosenParcel {
  const number = String(id).padStart(4, "0");
  return {
    id,
    idu: `45901000AB${number}`,
    label: `AB ${id}`,
    insee: "45901",
    commune: "Saint-Aubin",
    area_m2: 100,
    measured_m2: 101.5,
    bbox_4326: [1, 47, 1.001, 47.001],
    ...patch,
  };
}

const many = (count: number, from = 1): ChosenParcel[] => Array.from({ length: count }, (_, i) => parcel(from + i));

describe("a selection of parcels", () => {
  it("keeps each parcel once, in the order of the identifiers", () => {
    const { parcels, over } = together([parcel(3), parcel(1)], [parcel(2), parcel(3)]);
    expect(parcels.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(over).toBe(false);
  });

  it("holds 2,000 parcels and says that there were more", () => {
    const { parcels, over } = together(many(1999), many(3, 5000));
    expect(parcels).toHaveLength(MOST_CHOSEN);
    expect(over).toBe(true);
  });

  it("loses the parcel that is taken out", () => {
    expect(without(many(3), 2).map(({ id }) => id)).toEqual([1, 3]);
  });

  it("sums the areas", () => {
    expect(totals(many(2))).toEqual({ measured_m2: 203, area_m2: 200 });
  });

  it("gives no registered total when one area is not known", () => {
    expect(totals([parcel(1), parcel(2, { area_m2: null })]).area_m2).toBeNull();
  });

  it("lies within one frame", () => {
    expect(bboxOf([parcel(1), parcel(2, { bbox_4326: [0.5, 47.0005, 0.6, 48] })])).toEqual([0.5, 47, 1.001, 48]);
    expect(bboxOf([])).toBeNull();
  });

  it("names its communes, the most frequent first", () => {
    expect(communesOf([parcel(1, { commune: "Bray" }), parcel(2), parcel(3)])).toEqual(["Saint-Aubin", "Bray"]);
  });

  it("is drawn on the map", () => {
    const model = buildModel(state({ chosen: { parcels: many(2), secret: false } }), "/tiles/");
    expect(model.chosen.map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe("the commune of a list of references", () => {
  const communes: Commune[] = [{ insee: "45901", name: "Saint-Aubin-du-Lys" }];

  it.each([
    ["Saint-Aubin-du-Lys (45901)", "45901"],
    ["saint-aubin-du-lys", "45901"],
    ["Saint Aubin du Lys ", "45901"],
    ["SAINT-ÂUBIN-DU-LYS", "45901"],
    ["2a004", "2A004"],
    ["Nulle part", null],
    ["459012", null],
  ])("finds the commune of %j", (text, insee) => {
    expect(inseeIn(text, communes)).toBe(insee);
  });
});

describe("a text of the desk", () => {
  it("keeps what French sets apart on one line with its word", () => {
    expect(chooseWords("fr")("list.unknownMany", { count: 3 })).toBe("3 références que le plan n’a pas\u00a0:");
    expect(chooseWords("fr")("draw.distanceWrong")).toBe("Un nombre de 0 à 1\u202f000.");
    expect(chooseWords("fr")("draw.hint")).toContain("points\u202f;");
  });

  it("leaves what it is given as it is", () => {
    expect(chooseWords("fr")("said.added", { label: "AB : 12 000" })).toBe("AB : 12 000 ajoutée.");
  });
});

describe("what is drawn to choose parcels", () => {
  it("is closed when it is an area", () => {
    const corners: [number, number][] = [
      [1, 47],
      [2, 47],
      [2, 48],
    ];
    expect(geometryOf("area", corners)).toEqual({ type: "Polygon", coordinates: [[...corners, [1, 47]]] });
  });

  it.each([
    ["point", 0],
    ["line", 1],
    ["area", 2],
  ] as const)("is no %s with %d points", (kind, count) => {
    expect(geometryOf(kind, Array(count).fill([1, 47]))).toBeNull();
  });
});

describe("the link of a selection", () => {
  it("restores a few parcels", () => {
    const chosen = linkable({ parcels: many(20), secret: false });
    expect(readPermalink(writePermalink({ chosen })).chosen).toEqual(chosen);
  });

  it("keeps none of many", () => {
    expect(linkable({ parcels: many(21), secret: false })).toEqual([]);
  });

  it("keeps nothing that owners' data led to", () => {
    expect(linkable({ parcels: many(2), secret: true })).toEqual([]);
  });

  it("leaves out what is no identifier", () => {
    expect(readPermalink("#ps=45901000AB0012,../x,45901000AB0012,12").chosen).toEqual(["45901000AB0012"]);
    expect(readPermalink("#ps=")).toEqual({});
  });
});

/** A desk whose server answers when the test says so, question by question. */
function slow() {
  const answers: ((found: object) => Promise<void>)[] = [];
  const send = () =>
    new Promise((resolve) => {
      answers.push(async (found) => {
        resolve({ json: async () => ({ results: [], unknown: [], truncated: false, ...found }) });
        await new Promise((rest) => setTimeout(rest));
      });
    });
  const app = {
    store: new Store(state({ panel: "choose" })),
    get state() {
      return this.store.state;
    },
    api: { send },
    config: { urls: { api: "/api/v1/" } },
    kept: () => null,
    keep() {},
    measure: { stop() {} },
    view: { frame: async () => {} },
  };
  return { app, answers, desk: new ParcelDesk(app as unknown as AppPort) };
}

describe("a list of parcels that takes the place of those chosen", () => {
  beforeEach(() => void vi.stubGlobal("matchMedia", () => ({ matches: false })));
  afterEach(() => void vi.unstubAllGlobals());

  it("says which are not known, and that there were more", async () => {
    const { answers, desk } = slow();
    const asked = desk.takeList(["45901000AB0001", "x"]);
    await answers[0]?.({ results: many(1), unknown: ["x"], truncated: true });
    await asked;
    expect(desk.state).toMatchObject({ unknown: ["x"], truncated: true });
  });

  it("is the one that was asked last", async () => {
    const { app, answers, desk } = slow();
    const asked = [desk.takeList(["45901000AB0001"]), desk.takeList(["45901000AB0002"])];
    await answers[1]?.({ results: many(1, 2) });
    await answers[0]?.({ results: many(1) });
    await Promise.all(asked);
    expect(app.state.chosen.parcels.map(({ id }) => id)).toEqual([2]);
  });
});

import { describe, expect, it } from "vitest";
import { waterWords } from "../src/i18n/water";
import { diff } from "../src/map/diff";
import { buildModel } from "../src/map/model";
import { symbolSvg } from "../src/map/water-symbols";
import { MARKS } from "../src/state/water";
import {
  type Isolation,
  isolationUrl,
  MOST_BREAKS,
  MOST_IN_PROFILE,
  outagesUrl,
  pipesIn,
  profileUrl,
  startAt,
  type Trace,
  traceBody,
  traceUrl,
  type Valve,
} from "../src/water/answers";
import { formKey } from "../src/water/form-key";
import { actedBbox, isolationPicture, markAt, tracePicture } from "../src/water/picture";
import { headline, traceLine, valveDetail } from "../src/water/sentences";
import { state } from "./fixtures";

const fr = waterWords("fr");
const line = { type: "MultiLineString", coordinates: [] };

function valve(id: number, patch: Partial<Valve> = {}): Valve {
  const point: [number, number] = [1.9 + id / 1000, 47.55];
  return { id, reference: `V${id}`, status: "close", why: null, diameter_mm: 100, point, address: null, ...patch };
}

/** An answer as the server gives it: three valves, one of them passed over; two users, one of them sensitive. */
function isolation(patch: Partial<Isolation> = {}): Isolation {
  const user = { reference: null, name: null, dwellings: 1, sensitive_name: null };
  return {
    family: "water",
    breaks: [{ pipe: 1, reference: "C1", point: [1.9, 47.55], distance_m: 0.4 }],
    source_known: true,
    message: null,
    valves: [valve(1), valve(2), valve(3, { status: "skipped", why: "broken" })],
    sources_to_stop: [],
    zone: { pipes: 2, length_m: 80.7, volume_m3: 0.3, without_diameter: 0, geometry: line },
    cut_off: { pipes: 0, length_m: 0, volume_m3: 0, without_diameter: 0, geometry: null },
    tanks: [],
    alternatives: [],
    connections: {
      count: 42,
      dwellings: 57,
      truncated: false,
      results: [
        {
          ...user,
          id: 7,
          address: "1 rue",
          sensitive: "school",
          sensitive_label: "École, crèche",
          point: [1.9, 47.551],
        },
        { ...user, id: 8, address: "3 rue", sensitive: null, sensitive_label: null, point: [1.9, 47.552] },
      ],
    },
    addresses: ["1 rue", "3 rue"],
    hydrants: [{ id: 4, reference: "PI4", name: null, point: [1.9, 47.553] }],
    bbox_4326: [1.9, 47.5, 1.95, 47.6],
    ...patch,
  };
}

function trace(patch: Partial<Trace> = {}): Trace {
  return {
    family: "sewer",
    direction: "downstream",
    message: null,
    pipes: 2,
    nodes: 3,
    length_m: 286.2,
    volume_m3: 4,
    connections: 0,
    dwellings: 0,
    ends: [],
    pipe_ids: [3, 1],
    truncated: false,
    geometry: line,
    bbox_4326: [1.9, 47.5, 1.95, 47.6],
    ...patch,
  };
}

describe("the sentence that matters", () => {
  it("says what to close and who is without water", () => {
    expect(headline(isolation(), fr, "fr")).toBe("Fermer 2 vannes · 42 abonnés privés d’eau, dont 1 sensible");
    expect(headline(isolation(), waterWords("en"), "en")).toBe(
      "Close 2 valves · 42 users without water, 1 of them sensitive",
    );
  });

  it("counts one and none as people do", () => {
    const connections = { count: 1, dwellings: 1, truncated: false, results: [] };
    expect(headline(isolation({ valves: [valve(1)], connections }), fr, "fr")).toBe(
      "Fermer 1 vanne · 1 abonné privé d’eau",
    );
    expect(headline(isolation({ valves: [], connections: { ...connections, count: 0 } }), fr, "fr")).toBe(
      "Aucune vanne à fermer · aucun abonné privé d’eau",
    );
  });

  it("tells of works that no valve parts from the break", () => {
    const tank = {
      id: 9,
      reference: "R1",
      name: null,
      kind: "tank",
      kind_label: "Réservoir",
      point: [1.9, 47.55] as const,
    };
    const found = isolation({ sources_to_stop: [{ ...tank, point: [1.9, 47.55] }] });
    expect(headline(found, fr, "fr")).toMatch(/^Fermer 2 vannes, arrêter 1 ouvrage · /);
  });

  it("says where a valve is, or that nobody knows", () => {
    expect(valveDetail(valve(1, { address: "près de 2 rue" }), fr)).toBe("DN 100 · près de 2 rue");
    expect(valveDetail(valve(1, { diameter_mm: null }), fr)).toBe("adresse inconnue");
  });

  it("says how far a network was followed, or why it was not", () => {
    expect(traceLine(trace(), fr, "fr")).toBe("286,2\u00a0m · 2 canalisations");
    expect(traceLine(trace({ pipes: 0, message: "Rien en aval." }), fr, "fr")).toBe("Rien en aval.");
  });
});

describe("what the map shows of a break", () => {
  it("numbers the valves to close, in their order, above all else", () => {
    const { marks } = isolationPicture(isolation(), null);
    expect(marks.slice(-2).map(({ key, text }) => [key, text])).toEqual([
      ["close 1", "1"],
      ["close 2", "2"],
    ]);
  });

  it("shows whoever must be told, and not every user", () => {
    const kinds = isolationPicture(isolation(), null).marks.map(({ key }) => key);
    expect(kinds).toContain("sensitive 7");
    expect(kinds).toContain("hydrant 4");
    expect(kinds).not.toContain("sensitive 8");
  });

  it("draws what is cut off beyond beneath the section shut off", () => {
    const found = isolation({ cut_off: { ...isolation().zone } });
    expect(isolationPicture(found, null).lines.map(({ kind }) => kind)).toEqual(["cut_off", "zone"]);
  });

  it("frames what is to be shut, not the town that is without water", () => {
    expect(actedBbox(isolation())).toEqual([1.9, 47.55, valve(3).point[0], 47.55]);
  });

  it("has a shape for each mark", () => {
    expect(new Set(MARKS.map(symbolSvg)).size).toBe(MARKS.length);
  });

  it("is given to the map as it is, and drawn again when it differs", () => {
    const [before, after] = [null, isolationPicture(isolation(), null)].map((water) =>
      buildModel(state({ water }), "/tiles/"),
    );
    if (!before || !after) throw new Error();
    expect(diff(before, after)).toEqual([{ kind: "water" }]);
    expect(diff(after, after)).toEqual([]);
  });
});

describe("a tap on the map", () => {
  const picture = isolationPicture(isolation(), null);

  it("means the mark under the finger", () => {
    expect(markAt(picture, [1.90104, 47.55], 18)?.key).toBe("close 1");
  });

  it("means none that is further than a finger is wide", () => {
    expect(markAt(picture, [1.9015, 47.55], 18)).toBeNull();
  });
});

describe("requests of the water desk", () => {
  it("go to the networks' addresses", () => {
    expect(isolationUrl("/api/v1/")).toBe("/api/v1/networks/water/isolation");
    expect(traceUrl("/api/v1/", "sewer")).toBe("/api/v1/networks/sewer/trace");
    expect(outagesUrl("/reseaux/")).toBe("/reseaux/coupures/");
  });

  it("have an end only between two points", () => {
    const asked = { from: { pipe: 3 }, to: startAt([1.9, 47.5]) };
    expect(traceBody({ ...asked, direction: "upstream" })).toEqual({ pipe: 3, direction: "upstream" });
    expect(traceBody({ ...asked, direction: "between" })).toEqual({
      pipe: 3,
      direction: "between",
      to: { point: [1.9, 47.5], crs: 4326 },
    });
  });

  it("lead to a profile along a way, not of what branches under pressure", () => {
    expect(profileUrl("/reseaux/", trace())).toBe("/reseaux/profil/?family=sewer&pipes=3,1");
    expect(profileUrl("/reseaux/", trace({ family: "water" }))).toBeNull();
    expect(profileUrl("/reseaux/", trace({ direction: "connected" }))).toBeNull();
    expect(profileUrl("/reseaux/", trace({ truncated: true }))).toBeNull();
    expect(profileUrl("/reseaux/", trace({ pipe_ids: Array(MOST_IN_PROFILE + 1).fill(1) }))).toBeNull();
  });

  it("are shown on the map until their answer is here", () => {
    const { marks } = tracePicture(null, startAt([1.9, 47.5]), { pipe: 3 }, null);
    expect(marks.map(({ kind }) => kind)).toEqual(["start"]);
  });
});

describe("the key of an outage", () => {
  const store = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    };
  };

  it("is the same for the same cut, sent again after a lost answer", () => {
    const tab = store();
    let made = 0;
    const key = (request: string, minute: number) => formKey(tab, request, minute * 60_000, () => `key ${++made}`);
    expect([key("a", 0), key("a", 9), key("b", 9), key("b", 20)]).toEqual(["key 1", "key 1", "key 2", "key 3"]);
  });
});

describe("the pipes of a link", () => {
  it("are those that are numbers, each once", () => {
    expect(pipesIn(["12", "0", "x", "12", "7", "1234567890123456"])).toEqual([12, 7]);
  });

  it("are no more than the server takes", () => {
    expect(pipesIn(Array.from({ length: 30 }, (_, i) => `${i + 1}`))).toHaveLength(MOST_BREAKS);
  });
});

import { describe, expect, it } from "vitest";
import { translate } from "../src/i18n/first-view";
import {
  around,
  byTime,
  covers,
  firstPair,
  inView,
  photoAway,
  photoUnder,
  pictures,
  sideToReplace,
  takenAt,
  timeline,
} from "../src/state/photos";
import { photoCaption } from "../src/ui/photo-words";
import { footprint, photo, ring, state } from "./fixtures";

const PHOTOS = [photo("2024-06"), photo("2020"), photo("2014-07-03"), photo("2022")];
const HEIGHTS = photo("2025-03", { kind: "ground" });
const slugs = (photos: readonly { slug: string }[]): string[] => photos.map(({ slug }) => slug);

describe("time line", () => {
  it("goes from the oldest to the newest, whatever the precision of the dates", () => {
    expect(slugs(byTime(PHOTOS))).toEqual(["2014-07-03", "2020", "2022", "2024-06"]);
    expect(takenAt("2024-01-01")).toBeLessThan(takenAt("2024-06"));
  });

  it("is as long between two as the time between them", () => {
    const gaps = timeline(PHOTOS).map(({ gap }) => gap);
    expect(gaps[0]).toBe(0);
    expect(gaps.reduce((sum, gap) => sum + gap, 0)).toBeCloseTo(1);
    expect(gaps[1]).toBeGreaterThan(2.5 * (gaps[2] ?? 0));
  });

  it("bears one campaign, or several of one date", () => {
    expect(timeline([photo("2024")]).map(({ gap }) => gap)).toEqual([0]);
    expect(timeline([photo("2024"), photo("2024")]).map(({ gap }) => gap)).toEqual([0, 0]);
  });

  it("keeps the neighbours of the photo on screen where all would not fit", () => {
    expect(slugs(around(PHOTOS, "2014-07-03", 2))).toEqual(["2014-07-03", "2020"]);
    expect(slugs(around(PHOTOS, "2024-06", 3))).toEqual(["2020", "2022", "2024-06"]);
    expect(around(PHOTOS, "2020", 9)).toHaveLength(4);
  });
});

describe("heights among the photos", () => {
  it("are offered by their date alone only where they are on screen", () => {
    expect(slugs(pictures([photo("2024"), HEIGHTS]))).toEqual(["2024"]);
    expect(slugs(pictures([photo("2024"), HEIGHTS], "2025-03"))).toEqual(["2024", "2025-03"]);
  });

  it("say what they are before their date", () => {
    const t = translate("fr");
    expect(photoCaption(HEIGHTS, "fr", t)).toBe(
      `${t("photos.kind.ground")} · ${photoCaption(photo("2025-03"), "fr", t)}`,
    );
    expect(photoCaption(HEIGHTS, "fr", t)).toContain("Altitudes du sol (MNT)");
  });
});

describe("comparison", () => {
  it("begins with the photo on screen and the one before it", () => {
    expect(firstPair(PHOTOS, "2022")).toEqual({ left: "2020", right: "2022" });
  });

  it("begins with the two newest when there is no photo on screen", () => {
    expect(firstPair(PHOTOS, null)).toEqual({ left: "2022", right: "2024-06" });
  });

  it("keeps the oldest on the left", () => {
    expect(firstPair(PHOTOS, "2014-07-03")).toEqual({ left: "2014-07-03", right: "2020" });
  });

  it("needs two campaigns", () => {
    expect(firstPair([photo("2024")], "2024")).toBeNull();
  });

  it("leaves heights aside while there are two photos", () => {
    expect(firstPair([...PHOTOS, HEIGHTS], null)).toEqual({ left: "2022", right: "2024-06" });
    expect(firstPair([...PHOTOS, HEIGHTS], "2025-03")).toEqual({ left: "2024-06", right: "2025-03" });
    expect(firstPair([photo("2024"), HEIGHTS], "2024")).toEqual({ left: "2024", right: "2025-03" });
  });

  it("replaces the nearer in time", () => {
    expect(sideToReplace(PHOTOS, "2014-07-03", "2024-06", "2022")).toBe("right");
    expect(sideToReplace(PHOTOS, "2020", "2024-06", "2014-07-03")).toBe("left");
  });
});

describe("photo under the pointer", () => {
  const photos = {
    status: "ready" as const,
    value: [photo("2024"), photo("2020", { footprint_4326: footprint([1.8, 47.5, 1.9, 47.6]) })],
  };
  const compared = (mode: "swipe" | "side") => state({ photos, photo: "2024", compare: { mode, left: "2020" } });
  const slugAt = (...parameters: Parameters<typeof photoUnder>) => photoUnder(...parameters)?.photo.slug;

  it("is the one on screen", () => {
    expect(slugAt(state({ photos, photo: "2024" }), { position: [1.95, 47.55], twin: false }, 0.5)).toBe("2024");
  });

  it("is that of the side of the divider", () => {
    expect(slugAt(compared("swipe"), { position: [1.85, 47.55], twin: false }, 0.5)).toBe("2020");
    expect(slugAt(compared("swipe"), { position: [1.85, 47.55], twin: false }, 0.1)).toBe("2024");
  });

  it("is that of the map it is in", () => {
    expect(slugAt(compared("side"), { position: [1.99, 47.55], twin: true }, 0.5)).toBe("2020");
    expect(slugAt(compared("side"), { position: [1.81, 47.55], twin: false }, 0.5)).toBe("2024");
  });

  it("is that of the centre without a pointer", () => {
    expect(slugAt(state({ photos, photo: "2020" }), { position: null, twin: false }, 0.5)).toBe("2020");
  });

  it("does not reach out of its footprint", () => {
    expect(covers(photo("2024"), [2.1, 47.55])).toBe(false);
    const outside = photoUnder(state({ photos, photo: "2020" }), { position: [1.95, 47.55], twin: false }, 0.5);
    expect(outside?.covered).toBe(false);
  });

  it("is none without a photo", () => {
    expect(photoUnder(state({ photos }), { position: [1.9, 47.55], twin: false }, 0.5)).toBeNull();
  });
});

describe("photo in the view", () => {
  const west = footprint([1.8, 47.5, 1.85, 47.6]);
  const clusters = photo("2024", { footprint_4326: footprint([1.8, 47.5, 1.85, 47.6], [1.95, 47.5, 2, 47.6]) });
  const pierced = photo("2020", {
    footprint_4326: {
      type: "MultiPolygon",
      coordinates: [[ring([1.8, 47.5, 2, 47.6]), ring([1.88, 47.53, 1.92, 47.57])]],
    },
  });
  const between = { center: [1.9, 47.55], zoom: 17, bbox: [1.89, 47.54, 1.91, 47.56] } as const;
  const here = { ...between, center: [...between.center], bbox: [...between.bbox] } as ReturnType<typeof state>["view"];

  it("is where its clusters are, not between them", () => {
    expect(covers(clusters, [1.84, 47.55])).toBe(true);
    expect(covers(clusters, [1.96, 47.55])).toBe(true);
    expect(covers(clusters, [1.9, 47.55])).toBe(false);
  });

  it("is not where it has a hole", () => {
    expect(covers(pierced, [1.9, 47.55])).toBe(false);
    expect(covers(pierced, [1.87, 47.55])).toBe(true);
    expect(inView(pierced, here.bbox)).toBe(false);
  });

  it("is seen when an edge crosses the view, whichever corners lie in it", () => {
    expect(inView(clusters, [1.84, 47.54, 1.86, 47.56])).toBe(true);
    expect(inView(clusters, [1.7, 47.4, 2.1, 47.7])).toBe(true);
    expect(inView(photo("2014", { footprint_4326: footprint([1.895, 47, 1.905, 48]) }), [1.8, 47.5, 2, 47.6])).toBe(
      true,
    );
    expect(inView(clusters, [1.7, 47.4, 1.79, 47.7])).toBe(false);
  });

  it("is seen when the view lies all within it", () => {
    expect(inView(clusters, [1.82, 47.54, 1.83, 47.55])).toBe(true);
  });

  it("is away when it shows nothing there", () => {
    const photos = { status: "ready" as const, value: [clusters, pierced, photo("2014", { footprint_4326: west })] };
    expect(photoAway(state({ photos, photo: "2024", view: here }))?.slug).toBe("2024");
    expect(photoAway(state({ photos, photo: "2024" }))).toBeNull();
    expect(photoAway(state({ photos, photo: null, view: here }))).toBeNull();
  });

  it("is not away when the photo it is compared with shows something", () => {
    const photos = { status: "ready" as const, value: [clusters, photo("2022"), pierced] };
    const compare = (left: string) => state({ photos, photo: "2024", view: here, compare: { mode: "swipe", left } });
    expect(photoAway(compare("2022"))).toBeNull();
    expect(photoAway(compare("2020"))?.slug).toBe("2024");
  });
});

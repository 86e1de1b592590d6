import { describe, expect, it } from "vitest";
import {
  dayInParis,
  formatAcquired,
  formatArea,
  formatBar,
  formatCoordinates,
  formatDate,
  formatLength,
  formatResolution,
  formatScale,
  formatTaken,
  parcelName,
  scaleBar,
} from "../src/format/format";

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

describe("French figures", () => {
  it("groups thousands with a narrow space", () => {
    expect(formatScale(24980, "fr")).toContain("\u202f");
    expect(plain(formatScale(24980, "fr"))).toBe("1 : 25 000");
  });

  it("rounds a scale to what a screen can hold", () => {
    expect(plain(formatScale(1712, "fr"))).toBe("1 : 1 700");
    expect(plain(formatScale(487, "fr"))).toBe("1 : 490");
  });

  it("chooses the unit of a length", () => {
    expect(plain(formatLength(7.236, "fr"))).toBe("7,24 m");
    expect(plain(formatLength(152.46, "fr"))).toBe("152,5 m");
    expect(plain(formatLength(2345, "fr"))).toBe("2,35 km");
  });

  it("chooses the unit of an area", () => {
    expect(plain(formatArea(612, "fr"))).toBe("612 m²");
    expect(plain(formatArea(12345, "fr"))).toBe("1,23 ha");
    expect(plain(formatArea(3.2e6, "fr"))).toBe("3,20 km²");
  });

  it("writes dates as people do, and leaves what is not one", () => {
    expect(plain(formatDate("2026-11-24", "fr"))).toBe("24 nov. 2026");
    expect(plain(formatDate("2026-12-01", "fr"))).toBe("1er déc. 2026");
    expect(plain(formatDate("2026-12-01", "en"))).toBe("1 Dec 2026");
    expect(formatDate("inconnue", "fr")).toBe("inconnue");
  });
});

describe("coordinates", () => {
  it("come in Lambert-93", () => {
    expect(plain(formatCoordinates([1.9000748, 47.5563062], "lambert93", "fr"))).toBe("E 617 284 · N 6 717 902");
  });

  it("or in degrees, west said in the language", () => {
    expect(plain(formatCoordinates([-1.5, 47.55], "wgs84", "fr"))).toBe("47,55000° N · 1,50000° O");
    expect(plain(formatCoordinates([-1.5, 47.55], "wgs84", "en"))).toBe("47.55000° N · 1.50000° W");
  });
});

describe("scale bar", () => {
  it("is the longest round length that fits", () => {
    expect(scaleBar(0.8, 110)).toEqual({ metres: 50, pixels: 63 });
    expect(scaleBar(10, 110)).toEqual({ metres: 1000, pixels: 100 });
  });

  it("says kilometres from one on", () => {
    expect(plain(formatBar(2000, "fr"))).toBe("2 km");
    expect(plain(formatBar(500, "fr"))).toBe("500 m");
  });
});

describe("a campaign", () => {
  it.each([
    ["2024", "2024", "de 2024"],
    ["2024-06", "juin 2024", "de juin 2024"],
    ["2024-08", "août 2024", "d’août 2024"],
    ["2024-06-12", "12 juin 2024", "du 12 juin 2024"],
    ["2024-10-01", "1er octobre 2024", "du 1er octobre 2024"],
    ["jadis", "jadis", "de jadis"],
  ])("of %s is %s", (acquired, date, taken) => {
    expect(plain(formatAcquired(acquired, "fr"))).toBe(date);
    expect(plain(formatTaken(acquired, "fr"))).toBe(taken);
  });

  it("is short on a time line", () => {
    expect(plain(formatAcquired("2024-10", "fr", "short"))).toBe("oct. 2024");
  });

  it("is dated in English", () => {
    expect(plain(formatTaken("2024-06-12", "en"))).toBe("of 12 June 2024");
  });

  it("has the size of its pixels on the ground", () => {
    expect([0.05, 0.125, 0.2, 1, 1.5].map((metres) => plain(formatResolution(metres, "fr")))).toEqual([
      "5 cm",
      "12,5 cm",
      "20 cm",
      "1 m",
      "1,5 m",
    ]);
  });
});

describe("The day in Paris", () => {
  it.each([
    ["2026-11-29T22:59:00Z", "2026-11-29"],
    ["2026-11-29T23:30:00Z", "2026-11-30"],
    ["2026-07-01T22:30:00Z", "2026-07-02"],
    ["2028-02-29T23:30:00Z", "2028-03-01"],
  ])("of %s is %s", (instant, day) => {
    expect(dayInParis(new Date(instant))).toBe(day);
  });
});

describe("parcels as people call them", () => {
  it.each([
    ["45901000AB0012", "AB 12"],
    ["459010000A0120", "A 120"],
    ["45901234AB0012", "234 AB 12"],
    ["Rue des Ormes", "Rue des Ormes"],
  ])("%s is %s", (identifier, name) => {
    expect(plain(parcelName(identifier))).toBe(name);
  });
});

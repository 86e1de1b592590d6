import { describe, expect, it } from "vitest";
import { bannerOf } from "../src/state/banner";

const usual = { maintenance: "", is_empty: false };

describe("what the map says above itself", () => {
  it("is the maintenance that only lets read, before that nothing is there yet", () => {
    expect(bannerOf({ maintenance: "Migration des réseaux.", is_empty: true }, { online: true })).toBe("maintenance");
    expect(bannerOf({ ...usual, is_empty: true }, { online: true })).toBe("empty");
  });

  it("is first of all that the network is away", () => {
    expect(bannerOf({ ...usual, maintenance: "Migration." }, { online: false })).toBe("offline");
  });

  it("is otherwise what the photo has to say", () => {
    expect(bannerOf(usual, { online: true })).toBe("photo");
  });
});

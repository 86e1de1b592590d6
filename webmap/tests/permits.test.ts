import { describe, expect, it } from "vitest";
import { permitWords } from "../src/i18n/permits";
import { deadlinesUrl, filingUrl, inDays, permitUrl } from "../src/permits/deadlines";

describe("addresses of planning applications", () => {
  it("lead to the deadlines and to a file", () => {
    expect(deadlinesUrl("/permis/")).toBe("/permis/echeances.json");
    expect(permitUrl("/permis/", "PC0459012600001")).toBe("/permis/PC0459012600001/");
  });

  it("lead to filing with the parcels that are chosen", () => {
    expect(filingUrl("/permis/deposer/", ["45901000AB0001", "45901000AB0002"])).toBe(
      "/permis/deposer/?parcels=45901000AB0001,45901000AB0002",
    );
  });

  it("are not there for who may not file, without parcels, and for too many", () => {
    expect(filingUrl(null, ["45901000AB0001"])).toBeNull();
    expect(filingUrl("/permis/deposer/", [])).toBeNull();
    expect(filingUrl("/permis/deposer/", Array(101).fill("45901000AB0001"))).toBeNull();
  });
});

describe("how far a deadline is", () => {
  it.each([
    [0, "aujourd’hui", "today"],
    [1, "demain", "tomorrow"],
    [12, "dans 12 jours", "in 12 days"],
    [-1, "en retard d’un jour", "one day late"],
    [-3, "en retard de 3 jours", "3 days late"],
  ])("%i days", (days, french, english) => {
    expect([inDays(days, permitWords("fr")), inDays(days, permitWords("en"))]).toEqual([french, english]);
  });
});

import { Board, type BoardWord } from "../board/board";
import { readCollection } from "../board/parts";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { type MeasureLook, WorksMap } from "../map/works-map";

interface Config {
  language: Language;
  extent_4326: Bbox;
  looks: Record<string, MeasureLook>;
  words: Record<BoardWord, string>;
  /** Works to show: here, or at an address. */
  features?: object[];
  url?: string;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads", "road-sections"];
const SHOWN = ["communes", "parcels", "buildings", "roads", "works"];

/** Works on a map beside their list, or alone. */
export function show(place: HTMLElement, { features, url, extent_4326, looks, language, words }: Config): void {
  new Board(place, {
    language,
    words,
    row: "work",
    rowsChoose: false,
    chosenClass: "pointed",
    context: CONTEXT,
    whole: SHOWN,
    makeMap: (target, listening) => new WorksMap(target, looks, extent_4326, listening),
    load: async () => (features ? { features } : url ? readCollection(url) : { features: [] }),
    describe: ({ title, traffic, days, url: page }) => ({
      facts: [title, traffic, days].filter(Boolean).map(String),
      url: page && url ? new URL(String(page)).pathname : "",
    }),
  });
}

import { Board, type BoardWord } from "../board/board";
import { readCollection } from "../board/parts";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { ListMap } from "../map/list-map";

/** What the server writes for the map beside a list (`gis_core/desk/small_map.py`). */
interface Config {
  url: string;
  extent_4326: Bbox;
  language: Language;
  words: Record<BoardWord | "more" | "elsewhere", string>;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads"];

/** The small map beside a list. */
export function show(place: HTMLElement, { url, extent_4326, language, words }: Config): void {
  new Board(place, {
    language,
    words,
    row: "key",
    rowsChoose: true,
    chosenClass: "chosen",
    context: CONTEXT,
    whole: CONTEXT,
    makeMap: (target, listening) => new ListMap(target, extent_4326, listening),
    load: () => readCollection(url),
    describe({ title, label, detail, href }, _key, listed) {
      const facts = [title, label, detail].filter(Boolean).map(String);
      if (!listed) facts.push(words.elsewhere);
      return { facts, url: String(href ?? "") };
    },
    chosen: (row) => row.querySelector("a")?.focus({ preventScroll: true }),
  });
}

import { Board, type BoardWord } from "../board/board";
import { readCollection } from "../board/parts";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { PermitMap, type StateLook } from "../map/permit-map";

interface Config {
  url: string;
  /** The page of a file, with NUMBER for its number. */
  page: string;
  extent_4326: Bbox;
  language: Language;
  states: Record<string, StateLook>;
  words: Record<BoardWord | "more" | "until" | "elsewhere", string>;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads"];

/** The small map beside the table of files. */
export function show(place: HTMLElement, { url, page, extent_4326, language, states, words }: Config): void {
  new Board(place, {
    language,
    words,
    row: "key",
    rowsChoose: true,
    chosenClass: "chosen",
    context: CONTEXT,
    whole: [...CONTEXT, "permits"],
    makeMap: (target, listening) => new PermitMap(target, states, extent_4326, listening),
    load: () => readCollection(url),
    describe({ title, kind, label, due }, number, listed) {
      const facts = [`${title}`, `${kind}`, `${label}`];
      if (due) facts.push(words.until.replace("{date}", String(due)));
      if (!listed) facts.push(words.elsewhere);
      return { facts, url: page.replace("NUMBER", number) };
    },
    chosen: (row) => row.querySelector("a")?.focus({ preventScroll: true }),
  });
}

import { Board, type BoardWord } from "../board/board";
import { type Collection, element, readCollection } from "../board/parts";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { COLOURS, CoverMap, KINDS, type Kind } from "../map/cover-map";

interface Config {
  url: string;
  extent_4326: Bbox;
  language: Language;
  words: Record<BoardWord | "more" | "metres" | Kind, string>;
}

interface Answer extends Collection {
  readonly features: readonly { id: string; properties: { kind: Kind } }[];
}

const CONTEXT = ["communes", "parcels", "buildings", "roads"];
const SHAPES: Readonly<Record<Kind, string>> = { far: "■", no_way: "◆", no_road: "▲", hydrant: "●", out: "✕" };

/** The legend of what is on the map. */
function legendOf({ features }: Answer, words: Config["words"]): HTMLLIElement[] {
  const shown = new Set(features.map(({ properties }) => properties.kind));
  return KINDS.filter((kind) => shown.has(kind)).map((kind) => {
    const line = element("li");
    const mark = element("span", "", SHAPES[kind]);
    mark.style.color = COLOURS[kind];
    mark.setAttribute("aria-hidden", "true");
    line.append(mark, words[kind]);
    return line;
  });
}

function describe(properties: Readonly<Record<string, unknown>>, words: Config["words"]): string[] {
  const { kind, url, label, metres, flow } = properties;
  const facts = [words[kind as Kind]];
  if (url) facts.push(String(label));
  if (typeof metres === "number") facts.push(words.metres.replace("{metres}", String(Math.round(metres))));
  if (typeof flow === "number") facts.push(`${flow} m³/h`);
  return facts;
}

/** The small map beside the table of buildings too far from a hydrant. */
export function show(place: HTMLElement, { url, extent_4326, language, words }: Config): void {
  const legend = element("ul", "map-key");
  new Board(place, {
    language,
    words,
    row: "building",
    rowsChoose: true,
    chosenClass: "pointed",
    context: CONTEXT,
    whole: [...CONTEXT, "water-nodes"],
    legend,
    makeMap: (target, listening) => new CoverMap(target, extent_4326, listening),
    async load() {
      const answer = (await readCollection(url)) as Answer;
      legend.replaceChildren(...legendOf(answer, words));
      return answer;
    },
    count: ({ features }) => (features as Answer["features"]).filter(({ id }) => id.startsWith("b")).length,
    describe: (properties) => ({ facts: describe(properties, words), url: String(properties["url"] ?? "") }),
  });
}

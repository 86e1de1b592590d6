import { addContext, button, element, mapTarget, statusLine, zoomButtons } from "../board/parts";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { GroundMap } from "../map/ground-map";
import type { MapPhoto } from "../map/model";

type Word = "label" | "closer" | "further" | "whole" | "map" | "caption" | "without";

interface Config {
  extent_4326: Bbox;
  language: Language;
  words: Record<Word, string>;
  /** The ground, as GeoJSON. */
  ground: object;
  photo: MapPhoto | null;
  /** The whole map at this place. */
  page: string;
}

const ON_PHOTO = ["parcels"];
const CONTEXT = ["communes", "parcels", "buildings", "roads"];

/** The small map of one file: its ground on the aerial photo, or on the plan where there is none. */
export function show(place: HTMLElement, { extent_4326, language, words, ground, photo, page }: Config): void {
  const target = mapTarget(words.label);
  const status = statusLine();
  status.textContent = words.caption;
  const map = new GroundMap(target, extent_4326, ground, photo, () => {
    status.textContent = words.without;
  });
  const whole = element("a", "", words.map);
  whole.href = page;
  const foot = element("div", "map-foot");
  foot.append(
    ...zoomButtons(words, (step) => map.zoomBy(step)),
    button(words.whole, () => map.whole()),
    whole,
  );
  place.replaceChildren(target, foot, status);
  place.setAttribute("aria-busy", "false");
  void addContext(map, language, photo ? ON_PHOTO : CONTEXT);
}

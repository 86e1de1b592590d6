import { ApiClient } from "../api/client";
import type { Language } from "../format/format";
import type { Bbox, LonLat } from "../geo/mercator";
import { PermitMap, type StateLook } from "../map/permit-map";
import { writePermalink } from "../state/permalink";

type Word =
  | "label"
  | "closer"
  | "further"
  | "whole"
  | "more"
  | "none"
  | "failed"
  | "open"
  | "until"
  | "elsewhere"
  | "map";

interface Config {
  url: string;
  /** The page of a file, with NUMBER for its number. */
  page: string;
  extent_4326: Bbox;
  language: Language;
  states: Record<string, StateLook>;
  words: Record<Word, string>;
}

interface Answer {
  features: unknown[];
  more: boolean;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads"];
const SHOWN = [...CONTEXT, "permits"];
const POINTED = "pointed";
const CHOSEN = "chosen";

/** The small map beside the table of files: what is pointed at in one is marked in the other. */
class Board {
  private readonly map: PermitMap;
  private readonly told: HTMLElement;
  private readonly rows = new Map<string, HTMLElement>();
  private readonly whole: HTMLAnchorElement;
  private chosen: string | null = null;
  /** What is to be said of all of them, where nothing is chosen. */
  private summary = "";

  constructor(
    private readonly place: HTMLElement,
    private readonly config: Config,
  ) {
    const { words } = config;
    const target = element("div", "map");
    target.tabIndex = 0;
    target.setAttribute("role", "application");
    target.setAttribute("aria-label", words.label);
    this.told = element("p", "map-told");
    this.told.setAttribute("role", "status");
    this.whole = document.createElement("a");
    this.whole.textContent = words.map;
    const foot = element("div", "map-foot");
    foot.append(
      button("−", words.further, () => this.map.zoomBy(-1)),
      button("+", words.closer, () => this.map.zoomBy(1)),
      button(words.whole, "", () => this.map.whole()),
      this.whole,
    );
    place.replaceChildren(target, foot, this.told);
    this.map = new PermitMap(target, config.states, config.extent_4326, {
      pointed: (number) => this.point(number),
      chosen: (number) => this.choose(number),
      moved: (center, zoom) => this.moved(center, zoom),
    });
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-key]")) this.listen(row);
    void this.load();
  }

  private listen(row: HTMLElement): void {
    const number = row.dataset["key"] ?? "";
    this.rows.set(number, row);
    row.addEventListener("pointerenter", () => this.map.mark(number));
    row.addEventListener("pointerleave", () => this.map.mark(null));
    row.addEventListener("focusin", () => this.map.mark(number));
    row.addEventListener("focusout", () => this.map.mark(null));
    row.addEventListener("click", (event) => {
      if ((event.target as HTMLElement).closest("a") || getSelection()?.toString()) return;
      this.chosen = number;
      this.light(number, CHOSEN);
      this.tell(number);
      this.map.goToOne(number);
    });
  }

  private async load(): Promise<void> {
    const { words } = this.config;
    this.place.setAttribute("aria-busy", "true");
    const api = new ApiClient("/api/v1/", () => this.config.language);
    const context = api.layers().then(
      (layers) => this.map.addContext(layers.filter(({ slug }) => CONTEXT.includes(slug))),
      () => undefined,
    );
    try {
      const response = await fetch(this.config.url, { headers: { Accept: "application/geo+json" } });
      if (!response.ok) throw new Error(String(response.status));
      const answer = (await response.json()) as Answer;
      const count = this.map.show(answer).length;
      this.summary = answer.more ? words.more.replace("{count}", String(count)) : count ? "" : words.none;
    } catch {
      this.summary = words.failed;
    }
    this.told.textContent = this.summary;
    await context;
    this.place.removeAttribute("aria-busy");
  }

  private point(number: string | null): void {
    this.light(number, POINTED);
    this.tell(number ?? this.chosen);
  }

  private choose(number: string | null): void {
    this.chosen = number;
    this.light(number, CHOSEN);
    this.tell(number);
    const row = number ? this.rows.get(number) : undefined;
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.focus({ preventScroll: true });
  }

  private light(number: string | null, name: string): void {
    for (const [own, row] of this.rows) row.classList.toggle(name, own === number);
  }

  /** What is known of the chosen file, and the way to it. */
  private tell(number: string | null): void {
    const { words, page } = this.config;
    const found = number ? this.map.properties(number) : null;
    this.told.replaceChildren(this.summary);
    if (!found || !number) return;
    const facts = [`${found["title"]}`, `${found["kind"]}`, `${found["label"]}`];
    if (found["due"]) facts.push(words.until.replace("{date}", String(found["due"])));
    if (!this.rows.has(number)) facts.push(words.elsewhere);
    const link = document.createElement("a");
    link.href = page.replace("NUMBER", number);
    link.textContent = words.open;
    this.told.replaceChildren(`${facts.join(" · ")} `, link);
  }

  private moved(center: LonLat, zoom: number): void {
    const layers = SHOWN.map((slug) => ({ slug, visible: true, opacity: 1 }));
    this.whole.href = `/${writePermalink({ center, zoom, layers })}`;
  }
}

function element(name: "div" | "p", className: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

/** The map begins when it is seen: on a telephone it is folded at first. */
function begin(): void {
  const text = document.getElementById("permit-map-config")?.textContent;
  const place = document.getElementById("permit-map");
  if (!text || !place) return;
  const config = JSON.parse(text) as Config;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    seen.disconnect();
    new Board(place, config);
  });
  seen.observe(place);
}

begin();

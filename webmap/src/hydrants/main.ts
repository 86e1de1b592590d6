import { ApiClient } from "../api/client";
import type { Language } from "../format/format";
import type { Bbox, LonLat } from "../geo/mercator";
import { COLOURS, CoverMap, KINDS, type Kind } from "../map/cover-map";
import { writePermalink } from "../state/permalink";

type Word = "label" | "closer" | "further" | "whole" | "more" | "none" | "failed" | "open" | "metres" | "map" | Kind;

interface Config {
  url: string;
  extent_4326: Bbox;
  language: Language;
  words: Record<Word, string>;
}

interface Answer {
  features: { properties: { kind: Kind } }[];
  more: boolean;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads"];
const SHOWN = [...CONTEXT, "water-nodes"];
const SHAPES: Readonly<Record<Kind, string>> = { far: "■", no_way: "◆", no_road: "▲", hydrant: "●", out: "✕" };

/** The small map beside the table: what is pointed at in one is marked in the other. */
class Cover {
  private readonly map: CoverMap;
  private readonly told = element("p", "map-told");
  private readonly key = element("ul", "map-key");
  private readonly rows = new Map<string, HTMLElement>();
  private readonly whole = document.createElement("a");
  private chosen: string | null = null;
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
    this.told.setAttribute("role", "status");
    this.whole.textContent = words.map;
    const foot = element("div", "map-foot");
    foot.append(
      button("−", words.further, () => this.map.zoomBy(-1)),
      button("+", words.closer, () => this.map.zoomBy(1)),
      button(words.whole, "", () => this.map.whole()),
      this.whole,
    );
    place.replaceChildren(target, foot, this.key, this.told);
    this.map = new CoverMap(target, config.extent_4326, {
      pointed: (key) => this.point(key),
      chosen: (key) => this.choose(key),
      moved: (center, zoom) => this.moved(center, zoom),
    });
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-building]")) this.listen(row);
    void this.load();
  }

  private listen(row: HTMLElement): void {
    const key = row.dataset["building"] ?? "";
    this.rows.set(key, row);
    row.addEventListener("pointerenter", () => this.map.mark(key));
    row.addEventListener("pointerleave", () => this.map.mark(null));
    row.addEventListener("focusin", () => this.map.mark(key));
    row.addEventListener("focusout", () => this.map.mark(null));
    row.addEventListener("click", (event) => {
      if ((event.target as HTMLElement).closest("a") || getSelection()?.toString()) return;
      this.chosen = key;
      this.light(key);
      this.tell(key);
      this.map.goToOne(key);
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
      const count = this.map.show(answer).filter((one) => String(one.getId()).startsWith("b")).length;
      this.summary = answer.more ? words.more.replace("{count}", String(count)) : count ? "" : words.none;
      this.explain(new Set(answer.features.map(({ properties }) => properties.kind)));
    } catch {
      this.summary = words.failed;
    }
    this.told.textContent = this.summary;
    await context;
    this.place.removeAttribute("aria-busy");
  }

  /** The legend of what is on the map. */
  private explain(shown: ReadonlySet<Kind>): void {
    const lines = KINDS.filter((kind) => shown.has(kind)).map((kind) => {
      const line = document.createElement("li");
      const mark = document.createElement("span");
      mark.textContent = SHAPES[kind];
      mark.style.color = COLOURS[kind];
      mark.setAttribute("aria-hidden", "true");
      line.append(mark, this.config.words[kind]);
      return line;
    });
    this.key.replaceChildren(...lines);
  }

  private point(key: string | null): void {
    this.light(key);
    this.tell(key ?? this.chosen);
  }

  private choose(key: string | null): void {
    this.chosen = key;
    this.light(key);
    this.tell(key);
    const row = key ? this.rows.get(key) : undefined;
    row?.scrollIntoView({ block: "nearest" });
  }

  private light(key: string | null): void {
    for (const [own, row] of this.rows) row.classList.toggle("pointed", own === key);
  }

  /** What is known of the one that is chosen, and the way to it. */
  private tell(key: string | null): void {
    const { words } = this.config;
    const found = key ? this.map.properties(key) : null;
    this.told.replaceChildren(this.summary);
    if (!found) return;
    const kind = found["kind"] as Kind;
    const facts = [words[kind]];
    if (found["url"]) facts.push(String(found["label"]));
    if (typeof found["metres"] === "number")
      facts.push(words.metres.replace("{metres}", String(Math.round(found["metres"]))));
    if (typeof found["flow"] === "number") facts.push(`${found["flow"]} m³/h`);
    this.told.replaceChildren(`${facts.join(" · ")} `);
    if (!found["url"]) return;
    const link = document.createElement("a");
    link.href = String(found["url"]);
    link.textContent = words.open;
    this.told.append(link);
  }

  private moved(center: LonLat, zoom: number): void {
    const layers = SHOWN.map((slug) => ({ slug, visible: true, opacity: 1 }));
    this.whole.href = `/${writePermalink({ center, zoom, layers })}`;
  }
}

function element<Name extends "div" | "p" | "ul">(name: Name, className: string): HTMLElementTagNameMap[Name] {
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

const text = document.getElementById("cover-map-config")?.textContent;
const place = document.getElementById("cover-map");
if (text && place) new Cover(place, JSON.parse(text) as Config);

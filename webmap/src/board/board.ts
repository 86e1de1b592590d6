import type { Language } from "../format/format";
import type { LonLat } from "../geo/mercator";
import type { Listening, MarkedMap } from "../map/page-map";
import { writePermalink } from "../state/permalink";
import { addContext, button, type Collection, element, mapTarget, statusLine, zoomButtons } from "./parts";

const POINTED = "pointed";

export type BoardWord = "label" | "closer" | "further" | "whole" | "map" | "open" | "none" | "failed";

/** What is said of an object, and the page that has more of it; "" for none. */
export interface Description {
  readonly facts: readonly string[];
  readonly url: string;
}

/** What a page puts on its map. */
export interface Page {
  readonly language: Language;
  /** `more`: with {count}, where there is more than the map shows. */
  readonly words: Readonly<Record<BoardWord, string> & { more?: string }>;
  /** The data attribute by which rows of the list name their object. */
  readonly row: string;
  /** Whether a row may be pressed, and what is pointed at is described. */
  readonly rowsChoose: boolean;
  /** The class of the row of what is chosen. */
  readonly chosenClass: string;
  /** Layers of the plan beneath. */
  readonly context: readonly string[];
  /** Layers that are on in the whole map. */
  readonly whole: readonly string[];
  makeMap(target: HTMLElement, listening: Listening): MarkedMap;
  load(): Promise<Collection>;
  /** How many of them are counted; all of them without. */
  count?(collection: Collection): number;
  /** `listed`: the object has a row on this page. */
  describe(properties: Readonly<Record<string, unknown>>, key: string, listed: boolean): Description;
  /** Between the buttons and the line that says what is pointed at. */
  readonly legend?: HTMLElement;
  /** A row was chosen on the map. */
  chosen?(row: HTMLElement): void;
}

/** A small map beside the list of a page: what is pointed at or chosen in one is marked in the other. */
export class Board {
  private readonly map: MarkedMap;
  private readonly status = statusLine();
  private readonly rows = new Map<string, HTMLElement>();
  private readonly wholeMap = element("a");
  private chosen: string | null = null;
  /** What is to be said of all of them, where none is chosen. */
  private summary = "";

  constructor(
    private readonly place: HTMLElement,
    private readonly page: Page,
  ) {
    const { words } = page;
    const target = mapTarget(words.label);
    this.wholeMap.textContent = words.map;
    const foot = element("div", "map-foot");
    foot.append(
      ...zoomButtons(words, (step) => this.map.zoomBy(step)),
      button(words.whole, () => this.map.whole()),
      this.wholeMap,
    );
    place.replaceChildren(target, foot, ...(page.legend ? [page.legend] : []), this.status);
    this.map = page.makeMap(target, {
      pointed: (key) => this.point(key),
      chosen: (key) => this.choose(key),
      moved: (center, zoom) => this.moved(center, zoom),
    });
    for (const row of document.querySelectorAll<HTMLElement>(`[data-${page.row}]`)) this.listen(row);
    void this.load();
  }

  private listen(row: HTMLElement): void {
    const key = row.dataset[this.page.row] ?? "";
    this.rows.set(key, row);
    row.addEventListener("pointerenter", () => this.map.mark(key));
    row.addEventListener("pointerleave", () => this.map.mark(null));
    row.addEventListener("focusin", () => this.map.mark(key));
    row.addEventListener("focusout", () => this.map.mark(null));
    if (this.page.rowsChoose) row.addEventListener("click", (event) => this.press(event, key));
  }

  private press(event: Event, key: string): void {
    if ((event.target as HTMLElement).closest("a") || getSelection()?.toString()) return;
    this.take(key);
    this.map.goToOne(key);
  }

  private async load(): Promise<void> {
    this.place.setAttribute("aria-busy", "true");
    const context = addContext(this.map, this.page.language, this.page.context);
    this.summary = await this.show();
    this.status.textContent = this.summary;
    await context;
    this.place.removeAttribute("aria-busy");
  }

  /** Shows what there is; what is to be said of it. */
  private async show(): Promise<string> {
    const { words } = this.page;
    try {
      const collection = await this.page.load();
      this.map.show({ type: "FeatureCollection", ...collection });
      const count = this.page.count?.(collection) ?? collection.features.length;
      if (collection.more && words.more) return words.more.replace("{count}", String(count));
      return count ? "" : words.none;
    } catch {
      return words.failed;
    }
  }

  private point(key: string | null): void {
    this.light(key, POINTED);
    if (this.page.rowsChoose) this.describe(key ?? this.chosen);
  }

  private choose(key: string | null): void {
    this.take(key);
    const row = key ? this.rows.get(key) : undefined;
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.page.chosen?.(row);
  }

  private take(key: string | null): void {
    this.chosen = key;
    this.light(key, this.page.chosenClass);
    this.describe(key);
  }

  private light(key: string | null, name: string): void {
    for (const [own, row] of this.rows) row.classList.toggle(name, own === key);
  }

  /** What is known of one, and the way to it. */
  private describe(key: string | null): void {
    const properties = key ? this.map.properties(key) : null;
    this.status.replaceChildren(this.summary);
    if (!properties || !key) return;
    const { facts, url } = this.page.describe(properties, key, this.rows.has(key));
    this.status.replaceChildren(`${facts.join(" · ")} `);
    if (!url) return;
    const link = element("a", "", this.page.words.open);
    link.href = url;
    this.status.append(link);
  }

  private moved(center: LonLat, zoom: number): void {
    this.wholeMap.href = wholeMapUrl(center, zoom, this.page.whole);
  }
}

/** The address of the whole map at the same place, with these layers on. */
function wholeMapUrl(center: LonLat, zoom: number, slugs: readonly string[]): string {
  const layers = slugs.map((slug) => ({ slug, visible: true, opacity: 1 }));
  return `/${writePermalink({ center, zoom, layers })}`;
}

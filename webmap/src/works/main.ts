import { ApiClient, ApiError, isAbort } from "../api/client";
import { Session } from "../api/session";
import type { Language } from "../format/format";
import type { Bbox, LonLat } from "../geo/mercator";
import { type MeasureLook, StretchMap, WorksMap } from "../map/works-map";
import { writePermalink } from "../state/permalink";

type Word =
  | "label"
  | "closer"
  | "further"
  | "whole"
  | "map"
  | "failed"
  | "none"
  | "open"
  | "follow"
  | "draw"
  | "clear"
  | "first"
  | "last"
  | "drawing"
  | "done"
  | "empty"
  | "no_conflict"
  | "days_first";

interface Config {
  language: Language;
  extent_4326: Bbox;
  looks: Record<string, MeasureLook>;
  words: Record<Word, string>;
  /** Works to show: here, or at an address. */
  features?: object[];
  url?: string;
  /** Where a stretch is asked for, and its conflicts; with it the map is one to say where. */
  check?: string;
  stretch?: string;
  work?: number | null;
}

interface Conflict {
  title: string;
  reference: string;
  member: string;
  days: string;
  gravity: string;
  gravity_label: string;
  why: string;
  url: string;
}

interface Checked {
  stretch: object;
  length_m: number;
  place: string;
  conflicts: Conflict[];
}

const CONTEXT = ["communes", "parcels", "buildings", "roads", "road-sections"];
const SHOWN = ["communes", "parcels", "buildings", "roads", "works"];
const POINTED = "pointed";
const WAIT_MS = 350;

function element<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const made = element("button", "", text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

function mapTarget(label: string): HTMLElement {
  const target = element("div", "map");
  target.tabIndex = 0;
  target.setAttribute("role", "application");
  target.setAttribute("aria-label", label);
  return target;
}

function status(): HTMLElement {
  const told = element("p", "map-told");
  told.setAttribute("role", "status");
  return told;
}

/** Works on a map beside their list, or alone. */
class Shown {
  private readonly map: WorksMap;
  private readonly told = status();
  private readonly whole = element("a");
  private readonly rows = new Map<string, HTMLElement>();

  constructor(
    place: HTMLElement,
    private readonly config: Config,
  ) {
    const { words } = config;
    const target = mapTarget(words.label);
    this.whole.textContent = words.map;
    const foot = element("div", "map-foot");
    foot.append(
      button("−", words.further, () => this.map.zoomBy(-1)),
      button("+", words.closer, () => this.map.zoomBy(1)),
      button(words.whole, "", () => this.map.whole()),
      this.whole,
    );
    place.replaceChildren(target, foot, this.told);
    this.map = new WorksMap(target, config.looks, config.extent_4326, {
      pointed: (key) => this.light(key),
      chosen: (key) => this.choose(key),
      moved: (center, zoom) => this.moved(center, zoom),
    });
    for (const row of document.querySelectorAll<HTMLElement>("[data-work]")) this.listen(row);
    context(this.map, config.language);
    void this.load();
  }

  private listen(row: HTMLElement): void {
    const key = row.dataset["work"] ?? "";
    this.rows.set(key, row);
    row.addEventListener("pointerenter", () => this.map.mark(key));
    row.addEventListener("pointerleave", () => this.map.mark(null));
    row.addEventListener("focusin", () => this.map.mark(key));
    row.addEventListener("focusout", () => this.map.mark(null));
  }

  private async load(): Promise<void> {
    const { features, url, words } = this.config;
    try {
      const shown = features ?? (url ? await read(url) : []);
      const count = this.map.show({ type: "FeatureCollection", features: shown }).length;
      this.told.textContent = count ? "" : words.none;
    } catch {
      this.told.textContent = words.failed;
    }
  }

  private light(key: string | null): void {
    for (const [own, row] of this.rows) row.classList.toggle(POINTED, own === key);
  }

  private choose(key: string | null): void {
    this.light(key);
    const found = key ? this.map.properties(key) : null;
    this.told.replaceChildren();
    if (!found) return;
    const facts = [found["title"], found["traffic"], found["days"]].filter(Boolean);
    this.told.append(`${facts.join(" · ")} `);
    if (found["url"] && this.config.url) {
      const link = element("a", "", this.config.words.open);
      link.href = new URL(String(found["url"])).pathname;
      this.told.append(link);
    }
    const row = key ? this.rows.get(key) : undefined;
    row?.scrollIntoView({ block: "nearest" });
  }

  private moved(center: LonLat, zoom: number): void {
    const layers = SHOWN.map((slug) => ({ slug, visible: true, opacity: 1 }));
    this.whole.href = `/${writePermalink({ center, zoom, layers })}`;
  }
}

async function read(url: string): Promise<object[]> {
  const response = await fetch(url, { headers: { Accept: "application/geo+json" } });
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { features: object[] }).features;
}

function context(map: WorksMap | StretchMap, language: Language): void {
  const api = new ApiClient("/api/v1/", () => language);
  api.layers().then(
    (layers) => map.addContext(layers.filter(({ slug }) => CONTEXT.includes(slug))),
    () => undefined,
  );
}

/** The form of works: the stretch on the map, and the conflicts as soon as place and days are known. */
class Entry {
  private readonly map: StretchMap;
  private readonly told = status();
  private readonly clear: HTMLButtonElement;
  private readonly field: HTMLInputElement;
  private readonly conflicts = document.getElementById("work-conflicts");
  private readonly api: ApiClient;
  private asking: AbortController | null = null;
  private waiting = 0;
  private length: number | null = null;

  constructor(
    place: HTMLElement,
    private readonly form: HTMLFormElement,
    private readonly config: Config,
    private readonly check: string,
  ) {
    const { words } = config;
    this.api = new ApiClient("/api/v1/", () => config.language, undefined, new Session());
    this.field = form.elements.namedItem("geom") as HTMLInputElement;
    const target = mapTarget(words.label);
    this.clear = button(words.clear, "", () => this.keep("", false));
    const foot = element("div", "map-foot");
    foot.append(
      button(words.follow, "", () => this.map.follow()),
      button(words.draw, "", () => this.map.begin()),
      this.clear,
      button("−", words.further, () => this.map.zoomBy(-1)),
      button("+", words.closer, () => this.map.zoomBy(1)),
    );
    place.replaceChildren(target, foot, this.told);
    this.map = new StretchMap(target, config.extent_4326, {
      places: (one, other) => void this.ask({ points: [one, other] }),
      line: (geometry) => void this.ask({ geom: geometry }),
      under: (pressed) => this.tell(pressed),
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.map.stop();
    });
    // What was said before the page was loaded anew (static/gis_core/drafts.js).
    form.addEventListener("arpent:restored", () => {
      this.keep(this.field.value, true);
      if (this.said()) void this.ask(this.said() ?? {});
    });
    form.addEventListener("input", (event) => this.changed(event.target));
    context(this.map, config.language);
    if (config.stretch) this.map.show(config.stretch, true);
    this.tell(null);
    if (this.said()) void this.ask(this.said() ?? {});
  }

  private value(name: string): string {
    const found = new FormData(this.form).get(name);
    return typeof found === "string" ? found.trim() : "";
  }

  /** Where it is, as the form says it; null as long as something is missing. */
  private said(): Record<string, unknown> | null {
    switch (this.value("where")) {
      case "references":
        return this.value("start") && this.value("end") ? { start: this.value("start"), end: this.value("end") } : null;
      case "street":
        return this.value("street") && this.value("commune")
          ? { street: this.value("street"), commune: this.value("commune") }
          : null;
      default:
        return this.field.value ? { geom: this.field.value } : null;
    }
  }

  private changed(target: EventTarget | null): void {
    const names = ["where", "start", "end", "street", "commune", "starts_on", "ends_on", "hours", "kind", "measure"];
    const name = (target as HTMLInputElement | null)?.name ?? "";
    if (![...names, "new_surface"].includes(name)) return;
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      const said = this.said();
      if (said) void this.ask(said);
    }, WAIT_MS);
  }

  private async ask(where: Record<string, unknown>): Promise<void> {
    this.asking?.abort();
    this.asking = new AbortController();
    const days = { starts_on: this.value("starts_on"), ends_on: this.value("ends_on") };
    const more = { kind: this.value("kind"), measure: this.value("measure"), hours: this.value("hours") };
    const surface = { new_surface: this.value("new_surface") !== "" };
    const own = this.config.work ? { work: this.config.work } : {};
    const drawn = Boolean(where["points"] || where["geom"]);
    const body = { ...where, ...(days.starts_on && days.ends_on ? days : {}), ...more, ...surface, ...own };
    try {
      const response = await this.api.send(this.check, { method: "POST", body, signal: this.asking.signal });
      const answer = (await response.json()) as Checked;
      this.length = answer.length_m;
      if (drawn) this.choose("map");
      this.keep(JSON.stringify(answer.stretch), !drawn);
      this.show(answer.conflicts, Boolean(days.starts_on && days.ends_on));
    } catch (error) {
      if (!isAbort(error)) this.refused(error, drawn);
    }
  }

  private refused(error: unknown, drawn: boolean): void {
    const answered = error instanceof ApiError && !error.offline;
    // What was there before is not where the form says; who is not signed in has not been told so.
    if (answered && error.status !== 401) {
      if (!drawn) this.keep("", false);
      this.conflicts?.replaceChildren();
    }
    this.told.textContent = (answered && error.detail) || this.config.words.failed;
  }

  private choose(way: string): void {
    const radio = this.form.querySelector<HTMLInputElement>(`input[name="where"][value="${way}"]`);
    if (radio) radio.checked = true;
  }

  private keep(stretch: string, goTo: boolean): void {
    this.field.value = stretch;
    this.map.show(stretch, goTo);
    if (!stretch) {
      this.length = null;
      this.conflicts?.replaceChildren();
    }
    this.tell(null);
  }

  private tell(pressed: number | null): void {
    const { words } = this.config;
    this.clear.hidden = !this.field.value;
    const steps = [words.first, words.last, words.drawing];
    const metres = Math.round(this.length ?? 0).toLocaleString(this.config.language);
    const done = this.length === null ? "" : words.done.replace("%(metres)s", metres);
    this.told.textContent = pressed === null ? (this.field.value ? done : words.empty) : (steps[pressed] ?? "");
  }

  private show(conflicts: Conflict[], dated: boolean): void {
    const { words } = this.config;
    if (!conflicts.length) {
      this.conflicts?.replaceChildren(element("p", "no-conflict", dated ? words.no_conflict : words.days_first));
      return;
    }
    const list = element("ul", "conflicts");
    list.append(...conflicts.map(line));
    this.conflicts?.replaceChildren(list);
  }
}

/** As works/conflicts.html writes it. */
function line(one: Conflict): HTMLLIElement {
  const made = element("li", `conflict ${one.gravity}`);
  const link = element("a", "", one.title);
  link.href = one.url;
  link.target = "_blank";
  const facts = [one.reference, one.member, one.days].filter(Boolean).join(" · ");
  made.append(
    element("b", "gravity", one.gravity_label),
    " ",
    link,
    element("span", "sub", facts),
    element("p", "", one.why),
  );
  return made;
}

const text = document.getElementById("work-map-config")?.textContent;
const place = document.getElementById("work-map");
if (text && place) {
  const config = JSON.parse(text) as Config;
  const form = document.querySelector<HTMLFormElement>("[data-work-form]");
  if (config.check && form) new Entry(place, form, config, config.check);
  else new Shown(place, config);
}

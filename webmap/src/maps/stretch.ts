import { ApiClient, ApiError, isAbort } from "../api/client";
import type * as schema from "../api/schema";
import { Session } from "../api/session";
import { addContext, button, element, mapTarget, statusLine, zoomButtons } from "../board/parts";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { StretchMap } from "../map/works-map";

type Word =
  | "label"
  | "closer"
  | "further"
  | "failed"
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
  words: Record<Word, string>;
  /** Where a stretch is asked for, and its conflicts. */
  check: string;
  stretch?: string;
  work?: number | null;
}

type Conflict = schema.WorkConflict;
type Checked = schema.WorkChecked;

const CONTEXT = ["communes", "parcels", "buildings", "roads", "road-sections"];
const WAIT_MS = 350;

/** The form of works: the stretch on the map, and the conflicts as soon as place and days are known. */
class Entry {
  private readonly map: StretchMap;
  private readonly status = statusLine();
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
  ) {
    const { words } = config;
    this.api = new ApiClient("/api/v1/", () => config.language, undefined, new Session());
    this.field = form.elements.namedItem("geom") as HTMLInputElement;
    const target = mapTarget(words.label);
    this.clear = button(words.clear, () => this.keep("", false));
    const foot = element("div", "map-foot");
    foot.append(
      button(words.follow, () => this.map.follow()),
      button(words.draw, () => this.map.begin()),
      this.clear,
      ...zoomButtons(words, (step) => this.map.zoomBy(step)),
    );
    place.replaceChildren(target, foot, this.status);
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
    void addContext(this.map, config.language, CONTEXT);
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
      const response = await this.api.send(this.config.check, { method: "POST", body, signal: this.asking.signal });
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
    this.status.textContent = (answered && error.detail) || this.config.words.failed;
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
    this.status.textContent = pressed === null ? (this.field.value ? done : words.empty) : (steps[pressed] ?? "");
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

export function show(place: HTMLElement, config: Config): void {
  const form = document.querySelector<HTMLFormElement>("[data-work-form]");
  if (form) new Entry(place, form, config);
}

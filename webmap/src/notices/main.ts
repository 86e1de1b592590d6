import { ApiClient } from "../api/client";
import type { Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { AreaMap } from "../map/area-map";

type Word = "label" | "draw" | "again" | "clear" | "closer" | "further" | "how" | "done" | "none";

interface Config {
  extent_4326: Bbox;
  language: Language;
  words: Record<Word, string>;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads", "water-pipes"];

/** The map of the page of a new notice: what is drawn on it goes into the form's field. */
class AreaField {
  private readonly map: AreaMap;
  private readonly told: HTMLElement;
  private readonly begin: HTMLButtonElement;
  private readonly clear: HTMLButtonElement;

  constructor(
    place: HTMLElement,
    private readonly field: HTMLInputElement,
    private readonly config: Config,
  ) {
    const { words } = config;
    const target = document.createElement("div");
    target.className = "map";
    target.tabIndex = 0;
    target.setAttribute("role", "application");
    target.setAttribute("aria-label", words.label);
    this.told = document.createElement("p");
    this.told.className = "map-told";
    this.told.setAttribute("role", "status");
    this.begin = button(words.draw, () => this.map.begin());
    this.clear = button(words.clear, () => this.map.clear());
    const foot = document.createElement("div");
    foot.className = "map-foot";
    const further = button("−", () => this.map.zoomBy(-1));
    const closer = button("+", () => this.map.zoomBy(1));
    further.setAttribute("aria-label", words.further);
    closer.setAttribute("aria-label", words.closer);
    foot.append(this.begin, this.clear, further, closer);
    place.replaceChildren(target, foot, this.told);
    this.map = new AreaMap(
      target,
      config.extent_4326,
      (area) => this.keep(area),
      (under) => {
        this.told.textContent = under ? words.how : this.summary;
      },
    );
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.map.stop();
    });
    const show = (): void => {
      if (field.value) this.map.show(field.value);
      this.keep(field.value || null);
    };
    show();
    // What was drawn before the page was loaded anew (static/gis_core/drafts.js).
    field.form?.addEventListener("arpent:restored", show);
    const api = new ApiClient("/api/v1/", () => config.language);
    api.layers().then(
      (layers) => this.map.addContext(layers.filter(({ slug }) => CONTEXT.includes(slug))),
      () => undefined,
    );
  }

  private keep(area: string | null): void {
    this.field.value = area ?? "";
    this.begin.textContent = area ? this.config.words.again : this.config.words.draw;
    this.clear.hidden = !area;
    this.told.textContent = this.summary;
  }

  private get summary(): string {
    return this.field.value ? this.config.words.done : this.config.words.none;
  }
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

const text = document.getElementById("area-map-config")?.textContent;
const place = document.getElementById("area-map");
const field = document.querySelector<HTMLInputElement>('input[name="area"]');
if (text && place && field) new AreaField(place, field, JSON.parse(text) as Config);

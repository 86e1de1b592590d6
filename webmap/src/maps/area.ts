import { addContext, button, element, mapTarget, statusLine, zoomButtons } from "../board/parts";
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
  private readonly status = statusLine();
  private readonly begin: HTMLButtonElement;
  private readonly clear: HTMLButtonElement;

  constructor(
    place: HTMLElement,
    private readonly field: HTMLInputElement,
    private readonly config: Config,
  ) {
    const { words } = config;
    const target = mapTarget(words.label);
    this.begin = button(words.draw, () => this.map.begin());
    this.clear = button(words.clear, () => this.map.clear());
    const foot = element("div", "map-foot");
    foot.append(this.begin, this.clear, ...zoomButtons(words, (step) => this.map.zoomBy(step)));
    place.replaceChildren(target, foot, this.status);
    this.map = new AreaMap(
      target,
      config.extent_4326,
      (area) => this.keep(area),
      (under) => {
        this.status.textContent = under ? words.how : this.summary;
      },
    );
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.map.stop();
    });
    this.show();
    // What was drawn before the page was loaded anew (static/gis_core/drafts.js).
    field.form?.addEventListener("arpent:restored", () => this.show());
    void addContext(this.map, config.language, CONTEXT);
  }

  private show(): void {
    if (this.field.value) this.map.show(this.field.value);
    this.keep(this.field.value || null);
  }

  private keep(area: string | null): void {
    this.field.value = area ?? "";
    this.begin.textContent = area ? this.config.words.again : this.config.words.draw;
    this.clear.hidden = !area;
    this.status.textContent = this.summary;
  }

  private get summary(): string {
    return this.field.value ? this.config.words.done : this.config.words.none;
  }
}

export function show(place: HTMLElement, config: Config): void {
  const field = document.querySelector<HTMLInputElement>('input[name="area"]');
  if (field) new AreaField(place, field, config);
}

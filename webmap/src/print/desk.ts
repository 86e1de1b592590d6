import type { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import type { Photo } from "../api/types";
import type { AppPort } from "../app/port";
import { bboxOf } from "../geo/frame";
import { printWords } from "../i18n/print";
import { oneForEach } from "../state/one-for-each";
import { comparison, knownPhotos } from "../state/photos";
import type { Loadable } from "../state/state";
import { Store } from "../state/store";
import {
  type Chosen,
  fittingScale,
  frameOf,
  middleOf,
  orderBody,
  outlined,
  type PrintChoice,
  type PrintOptions,
} from "./order";

/** A print of this person's. */
export interface Print extends Omit<schema.Print, "report"> {
  readonly report: { readonly bytes: number; readonly remarks: readonly string[] } | null;
}

export interface PrintState {
  options: Loadable<PrintOptions>;
  choice: PrintChoice;
  prints: readonly Print[];
  /** The print that was ordered last from this page. */
  latest: number | null;
  sending: boolean;
  refusal: ApiError | null;
}

const WATCH_MS = 1200;
/** Where the browser shows a file instead of saving it. */
export const openUrl = (file: string): string => `${file}?inline=1`;
const isOpen = ({ state }: Print): boolean => state === "waiting" || state === "running";

/** What the desk of printing knows: it stays while the panel is closed. */
export class PrintDesk {
  readonly store: Store<PrintState>;
  private timer = 0;
  /** What was left when the page was loaded anew. */
  private readonly left: Partial<PrintChoice> | null;

  constructor(private readonly app: AppPort) {
    this.left = app.kept<PrintChoice>("print");
    this.store = new Store<PrintState>({
      options: { status: "loading" },
      choice: {
        title: "",
        paper: "A4",
        orientation: "landscape",
        scale: 1000,
        center: middleOf(app.state.view.center),
        dpi: 150,
        note: "",
        author: "",
        grid: false,
        outline: true,
        ...this.left,
      },
      prints: [],
      latest: null,
      sending: false,
      refusal: null,
    });
  }

  get state(): PrintState {
    return this.store.state;
  }

  /** The photo that lies under the map. */
  get photo(): Photo | null {
    return knownPhotos(this.app.state).find(({ slug }) => slug === this.app.state.photo) ?? null;
  }

  /** What is selected on the map and may be outlined. */
  get selected(): ReturnType<typeof outlined> {
    const { catalogue } = this.app.state;
    return catalogue.status === "ready" ? outlined(this.app.state, catalogue.value) : [];
  }

  get comparing(): boolean {
    return comparison(this.app.state) !== null;
  }

  async open(): Promise<void> {
    if (!this.app.config.user) return;
    void this.watch();
    if (this.state.options.status === "ready") return this.bringNear(this.state.options.value);
    this.store.update({ options: { status: "loading" } });
    try {
      const options = (await this.ask(`${this.url}options/`)) as PrintOptions;
      const begun = { ...this.state.choice, dpi: options.usual_dpi, author: options.author };
      const { bbox, center } = this.app.state.view;
      const fitting = { ...begun, scale: fittingScale(options, begun, bbox), center: middleOf(center) };
      const choice = { ...fitting, ...this.left };
      this.store.update({ options: { status: "ready", value: options }, choice });
      this.bringNear(options);
    } catch (error) {
      this.store.update({ options: { status: "error", error: error as ApiError } });
    }
  }

  /** A frame that was left elsewhere comes to where one looks now. */
  private bringNear(options: PrintOptions): void {
    const { bbox, center } = this.app.state.view;
    const [west, south, east, north] = bboxOf(frameOf(options, this.state.choice));
    const seen = west < bbox[2] && east > bbox[0] && south < bbox[3] && north > bbox[1];
    if (!seen) this.choose({ center: middleOf(center) });
  }

  choose(patch: Partial<PrintChoice>): void {
    this.store.update({ choice: { ...this.state.choice, ...patch }, refusal: null });
    this.app.keep("print", this.state.choice);
  }

  async order(printed: readonly Chosen[]): Promise<void> {
    this.store.update({ sending: true, refusal: null });
    try {
      const body = orderBody(this.state.choice, printed, this.photo, this.selected);
      const answer = await this.app.api.send(this.url, { method: "POST", body });
      this.store.update({ latest: ((await answer.json()) as { id: number }).id });
      this.app.keep("print", null);
    } catch (error) {
      this.store.update({ refusal: error as ApiError });
    } finally {
      this.store.update({ sending: false });
    }
    await this.watch();
  }

  /** Looks at this person's prints, again and again while one of them is under way. */
  async watch(): Promise<void> {
    window.clearTimeout(this.timer);
    const answer = (await this.ask(this.url).catch(() => null)) as { results: Print[] } | null;
    const before = this.latest;
    if (answer) this.store.update({ prints: answer.results });
    if (this.latest && !isOpen(this.latest) && (!before || isOpen(before))) this.announce(this.latest);
    // A list that did not come says nothing of what was ordered.
    const awaited = this.latest === null && this.state.latest !== null && !answer;
    if (awaited || this.state.prints.some(isOpen)) this.timer = window.setTimeout(() => void this.watch(), WATCH_MS);
  }

  /** The print that was ordered last from this page, as far as it is. */
  get latest(): Print | null {
    return this.state.prints.find(({ id }) => id === this.state.latest) ?? null;
  }

  /** Whoever left the panel meanwhile is told at the foot of the map. */
  private announce({ state, title, message, file }: Print): void {
    if (this.app.state.panel === "print") return;
    const words = printWords(this.app.state.language);
    if (state !== "done" || !file)
      return void this.app.notices.add("error", `${title} – ${message || words("prints.failed")}`);
    const act = (): void => void window.open(openUrl(file), "_blank", "noopener");
    this.app.notices.add("info", words("prints.done", { title }), { label: words("prints.open"), act });
  }

  private get url(): string {
    return `${this.app.config.urls.api}prints/`;
  }

  private async ask(url: string): Promise<unknown> {
    return (await this.app.api.send(url)).json();
  }
}

export const deskOf = oneForEach((app: AppPort) => new PrintDesk(app));

import { type ApiError, isAbort } from "../api/client";
import type * as schema from "../api/schema";
import type { AppPort } from "../app/port";
import type { Bbox } from "../geo/mercator";
import { oneForEach } from "../state/one-for-each";
import { Store } from "../state/store";
import {
  type Choice,
  countUrl,
  firstChoice,
  isStreamed,
  LARGEST_IN_PAGE,
  orderBody,
  type Selection,
  type Subject,
  selectionOf,
  streamUrl,
} from "./choice";
import { CutShort, type Progress, receive, save, saveBlob } from "./download";

/** An export of this person's that a job makes. */
export interface Export extends Omit<schema.Export, "report"> {
  readonly report: {
    readonly name: string;
    readonly bytes: number;
    readonly remarks: readonly string[];
    readonly kept_until: string;
  } | null;
}

export type Phase =
  | { readonly at: "choosing" }
  | { readonly at: "sending" }
  /** `share`: of the objects; null while nobody knows. */
  | { readonly at: "receiving"; readonly bytes: number; readonly share: number | null }
  | { readonly at: "received"; readonly name: string; readonly href: string }
  | { readonly at: "saving" }
  | { readonly at: "cut" }
  | { readonly at: "refused"; readonly error: ApiError };

export interface ExportState {
  subject: Subject | null;
  choice: Choice | null;
  /** How many objects would be exported; null while nobody knows. */
  count: number | null;
  phase: Phase;
  exports: readonly Export[];
}

const WATCH_MS = 1000;
const isOpen = ({ state }: Export): boolean => state === "waiting" || state === "running";

/** What the dialog of exports knows; jobs go on while it is closed. */
export class ExportDesk {
  readonly store = new Store<ExportState>({
    subject: null,
    choice: null,
    count: null,
    phase: { at: "choosing" },
    exports: [],
  });
  private timer = 0;
  private counting: AbortController | null = null;
  private receiving: AbortController | null = null;
  /** Exports ordered here: each is saved as soon as it is done. */
  private readonly awaited = new Set<number>();

  constructor(private readonly app: AppPort) {}

  get state(): ExportState {
    return this.store.state;
  }

  private get api(): string {
    return this.app.config.urls.api;
  }

  private get view(): Bbox {
    return this.app.state.view.bbox;
  }

  open(subject: Subject): void {
    this.store.update({ subject, choice: firstChoice(subject), count: null, phase: { at: "choosing" } });
    void this.countAgain();
    if (this.app.config.user) void this.watch();
  }

  choose(patch: Partial<Choice>): void {
    const { choice } = this.state;
    if (!choice) return;
    this.store.update({ choice: { ...choice, ...patch }, phase: { at: "choosing" } });
    if (patch.which) void this.countAgain();
  }

  /** Stops what is being received; a job goes on. */
  leave(): void {
    this.receiving?.abort();
    this.counting?.abort();
  }

  private async countAgain(): Promise<void> {
    const { subject, choice } = this.state;
    if (!subject || !choice) return;
    this.counting?.abort();
    this.counting = new AbortController();
    this.store.update({ count: null });
    const url = countUrl(this.api, subject.layer.slug, selectionOf(subject, choice.which, this.view));
    try {
      const answer = await this.app.api.send(url, { signal: this.counting.signal });
      this.store.update({ count: ((await answer.json()) as { count: number }).count });
    } catch (error) {
      if (!isAbort(error)) this.store.update({ phase: { at: "refused", error: error as ApiError } });
    }
  }

  async go(): Promise<void> {
    const { subject, choice, count } = this.state;
    if (!subject || !choice) return;
    const selection = selectionOf(subject, choice.which, this.view);
    const slug = subject.layer.slug;
    if (!isStreamed(choice.format)) return this.order(slug, choice, selection);
    const url = streamUrl(this.api, slug, choice, selection);
    if (count !== null && count <= LARGEST_IN_PAGE) return this.receive(url, choice);
    save(url, "");
    this.store.update({ phase: { at: "saving" } });
  }

  private async receive(url: string, choice: Choice): Promise<void> {
    this.receiving = new AbortController();
    const { count } = this.state;
    const told = ({ bytes, lines }: Progress): void => {
      const share = count && choice.format !== "fgb" ? Math.min(lines / count, 1) : null;
      this.store.update({ phase: { at: "receiving", bytes, share } });
    };
    told({ bytes: 0, lines: 0 });
    try {
      const received = await receive(this.app.api, url, choice.format, told, this.receiving.signal);
      this.store.update({ phase: { at: "received", name: received.name, href: saveBlob(received) } });
    } catch (error) {
      this.store.update({ phase: phaseOf(error) });
    }
  }

  stop(): void {
    this.receiving?.abort();
  }

  private async order(slug: string, choice: Choice, selection: Selection): Promise<void> {
    this.store.update({ phase: { at: "sending" } });
    try {
      const body = orderBody(slug, choice, selection);
      const answer = await this.app.api.send(`${this.api}exports/`, { method: "POST", body });
      this.awaited.add(((await answer.json()) as { id: number }).id);
      this.store.update({ phase: { at: "choosing" } });
    } catch (error) {
      this.store.update({ phase: { at: "refused", error: error as ApiError } });
    }
    await this.watch();
  }

  /** Looks at this person's exports, again and again while one of them is under way. */
  private async watch(): Promise<void> {
    window.clearTimeout(this.timer);
    const answer = await this.app.api.send(`${this.api}exports/`).catch(() => null);
    if (answer) this.store.update({ exports: ((await answer.json()) as { results: Export[] }).results });
    for (const made of this.state.exports) if (!isOpen(made)) this.deliver(made);
    // A list that did not come says nothing of what was ordered.
    const lost = !answer && this.awaited.size > 0;
    if (lost || this.state.exports.some(isOpen)) this.timer = window.setTimeout(() => void this.watch(), WATCH_MS);
  }

  private deliver(made: Export): void {
    if (!this.awaited.delete(made.id)) return;
    if (made.file && made.report) {
      save(made.file, made.report.name);
      const free = this.state.phase.at === "choosing" || this.state.phase.at === "received";
      if (free) this.store.update({ phase: { at: "received", name: made.report.name, href: made.file } });
    } else this.app.notices.add("error", `${made.title} – ${made.message}`);
  }
}

function phaseOf(error: unknown): Phase {
  if (isAbort(error)) return { at: "choosing" };
  return error instanceof CutShort ? { at: "cut" } : { at: "refused", error: error as ApiError };
}

export const deskOf = oneForEach((app: AppPort) => new ExportDesk(app));

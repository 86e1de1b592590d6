import { viewText } from "../state/permalink";
import type { AppPort } from "./port";

const KEEP_MS = 2000;
/** As long as the server keeps it. */
const LONGEST = 1990;
/** What a person does first on the page: from then on the map is as they want it. */
export const ACTS = ["pointerdown", "keydown", "wheel"] as const;

/** How a person leaves the map, kept with their account; what a link shows is somebody else's and is not kept. */
export class KeptView {
  /** What the account has; null until the person does something: the map finding its place is no choice of theirs. */
  private kept: string | null = null;
  private timer = 0;

  constructor(
    private readonly app: AppPort,
    /** Whether the page was opened by a link. */
    private readonly followed: () => boolean,
  ) {}

  /** The map stands as it opens: what the person changes from now on is kept. */
  begin(): void {
    if (!this.app.config.urls.map_view) return;
    const acted = (): void => {
      for (const act of ACTS) window.removeEventListener(act, acted, true);
      this.kept = this.now();
    };
    for (const act of ACTS) window.addEventListener(act, acted, { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.keep();
    });
  }

  /** Something changed: it is kept once the person pauses. */
  changed(): void {
    if (this.kept === null) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keep(), KEEP_MS);
  }

  /** The map opens again as it does for the person's roles. */
  async reset(): Promise<void> {
    const { kept } = this;
    this.kept = null;
    window.clearTimeout(this.timer);
    try {
      await this.app.api.send(this.address, { method: "POST", body: form("") });
    } catch (error) {
      this.kept = kept;
      throw error;
    }
    location.assign(location.pathname);
  }

  private now(): string {
    return viewText(this.app.state);
  }

  private async keep(): Promise<void> {
    const view = this.now();
    if (this.kept === null || this.followed() || view === this.kept || view.length > LONGEST) return;
    this.kept = view;
    // Not kept, the map opens as it was left before: nothing that one must be told.
    await this.app.api.keep(this.address, form(view));
  }

  private get address(): string {
    return this.app.config.urls.map_view ?? "";
  }
}

function form(view: string): FormData {
  const body = new FormData();
  body.set("view", view);
  return body;
}

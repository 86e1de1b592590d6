import type { Notice } from "../state/state";
import type { AppPort, NoticesPort } from "./port";

const SHOWN_MS = 9000;

export class Notices implements NoticesPort {
  private count = 0;

  constructor(private readonly app: AppPort) {}

  add(tone: Notice["tone"], text: string, action?: Notice["action"]): number {
    this.count += 1;
    const id = this.count;
    const notice = { id, tone, text, ...(action ? { action } : {}) };
    this.app.store.update({ notices: [...this.app.state.notices, notice] });
    // What can be pressed waits for whoever is slower.
    if (tone === "info" && !action) window.setTimeout(() => this.dismiss(id), SHOWN_MS);
    return id;
  }

  dismiss(id: number): void {
    const { notices } = this.app.state;
    notices.find((notice) => notice.id === id)?.action?.read?.();
    this.app.store.update({ notices: this.app.state.notices.filter((notice) => notice.id !== id) });
  }
}

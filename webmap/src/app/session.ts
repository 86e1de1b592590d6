import type { Session, SessionEvents } from "../api/session";
import type { AppPort } from "./port";

/** What the map says of its session, and asks for again when one is back. */
export class SessionNotices implements SessionEvents {
  /** The notice that the session has ended. */
  private endedNotice: number | null = null;

  constructor(
    private readonly app: AppPort,
    private readonly session: Session,
    /** What was shown meanwhile without a session is asked for again. */
    private readonly reload: () => void,
  ) {}

  /** One would not sign in again now: said as long as it is so. */
  ended(): void {
    if (this.app.state.notices.some(({ id }) => id === this.endedNotice)) return;
    const action = { label: this.app.t("session.signIn"), act: () => void this.reconnect() };
    this.endedNotice = this.app.notices.add("warning", this.app.t("session.ended"), action);
  }

  /** Signs in again over the map. */
  private async reconnect(): Promise<boolean> {
    this.endedNotice = null;
    return this.session.back();
  }

  restored(): void {
    if (this.endedNotice !== null) this.app.notices.dismiss(this.endedNotice);
    this.endedNotice = null;
    this.reload();
    const { sheet } = this.app.state;
    if (sheet?.status === "error" && sheet.error.status === 401) sheet.retry();
  }

  rightsChanged(): void {
    this.offerReload("session.rights");
  }

  /** What is begun on the map is kept, and there again after the reload. */
  upgraded(): void {
    this.offerReload("session.upgraded");
  }

  private offerReload(words: "session.rights" | "session.upgraded"): void {
    const action = { label: this.app.t("session.reload"), act: () => location.reload() };
    this.app.notices.add("warning", this.app.t(words), action);
  }
}

/** Whether the session still is of the person for whom the page was made: one script asks it for the map and all pages. */

/** What the server wrote in the page (gis_core/accounts/session.py). */
interface Facts {
  /** The person's opaque id, "" for nobody. */
  readonly user: string;
  readonly rights: string;
  readonly header: string;
}

/** gis_core/static/gis_core/session.js */
export interface SessionScript {
  samePerson(): Promise<boolean>;
  look(): Promise<unknown>;
  glance(): Promise<void>;
  whenAnother(act: () => void): void;
  whenUpgraded(act: () => void): void;
}

/** Somebody who would not sign in again asks for something after all. */
export const RECONNECT = "arpent:reconnect";
const NOBODY: Facts = { user: "", rights: "", header: "" };

function pageFacts(): Facts {
  if (typeof document === "undefined") return NOBODY;
  const text = document.getElementById("arpent-session")?.textContent;
  return text ? (JSON.parse(text) as Facts) : NOBODY;
}

/** What a writing request shows to prove that it comes from this page; the script renews it. */
export function pageToken(): string {
  if (typeof document === "undefined") return "";
  const holder = document.querySelector<HTMLTemplateElement>("#arpent-token");
  return holder?.content.querySelector("input")?.value ?? "";
}

function script(): Promise<SessionScript> {
  const address = document.querySelector<HTMLScriptElement>("script[data-session]")?.src ?? "";
  return import(/* @vite-ignore */ address) as Promise<SessionScript>;
}

/** What the map says of it. */
export interface SessionEvents {
  /** One would not sign in again now. */
  ended(): void;
  /** The same person is back. */
  restored(): void;
  /** What this person may see is no longer what the page was made with. */
  rightsChanged(): void;
  /** The server is of another version than the page. */
  upgraded(): void;
}

const SILENT: SessionEvents = { ended() {}, restored() {}, rightsChanged() {}, upgraded() {} };

/** Stands beside the requests: those that come too late wait until one has signed in again, and are then sent once more. */
export class Session {
  events: SessionEvents = SILENT;
  /** One would not sign in now: what only reads is not asked until one does. */
  declined = false;
  private told = false;
  private returning: Promise<boolean> | null = null;

  constructor(
    private readonly facts: Facts = pageFacts(),
    private readonly load: () => Promise<SessionScript> = script,
  ) {}

  /** By this the server refuses what was meant for somebody else. */
  get headers(): Record<string, string> {
    return this.facts.user ? { [this.facts.header]: this.facts.user } : {};
  }

  /** The page finds out by itself, too: when one comes back to it, and when another tab says who is there. */
  async watch(): Promise<void> {
    if (!this.facts.user) return;
    document.addEventListener(RECONNECT, () => {
      this.declined = false;
    });
    const script = await this.load();
    script.whenUpgraded(() => this.events.upgraded());
    script.whenAnother(() => {
      if (!this.declined) void this.back();
    });
  }

  /** Looks whether the session still is this person's, unless one just did. */
  async glance(): Promise<void> {
    if (this.facts.user) await (await this.load()).glance();
  }

  /** An answer came: whether it is of the same person with the same rights. */
  seen(headers: Headers): void {
    const [user, rights] = headers.get(this.facts.header || "Arpent-User")?.split(".") ?? [];
    if (this.told || rights === undefined || user !== this.facts.user || rights === this.facts.rights) return;
    this.told = true;
    this.events.rightsChanged();
  }

  /** Whether a refused request is to be sent again: its token was of an earlier session, or one has signed in again. */
  async mended(refused: Response): Promise<boolean> {
    if (!this.facts.user || (refused.status !== 401 && refused.status !== 403)) return false;
    if (refused.status === 401) return this.back();
    const { reason } = (await refused
      .clone()
      .json()
      .catch(() => ({}))) as { reason?: string };
    if (reason !== "csrf") return false;
    return (await this.load()).look().then(
      () => true,
      () => false,
    );
  }

  /** Signs in again over the page; whether the same person did. */
  back(): Promise<boolean> {
    this.returning ??= this.signIn().finally(() => {
      this.returning = null;
    });
    return this.returning;
  }

  private async signIn(): Promise<boolean> {
    const same = await (await this.load()).samePerson();
    this.declined = !same;
    if (same) this.events.restored();
    else this.events.ended();
    return same;
  }
}

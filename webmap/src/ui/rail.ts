import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Key } from "../i18n/first-view";
import { isPhone, onPhoneChange } from "../state/device";
import type { AppState, PanelId } from "../state/state";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";

interface Desk {
  panel: PanelId;
  icon: IconName;
  label: Key;
}

const DESKS: Desk[] = [
  { panel: "layers", icon: "layers", label: "desk.layers" },
  { panel: "list", icon: "list", label: "desk.list" },
  { panel: "photos", icon: "photos", label: "desk.photos" },
  { panel: "choose", icon: "choose", label: "desk.choose" },
  { panel: "measure", icon: "measure", label: "desk.measure" },
  { panel: "print", icon: "print", label: "desk.print" },
  { panel: "permits", icon: "permits", label: "desk.permits" },
  { panel: "water", icon: "water", label: "desk.water" },
  { panel: "roads", icon: "road", label: "desk.roads" },
  { panel: "edit", icon: "draw", label: "desk.edit" },
  { panel: "help", icon: "help", label: "desk.help" },
];

const TECHNICIAN = "network_technician";
/** The desks of a technician: they come first. */
const NETWORKS: readonly PanelId[] = ["water", "roads"];
/** What stands in the tab bar of a phone, by role: where a desk is not offered, the next ones of the rail take its place. */
const ESSENTIALS: Readonly<Record<string, readonly PanelId[]>> = {
  [TECHNICIAN]: ["layers", "water", "roads", "edit", "measure"],
  permit_instructor: ["layers", "list", "permits", "choose", "photos"],
  town_hall: ["layers", "list", "permits", "choose", "photos"],
  gis_administrator: ["layers", "list", "edit", "photos", "measure"],
  agency_administrator: ["layers", "list", "edit", "photos", "measure"],
};
const FOR_READERS: readonly PanelId[] = ["layers", "list", "photos", "measure", "help"];
/** As many tabs as stand side by side on a phone, each wide enough for its word. */
const MOST_TABS = 6;
const ROADS = "road-sections";
/** Desks that do something with what is selected. */
const USES_SELECTION: ReadonlySet<PanelId> = new Set(["print"]);

/** The desks one may open: a rail on the left; on a phone a tab bar at the bottom, five of them and what opens the others. */
export class Rail extends ArpentElement {
  @state() private open = false;
  private stopWatching: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = onPhoneChange(() => this.requestUpdate());
    this.addEventListener("keydown", this.onKey);
    addEventListener("pointerdown", this.onOutside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
    this.removeEventListener("keydown", this.onKey);
    removeEventListener("pointerdown", this.onOutside);
  }

  protected override concerns(state: AppState, previous: AppState): boolean {
    return (
      state.panel !== previous.panel || state.language !== previous.language || state.catalogue !== previous.catalogue
    );
  }

  protected override render(): TemplateResult {
    const desks = this.desks();
    const first = isPhone() && desks.length > MOST_TABS ? this.essentials(desks) : desks;
    const others = desks.filter((desk) => !first.includes(desk));
    return html`<nav aria-label=${this.t("rail.label")}>
      ${first.map((desk) => this.tab(desk))}${others.length ? this.more(others) : nothing}
    </nav>`;
  }

  private tab({ panel, icon, label }: Desk): TemplateResult {
    return html`<button
          data-desk=${panel}
          aria-expanded=${this.state.panel === panel}
          @click=${() => this.openDesk(panel)}
        ><arp-icon name=${icon}></arp-icon><span>${this.t(label)}</span></button>`;
  }

  /** The last tab of a phone, with the other desks above it. */
  private more(others: Desk[]): TemplateResult {
    const current = others.some(({ panel }) => panel === this.state.panel);
    return html`<button class="rail-more" aria-expanded=${this.open} aria-controls="rail-others" ?data-current=${current} @click=${() => this.toggle()}>
        <arp-icon name=${this.open ? "close" : "more"}></arp-icon><span>${this.t("rail.more")}</span></button>
      <div class="rail-others" id="rail-others" ?hidden=${!this.open}>${others.map((desk) => this.tab(desk))}</div>`;
  }

  private toggle(): void {
    this.open = !this.open;
  }

  private onOutside = (event: Event): void => {
    if (this.open && !(event.target as HTMLElement).closest?.("arp-rail")) this.open = false;
  };

  private onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open) return;
    event.preventDefault();
    event.stopPropagation();
    this.open = false;
    this.querySelector<HTMLElement>(".rail-more")?.focus();
  };

  /** The five of the role, in its order; others take the places of those that are not offered. */
  private essentials(desks: Desk[]): Desk[] {
    const role = this.app.config.memberships.map((one) => ESSENTIALS[one.role]).find((one) => one !== undefined);
    const wanted = role ?? FOR_READERS;
    const theirs = wanted.flatMap((panel) => desks.filter((desk) => desk.panel === panel));
    return [...theirs, ...desks.filter((desk) => !theirs.includes(desk))].slice(0, MOST_TABS - 1);
  }

  /** For whoever works on networks their desks come first. */
  private desks(): Desk[] {
    const offered = DESKS.filter(({ panel }) => this.mayOpen(panel));
    const [first, ...others] = offered;
    if (!first || !this.app.config.memberships.some(({ role }) => role === TECHNICIAN)) return offered;
    const theirs = others.filter(({ panel }) => NETWORKS.includes(panel));
    return [first, ...theirs, ...others.filter((desk) => !theirs.includes(desk))];
  }

  /** Only the desks that one may use. */
  private mayOpen(panel: PanelId): boolean {
    if (panel === "permits") return this.app.config.urls.permits !== null;
    if (panel === "water") return this.app.config.urls.networks !== null;
    if (panel === "roads") return this.app.config.user !== null && this.app.layers.get(ROADS) !== undefined;
    return panel !== "edit" || this.mayEdit();
  }

  private mayEdit(): boolean {
    const { catalogue } = this.state;
    return catalogue.status === "ready" && catalogue.value.some(({ can_edit }) => can_edit);
  }

  private openDesk(panel: PanelId): void {
    this.open = false;
    // On a phone the sheet lies over the panel: opening a desk must show it.
    if (isPhone() && (this.state.sheet || this.state.editing?.sheet)) {
      this.app.editing.editor?.close();
      if (USES_SELECTION.has(panel)) this.app.sheet.giveWay();
      else this.app.sheet.close();
      this.app.screen.openPanel(panel);
    } else this.app.screen.togglePanel(panel);
  }
}

customElements.define("arp-rail", Rail);

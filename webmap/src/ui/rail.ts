import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Key } from "../i18n/first-view";
import { isPhone } from "../state/device";
import type { AppState, PanelId } from "../state/state";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";

const DESKS: { panel: PanelId; icon: IconName; label: Key }[] = [
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
const ROADS = "road-sections";
/** More than these do not stand side by side on a phone. */
const MOST_TABS = 8;

/** The desks one may open: a rail on the left, a tab bar at the bottom of a phone. */
export class Rail extends ArpentElement {
  @state() private atEnd = false;

  protected override concerns(state: AppState, previous: AppState): boolean {
    return (
      state.panel !== previous.panel || state.language !== previous.language || state.catalogue !== previous.catalogue
    );
  }

  protected override render(): TemplateResult {
    const desks = this.desks();
    return html`<nav aria-label=${this.t("rail.label")} @scroll=${this.scrolled}>
      ${desks.map(
        ({ panel, icon, label }) => html`<button
          data-desk=${panel}
          aria-expanded=${this.state.panel === panel}
          @click=${() => this.open(panel)}
        ><arp-icon name=${icon}></arp-icon><span>${this.t(label)}</span></button>`,
      )}
    </nav>${desks.length > MOST_TABS ? this.more() : nothing}`;
  }

  /** On a phone tabs stand six by six: the way to the others. */
  private more(): TemplateResult {
    const words = this.t(this.atEnd ? "rail.back" : "rail.more");
    return html`<button class="rail-more phone-only" @click=${this.turn} aria-label=${words} title=${words}><arp-icon name=${this.atEnd ? "chevronLeft" : "chevronRight"}></arp-icon></button>`;
  }

  private scrolled = ({ currentTarget }: Event): void => {
    const { scrollLeft, clientWidth, scrollWidth } = currentTarget as HTMLElement;
    this.atEnd = scrollLeft + clientWidth > scrollWidth - 2;
  };

  private turn = (): void => {
    const nav = this.querySelector("nav");
    nav?.scrollTo({ left: this.atEnd ? 0 : nav.scrollWidth });
  };

  /** For whoever works on networks their desk comes first: on a phone the last ones are out of sight. */
  private desks(): typeof DESKS {
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

  private open(panel: PanelId): void {
    // On a phone the sheet lies over the panel: opening a desk must show it.
    if (isPhone() && (this.state.sheet || this.state.editing?.sheet)) {
      this.app.editing.editor?.close();
      this.app.sheet.close();
      this.app.screen.openPanel(panel);
    } else this.app.screen.togglePanel(panel);
  }
}

customElements.define("arp-rail", Rail);

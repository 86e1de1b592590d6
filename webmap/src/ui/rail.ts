import { html, type TemplateResult } from "lit";
import { isPhone } from "../app/surroundings";
import type { Key } from "../i18n";
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
  { panel: "edit", icon: "draw", label: "desk.edit" },
  { panel: "help", icon: "help", label: "desk.help" },
];

const TECHNICIAN = "network_technician";

/** The desks one may open: a rail on the left, a tab bar at the bottom of a phone. */
export class Rail extends ArpentElement {
  protected override concerns(state: AppState, previous: AppState): boolean {
    return (
      state.panel !== previous.panel || state.language !== previous.language || state.catalogue !== previous.catalogue
    );
  }

  protected override render(): TemplateResult {
    return html`<nav aria-label=${this.t("rail.label")}>
      ${this.desks().map(
        ({ panel, icon, label }) => html`<button
          data-desk=${panel}
          aria-expanded=${this.state.panel === panel}
          @click=${() => this.open(panel)}
        ><arp-icon name=${icon}></arp-icon><span>${this.t(label)}</span></button>`,
      )}
    </nav>`;
  }

  /** For whoever works on networks their desk comes first: on a phone the last ones are out of sight. */
  private desks(): typeof DESKS {
    const offered = DESKS.filter(({ panel }) => this.mayOpen(panel));
    const [first, ...others] = offered;
    const water = others.find(({ panel }) => panel === "water");
    if (!first || !water || !this.controller.config.memberships.some(({ role }) => role === TECHNICIAN)) return offered;
    return [first, water, ...others.filter((desk) => desk !== water)];
  }

  /** Only the desks that one may use. */
  private mayOpen(panel: PanelId): boolean {
    if (panel === "permits") return this.controller.config.urls.permits !== null;
    if (panel === "water") return this.controller.config.urls.networks !== null;
    return panel !== "edit" || this.mayEdit();
  }

  private mayEdit(): boolean {
    const { catalogue } = this.state;
    return catalogue.status === "ready" && catalogue.value.some(({ can_edit }) => can_edit);
  }

  private open(panel: PanelId): void {
    // On a phone the sheet lies over the panel: opening a desk must show it.
    if (isPhone() && (this.state.sheet || this.state.editing?.sheet)) {
      this.controller.editor?.close();
      this.controller.closeSheet();
      this.controller.openPanel(panel);
    } else this.controller.togglePanel(panel);
  }
}

customElements.define("arp-rail", Rail);

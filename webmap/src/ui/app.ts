import { html, nothing, type TemplateResult } from "lit";
import { comparison, inView, knownPhotos } from "../state/photos";
import { ArpentElement } from "./element";
import "./icon";
import { fetched } from "./later";
import "./layers-panel";
import "./map-frame";
import "./notices";
import "./rail";
import "./sheet";
import "./status-line";
import "./top-bar";
import { panelHost } from "./panel-host";

/** The whole screen: bar, rail, panel, map, sheet, status line. */
export class ArpentApp extends ArpentElement {
  protected override render(): TemplateResult {
    const { panel, sheet, sheetHeight, photo, view } = this.state;
    // Strip, divider and card of the photos come with the first photo.
    const photoParts = photo !== null && fetched(this.controller, "arp-photo-strip", () => import("./photo-parts"));
    const comparing = photoParts && comparison(this.state) !== null;
    const drawer = sheet ? "sheet" : panel ? "panel" : "none";
    return html`<a class="skip-link" href="#arpent-map" @click=${this.skip}>${this.t("skip.map")}</a>
      <div class="shell" data-drawer=${drawer} data-height=${sheetHeight} ?data-panel=${panel !== null} ?data-sheet=${sheet !== null} ?data-photo=${knownPhotos(this.state).some((one) => one.slug === photo && inView(one, view.bbox))} ?data-strip=${comparing}>
        <arp-top-bar .controller=${this.controller}></arp-top-bar>
        <arp-rail .controller=${this.controller}></arp-rail>
        ${panel ? panelHost(this.controller, panel) : nothing}
        <arp-map-frame .controller=${this.controller} .photoParts=${photoParts}></arp-map-frame>
        ${comparing ? html`<arp-photo-strip .controller=${this.controller}></arp-photo-strip>` : nothing}
        ${sheet ? html`<arp-sheet .controller=${this.controller}></arp-sheet>` : nothing}
        <arp-status-line .controller=${this.controller}></arp-status-line>
        <arp-notices .controller=${this.controller}></arp-notices>
      </div>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>(".map-canvas")?.focus();
  }
}

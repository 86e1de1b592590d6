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
    const photoParts = photo !== null && fetched(this.app, "arp-photo-strip", () => import("./photo-parts"));
    const comparing = photoParts && comparison(this.state) !== null;
    // So do the tools of editing with the first layer that is edited.
    const editing = this.state.editing !== null && fetched(this.app, "arp-edit-bar", () => import("./edit"));
    const table = this.state.table !== null && fetched(this.app, "arp-table", () => import("./table"));
    const aside = editing ? this.state.editing?.sheet === true : sheet !== null;
    const drawer = aside ? "sheet" : panel ? "panel" : "none";
    return html`<a class="skip-link" href="#arpent-map" @click=${this.skip}>${this.t("skip.map")}</a>
      <div class="shell" data-drawer=${drawer} data-height=${sheetHeight} ?data-panel=${panel !== null} ?data-sheet=${aside} ?data-photo=${knownPhotos(this.state).some((one) => one.slug === photo && inView(one, view.bbox))} ?data-strip=${comparing} ?data-editing=${editing} ?data-table=${table} ?data-aiming=${this.state.aiming}>
        <arp-top-bar .app=${this.app}></arp-top-bar>
        <arp-rail .app=${this.app}></arp-rail>
        ${panel ? panelHost(this.app, panel) : nothing}
        ${editing ? html`<arp-edit-bar .app=${this.app}></arp-edit-bar>` : nothing}
        <arp-map-frame .app=${this.app} .photoParts=${photoParts} .editParts=${editing}></arp-map-frame>
        ${table ? html`<arp-table .app=${this.app}></arp-table>` : nothing}
        ${comparing ? html`<arp-photo-strip .app=${this.app}></arp-photo-strip>` : nothing}
        ${aside ? (editing ? html`<arp-edit-sheet .app=${this.app}></arp-edit-sheet>` : html`<arp-sheet .app=${this.app}></arp-sheet>`) : nothing}
        ${editing ? html`<arp-edit-dialogs .app=${this.app}></arp-edit-dialogs>` : nothing}
        <arp-status-line .app=${this.app}></arp-status-line>
        <arp-notices .app=${this.app}></arp-notices>
      </div>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>(".map-canvas")?.focus();
  }
}

import { html, type TemplateResult } from "lit";
import type { Controller } from "../app/controller";
import type { Key } from "../i18n";
import type { PanelId } from "../state/state";
import { drawerHandle } from "./drawer";
import { fetched } from "./later";
import { skeleton } from "./states";

const TITLES: Record<PanelId, Key> = {
  layers: "desk.layers",
  list: "desk.list",
  photos: "desk.photos",
  choose: "choose.title",
  measure: "desk.measure",
  print: "desk.print",
  permits: "desk.permits",
  water: "desk.water",
  roads: "desk.roads",
  edit: "desk.edit",
  help: "desk.help",
};

/** Desks that are not in the first view are fetched when they are first opened. */
const LATER: Partial<Record<PanelId, () => Promise<unknown>>> = {
  list: () => import("./list-panel"),
  photos: () => import("./photos-panel"),
  choose: () => import("./choose-panel"),
  measure: () => import("./measure-panel"),
  print: () => import("./print-panel"),
  permits: () => import("./permits-panel"),
  water: () => import("./water-panel"),
  roads: () => import("./roads-panel"),
  edit: () => import("./edit-panel"),
  help: () => import("./help-panel"),
};

function body(controller: Controller, panel: PanelId): TemplateResult {
  const fetchPanel = LATER[panel];
  if (fetchPanel && !fetched(controller, `arp-${panel}-panel`, fetchPanel)) return skeleton(controller.t, 6);
  switch (panel) {
    case "layers":
      return html`<arp-layers-panel .controller=${controller}></arp-layers-panel>`;
    case "list":
      return html`<arp-list-panel .controller=${controller}></arp-list-panel>`;
    case "photos":
      return html`<arp-photos-panel .controller=${controller}></arp-photos-panel>`;
    case "choose":
      return html`<arp-choose-panel .controller=${controller}></arp-choose-panel>`;
    case "measure":
      return html`<arp-measure-panel .controller=${controller}></arp-measure-panel>`;
    case "print":
      return html`<arp-print-panel .controller=${controller}></arp-print-panel>`;
    case "permits":
      return html`<arp-permits-panel .controller=${controller}></arp-permits-panel>`;
    case "water":
      return html`<arp-water-panel .controller=${controller}></arp-water-panel>`;
    case "roads":
      return html`<arp-roads-panel .controller=${controller}></arp-roads-panel>`;
    case "edit":
      return html`<arp-edit-panel .controller=${controller}></arp-edit-panel>`;
    case "help":
      return html`<arp-help-panel .controller=${controller}></arp-help-panel>`;
  }
}

/** The left panel (a bottom sheet on phones), whichever desk is open. */
export function panelHost(controller: Controller, panel: PanelId): TemplateResult {
  const { t } = controller;
  return html`<section class="panel drawer" aria-labelledby="panel-title">
    ${drawerHandle(controller)}
    <header class="panel-header">
      <h2 id="panel-title">${t(TITLES[panel])}</h2>
      <button class="icon-button" @click=${() => closePanel(controller, panel)} aria-label=${t("panel.close")} title=${t("panel.close")}>
        <arp-icon name="chevronLeft" class="wide-only"></arp-icon><arp-icon name="close" class="phone-only"></arp-icon>
      </button>
    </header>
    <div class="panel-body" tabindex="0" role="group" aria-labelledby="panel-title">${body(controller, panel)}</div>
  </section>`;
}

function closePanel(controller: Controller, panel: PanelId): void {
  controller.openPanel(null);
  document.querySelector<HTMLElement>(`[data-desk="${panel}"]`)?.focus();
}

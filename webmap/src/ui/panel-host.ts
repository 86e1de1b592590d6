import { html, type TemplateResult } from "lit";
import type { AppPort } from "../app/port";
import type { Key } from "../i18n/first-view";
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

function body(app: AppPort, panel: PanelId): TemplateResult {
  const fetchPanel = LATER[panel];
  if (fetchPanel && !fetched(app, `arp-${panel}-panel`, fetchPanel)) return skeleton(app.t, 6);
  switch (panel) {
    case "layers":
      return html`<arp-layers-panel .app=${app}></arp-layers-panel>`;
    case "list":
      return html`<arp-list-panel .app=${app}></arp-list-panel>`;
    case "photos":
      return html`<arp-photos-panel .app=${app}></arp-photos-panel>`;
    case "choose":
      return html`<arp-choose-panel .app=${app}></arp-choose-panel>`;
    case "measure":
      return html`<arp-measure-panel .app=${app}></arp-measure-panel>`;
    case "print":
      return html`<arp-print-panel .app=${app}></arp-print-panel>`;
    case "permits":
      return html`<arp-permits-panel .app=${app}></arp-permits-panel>`;
    case "water":
      return html`<arp-water-panel .app=${app}></arp-water-panel>`;
    case "roads":
      return html`<arp-roads-panel .app=${app}></arp-roads-panel>`;
    case "edit":
      return html`<arp-edit-panel .app=${app}></arp-edit-panel>`;
    case "help":
      return html`<arp-help-panel .app=${app}></arp-help-panel>`;
  }
}

/** The left panel (a bottom sheet on phones), whichever desk is open. */
export function panelHost(app: AppPort, panel: PanelId): TemplateResult {
  const { t } = app;
  return html`<section class="panel drawer" aria-labelledby="panel-title">
    ${drawerHandle(app)}
    <header class="panel-header">
      <h2 id="panel-title">${t(TITLES[panel])}</h2>
      <button class="icon-button" @click=${() => closePanel(app, panel)} aria-label=${t("panel.close")} title=${t("panel.close")}>
        <arp-icon name="chevronLeft" class="wide-only"></arp-icon><arp-icon name="close" class="phone-only"></arp-icon>
      </button>
    </header>
    <div class="panel-body" tabindex="0" role="group" aria-labelledby="panel-title">${body(app, panel)}</div>
  </section>`;
}

function closePanel(app: AppPort, panel: PanelId): void {
  app.screen.openPanel(null);
  document.querySelector<HTMLElement>(`[data-desk="${panel}"]`)?.focus();
}

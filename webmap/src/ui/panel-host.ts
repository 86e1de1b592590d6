import { html, type TemplateResult } from "lit";
import type { Controller } from "../app/controller";
import type { Key } from "../i18n";
import type { PanelId } from "../state/state";
import { drawerHandle } from "./drawer";

const TITLES: Record<PanelId, Key> = {
  layers: "desk.layers",
  list: "desk.list",
  measure: "desk.measure",
  help: "desk.help",
};

function body(controller: Controller, panel: PanelId): TemplateResult {
  switch (panel) {
    case "layers":
      return html`<arp-layers-panel .controller=${controller}></arp-layers-panel>`;
    case "list":
      void import("./list-panel");
      return html`<arp-list-panel .controller=${controller}></arp-list-panel>`;
    case "measure":
      void import("./measure-panel");
      return html`<arp-measure-panel .controller=${controller}></arp-measure-panel>`;
    case "help":
      void import("./help-panel");
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
    <div class="panel-body">${body(controller, panel)}</div>
  </section>`;
}

function closePanel(controller: Controller, panel: PanelId): void {
  controller.openPanel(null);
  document.querySelector<HTMLElement>(`[data-desk="${panel}"]`)?.focus();
}

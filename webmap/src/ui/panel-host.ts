import { html, nothing, type TemplateResult } from "lit";
import type { AppPort } from "../app/port";
import type { Key } from "../i18n/first-view";
import type { PanelId } from "../state/state";
import { drawerHandle } from "./drawer";
import { fetched } from "./later";
import { skeleton } from "./states";

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
  simulate: () => import("./simulate-panel"),
  help: () => import("./help-panel"),
};

let open: HTMLElement | null = null;

/** The same element as long as its desk stays open; opened again it begins anew. */
function body(app: AppPort, panel: PanelId): TemplateResult | HTMLElement {
  const tag = `arp-${panel}-panel`;
  const fetchPanel = LATER[panel];
  if (fetchPanel && !fetched(app, tag, fetchPanel)) return skeleton(app.t, 6);
  if (!open?.isConnected || open.localName !== tag) open = Object.assign(document.createElement(tag), { app });
  return open;
}

function titleOf(panel: PanelId): Key {
  return panel === "choose" ? "choose.title" : `desk.${panel}`;
}

/** The left panel (a bottom sheet on phones), whichever desk is open. */
export function panelHost(app: AppPort, panel: PanelId): TemplateResult {
  const { t } = app;
  return html`<section class="panel drawer" aria-labelledby="panel-title">
    ${drawerHandle(app)}
    <header class="panel-header">
      <h2 id="panel-title">${t(titleOf(panel))}</h2>
      ${guide(app, panel)}
      <button class="icon-button" @click=${() => closePanel(app, panel)} aria-label=${t("panel.close")} title=${t("panel.close")}>
        <arp-icon name="chevronLeft" class="wide-only"></arp-icon><arp-icon name="close" class="phone-only"></arp-icon>
      </button>
    </header>
    <div class="panel-body" tabindex="0" role="group" aria-labelledby="panel-title">${body(app, panel)}</div>
  </section>`;
}

/** The way to the guide of what is open, in a window of its own: what is under way on the map stays. */
function guide({ config, t }: AppPort, panel: PanelId): TemplateResult | typeof nothing {
  const url = panel === "help" ? config.urls.help : config.guides[panel];
  if (!url) return nothing;
  const words = t("panel.guide", { name: t(titleOf(panel)) });
  return html`<a class="icon-button panel-guide" href=${url} target="_blank" rel="noopener" aria-label=${words} title=${words}><arp-icon name="help"></arp-icon></a>`;
}

function closePanel(app: AppPort, panel: PanelId): void {
  app.screen.openPanel(null);
  const tab = document.querySelector<HTMLElement>(`[data-desk="${panel}"]`);
  (tab?.checkVisibility() ? tab : document.querySelector<HTMLElement>(".rail-more"))?.focus();
}

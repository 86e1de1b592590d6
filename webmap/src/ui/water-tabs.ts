import { html, type TemplateResult } from "lit";
import type { AppPort } from "../app/port";
import type { WaterTabId } from "../water/desk";

export interface WaterTab {
  readonly id: WaterTabId;
  /** The element that its module defines. */
  readonly tag: string;
  readonly fetch: () => Promise<unknown>;
  readonly body: (app: AppPort) => TemplateResult;
}

/** What the water desk does, in the order of its tabs. */
export const TABS: readonly WaterTab[] = [
  {
    id: "isolate",
    tag: "arp-water-isolate",
    fetch: () => import("./water-isolate"),
    body: (app) => html`<arp-water-isolate .app=${app}></arp-water-isolate>`,
  },
  {
    id: "trace",
    tag: "arp-water-trace",
    fetch: () => import("./water-trace"),
    body: (app) => html`<arp-water-trace .app=${app}></arp-water-trace>`,
  },
  {
    id: "anomalies",
    tag: "arp-water-anomalies",
    fetch: () => import("./water-anomalies"),
    body: (app) => html`<arp-water-anomalies .app=${app}></arp-water-anomalies>`,
  },
];

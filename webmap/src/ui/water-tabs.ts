import { html, type TemplateResult } from "lit";
import type { Controller } from "../app/controller";
import type { WaterTabId } from "../water/desk";

export interface WaterTab {
  readonly id: WaterTabId;
  /** The element that its module defines. */
  readonly tag: string;
  readonly fetch: () => Promise<unknown>;
  readonly body: (controller: Controller) => TemplateResult;
}

/** What the water desk does, in the order of its tabs. */
export const TABS: readonly WaterTab[] = [
  {
    id: "isolate",
    tag: "arp-water-isolate",
    fetch: () => import("./water-isolate"),
    body: (controller) => html`<arp-water-isolate .controller=${controller}></arp-water-isolate>`,
  },
  {
    id: "trace",
    tag: "arp-water-trace",
    fetch: () => import("./water-trace"),
    body: (controller) => html`<arp-water-trace .controller=${controller}></arp-water-trace>`,
  },
  {
    id: "anomalies",
    tag: "arp-water-anomalies",
    fetch: () => import("./water-anomalies"),
    body: (controller) => html`<arp-water-anomalies .controller=${controller}></arp-water-anomalies>`,
  },
];

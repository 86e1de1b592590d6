import { html, nothing, type TemplateResult } from "lit";
import type { WaterWords } from "../i18n/water";
import { isPhone } from "../state/device";
import { anomalyDesk } from "../water/anomalies";
import { FAMILIES, pipesIn } from "../water/answers";
import { type Aim, type WaterDesk, waterDesk } from "../water/desk";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";
import { fetched } from "./later";
import { skeleton } from "./states";
import { TABS, type WaterTab } from "./water-tabs";
import "../styles/water.css";

const AIMS = {
  break: ["aim.break", "aim.breakWide"],
  start: ["aim.start", "aim.startWide"],
  end: ["aim.end", "aim.endWide"],
} as const satisfies Record<Aim, readonly [string, string]>;

/** The water desk: shutting off a break, following a network. While it waits for a place, it asks for nothing else. */
export class WaterPanel extends ArpentElement {
  private stopWatching: (() => void) | null = null;

  private get desk(): WaterDesk {
    return waterDesk(this.app);
  }

  private get words(): WaterWords {
    return this.desk.words;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = this.desk.store.subscribe(() => this.requestUpdate());
    this.desk.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
    this.desk.close();
  }

  /** What a link asked for. */
  protected override willUpdate(): void {
    const [id, ...more] = this.state.panelTab?.split(".") ?? [];
    if (id === undefined) return;
    this.app.store.update({ panelTab: null });
    const tab = TABS.find((one) => one.id === id);
    if (tab) this.desk.setTab(tab.id);
    const pipes = pipesIn(more);
    if (pipes.length && id === "isolate") this.desk.isolate(...pipes);
    const network = FAMILIES.find((one) => one === more[0]);
    if (network && id === "anomalies") anomalyDesk(this.app).setFamily(network);
  }

  protected override render(): TemplateResult {
    const { tab, aim, said, asking } = this.desk.state;
    const shown = TABS.find(({ id }) => id === tab) ?? (TABS[0] as WaterTab);
    return html`<p class="sr-only" role="status">${asking ? this.words("asking") : said}</p>
      ${aim ? this.aiming(aim) : html`${this.tabs(shown)}<div class="water-tab" role="tabpanel" id="water-tabpanel" aria-labelledby="water-tab-${shown.id}">${this.body(shown)}</div>${this.pages()}`}`;
  }

  private pages(): TemplateResult | typeof nothing {
    const { networks } = this.app.config.urls;
    if (networks === null) return nothing;
    const link = (icon: IconName, url: string, words: string): TemplateResult =>
      html`<a class="button" href=${url}><arp-icon name=${icon}></arp-icon>${words}</a>`;
    return html`<section class="water-pages" aria-labelledby="water-pages"><h3 id="water-pages">${this.words("pages.title")}</h3>
      <div class="button-row">${link("water", networks, this.words("pages.networks"))}${link("alert", `${networks}coupures/`, this.words("pages.outages"))}
        ${link("pin", `${networks}hydrants/`, this.words("pages.hydrants"))}</div></section>`;
  }

  private tabs(shown: WaterTab): TemplateResult {
    const choose = (tab: WaterTab): void => this.desk.setTab(tab.id);
    const step = (event: KeyboardEvent): void => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = by && TABS[(TABS.indexOf(shown) + by + TABS.length) % TABS.length];
      if (!next) return;
      event.preventDefault();
      choose(next);
      this.querySelector<HTMLElement>(`#water-tab-${next.id}`)?.focus();
    };
    return html`<div class="tabs" role="tablist" aria-label=${this.words("tab.label")} @keydown=${step}>${TABS.map(
      (
        tab,
      ) => html`<button role="tab" id="water-tab-${tab.id}" aria-selected=${tab === shown} aria-controls="water-tabpanel" tabindex=${tab === shown ? 0 : -1}
        @click=${() => choose(tab)}>${this.words(`tab.${tab.id}`)}</button>`,
    )}</div>`;
  }

  private body({ tag, fetch, body }: WaterTab): TemplateResult {
    return fetched(this.app, tag, fetch) ? body(this.app) : skeleton(this.t, 4);
  }

  /** With gloves and a finger the cross is surer than the fingertip: one big button takes what lies under it. */
  private aiming(aim: Aim): TemplateResult {
    const { fault, asking, failed } = this.desk.state;
    const told = fault || failed?.error.detail || (failed && this.t("error.offlineTitle"));
    const hint = asking ? this.words("asking") : this.words(AIMS[aim][isPhone() ? 0 : 1]);
    return html`<div class="water-aim">
      ${told ? html`<p class="water-aim-fault" role="alert"><arp-icon name="alert"></arp-icon>${told}</p>` : html`<p>${hint}</p>`}
      <div class="water-aim-buttons">
        <button class="button button-primary" ?disabled=${asking} @click=${() => this.desk.takeCentre()}><arp-icon name="check"></arp-icon>${this.words("aim.here")}</button>
        <button class="button" ?disabled=${asking} @click=${() => this.desk.takePosition()}><arp-icon name="locate"></arp-icon>${this.words("aim.me")}</button>
        <button class="button" @click=${() => this.desk.restart()}><arp-icon name="close"></arp-icon>${this.words("aim.cancel")}</button>
      </div></div>`;
  }
}

customElements.define("arp-water-panel", WaterPanel);

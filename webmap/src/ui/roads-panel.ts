import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import { type RoadWords, roadWords } from "../i18n/roads";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";
import { layerSwatch } from "./swatch";
import "../styles/roads.css";

/** What the desk turns on and off: the roads, what stands along them, the works. */
const LAYERS = ["road-sections", "road-markers", "road-assets", "road-stretches", "works", "works-detours"];
const TECHNICIANS = ["network_technician", "gis_administrator", "agency_administrator"];

/** The desk of roads: a road or a PR, its layers, new works and the pages where one goes on. */
export class RoadsPanel extends ArpentElement {
  @state() private fault = "";

  private get words(): RoadWords {
    return roadWords(this.state.language);
  }

  protected override render(): TemplateResult {
    const { roads } = this.app.config.urls;
    const { words } = this;
    return html`${this.finder()}
      <p class="muted">${words("here")}</p>
      ${this.plansWorks() ? html`<a class="button button-primary" href="${roads}travaux/nouveau/"><arp-icon name="plus"></arp-icon>${words("link.new")}</a>` : nothing}
      <section aria-labelledby="roads-layers"><h3 id="roads-layers">${words("layers.title")}</h3>
        <ul class="roads-layers">${LAYERS.map((slug) => this.layer(slug))}</ul></section>
      <section aria-labelledby="roads-pages"><h3 id="roads-pages">${words("links.title")}</h3>
        <div class="button-row">${this.link("road", roads, words("link.roads"))}${this.link("list", `${roads}travaux/`, words("link.works"))}
          ${this.link("permits", `${roads}demandes/`, words("link.requests"))}${this.link("pin", `${roads}patrimoine/`, words("link.assets"))}</div></section>`;
  }

  private link(icon: IconName, url: string, words: string): TemplateResult {
    return html`<a class="button" href=${url}><arp-icon name=${icon}></arp-icon>${words}</a>`;
  }

  private plansWorks(): boolean {
    return this.app.config.memberships.some(({ role }) => TECHNICIANS.includes(role));
  }

  private finder(): TemplateResult {
    const { fault } = this;
    return html`<form class="roads-finder" novalidate @submit=${(event: Event) => void this.find(event)}>
      <label class="filter"><span class="sr-only">${this.words("find.label")}</span><arp-icon name="road"></arp-icon>
        <input name="road" autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="search" maxlength="80" placeholder="D 2020, D 2020 PR 12+350" aria-invalid=${fault !== ""} aria-describedby="roads-fault" /></label>
      <button class="button">${this.words("find.go")}</button>
      <p class="field-fault" id="roads-fault" role="alert" ?hidden=${!fault}><arp-icon name="alert"></arp-icon><span>${fault}</span></p></form>`;
  }

  private async find(event: Event): Promise<void> {
    event.preventDefault();
    const box = (event.currentTarget as HTMLFormElement).elements.namedItem("road") as HTMLInputElement;
    const text = box.value.trim();
    if (!text) return box.focus();
    this.fault = "";
    try {
      const { results } = await this.app.api.search(text, this.state.view.center, new AbortController().signal);
      const road = results.find(({ kind }) => kind === "road");
      if (road) await this.app.sheet.openResult(road);
      else this.fault = this.words("find.none");
    } catch (error) {
      const { offline, detail, title } = error as ApiError;
      this.fault = offline ? this.t("error.offlineTitle") : detail || title || this.t("error.title");
    }
  }

  private layer(slug: string): TemplateResult | typeof nothing {
    const layer = this.app.layers.get(slug);
    const setting = this.state.layers.find((one) => one.slug === slug);
    if (!layer || !setting) return nothing;
    const change = (event: Event): void =>
      this.app.layers.set(slug, { visible: (event.target as HTMLInputElement).checked });
    return html`<li><label class="layer-name"><input type="checkbox" .checked=${setting.visible} @change=${change} />
      ${layerSwatch(layer)}<span>${layer.title}</span></label></li>`;
  }
}

customElements.define("arp-roads-panel", RoadsPanel);

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Layer } from "../api/types";
import { formatDate, formatScale } from "../format/format";
import { scaleDenominator, zoomForScale } from "../geo/mercator";
import { byTheme, inLegend, inSets, type LayerSet } from "../state/catalogue";
import type { LayerSetting } from "../state/state";
import { ArpentElement } from "./element";
import { openExport } from "./export";
import { layerSet } from "./layer-set";
import { legendChoice } from "./legend-choice";
import { emptiness, failure, skeleton } from "./states";
import { drawnLegend, layerSwatch, swatch } from "./swatch";

const SEARCH_FROM = 6;

/** Layers by theme: on or off, symbol; one level down: opacity, order, legend, source. */
export class LayersPanel extends ArpentElement {
  @state() private filter = "";
  @state() private opened = new Set<string>();

  protected override render(): TemplateResult {
    const { catalogue } = this.state;
    if (catalogue.status === "loading") return skeleton(this.t, 7);
    if (catalogue.status === "error") return failure(this.t, catalogue.error, () => this.app.layers.load());
    const layers = [...catalogue.value, ...this.state.images];
    if (!layers.length) return emptiness(this.t("layers.none"), this.t("layers.noneAdvice"));
    const groups = byTheme(layers, this.filter);
    return html`${layers.length >= SEARCH_FROM ? this.search() : nothing}
      ${groups.map(
        (group) => html`<section class="layer-group" aria-label=${group.title || this.t("layers.other")}>
          <h3>${group.title || this.t("layers.other")}</h3>
          <ul>${inSets(group.layers).map((line) => ("layers" in line ? this.set(line) : this.layer(line)))}</ul>
        </section>`,
      )}
      ${groups.length ? nothing : emptiness(this.t("layers.noMatch"), this.t("layers.noMatchAdvice"))}
      ${this.backgrounds()}
      ${this.app.config.urls.map_view ? html`<button class="button button-small" @click=${() => void this.reset()}>${this.t("layers.reset")}</button>` : nothing}`;
  }

  private async reset(): Promise<void> {
    await this.app.resetView().catch(() => this.app.notices.add("error", this.t("error.offlineTitle")));
  }

  private search(): TemplateResult {
    return html`<label class="filter"><span class="sr-only">${this.t("layers.search")}</span><arp-icon name="search"></arp-icon>
      <input type="search" placeholder=${this.t("layers.search")} .value=${this.filter} @input=${(event: Event) => {
        this.filter = (event.target as HTMLInputElement).value;
      }} /></label>`;
  }

  /** Open by itself while one searches: what matched is in it. */
  private set(set: LayerSet): TemplateResult {
    const open = this.filter.trim() !== "" || this.opened.has(set.slug);
    return layerSet(
      this.app,
      set,
      open,
      () => this.toggle(set.slug),
      (layer) => this.layer(layer),
    );
  }

  private layer(layer: Layer): TemplateResult {
    const setting = this.state.layers.find(({ slug }) => slug === layer.slug);
    if (!setting) return html``;
    const open = this.opened.has(layer.slug);
    const far = setting.visible && this.state.view.zoom < this.firstZoom(layer) - 0.51;
    return html`<li class="layer" ?data-far=${far}>
      <div class="layer-line">
        <label class="layer-name"><input type="checkbox" .checked=${setting.visible} @change=${(event: Event) =>
          this.app.layers.set(layer.slug, { visible: (event.target as HTMLInputElement).checked })} />
          ${layer.image ? html`<arp-icon name="photos" class="swatch"></arp-icon>` : layerSwatch(inLegend(layer, setting.legend, this.state.legends))}<span>${layer.title}${far ? html`<small>${this.t("layers.closer")}</small>` : nothing}</span></label>
        <button class="icon-button" aria-expanded=${open} aria-label=${this.t("layers.details", { name: layer.title })} title=${this.t("layers.detailsShort")}
          @click=${() => this.toggle(layer.slug)}><arp-icon name="chevronDown"></arp-icon></button>
      </div>
      ${open ? this.details(layer, setting) : nothing}
    </li>`;
  }

  private details(layer: Layer, setting: LayerSetting): TemplateResult {
    const percent = Math.round(setting.opacity * 100);
    const index = this.state.layers.indexOf(setting);
    return html`<div class="layer-details">
      <label class="opacity"><span>${this.t("layers.opacity")}</span>
        <input type="range" min="0" max="100" step="5" .value=${String(percent)} aria-valuetext="${percent} %" @input=${(
          event: Event,
        ) => this.app.layers.set(layer.slug, { opacity: Number((event.target as HTMLInputElement).value) / 100 })} />
        <output>${percent} %</output></label>
      ${legendChoice(layer, setting, this.app)}
      ${this.legend(inLegend(layer, setting.legend, this.state.legends))}
      ${layer.abstract ? html`<p>${layer.abstract}</p>` : nothing}
      <p class="source">${this.source(layer)}</p>
      <div class="button-row">
        <button class="button button-small" ?disabled=${index === 0} @click=${() => this.app.layers.move(layer.slug, -1)}><arp-icon name="up"></arp-icon>${this.t("layers.raise")}</button>
        <button class="button button-small" ?disabled=${index === this.state.layers.length - 1} @click=${() => this.app.layers.move(layer.slug, 1)}><arp-icon name="down"></arp-icon>${this.t("layers.lower")}</button>
      </div>
      ${this.zoomIn(layer)}
      ${layer.can_edit ? html`<button class="button button-small" @click=${() => void this.app.editing.open(layer.slug)}><arp-icon name="draw"></arp-icon>${this.t("layers.edit")}</button>` : nothing}
      ${layer.settings ? html`<a class="button button-small" href=${layer.settings}><arp-icon name="admin"></arp-icon>${this.t("layers.settings")}</a>` : nothing}
      ${layer.image ? nothing : html`<button class="button button-small" @click=${() => void openExport(this.app, layer.slug)}><arp-icon name="download"></arp-icon>${this.t("layers.export")}</button>`}
    </div>`;
  }

  /** The zoom from which the layer is drawn: that of its tiles, within its scales. */
  private firstZoom(layer: Layer): number {
    const latitude = this.state.view.center[1];
    const shown = layer.scale_from ? zoomForScale(layer.scale_from, latitude) + 0.5 : 0;
    // Images of 256 pixels are shown at the zoom that they are named by, our tiles and those of 512 one later.
    return Math.max(layer.min_zoom + (layer.image?.tile_size === 256 ? 0 : 1), shown);
  }

  private zoomIn(layer: Layer): TemplateResult | typeof nothing {
    const { zoom, center } = this.state.view;
    const least = this.firstZoom(layer);
    if (zoom >= least - 0.51) return nothing;
    const scale = formatScale(scaleDenominator(least, center[1]), this.state.language);
    return html`<button class="button button-small" @click=${() => this.app.view.goTo({ center, zoom: Math.max(least, zoomForScale(1e5, center[1])) })}>
      <arp-icon name="plus"></arp-icon>${this.t("layers.goCloser", { scale })}</button>`;
  }

  private legend(layer: Layer): TemplateResult | typeof nothing {
    if (layer.image?.legend) {
      const words = this.t("layers.legendOf", { name: layer.title });
      return html`<img class="legend-image" loading="lazy" src=${layer.image.legend} alt=${words} />`;
    }
    const legend = drawnLegend(layer);
    if (!legend.length) return nothing;
    return html`<ul class="legend">${legend.map(
      ({ label, symbol }) => html`<li>${swatch(symbol)}<span>${label}</span></li>`,
    )}</ul>`;
  }

  private source(layer: Layer): string {
    const date = layer.source_date ? formatDate(layer.source_date, this.state.language) : "";
    return [layer.attribution, date, layer.licence].filter(Boolean).join(" · ");
  }

  private backgrounds(): TemplateResult | typeof nothing {
    const { backgrounds, background } = this.state;
    if (backgrounds.length < 2) return nothing;
    return html`<fieldset class="backgrounds"><legend>${this.t("background.label")}</legend>
      ${backgrounds.map(
        ({
          slug,
          title,
        }) => html`<label class="layer-name"><input type="radio" name="background" .checked=${slug === background}
          @change=${() => this.app.layers.setBackground(slug)} /><span>${title}</span></label>`,
      )}</fieldset>`;
  }

  private toggle(slug: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(slug)) opened.add(slug);
    this.opened = opened;
  }
}

customElements.define("arp-layers-panel", LayersPanel);

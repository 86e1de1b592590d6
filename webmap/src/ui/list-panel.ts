import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type ApiError, isAbort } from "../api/client";
import type { FeatureRow, Field, Layer } from "../api/types";
import { formatNumber } from "../format/format";
import * as memory from "../state/memory";
import type { AppState } from "../state/state";
import { cellText, hasValue } from "./cell";
import { ArpentElement } from "./element";
import { emptiness, failure, skeleton } from "./states";

const DEBOUNCE_MS = 300;
const COLUMNS_AT_FIRST = 2;
const DEFAULT_LAYER = "parcels";

/** The map's twin: what the map shows, as a table. Choosing a row opens its sheet and outlines it on the map. */
export class ListPanel extends ArpentElement {
  @state() private slug = "";
  @state() private rows: FeatureRow[] | null = null;
  @state() private matched: number | null = null;
  @state() private next: string | null = null;
  @state() private error: ApiError | null = null;
  @state() private loadingMore = false;
  /** Columns chosen here, by layer; storage may refuse to keep them. */
  @state() private chosen: Record<string, string[]> = {};
  private request: AbortController | null = null;
  private timer = 0;
  private unlisten: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unlisten = this.app.store.subscribe((now, before) => this.stateChanged(now, before));
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unlisten?.();
    this.request?.abort();
    window.clearTimeout(this.timer);
    this.app.view.hover(null);
  }

  private stateChanged(now: AppState, before: AppState): void {
    if (now.view === before.view && now.catalogue === before.catalogue) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), DEBOUNCE_MS);
  }

  private get layers(): Layer[] {
    return this.state.catalogue.status === "ready" ? this.state.catalogue.value : [];
  }

  private get layer(): Layer | undefined {
    return this.layers.find(({ slug }) => slug === (this.slug || DEFAULT_LAYER)) ?? this.layers[0];
  }

  private async load(): Promise<void> {
    const layer = this.layer;
    if (!layer) return;
    this.request?.abort();
    this.request = new AbortController();
    try {
      const bbox = this.state.view.bbox;
      const page = await this.app.api.features(layer.slug, bbox, this.request.signal);
      Object.assign(this, { rows: page.results, matched: page.number_matched, next: page.next, error: null });
    } catch (error) {
      if (!isAbort(error)) this.error = error as ApiError;
    }
  }

  private async more(): Promise<void> {
    if (!this.next) return;
    this.loadingMore = true;
    try {
      const page = await this.app.api.nextFeatures(this.next, this.request?.signal);
      this.rows = [...(this.rows ?? []), ...page.results];
      this.next = page.next;
    } catch (error) {
      if (!isAbort(error)) this.app.notices.add("error", (error as ApiError).title || this.t("error.title"));
    }
    this.loadingMore = false;
  }

  protected override render(): TemplateResult {
    const { catalogue } = this.state;
    if (catalogue.status === "error") return failure(this.t, catalogue.error, () => this.app.layers.load());
    const layer = this.layer;
    if (catalogue.status === "loading") return skeleton(this.t, 8);
    if (!layer) return emptiness(this.t("layers.none"), this.t("layers.noneAdvice"));
    return html`${this.chooser(layer)}${this.contents(layer)}`;
  }

  private chooser(layer: Layer): TemplateResult {
    return html`<div class="list-tools"><label class="select"><span class="sr-only">${this.t("list.layer")}</span>
      <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
        ${this.layers.map(({ slug, title }) => html`<option value=${slug} .selected=${slug === layer.slug}>${title}</option>`)}
      </select><arp-icon name="chevronDown"></arp-icon></label>
      <button class="button button-small" @click=${() => this.app.screen.openTable(layer.slug)}><arp-icon name="list"></arp-icon>${this.t("table.open")}</button>
      <p role="status" class="muted">${this.rows && !this.error ? this.count() : ""}</p></div>`;
  }

  private count(): string {
    const { language } = this.state;
    if (this.matched === null) return this.t("list.many");
    return this.matched === 1
      ? this.t("list.one")
      : this.t("list.count", { count: formatNumber(this.matched, language) });
  }

  private contents(layer: Layer): TemplateResult {
    if (this.error) return failure(this.t, this.error, () => void this.load());
    if (!this.rows) return skeleton(this.t, 8);
    if (!this.rows.length) return emptiness(this.t("list.empty"), this.t("list.emptyAdvice"));
    const columns = this.columns(layer);
    return html`${this.columnChoice(layer, columns)}<div class="list-scroll"><table class="list-table"><caption class="sr-only">${this.t("list.caption", { name: layer.title })}</caption>
      <thead><tr><th scope="col">${layer.fields.find(({ name }) => name === layer.title_field)?.label ?? this.t("list.name")}</th>
        ${columns.map((field) => html`<th scope="col" data-type=${field.type}>${field.label}</th>`)}</tr></thead>
      <tbody>${this.rows.map((row) => this.row(layer, row, columns))}</tbody></table></div>
      ${
        this.next
          ? html`<button class="button button-wide" ?disabled=${this.loadingMore} @click=${() => void this.more()}>${this.t(this.loadingMore ? "state.loading" : "list.more")}</button>`
          : nothing
      }`;
  }

  private columnChoice(layer: Layer, shown: Field[]): TemplateResult {
    const box = (field: Field): TemplateResult => {
      const change = (event: Event): void => this.show(layer, field, (event.target as HTMLInputElement).checked);
      return html`<li><label><input type="checkbox" .checked=${shown.includes(field)} @change=${change}> ${field.label}</label></li>`;
    };
    return html`<details class="list-columns"><summary>${this.t("list.columns")}</summary>
      <ul aria-label=${this.t("list.columns")}>${this.offered(layer).map(box)}</ul></details>`;
  }

  private show(layer: Layer, field: Field, on: boolean): void {
    const shown = this.columns(layer).filter((other) => other !== field);
    const names = [...shown, ...(on ? [field] : [])].map(({ name }) => name);
    this.chosen = { ...this.chosen, [layer.slug]: names };
    memory.keepColumns(layer.slug, names);
  }

  private offered(layer: Layer): Field[] {
    return layer.fields.filter(({ name }) => name !== layer.title_field);
  }

  private columns(layer: Layer): Field[] {
    const names = this.chosen[layer.slug] ?? memory.columns(layer.slug);
    return names ? this.offered(layer).filter(({ name }) => names.includes(name)) : this.columnsAtFirst(layer);
  }

  /** A table of 320 px holds few columns: figures first, they are what one compares. */
  private columnsAtFirst(layer: Layer): Field[] {
    const rank = ({ type }: Field): number =>
      ["area_m2", "length_m", "integer", "number", "text", "date", "datetime", "boolean"].indexOf(type);
    return this.offered(layer)
      .filter(({ name }) => this.rows?.some(({ properties }) => hasValue(properties[name])))
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, COLUMNS_AT_FIRST);
  }

  private row(layer: Layer, row: FeatureRow, columns: Field[]): TemplateResult {
    const { selection } = this.state;
    const current = selection?.layer === layer.slug && selection.id === row.id;
    const hover = (on: boolean): void => this.app.view.hover(on ? { layer: layer.slug, id: row.id } : null);
    const open = (): void => {
      this.app.layers.turnOn(layer.slug);
      void this.app.sheet.open({ layer: layer.slug, id: row.id }, { reveal: true });
    };
    return html`<tr ?data-current=${current} @pointerenter=${() => hover(true)} @pointerleave=${() => hover(false)}>
      <th scope="row"><button aria-current=${current ? "true" : nothing} @click=${open} @focus=${() => hover(true)} @blur=${() => hover(false)}>${row.title}</button></th>
      ${columns.map((field) => html`<td data-type=${field.type}>${cellText(field, row.properties[field.name], this.t, this.state.language)}</td>`)}</tr>`;
  }

  private choose(slug: string): void {
    this.slug = slug;
    this.rows = null;
    this.error = null;
    void this.load();
  }
}

customElements.define("arp-list-panel", ListPanel);

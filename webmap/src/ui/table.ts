import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type ApiError, isAbort } from "../api/client";
import type { FeatureRow, Field, Layer } from "../api/types";
import type { Editor } from "../edit/editor";
import { changedFields, type Draft, isChanged } from "../edit/session";
import { formatNumber } from "../format/format";
import type { EditKey } from "../i18n/edit";
import { type Condition, filterText, isDate, isFigure, type Operator, operatorsFor } from "../state/filter";
import * as memory from "../state/memory";
import type { AppState } from "../state/state";
import { cellText } from "./cell";
import { EditElement } from "./edit-element";
import { openExport } from "./export";
import { emptiness, failure, skeleton } from "./states";
import "../styles/table.css";

const PAUSE_MS = 300;
/** Rows drawn beyond those in sight, and rows from the end at which more are asked for. */
const MARGIN = 12;
const AHEAD = 40;
const COLUMNS_AT_FIRST = 6;

interface Sort {
  field: string;
  down: boolean;
}

/** What was asked of a layer's rows: it is there again when its table is opened after the page was loaded anew. */
interface KeptTable {
  readonly layer: string;
  readonly inView: boolean;
  readonly conditions: readonly Condition[];
  readonly sort: Sort | null;
}

/** All the fields of a layer under the map: paged, sorted and filtered by the server; the map and it select together. */
export class DataTable extends EditElement {
  @state() private rows: FeatureRow[] | null = null;
  @state() private matched: number | null = null;
  @state() private error: ApiError | null = null;
  @state() private inView = true;
  @state() private conditions: readonly Condition[] = [];
  @state() private filtering = false;
  @state() private sort: Sort | null = null;
  @state() private chosen: Record<string, string[]> = {};
  /** The map went on: soon other rows will be asked for. */
  @state() private waiting = false;
  private next: string | null = null;
  private more = false;
  private request: AbortController | null = null;
  private timer = 0;
  private asked = "";
  private answered = "";
  private shownSelection = "";
  private unlisten: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unlisten = this.app.store.subscribe((now, before) => this.moved(now, before));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unlisten?.();
    this.request?.abort();
    window.clearTimeout(this.timer);
    this.app.view.hover(null);
    this.app.keep("table", null);
  }

  private moved(now: AppState, before: AppState): void {
    if (this.inView && now.view !== before.view) this.soon();
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    this.waiting = true;
    this.timer = window.setTimeout(() => {
      this.waiting = false;
      this.asked = "";
      this.answered = "";
      this.requestUpdate();
    }, PAUSE_MS);
  }

  // --- data --------------------------------------------------------------------------------------------------------

  private get layer(): Layer | undefined {
    return this.state.table === null ? undefined : this.app.layers.get(this.state.table);
  }

  /** What the rows depend on: when it is another one, they are asked for again. */
  private question(layer: Layer): string {
    const filter = filterText(this.conditions, layer.fields);
    return JSON.stringify([layer.slug, layer.version, this.inView, filter, this.sort, this.editor?.state.writes ?? 0]);
  }

  private ask(layer: Layer): void {
    if (!this.asked && !this.rows) this.resume(layer);
    const question = this.question(layer);
    if (question === this.asked) return;
    if (this.asked && JSON.parse(this.asked)[0] !== layer.slug) this.forget();
    this.asked = question;
    void this.load(layer);
  }

  private resume({ slug }: Layer): void {
    const left = this.app.kept<KeptTable>("table");
    if (left?.layer !== slug || this.conditions.length) return;
    const { conditions = [], inView = true, sort = null } = left;
    Object.assign(this, { conditions, inView, sort, filtering: conditions.length > 0 });
  }

  private keep(): void {
    const { conditions, inView, sort } = this;
    const left: KeptTable = { layer: this.state.table ?? "", conditions, inView, sort };
    this.app.keep("table", conditions.length ? left : null);
  }

  /** Another layer: what was asked of the former one means nothing here. */
  private forget(): void {
    this.rows = null;
    this.conditions = [];
    this.sort = null;
    this.asked = "";
  }

  private async load(layer: Layer): Promise<void> {
    this.request?.abort();
    this.request = new AbortController();
    const { asked } = this;
    const filter = filterText(this.conditions, layer.fields);
    const sort = this.sort ? `${this.sort.down ? "-" : ""}${this.sort.field}` : "";
    const bbox = this.inView ? this.state.view.bbox : null;
    try {
      const page = await this.app.api.table(layer.slug, { bbox, filter, sort }, this.request.signal);
      this.next = page.next;
      this.answered = asked;
      Object.assign(this, { rows: page.results, matched: page.number_matched, error: null });
    } catch (error) {
      if (isAbort(error)) return;
      this.answered = asked;
      this.error = error as ApiError;
    }
  }

  private async loadMore(): Promise<void> {
    if (!this.next || this.more) return;
    this.more = true;
    try {
      const page = await this.app.api.nextFeatures(this.next, this.request?.signal);
      this.rows = [...(this.rows ?? []), ...page.results];
      this.next = page.next;
    } catch (error) {
      if (!isAbort(error)) this.app.notices.add("error", (error as ApiError).title || this.t("error.title"));
    }
    this.more = false;
  }

  // --- frame -------------------------------------------------------------------------------------------------------

  protected override render(): TemplateResult | typeof nothing {
    const watched = super.render();
    return watched === nothing ? this.table() : watched;
  }

  protected override drawn(): TemplateResult {
    return this.table();
  }

  private table(): TemplateResult {
    const layer = this.layer;
    if (!layer) return html``;
    this.ask(layer);
    const busy = this.waiting || this.answered !== this.asked;
    return html`<section class="data-table" aria-busy=${busy} aria-label=${this.words("table.label", { name: layer.title })}>
      ${this.tools(layer)}${this.filtering ? this.filters(layer) : nothing}${this.contents(layer)}</section>`;
  }

  private tools(layer: Layer): TemplateResult {
    const layers = this.state.catalogue.status === "ready" ? this.state.catalogue.value : [];
    const choose = (event: Event): void => this.app.screen.openTable((event.target as HTMLSelectElement).value);
    const count = this.conditions.length;
    return html`<div class="data-tools">
      <label class="select"><span class="sr-only">${this.t("list.layer")}</span><select @change=${choose}>${layers.map(({ slug, title }) => html`<option value=${slug} .selected=${slug === layer.slug}>${title}</option>`)}</select><arp-icon name="chevronDown"></arp-icon></label>
      <button class="button button-small" aria-expanded=${this.filtering} @click=${() => this.openFilters(layer)}><arp-icon name="sliders"></arp-icon>${count ? this.words("table.filterCount", { count }) : this.words("table.filter")}</button>
      <label class="check"><input type="checkbox" .checked=${this.inView} @change=${() => {
        this.inView = !this.inView;
      }} />${this.words("table.inView")}</label>
      <p class="muted" role="status">${this.rows && !this.error ? this.count() : ""}</p>
      ${this.columnChoice(layer)}
      <button class="button button-small" @click=${() => this.export(layer)}><arp-icon name="download"></arp-icon>${this.t("layers.export")}</button>
      <button class="icon-button" @click=${() => this.app.screen.openTable(null)} aria-label=${this.words("table.close")} title=${this.words("table.close")}><arp-icon name="close"></arp-icon></button>
    </div>`;
  }

  private export(layer: Layer): void {
    const filter = filterText(this.conditions, layer.fields);
    void openExport(this.app, layer.slug, { filter, inView: this.inView });
  }

  private count(): string {
    if (this.matched === null) return this.words("table.many");
    return this.words(this.matched === 1 ? "table.one" : "table.count", {
      count: formatNumber(this.matched, this.state.language),
    });
  }

  // --- filter ------------------------------------------------------------------------------------------------------

  private openFilters(layer: Layer): void {
    this.filtering = !this.filtering;
    if (this.filtering && !this.conditions.length) this.addCondition(layer);
  }

  private addCondition(layer: Layer): void {
    const field = layer.fields.find(({ name }) => name === layer.title_field) ?? layer.fields[0];
    if (field)
      this.conditions = [
        ...this.conditions,
        { field: field.name, operator: operatorsFor(field)[0] as Operator, value: "" },
      ];
  }

  private filters(layer: Layer): TemplateResult {
    return html`<div class="data-filters" role="group" aria-label=${this.words("table.filter")}>
      ${this.conditions.map((condition, i) => this.condition(layer, condition, i))}
      <button class="button button-small" @click=${() => this.addCondition(layer)}><arp-icon name="plus"></arp-icon>${this.words("table.addFilter")}</button></div>`;
  }

  private condition(layer: Layer, condition: Condition, index: number): TemplateResult {
    const field = layer.fields.find(({ name }) => name === condition.field);
    if (!field) return html``;
    const set = (patch: Partial<Condition>): void => this.setCondition(layer, index, patch);
    const select = (
      label: string,
      options: readonly (readonly [string, string])[],
      value: string,
      change: (value: string) => void,
    ): TemplateResult =>
      html`<span class="select"><select aria-label=${label} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>${options.map(([one, text]) => html`<option value=${one} .selected=${one === value}>${text}</option>`)}</select><arp-icon name="chevronDown"></arp-icon></span>`;
    return html`<div class="data-filter">
      ${select(
        this.words("table.field"),
        layer.fields.map(({ name, label }) => [name, label] as const),
        condition.field,
        (value) => set({ field: value }),
      )}
      ${select(
        this.words("table.operator"),
        operatorsFor(field).map((one) => [one, this.words(operatorKey(field, one))] as const),
        condition.operator,
        (value) => set({ operator: value as Operator }),
      )}
      ${this.comparedWith(field, condition, set, select)}
      <button class="icon-button" @click=${() => this.dropCondition(index)} aria-label=${this.words("table.dropFilter", { name: field.label })} title=${this.words("table.dropFilter", { name: field.label })}><arp-icon name="close"></arp-icon></button></div>`;
  }

  private comparedWith(
    field: Field,
    { operator, value }: Condition,
    set: (patch: Partial<Condition>) => void,
    select: (
      label: string,
      options: readonly (readonly [string, string])[],
      value: string,
      change: (value: string) => void,
    ) => TemplateResult,
  ): TemplateResult | typeof nothing {
    if (operator === "empty" || operator === "filled") return nothing;
    const label = this.words("table.value", { name: field.label });
    if (field.type === "boolean") {
      const options = [
        ["", "–"],
        ["true", this.words("field.yes")],
        ["false", this.words("field.no")],
      ] as const;
      return select(label, options, value, (chosen) => set({ value: chosen }));
    }
    return html`<input class="data-value" type=${isDate(field) ? "date" : "text"} inputmode=${isFigure(field) ? "decimal" : "text"} aria-label=${label} .value=${value} @input=${(event: Event) => set({ value: (event.target as HTMLInputElement).value })} />`;
  }

  private setCondition(layer: Layer, index: number, patch: Partial<Condition>): void {
    this.conditions = this.conditions.map((one, i) => {
      if (i !== index) return one;
      const field = layer.fields.find(({ name }) => name === (patch.field ?? one.field));
      const operators = field ? operatorsFor(field) : [];
      const merged = { ...one, ...patch };
      return operators.includes(merged.operator)
        ? merged
        : { ...merged, operator: operators[0] as Operator, value: "" };
    });
    // While it is being written, the rows are not asked for at each letter.
    if (patch.value !== undefined) {
      this.asked = this.question(layer);
      this.soon();
    }
  }

  private dropCondition(index: number): void {
    this.conditions = this.conditions.filter((_, i) => i !== index);
    if (!this.conditions.length) this.filtering = false;
  }

  // --- columns -----------------------------------------------------------------------------------------------------

  private offered(layer: Layer): Field[] {
    return layer.fields.filter(({ name }) => name !== layer.title_field);
  }

  private columns(layer: Layer): Field[] {
    const names = this.chosen[layer.slug] ?? memory.columns(`table.${layer.slug}`);
    return names
      ? this.offered(layer).filter(({ name }) => names.includes(name))
      : this.offered(layer).slice(0, COLUMNS_AT_FIRST);
  }

  private columnChoice(layer: Layer): TemplateResult {
    const shown = this.columns(layer);
    const change = (field: Field, event: Event): void => {
      const on = (event.target as HTMLInputElement).checked;
      const names = [...shown.filter((other) => other !== field), ...(on ? [field] : [])].map(({ name }) => name);
      this.chosen = { ...this.chosen, [layer.slug]: names };
      memory.keepColumns(`table.${layer.slug}`, names);
    };
    return html`<details class="data-columns menu-anchor"><summary class="button button-small">${this.t("list.columns")}</summary>
      <ul class="menu" aria-label=${this.t("list.columns")}>${this.offered(layer).map((field) => html`<li><label class="check"><input type="checkbox" .checked=${shown.includes(field)} @change=${(event: Event) => change(field, event)} />${field.label}</label></li>`)}</ul></details>`;
  }

  // --- rows --------------------------------------------------------------------------------------------------------

  private contents(layer: Layer): TemplateResult {
    if (this.error) return failure(this.t, this.error, () => void this.load(layer));
    if (!this.rows) return skeleton(this.t, 6);
    if (!this.rows.length)
      return emptiness(this.t("list.empty"), this.words(this.conditions.length ? "table.emptyFilter" : "table.empty"));
    return html`<div class="data-scroll" tabindex="0" role="group" aria-label=${this.words("table.label", { name: layer.title })} @scroll=${() => this.requestUpdate()}>${this.grid(layer, this.rows)}</div>`;
  }

  /** The rows in sight and a few around them: a thousand rows cost what forty do. */
  private range(count: number): [number, number] {
    const box = this.querySelector<HTMLElement>(".data-scroll");
    const height = this.rowHeight();
    const first = Math.max(0, Math.floor((box?.scrollTop ?? 0) / height) - MARGIN);
    const last = Math.min(count, first + Math.ceil((box?.clientHeight ?? 400) / height) + 2 * MARGIN);
    return [first, last];
  }

  private rowHeight(): number {
    return this.querySelector<HTMLElement>("tbody tr[data-row]")?.offsetHeight || 33;
  }

  private grid(layer: Layer, rows: readonly FeatureRow[]): TemplateResult {
    const columns = this.columns(layer);
    const [first, last] = this.range(rows.length);
    if (last > rows.length - AHEAD) void this.loadMore();
    const name = layer.fields.find((field) => field.name === layer.title_field);
    return html`<table class="list-table" aria-rowcount=${this.matched ?? -1}><thead><tr>
        ${layer.can_edit ? html`<th scope="col" class="data-check">${this.allBox(layer, rows)}</th>` : nothing}
        ${this.header(layer.title_field, name?.label ?? this.t("list.name"))}${columns.map((field) => this.header(field.name, field.label, field.type))}</tr></thead>
      <tbody><tr class="data-space" data-before></tr>
        ${rows.slice(first, last).map((row, i) => this.row(layer, row, columns, first + i))}
        <tr class="data-space" data-after></tr></tbody></table>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.asked && ["conditions", "inView", "sort"].some((name) => changed.has(name))) this.keep();
    const count = this.rows?.length ?? 0;
    const [first, last] = this.range(count);
    const height = this.rowHeight();
    const space = (which: string, rows: number): void =>
      this.querySelector<HTMLElement>(`tr[data-${which}]`)?.style.setProperty("height", `${rows * height}px`);
    space("before", first);
    space("after", count - last);
    this.followSelection();
  }

  private header(field: string, label: string, type?: string): TemplateResult {
    const sorted = this.sort?.field === field ? this.sort : null;
    const turn = (): void => {
      this.sort = !sorted ? { field, down: false } : sorted.down ? null : { field, down: true };
    };
    return html`<th scope="col" data-type=${type ?? nothing} aria-sort=${sorted ? (sorted.down ? "descending" : "ascending") : nothing}><button class="data-sort" @click=${turn}>${label}${sorted ? html`<arp-icon name=${sorted.down ? "down" : "up"}></arp-icon>` : nothing}</button></th>`;
  }

  private row(layer: Layer, row: FeatureRow, columns: readonly Field[], index: number): TemplateResult {
    const current = this.selected(layer).includes(row.id);
    const draft = this.draft(layer, row.id);
    const changed = draft ? new Set(changedFields(draft)) : null;
    const hover = (on: boolean): void => this.app.view.hover(on ? { layer: layer.slug, id: row.id } : null);
    const named = changed?.has(layer.title_field) ? draft?.properties[layer.title_field] : row.title;
    const mark =
      draft && isChanged(draft)
        ? html`<span class="data-changed" title=${this.words("table.unsaved")}><span class="sr-only">${this.words("table.unsaved")}</span></span>`
        : nothing;
    return html`<tr data-row aria-rowindex=${index + 2} ?data-current=${current} ?data-gone=${draft?.deleted ?? false} @pointerenter=${() => hover(true)} @pointerleave=${() => hover(false)}>
      ${layer.can_edit ? html`<td class="data-check">${this.box(layer, row)}</td>` : nothing}
      <th scope="row"><button aria-current=${current ? "true" : nothing} @click=${() => this.open(layer, row)} @focus=${() => hover(true)} @blur=${() => hover(false)}>${named ?? "–"}${mark}</button></th>
      ${columns.map((field) => html`<td data-type=${field.type}>${this.cell(field, changed?.has(field.name) ? draft?.properties[field.name] : row.properties[field.name])}</td>`)}</tr>`;
  }

  private cell(field: Field, value: unknown): string {
    const known = this.editor?.fields().find(({ name }) => name === field.name);
    const label = known?.choices.find((choice) => String(choice.value) === String(value))?.label;
    return label ?? cellText(field, value, this.t, this.state.language);
  }

  private draft(layer: Layer, id: number): Draft | undefined {
    return this.editorOf(layer)?.state.session.drafts[String(id)];
  }

  private editorOf(layer: Layer): Editor | null {
    return this.editor?.state.layer.slug === layer.slug ? this.editor : null;
  }

  // --- selection ---------------------------------------------------------------------------------------------------

  /** What is selected on the map, in this layer. */
  private selected(layer: Layer): number[] {
    const editor = this.editorOf(layer);
    if (editor)
      return [editor.state.active, ...editor.state.picked].flatMap((key) => (key === null ? [] : Number(key)));
    const { selection } = this.state;
    return selection?.layer === layer.slug ? [selection.id] : [];
  }

  /** What was selected on the map is scrolled to, when it is among the rows. */
  private followSelection(): void {
    const layer = this.layer;
    const [id] = layer ? this.selected(layer) : [];
    const now = `${layer?.slug} ${id}`;
    if (now === this.shownSelection) return;
    this.shownSelection = now;
    const index = this.rows?.findIndex((row) => row.id === id) ?? -1;
    const box = this.querySelector<HTMLElement>(".data-scroll");
    if (index < 0 || !box) return;
    const top = index * this.rowHeight();
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 3 * this.rowHeight())
      box.scrollTop = Math.max(0, top - box.clientHeight / 2);
  }

  private open(layer: Layer, row: FeatureRow): void {
    this.app.layers.turnOn(layer.slug);
    const editor = this.editorOf(layer);
    this.shownSelection = `${layer.slug} ${row.id}`;
    if (editor) void editor.open(row.id);
    else if (!this.editor) void this.app.sheet.open({ layer: layer.slug, id: row.id }, { reveal: true });
  }

  private box(layer: Layer, row: FeatureRow): TemplateResult {
    const on = this.editorOf(layer)?.state.picked.includes(String(row.id)) ?? false;
    return html`<input type="checkbox" aria-label=${this.words("table.pick", { name: row.title })} .checked=${on} @change=${() => void this.pick(layer, [row.id], "toggle")} />`;
  }

  private allBox(layer: Layer, rows: readonly FeatureRow[]): TemplateResult {
    const picked = this.editorOf(layer)?.state.picked ?? [];
    const all = rows.length > 0 && rows.every(({ id }) => picked.includes(String(id)));
    const change = (): void => {
      if (all) this.editorOf(layer)?.setPicked([]);
      else
        void this.pick(
          layer,
          rows.map(({ id }) => id),
          "add",
        );
    };
    return html`<input type="checkbox" aria-label=${this.words("table.pickAll")} .checked=${all} .indeterminate=${picked.length > 0 && !all} @change=${change} />`;
  }

  private async pick(layer: Layer, ids: readonly number[], mode: "toggle" | "add"): Promise<void> {
    if (!this.editorOf(layer)) await this.app.editing.open(layer.slug);
    await this.editorOf(layer)?.pick(ids, mode);
    this.requestUpdate();
  }
}

/** Figures are larger or smaller, dates later or earlier. */
function operatorKey(field: Field, operator: Operator): EditKey {
  if (!isDate(field)) return `operator.${operator}`;
  return operator === "less" ? "operator.before" : operator === "more" ? "operator.after" : `operator.${operator}`;
}

customElements.define("arp-table", DataTable);

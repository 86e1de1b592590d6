import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { ApiClient } from "../api/client";
import type { Layer, LegendSymbol } from "../api/types";
import { formatNumber, formatScale, type Language } from "../format/format";
import type { Bbox } from "../geo/mercator";
import { type StyleKey, type StyleWords, styleWords } from "../i18n/style";
import { type Drawn, GROUNDS, type Ground, Preview } from "../map/preview";
import { hasOwnCartography } from "../map/styles";
import { swatch } from "../ui/swatch";
import { type ColourRange, RANGES, REST } from "./colours";
import {
  classWords,
  columnOptions,
  countWords,
  labelColumnFields,
  labelFields,
  legibilitySection,
  qmlReport,
  scaleSelect,
  typed,
  type Writing,
} from "./parts";
import {
  breaksIn,
  breaksOf,
  type Column,
  categories,
  classLines,
  type Distribution,
  drawnStyle,
  inOwnColours,
  type Line,
  type Method,
  type Mode,
  modeOf,
  NUMBERS,
  plainSymbol,
  readBreaks,
  recoloured,
  type Style,
  withColumn,
} from "./style";
import { symbolForm } from "./symbol-form";

export interface EditorConfig {
  layer: Layer;
  style: Style;
  columns: Column[];
  /** Those that the style may follow once they are in the tiles. */
  other_columns: Column[];
  tiles_url: string;
  distribution_url: string;
  qml_url: string;
  first_scale: number;
  extent_4326: Bbox;
  language: Language;
}

const CONTEXT = ["communes", "parcels", "buildings", "roads"];
const MODES: Mode[] = ["single", "categories", "classes"];
const METHODS: Method[] = ["quantiles", "equal", "natural"];
const MOST_CLASSES = 9;

/** The style of a layer: what chooses its symbols, the symbols, the labels, the scales; beside it the layer itself. */
export class StyleEditor extends LitElement {
  @property({ attribute: false }) config!: EditorConfig;
  /** The form's hidden field that takes the style to the server. */
  @property({ attribute: false }) field!: HTMLInputElement;
  @state() private style_!: Style;
  @state() private mode: Mode = "single";
  @state() private column = "";
  @state() private method: Method | "manual" = "quantiles";
  @state() private classes = 5;
  @state() private range: ColourRange = RANGES[0] as ColourRange;
  @state() private reversed = false;
  @state() private opened = -1;
  @state() private found: Distribution | null = null;
  @state() private working = false;
  @state() private failure = "";
  @state() private ground: Ground = "light";
  @state() private told: string[] | null = null;
  @state() private scale = 0;
  private api!: ApiClient;
  private preview: Preview | null = null;
  private readonly kept = new Map<string, Distribution>();
  /** Counts what was chosen: an answer that comes after another choice changes nothing. */
  private turn = 0;

  private get words(): StyleWords {
    return styleWords(this.config.language);
  }

  private get writing(): Writing {
    return { words: this.words, language: this.config.language };
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(): void {
    if (this.style_) return;
    this.api = new ApiClient("/api/v1/", () => this.config.language);
    this.take(this.config.style);
  }

  protected override firstUpdated(): void {
    void this.openPreview();
    if (this.mode !== "single" && this.mode !== "conditions") void this.read(this.column);
  }

  private take(style: Style): void {
    const { mode, column } = modeOf(style.legend);
    this.mode = mode;
    this.column = column;
    const breaks = mode === "classes" ? breaksIn(style.legend, column) : null;
    this.method = breaks ? "manual" : "quantiles";
    if (breaks) this.classes = breaks.length + 1;
    this.range = (mode === "classes" ? RANGES.find(({ kind }) => kind === "sequence") : RANGES[0]) as ColourRange;
    this.opened = -1;
    this.give(style);
  }

  /** The style as it is now: in the form, and in the preview. */
  private give(patch: Partial<Style>): void {
    this.style_ = { ...this.style_, ...patch };
    const written = JSON.stringify(this.style_);
    if (this.field.value !== written) {
      this.field.value = written;
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.preview?.draw(this.drawn);
  }

  private get drawn(): Drawn {
    return drawnStyle(this.style_, this.config.columns, this.config.language);
  }

  private async openPreview(): Promise<void> {
    const { layer, extent_4326 } = this.config;
    const target = this.querySelector<HTMLElement>(".style-map .map");
    if (!target) return;
    await document.fonts.load('500 12px "Atkinson Hyperlegible Next Variable"').catch(() => []);
    const layers = await this.api.layers().catch(() => []);
    const around = layers.filter(({ slug }) => CONTEXT.includes(slug) && slug !== layer.slug);
    this.preview = new Preview(target, layer, around, this.drawn, extent_4326, () => {
      this.scale = this.preview?.scale ?? 0;
    });
    this.scale = this.preview.scale;
    const [photo] = await this.api.photos().catch(() => []);
    if (photo) this.preview.addPhoto(photo);
  }

  // --- what chooses the symbol -------------------------------------------------------------------------------------

  private get columns(): Column[] {
    return this.config.columns.filter((column) => this.fits(column));
  }

  private fits({ type }: Column): boolean {
    return this.mode !== "classes" || NUMBERS.includes(type);
  }

  /** Has the tiles carry a column that they do not carry yet; the preview takes the new ones. */
  private async carry(name: string): Promise<boolean> {
    const { config } = this;
    const column = config.other_columns.find((one) => one.name === name);
    if (!column) return true;
    this.failure = "";
    try {
      const answer = await this.api.send(config.tiles_url, { method: "POST", body: { column: name } });
      const { version } = (await answer.json()) as { version: number };
      config.columns.push(column);
      config.other_columns = config.other_columns.filter((one) => one !== column);
      this.preview?.renew(version);
      return true;
    } catch (error) {
      this.failure = (error as Error & { detail?: string }).detail || (error as Error).message;
      return false;
    }
  }

  private get base(): LegendSymbol {
    return this.style_.legend[0]?.symbol ?? plainSymbol(this.config.layer.geometry_type);
  }

  private choose(mode: Mode): void {
    this.turn += 1;
    this.working = false;
    this.mode = mode;
    this.opened = -1;
    this.failure = "";
    if (mode === "single") {
      const label = this.config.layer.title;
      this.give({ legend: [{ label, label_en: "", symbol: this.base }] });
      return;
    }
    this.range = RANGES.find(({ kind }) => kind === (mode === "classes" ? "sequence" : "set")) as ColourRange;
    this.method = "quantiles";
    const others = this.config.other_columns.filter((one) => this.fits(one));
    const column = [...this.columns, ...others].find(({ name }) => name === this.column) ?? this.columns[0];
    if (column) void this.propose(column.name);
  }

  /** A legend from the values of a column; whoever chooses something else before they have come gets that. */
  private async propose(column: string): Promise<void> {
    const turn = ++this.turn;
    this.working = true;
    const carried = column !== "" && (await this.carry(column));
    if (turn !== this.turn) return;
    if (carried) {
      this.column = column;
      await this.read(column);
      if (turn !== this.turn) return;
      this.remake();
    }
    this.working = false;
    this.requestUpdate();
  }

  /** Asks how the values of a column are spread, once. */
  private async read(column: string): Promise<void> {
    this.found = this.kept.get(column) ?? null;
    if (this.found || !column) return;
    this.failure = "";
    try {
      const address = `${this.config.distribution_url}?column=${encodeURIComponent(column)}`;
      const found = (await (await this.api.send(address)).json()) as Distribution;
      this.kept.set(column, found);
      if (this.column === column) this.found = found;
    } catch (error) {
      this.failure = this.words("load.failed", { detail: (error as Error).message });
    }
  }

  /** The legend made anew from what is chosen. */
  private remake(breaks: number[] | null = null): void {
    const column = this.config.columns.find(({ name }) => name === this.column);
    if (!this.found || !column) return;
    const words = this.words;
    const range = this.reversed ? { ...this.range, colours: [...this.range.colours].reverse() } : this.range;
    if (this.mode === "categories") {
      const said = { rest: words("legend.rest"), restEn: styleWords("en")("legend.rest"), empty: words("empty.value") };
      this.give({ legend: categories(column, this.found, range, this.base, said) });
    } else {
      const method = this.method === "manual" ? "quantiles" : this.method;
      const limits = breaks ?? breaksOf(this.found, method, this.classes);
      this.give({
        legend: classLines(column, limits, range, this.base, (from, below) => classWords(this.writing, from, below)),
      });
    }
    this.opened = -1;
  }

  private recolour(range: ColourRange, reversed: boolean): void {
    this.range = range;
    this.reversed = reversed;
    this.remake(this.mode === "classes" ? breaksIn(this.style_.legend, this.column) : null);
  }

  private typeBreaks(event: Event): void {
    const input = event.target as HTMLInputElement;
    const breaks = readBreaks(input.value);
    input.setCustomValidity(breaks ? "" : this.words("classes.breaksBad"));
    if (!input.reportValidity() || !breaks) return;
    this.method = "manual";
    this.classes = breaks.length + 1;
    this.remake(breaks);
  }

  // --- the lines ---------------------------------------------------------------------------------------------------

  private line(index: number, patch: Partial<Line>): void {
    this.give({ legend: this.style_.legend.map((line, i) => (i === index ? { ...line, ...patch } : line)) });
  }

  private move(index: number, step: number): void {
    const legend = [...this.style_.legend];
    const [line] = legend.splice(index, 1);
    if (line) legend.splice(index + step, 0, line);
    this.opened = -1;
    this.give({ legend });
  }

  private removeLine(index: number): void {
    this.opened = -1;
    this.give({ legend: this.style_.legend.filter((_, i) => i !== index) });
  }

  private addRest(): void {
    const symbol = recoloured(this.base, REST);
    const rest = { label: this.words("legend.rest"), label_en: styleWords("en")("legend.rest"), symbol };
    this.give({ legend: [...this.style_.legend, rest] });
  }

  /** The form of a symbol for every line, each in its own colour. */
  private toAll(symbol: LegendSymbol): void {
    const legend = this.style_.legend.map((line) => ({ ...line, symbol: inOwnColours(symbol, line) }));
    this.give({ legend });
  }

  private async readQml(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (!file) return;
    const body = new FormData();
    body.append("file", file);
    this.failure = "";
    this.told = null;
    try {
      const answer = await this.api.send(this.config.qml_url, { method: "POST", body });
      const { style, told } = (await answer.json()) as { style: Style; told: string[] };
      this.take(style);
      this.told = told;
      if (this.mode === "categories" || this.mode === "classes") void this.read(this.column);
    } catch (error) {
      const { detail, message } = error as Error & { detail?: string };
      this.failure = detail || message;
    } finally {
      input.value = "";
    }
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    return html`<div class="style-editor">
      <div class="style-controls">
        ${hasOwnCartography(this.config.layer.slug) ? html`<p class="notice">${this.words("own.text")}</p>` : nothing}
        ${this.failure ? html`<p class="notice" role="alert">${this.failure}</p>` : nothing}
        ${this.chooser()} ${this.legend()} ${this.labels()} ${this.scales()} ${legibilitySection(this.words, this.style_.legend)} ${this.qml()}
      </div>
      ${this.map()}
    </div>`;
  }

  private chooser(): TemplateResult {
    const { words, mode } = this;
    const modes: Mode[] = mode === "conditions" ? [...MODES, "conditions"] : MODES;
    return html`<section><fieldset class="options"><legend>${words("by.label")}</legend>
        ${modes.map(
          (
            one,
          ) => html`<label><input type="radio" name="style-mode" .checked=${one === mode} @change=${() => this.choose(one)} />
          <span>${words(`by.${one}` as StyleKey)}</span></label>`,
        )}</fieldset>
      ${mode === "conditions" ? html`<p class="hint">${words("by.conditionsHelp")}</p>` : nothing}
      ${mode === "categories" || mode === "classes" ? this.byColumn() : nothing}
    </section>`;
  }

  private byColumn(): TemplateResult {
    const { words } = this;
    const others = this.config.other_columns.filter((one) => this.fits(one));
    if (!this.columns.length && !others.length) return html`<p class="hint">${words("column.none")}</p>`;
    return html`<div class="by-column">
      <label class="field"><span>${words("column.label")}</span><select @change=${(event: Event) => this.propose(typed(event))}>
        ${this.columns.some(({ name }) => name === this.column) ? nothing : html`<option value="" selected disabled>${words("column.choose")}</option>`}
        ${columnOptions(this.columns, this.column)}
        ${others.length ? html`<optgroup label=${words("column.others")}>${columnOptions(others, "")}</optgroup>` : nothing}</select></label>
      ${this.mode === "classes" ? this.classFields() : nothing}
      <label class="field"><span>${words("range.label")}</span><select @change=${(event: Event) =>
        this.recolour(RANGES.find(({ name }) => name === typed(event)) ?? this.range, this.reversed)}>
        ${RANGES.filter(({ kind }) => this.mode === "categories" || kind !== "set").map(
          ({ name }) =>
            html`<option value=${name} ?selected=${name === this.range.name}>${words(`range.${name}` as StyleKey)}</option>`,
        )}</select></label>
      <div class="field-foot">
        <button type="button" class="small" @click=${() => this.recolour(this.range, !this.reversed)}>${words("range.reverse")}</button>
        ${this.mode === "categories" ? html`<button type="button" class="small" @click=${() => this.propose(this.column)}>${words("propose")}</button>` : nothing}
      </div>
      <p class="hint" role="status">${this.working ? words("working") : countWords(this.writing, this.found, { legend: this.style_.legend, column: this.column, mode: this.mode })}</p>
    </div>`;
  }

  private classFields(): TemplateResult {
    const { words } = this;
    const methods = this.method === "manual" ? [...METHODS, "manual" as const] : METHODS;
    const breaks = breaksIn(this.style_.legend, this.column) ?? [];
    return html`<label class="field"><span>${words("classes.method")}</span><select ?disabled=${this.working} @change=${(
      event: Event,
    ) => {
      this.method = typed(event) as Method;
      this.remake();
    }}>${methods.map((one) => html`<option value=${one} ?selected=${one === this.method} ?disabled=${one === "manual"}>${words(`classes.${one}`)}</option>`)}</select></label>
      <label class="field"><span>${words("classes.count")}</span><select ?disabled=${this.working} @change=${(
        event: Event,
      ) => {
        this.classes = Number(typed(event));
        if (this.method === "manual") this.method = "quantiles";
        this.remake();
      }}>${Array.from({ length: MOST_CLASSES - 1 }, (_, i) => i + 2).map((count) => html`<option ?selected=${count === this.classes}>${count}</option>`)}</select></label>
      <label class="field breaks"><span>${words("classes.breaks")}</span><input inputmode="decimal" ?disabled=${this.working} .value=${breaks.map((value) => String(value).replace(".", ",")).join(" ; ")}
        @change=${(event: Event) => this.typeBreaks(event)} /></label>`;
  }

  private legend(): TemplateResult {
    const { words } = this;
    const { legend } = this.style_;
    const rest = legend.some(({ where }) => !Object.keys(where ?? {}).length);
    return html`<section aria-labelledby="legend-heading"><h2 id="legend-heading">${words("legend.heading")}</h2>
      ${legend.length > 1 ? html`<p class="hint">${words("legend.order")}</p>` : nothing}
      <ol class="lines">${legend.map((line, index) => this.legendLine(line, index))}</ol>
      ${rest ? nothing : html`<button type="button" class="small" @click=${() => this.addRest()}>${words("legend.add")}</button>`}
    </section>`;
  }

  private legendLine(line: Line, index: number): TemplateResult {
    const { words } = this;
    const open = this.opened === index;
    const name = { name: line.label };
    const many = this.style_.legend.length > 1;
    return html`<li ?data-open=${open}>
      <div class="line">
        <button type="button" class="swatch-button" aria-expanded=${open} aria-label=${words("legend.edit", name)} @click=${() => {
          this.opened = open ? -1 : index;
        }}>${swatch(line.symbol)}</button>
        <input aria-label=${words("legend.label")} maxlength="200" .value=${line.label} @input=${(event: Event) => this.line(index, { label: typed(event) })} />
        ${
          many
            ? html`<span class="line-actions">
          <button type="button" class="small" ?disabled=${index === 0} aria-label=${words("legend.up", name)} @click=${() => this.move(index, -1)}>↑</button>
          <button type="button" class="small" ?disabled=${index === this.style_.legend.length - 1} aria-label=${words("legend.down", name)} @click=${() => this.move(index, 1)}>↓</button>
          <button type="button" class="small" aria-label=${words("legend.remove", name)} @click=${() => this.removeLine(index)}>×</button></span>`
            : nothing
        }
      </div>
      ${
        open
          ? html`<div class="line-details">
        ${symbolForm(line.symbol, (symbol) => this.line(index, { symbol }), words)}
        <label class="field"><span>${words("legend.english")}</span><input maxlength="200" .value=${line.label_en ?? ""} @input=${(event: Event) => this.line(index, { label_en: typed(event) })} /></label>
        ${many ? html`<button type="button" class="small" @click=${() => this.toAll(line.symbol)}>${words("apply.toAll")}</button>` : nothing}
      </div>`
          : nothing
      }
    </li>`;
  }

  private labels(): TemplateResult {
    const { words } = this;
    const { labels } = this.style_;
    const set = (patch: Style["labels"]): void => this.give({ labels: { ...labels, ...patch } });
    return html`<section aria-labelledby="labels-heading"><h2 id="labels-heading">${words("labels.heading")}</h2>
      <div class="grid">
      ${labelColumnFields(this.writing, this.config, labels, (place, column) => void this.label(place, column))}
      ${labels.column ? labelFields(this.writing, labels, set) : nothing}</div></section>`;
  }

  private async label(place: number, column: string): Promise<void> {
    if (!column || (await this.carry(column))) this.give({ labels: withColumn(this.style_.labels, place, column) });
    this.requestUpdate();
  }

  private scales(): TemplateResult {
    const { words } = this;
    const { scale_from, scale_to } = this.style_;
    const tiles = this.config.layer.min_zoom > 0 && !scale_from;
    return html`<section aria-labelledby="scales-heading"><h2 id="scales-heading">${words("scales.heading")}</h2>
      <div class="grid">
        ${scaleSelect(this.writing, words("scales.from"), scale_from, (one) => this.give({ scale_from: one }))}
        ${scaleSelect(this.writing, words("scales.to"), scale_to, (one) => this.give({ scale_to: one }))}
      </div>
      ${tiles ? html`<p class="hint">${words("scales.tiles", { scale: formatNumber(this.config.first_scale, this.config.language) })}</p>` : nothing}
    </section>`;
  }

  private qml(): TemplateResult {
    const { words, told } = this;
    return html`<section aria-labelledby="qml-heading"><h2 id="qml-heading">${words("qml.heading")}</h2>
      <div class="field-foot"><label class="button file">${words("qml.button")}<input type="file" accept=".qml" @change=${(event: Event) => this.readQml(event)} /></label>
      <a class="button" href=${this.config.qml_url} download>${words("qml.export")}</a></div>
      <div role="status">${told ? qmlReport(words, told) : nothing}</div></section>`;
  }

  private map(): TemplateResult {
    const { words } = this;
    const { scale_from, scale_to } = this.style_;
    const hidden = this.scale > (scale_from ?? Infinity) * 1.01 || this.scale < (scale_to ?? 0) * 0.99;
    return html`<div class="style-map">
      <fieldset class="segments"><legend class="unseen">${words("ground.label")}</legend>${GROUNDS.map(
        (one) =>
          html`<label><input type="radio" name="style-ground" .checked=${one === this.ground} @change=${() => {
            this.ground = one;
            this.preview?.setGround(one);
          }} /><span>${words(`ground.${one}`)}</span></label>`,
      )}</fieldset>
      <div class="map" role="img" aria-label=${words("map.label")}></div>
      <div class="map-foot">
        <button type="button" class="small" aria-label=${words("map.farther")} @click=${() => this.preview?.zoomBy(-1)}>−</button>
        <button type="button" class="small" aria-label=${words("map.closer")} @click=${() => this.preview?.zoomBy(1)}>+</button>
        <span class="number">${this.scale ? formatScale(this.scale, this.config.language) : ""}</span>
        <span class="hint">${hidden && this.scale ? words("map.hidden") : ""}</span>
      </div>
    </div>`;
  }
}

customElements.define("arp-style-editor", StyleEditor);

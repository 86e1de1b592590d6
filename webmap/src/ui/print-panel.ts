import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { signInUrl } from "../api/urls";
import { formatInstant, formatNumber } from "../format/format";
import { bboxOf } from "../geo/frame";
import { type PrintWords, printWords } from "../i18n/print";
import type { PaperFrame } from "../map/port";
import { deskOf, openUrl, type Print, type PrintDesk } from "../print/desk";
import {
  type Chosen,
  frameOf,
  isScale,
  layersAt,
  middleOf,
  type Orientation,
  type PrintChoice,
  type PrintOptions,
  papersOf,
  picturesOf,
  RESOLUTIONS,
  SCALES,
  tooFine,
  weightOf,
} from "../print/order";
import { ArpentElement } from "./element";
import { offer } from "./offer";
import { photoCaption } from "./photo-words";
import { emptiness, failure, skeleton } from "./states";
import "../styles/print.css";

const STEP = 0.1;
const FINE_STEP = 0.01;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

const typed = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** The desk for printing to scale: the frame on the map, what the sheet says, and the prints that are ready. */
export class PrintPanel extends ArpentElement {
  @state() private otherScale = false;
  @state() private asked = false;
  private frame: PaperFrame | null = null;
  /** The finished print that has had the focus. */
  private offered: number | null = null;
  private stopWatching: (() => void) | null = null;

  private get desk(): PrintDesk {
    return deskOf(this.app);
  }

  private get words(): PrintWords {
    return printWords(this.state.language);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = this.desk.store.subscribe(() => this.requestUpdate());
    void this.app.photos.load();
    void this.desk.open();
    if (this.app.config.user) void this.putFrame();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
    this.frame?.stop();
    this.frame = null;
  }

  private async putFrame(): Promise<void> {
    const frame = await this.app.view.paperFrame({ moved: (center) => this.desk.choose({ center }) });
    if (!this.isConnected) return frame.stop();
    this.frame = frame;
    this.requestUpdate();
  }

  protected override updated(): void {
    const { options, choice } = this.desk.state;
    if (options.status === "ready" && isScale(options.value, choice.scale)) {
      this.frame?.draw(frameOf(options.value, choice));
    }
    const { latest } = this.desk;
    if (latest?.state !== "done" || latest.id === this.offered) return;
    this.offered = latest.id;
    offer(this, ".print-latest a");
  }

  protected override render(): TemplateResult {
    if (!this.app.config.user) return this.signIn();
    const { options } = this.desk.state;
    if (options.status === "loading") return skeleton(this.t, 6);
    if (options.status === "error") return failure(this.t, options.error, () => void this.desk.open());
    return this.form(options.value, this.desk.state.choice);
  }

  private signIn(): TemplateResult {
    const here = `${location.pathname}${location.search}${location.hash}`;
    return html`${emptiness(this.words("signIn.title"), this.words("signIn.advice"))}
      <a class="button button-primary" href=${signInUrl(this.app.config.urls.sign_in, here)}><arp-icon name="signIn"></arp-icon>${this.words("signIn.action")}</a>`;
  }

  private form(options: PrintOptions, choice: PrintChoice): TemplateResult {
    const { catalogue, layers } = this.state;
    const known = catalogue.status === "ready" ? [...catalogue.value, ...this.state.images] : [];
    const { printed, far } = layersAt(known, layers, choice);
    return html`<form class="print-form" novalidate @submit=${(event: Event) => this.submit(event, options, printed)}>
      ${this.titleField(options, choice)}
      ${this.paper(options, choice)}
      ${this.scale(options, choice)}
      ${this.place(options, choice)}
      ${this.contents(
        options,
        choice,
        printed,
        far.map(({ title }) => title),
      )}
      ${this.more(options, choice)}
      ${this.send(options, choice, printed)}
    </form>${this.prints(options)}`;
  }

  // --- what the sheet says -------------------------------------------------------------------------------------------

  private titleField(options: PrintOptions, choice: PrintChoice): TemplateResult {
    const missing = this.asked && !choice.title.trim();
    return html`<div class="field"><label for="print-title">${this.words("title.label")}</label>
      <input id="print-title" type="text" maxlength=${options.longest.title} placeholder=${this.words("title.placeholder")} .value=${live(choice.title)}
        aria-invalid=${missing} aria-describedby=${missing ? "print-title-missing" : nothing} @input=${(event: Event) => this.desk.choose({ title: typed(event) })} />
      ${missing ? html`<p class="field-fault" id="print-title-missing">${this.words("title.missing")}</p>` : nothing}</div>`;
  }

  private more(options: PrintOptions, choice: PrintChoice): TemplateResult {
    return html`<details class="print-more"><summary>${this.words("options.title")}</summary>
      <div class="field"><label for="print-note">${this.words("options.note")}</label>
        <textarea id="print-note" rows="3" maxlength=${options.longest.note} .value=${live(choice.note)} @input=${(event: Event) => this.desk.choose({ note: typed(event) })}></textarea></div>
      <div class="field"><label for="print-author">${this.words("options.author")}</label>
        <input id="print-author" type="text" maxlength=${options.longest.author} .value=${live(choice.author)} @input=${(event: Event) => this.desk.choose({ author: typed(event) })} /></div>
      <label class="check"><input type="checkbox" .checked=${live(choice.grid)} @change=${(event: Event) => this.desk.choose({ grid: (event.target as HTMLInputElement).checked })} /><span>${this.words("options.grid")}</span></label>
      <fieldset class="print-centre"><legend>${this.words("frame.place")}</legend>${this.coordinate(choice, 0)}${this.coordinate(choice, 1)}</fieldset>
    </details>`;
  }

  private coordinate(choice: PrintChoice, axis: 0 | 1): TemplateResult {
    const set = (event: Event): void => {
      const value = Number(typed(event));
      const [x, y] = choice.center;
      if (typed(event) && Number.isFinite(value)) this.desk.choose({ center: axis ? [x, value] : [value, y] });
      else (event.target as HTMLInputElement).value = String(choice.center[axis]);
    };
    // Not live: the panel may be drawn again while somebody types.
    return html`<label><span>${this.words(axis ? "frame.north" : "frame.east")}</span><input type="number" step="any" .value=${String(choice.center[axis])} @change=${set} /></label>`;
  }

  // --- paper and scale -----------------------------------------------------------------------------------------------

  private paper(options: PrintOptions, choice: PrintChoice): TemplateResult {
    const orientations: Orientation[] = ["portrait", "landscape"];
    return html`<fieldset class="segments"><legend>${this.words("paper.size")}</legend>
        ${papersOf(options).map((paper) => this.segment("print-paper", paper, paper === choice.paper, () => this.desk.choose({ paper })))}</fieldset>
      <fieldset class="segments print-orientation"><legend>${this.words("paper.orientation")}</legend>
        ${orientations.map((orientation) => this.segment("print-orientation", html`<i class="print-sheet" data-orientation=${orientation}></i>${this.words(`paper.${orientation}`)}`, orientation === choice.orientation, () => this.desk.choose({ orientation })))}</fieldset>`;
  }

  private segment(name: string, text: unknown, checked: boolean, choose: () => void): TemplateResult {
    return html`<label><input type="radio" name=${name} .checked=${live(checked)} @change=${choose} /><span>${text}</span></label>`;
  }

  private scale(options: PrintOptions, choice: PrintChoice): TemplateResult {
    const { language } = this.state;
    const other = this.otherScale || !SCALES.some((scale) => scale === choice.scale);
    const choose = (event: Event): void => {
      const scale = Number(typed(event));
      this.otherScale = !scale;
      if (scale) this.desk.choose({ scale });
    };
    return html`<div class="field"><label for="print-scale">${this.words("scale.label")}</label>
      <select id="print-scale" @change=${choose}>
        ${SCALES.map((scale) => html`<option value=${scale} .selected=${live(!other && scale === choice.scale)}>${exact(scale, language)}</option>`)}
        <option value="" .selected=${live(other)}>${this.words("scale.other")}</option>
      </select>${other ? this.freeScale(options, choice) : nothing}</div>`;
  }

  private freeScale(options: PrintOptions, choice: PrintChoice): TemplateResult {
    const [low, high] = options.scales.map((scale) => formatNumber(scale, this.state.language)) as [string, string];
    const wrong = !isScale(options, choice.scale);
    return html`<label class="print-free" for="print-other">${this.words("scale.otherLabel", { low, high })}</label>
      <input id="print-other" type="number" inputmode="numeric" min=${options.scales[0]} max=${options.scales[1]} step="1" .value=${live(String(choice.scale || ""))}
        aria-invalid=${wrong} aria-describedby=${wrong ? "print-scale-wrong" : nothing} @input=${(event: Event) => this.desk.choose({ scale: Number(typed(event)) })} />
      ${wrong ? html`<p class="field-fault" id="print-scale-wrong">${this.words("scale.wrong", { low, high })}</p>` : nothing}`;
  }

  // --- the frame -----------------------------------------------------------------------------------------------------

  private place(options: PrintOptions, choice: PrintChoice): TemplateResult {
    return html`<div class="print-place"><p class="muted small">${this.words("frame.hint")}</p>
      <div class="button-row">
        <button type="button" class="button button-small" @click=${() => this.desk.choose({ center: middleOf(this.state.view.center) })}><arp-icon name="coordinates"></arp-icon>${this.words("frame.toView")}</button>
        <button type="button" class="button button-small" @click=${() => this.show(options, choice)}><arp-icon name="frame"></arp-icon>${this.words("frame.show")}</button>
        <button type="button" class="button button-small wide-only" title=${this.words("frame.keys")} aria-label=${this.words("frame.keys")}
          @keydown=${(event: KeyboardEvent) => this.nudge(event, options, choice)}><arp-icon name="swap"></arp-icon>${this.words("frame.keysShort")}</button>
      </div></div>`;
  }

  private show(options: PrintOptions, choice: PrintChoice): void {
    this.app.view.goTo({ bbox: bboxOf(frameOf(options, choice)), zoom: 21 });
  }

  private nudge(event: KeyboardEvent, options: PrintOptions, choice: PrintChoice): void {
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const { width, height } = frameOf(options, choice);
    const share = event.shiftKey ? FINE_STEP : STEP;
    const [x, y] = choice.center;
    this.desk.choose({ center: [x + arrow[0] * width * share, y + arrow[1] * height * share] });
  }

  // --- what is printed -----------------------------------------------------------------------------------------------

  private contents(
    options: PrintOptions,
    choice: PrintChoice,
    printed: readonly Chosen[],
    far: string[],
  ): TemplateResult {
    const names = printed.map(({ layer }) => layer.title).join(", ");
    const { photo, comparing } = this.desk;
    const background = this.state.backgrounds.find(({ slug }) => slug === this.state.background);
    const foreign = background && background.kind !== "plain" ? background.title : null;
    if (!printed.length && !photo)
      return html`<section class="print-contents"><h3>${this.words("layers.title")}</h3>${emptiness(this.words("layers.none"), this.words("layers.noneAdvice"))}</section>`;
    return html`<section class="print-contents"><h3>${this.words("layers.title")}</h3>
      ${printed.length ? html`<p>${this.words(printed.length === 1 ? "layers.one" : "layers.many", { count: printed.length, names })}</p>` : nothing}
      ${far.length ? html`<p class="muted">${this.words("layers.far", { names: far.join(", ") })}</p>` : nothing}
      ${printed.length > options.most_layers ? html`<p class="field-fault">${this.words("layers.most", { most: options.most_layers, over: printed.length - options.most_layers })}</p>` : nothing}
      ${photo ? html`<p>${photo.title}<br /><span class="muted">${photoCaption(photo, this.state.language, this.t)}</span></p>` : nothing}
      ${picturesOf(printed, photo) ? this.fineness(options, choice) : nothing}
      ${this.outline(choice)}
      ${comparing ? html`<p class="muted">${this.words("compare.right")}</p>` : nothing}
      ${foreign ? html`<p class="print-left"><arp-icon name="info"></arp-icon><span>${this.words("background.left", { name: foreign })}</span></p>` : nothing}
    </section>`;
  }

  private outline({ outline }: PrintChoice): TemplateResult {
    const count = this.desk.selected.reduce((sum, { ids }) => sum + ids.length, 0);
    const words = this.words(count === 1 ? "outline.one" : "outline.many", { count });
    const set = (event: Event): void => this.desk.choose({ outline: (event.target as HTMLInputElement).checked });
    return html`${count ? html`<label class="check"><input type="checkbox" .checked=${live(outline)} @change=${set} /><span>${words}</span></label>` : nothing}
      ${this.state.chosen.secret ? html`<p class="muted">${this.words("outline.secret")}</p>` : nothing}`;
  }

  private fineness(options: PrintOptions, choice: PrintChoice): TemplateResult {
    const fitting = tooFine(options, choice);
    const name = (dpi: number): string =>
      this.words(dpi === options.usual_dpi ? "photo.usual" : "photo.dpiOption", { dpi });
    return html`<div class="field"><label for="print-dpi">${this.words("photo.dpi")}</label>
      <select id="print-dpi" aria-invalid=${fitting !== null} aria-describedby=${fitting === null ? nothing : "print-heavy"} @change=${(event: Event) => this.desk.choose({ dpi: Number(typed(event)) })}>
        ${RESOLUTIONS.map((dpi) => html`<option value=${dpi} .selected=${live(dpi === choice.dpi)}>${name(dpi)}</option>`)}
      </select>
      ${fitting === null ? nothing : html`<p class="field-fault" id="print-heavy">${this.words("photo.heavy", { dpi: choice.dpi, fitting })}</p>`}</div>`;
  }

  // --- sending -------------------------------------------------------------------------------------------------------

  private send(options: PrintOptions, choice: PrintChoice, printed: readonly Chosen[]): TemplateResult {
    const { sending, refusal } = this.desk.state;
    const size = formatSize(weightOf(options, choice, picturesOf(printed, this.desk.photo)), this.state.language);
    const possible = this.possible(options, choice, printed);
    return html`<button class="button button-primary button-wide" ?disabled=${sending || !possible}><arp-icon name="print"></arp-icon>${this.words(sending ? "order.sending" : "order.go")}</button>
      <p class="muted small print-weight">${choice.paper} · ${exact(choice.scale, this.state.language)} · ${this.words("photo.weight", { size })}</p>
      ${this.latest()}
      ${refusal ? html`<div class="message message-error" role="alert"><arp-icon name="alert"></arp-icon><div><strong>${this.words("order.refused")}</strong><p>${refusal.offline ? this.t("error.offlineDetail") : refusal.detail || refusal.title}</p></div></div>` : nothing}`;
  }

  /** What was ordered last, where one looks: beside the button. */
  private latest(): TemplateResult {
    const { latest } = this.desk;
    return html`<div class="print-latest" role="status">${latest ? this.print(latest) : nothing}</div>`;
  }

  private possible(options: PrintOptions, choice: PrintChoice, printed: readonly Chosen[]): boolean {
    const { photo } = this.desk;
    if (printed.length > options.most_layers || !(printed.length || photo)) return false;
    return isScale(options, choice.scale) && !(picturesOf(printed, photo) && tooFine(options, choice) !== null);
  }

  private submit(event: Event, options: PrintOptions, printed: readonly Chosen[]): void {
    event.preventDefault();
    const { choice } = this.desk.state;
    this.asked = true;
    if (!choice.title.trim()) return this.querySelector<HTMLInputElement>("#print-title")?.focus();
    if (!this.possible(options, choice, printed)) return;
    this.asked = false;
    void this.desk.order(printed);
  }

  // --- prints --------------------------------------------------------------------------------------------------------

  private prints(options: PrintOptions): TemplateResult | typeof nothing {
    const prints = this.desk.state.prints.filter(({ id }) => id !== this.desk.state.latest);
    if (!prints.length) return nothing;
    return html`<section class="print-list"><h3>${this.words("prints.title")}</h3>
      <ul aria-live="polite">${prints.map((print) => html`<li>${this.print(print)}</li>`)}</ul>
      <p class="muted small">${this.words("prints.kept", { days: options.kept_days })}</p></section>`;
  }

  private print(print: Print): TemplateResult {
    switch (print.state) {
      case "done":
        return this.ready(print);
      case "failed":
      case "cancelled":
        return html`<strong>${print.title}</strong><p class="print-failed"><arp-icon name="alert"></arp-icon><span>${print.message || this.words("prints.failed")}</span></p>`;
      default:
        return html`<strong>${print.title}</strong><progress max="1" aria-label=${print.title} .value=${print.progress ?? 0}></progress>
          <small class="muted">${print.message || this.words("prints.waiting")}</small>`;
    }
  }

  private ready(print: Print): TemplateResult {
    const { language } = this.state;
    const size = formatSize(print.report?.bytes ?? 0, language);
    const time = print.ended_at ? formatInstant(print.ended_at, language) : "";
    return html`<div class="print-ready"><span><strong>${print.title}</strong>
        <small class="muted">${print.file ? this.words("prints.ready", { size, time }) : this.words("prints.gone")}</small></span>
      ${
        print.file
          ? html`<a class="button button-small" href=${openUrl(print.file)} target="_blank" rel="noopener">${this.words("prints.open")}<span class="sr-only"> : ${print.title}</span></a>
      <a class="button button-small" href=${print.file} download><arp-icon name="down"></arp-icon>${this.words("prints.download")}<span class="sr-only"> : ${print.title}</span></a>`
          : nothing
      }</div>
      ${(print.report?.remarks ?? []).map((remark) => html`<p class="muted small">${remark}</p>`)}`;
  }
}

/** "1 : 1 250", to the last digit: on paper a scale is exact. */
function exact(scale: number, language: "fr" | "en"): string {
  return `1\u00a0:\u00a0${formatNumber(scale, language)}`;
}

/** Two digits: it is an estimate, or meant to be read at a glance. */
function formatSize(bytes: number, language: "fr" | "en"): string {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1))) - 1);
  const size = Math.round(bytes / power) * power;
  const unit = language === "fr" ? "o" : "B";
  if (size < 1e6) return `${formatNumber(Math.max(1, size / 1e3), language)}\u00a0k${unit}`;
  return `${formatNumber(size / 1e6, language, size < 1e7 ? 1 : 0)}\u00a0M${unit}`;
}

customElements.define("arp-print-panel", PrintPanel);

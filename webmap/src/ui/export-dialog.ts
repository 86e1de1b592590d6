import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { signInUrl } from "../api/urls";
import type { AppPort } from "../app/port";
import {
  type Choice,
  FORMATS,
  type Format,
  hasPlaces,
  isStreamed,
  LARGEST_SHEET,
  PLACES,
  type Places,
  type Subject,
  SYSTEMS,
  takesOthers,
  type Which,
  waysOf,
  withFormat,
} from "../export/choice";
import { deskOf, type Export, type ExportDesk, type ExportState } from "../export/desk";
import { formatInstant, formatNumber } from "../format/format";
import { type ExportWords, exportWords } from "../i18n/export";
import { ArpentElement } from "./element";
import { offer } from "./offer";
import "../styles/export.css";

const SHOWN = 5;

const chosenValue = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;
const isTicked = (event: Event): boolean => (event.target as HTMLInputElement).checked;

/** The page's shortcuts rest while the dialog is open; Escape is the dialog's. */
const keepKeys = (event: Event): void => event.stopPropagation();

/** Puts the dialog on the page, over everything; it goes when it is closed, and the focus returns to where it was. */
export function showExport(app: AppPort, subject: Subject): void {
  document.querySelector("arp-export-dialog")?.remove();
  deskOf(app).open(subject);
  const dialog = document.createElement("arp-export-dialog") as ExportDialog;
  dialog.app = app;
  document.body.append(dialog);
}

/** Which objects, in which format, with what in it; then how far it is, and the exports that are ready. */
export class ExportDialog extends ArpentElement {
  private stopWatching: (() => void) | null = null;
  private offered: ExportState["phase"] | null = null;

  private get desk(): ExportDesk {
    return deskOf(this.app);
  }

  private get words(): ExportWords {
    return exportWords(this.state.language);
  }

  private get signedIn(): boolean {
    return this.app.config.user !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = this.desk.store.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
    this.desk.leave();
  }

  protected override updated(): void {
    const { phase } = this.desk.state;
    if (phase.at === "received" && phase !== this.offered) offer(this, ".export-done a");
    this.offered = phase;
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
  }

  private close(): void {
    this.querySelector("dialog")?.close();
  }

  protected override render(): TemplateResult {
    const { subject, choice } = this.desk.state;
    if (!subject || !choice) return html``;
    return html`<dialog class="export-dialog" aria-labelledby="export-title" @close=${() => this.remove()} @keydown=${keepKeys}>
      <header><h2 id="export-title">${this.words("title", { name: subject.layer.title })}</h2>
        <button type="button" class="icon-button" aria-label=${this.words("go.close")} title=${this.words("go.close")} @click=${() => this.close()}><arp-icon name="close"></arp-icon></button></header>
      <form @submit=${(event: Event) => this.submit(event)}>
        ${this.which(subject, choice)}
        ${this.formats(choice)}
        ${this.options(choice)}
        ${takesOthers(choice.format) && this.signedIn ? this.others(subject, choice) : nothing}
        ${this.go(choice)}
      </form>
      ${this.exports()}
    </dialog>`;
  }

  // --- which objects -------------------------------------------------------------------------------------------------

  private which(subject: Subject, choice: Choice): TemplateResult {
    const one = (
      which: Which,
    ): TemplateResult => html`<label class="check"><input type="radio" name="export-which" value=${which} .checked=${live(which === choice.which)}
      @change=${() => this.desk.choose({ which })} /><span>${this.words(`which.${which}`)}</span></label>`;
    return html`<fieldset><legend>${this.words("which.label")}</legend>${waysOf(subject).map(one)}
      <p class="export-count" role="status">${this.count()}</p></fieldset>`;
  }

  private count(): string {
    const { count, phase } = this.desk.state;
    if (count === null) return phase.at === "refused" ? "" : this.words("count.counting");
    if (count === 0) return this.words("count.none");
    return count === 1
      ? this.words("count.one")
      : this.words("count.many", { count: formatNumber(count, this.state.language) });
  }

  // --- how ---------------------------------------------------------------------------------------------------------

  private formats(choice: Choice): TemplateResult {
    const one = (
      format: Format,
    ): TemplateResult => html`<label><input type="radio" name="export-format" value=${format} .checked=${live(format === choice.format)}
      @change=${() => this.desk.choose(withFormat(choice, format))} /><span>${this.words(`format.${format}`)}</span></label>`;
    return html`<fieldset class="segments export-formats"><legend>${this.words("format.label")}</legend>${FORMATS.map(one)}</fieldset>
      <p class="muted small export-hint" aria-live="polite">${this.words(`format.${choice.format}.hint`)}</p>`;
  }

  private options(choice: Choice): TemplateResult {
    const table = choice.format === "csv" || choice.format === "xlsx";
    return html`<div class="export-options">
      ${table ? this.places(choice) : nothing}
      ${hasPlaces(choice) ? this.systems(choice) : nothing}
      <label class="check"><input type="checkbox" .checked=${live(choice.labels)} @change=${(event: Event) => this.desk.choose({ labels: isTicked(event) })} /><span>${this.words("options.labels")}</span></label>
      ${choice.format === "csv" ? html`<label class="check"><input type="checkbox" .checked=${live(choice.program)} @change=${(event: Event) => this.desk.choose({ program: isTicked(event) })} /><span>${this.words("options.program")}</span></label>` : nothing}
    </div>`;
  }

  private places(choice: Choice): TemplateResult {
    const offered = PLACES.filter((places) => places !== "wkt" || choice.format === "csv");
    const option = (places: Places): TemplateResult =>
      html`<option value=${places} .selected=${live(places === choice.places)}>${this.words(`places.${places}`)}</option>`;
    return html`<div class="export-field"><label for="export-places">${this.words("places.label")}</label>
      <span class="select"><select id="export-places" @change=${(event: Event) => this.desk.choose({ places: chosenValue(event) as Places })}>${offered.map(option)}</select><arp-icon name="chevronDown"></arp-icon></span></div>`;
  }

  private systems(choice: Choice): TemplateResult {
    const option = (system: number): TemplateResult =>
      html`<option value=${system} .selected=${live(system === choice.system)}>${this.system(system)}</option>`;
    return html`<div class="export-field"><label for="export-system">${this.words("system.label")}</label>
      <span class="select"><select id="export-system" @change=${(event: Event) => this.desk.choose({ system: Number(chosenValue(event)) })}>${SYSTEMS.map(option)}</select><arp-icon name="chevronDown"></arp-icon></span></div>`;
  }

  private system(code: number): string {
    if (code >= 3942 && code <= 3950) return this.words("system.conic", { zone: `CC${code - 3900}`, code });
    return this.words(`system.${code as 2154 | 3857 | 4258 | 4326}`);
  }

  private others(subject: Subject, choice: Choice): TemplateResult | typeof nothing {
    const { catalogue, layers } = this.state;
    const shown = new Set(layers.filter(({ visible }) => visible).map(({ slug }) => slug));
    const known = catalogue.status === "ready" ? catalogue.value : [];
    const offered = known.filter(({ slug }) => slug !== subject.layer.slug && shown.has(slug));
    if (!offered.length) return nothing;
    const toggle = (slug: string, on: boolean): void =>
      this.desk.choose({ others: [...choice.others.filter((one) => one !== slug), ...(on ? [slug] : [])] });
    return html`<details class="export-others"><summary>${this.words("layers.others")}${choice.others.length ? html` (${choice.others.length + 1})` : nothing}</summary>
      <p class="muted small">${this.words("layers.othersHint")}</p>
      ${offered.map(({ slug, title }) => html`<label class="check"><input type="checkbox" .checked=${live(choice.others.includes(slug))} @change=${(event: Event) => toggle(slug, isTicked(event))} /><span>${title}</span></label>`)}</details>`;
  }

  // --- going -------------------------------------------------------------------------------------------------------

  private go(choice: Choice): TemplateResult {
    if (!isStreamed(choice.format) && !this.signedIn) return this.signIn();
    const { phase, count } = this.desk.state;
    const sheet = choice.format === "xlsx" && count !== null && count > LARGEST_SHEET;
    const busy = phase.at === "receiving" || phase.at === "sending";
    return html`${sheet ? html`<p class="field-fault">${this.words("size.sheet", { most: formatNumber(LARGEST_SHEET, this.state.language) })}</p>` : nothing}
      <div class="export-go">
        <button class="button button-primary" ?disabled=${busy || !count || sheet}><arp-icon name="download"></arp-icon>${this.words(phase.at === "sending" ? "state.sending" : "go.export")}</button>
        ${phase.at === "receiving" ? html`<button type="button" class="button" @click=${() => this.desk.stop()}>${this.words("go.cancel")}</button>` : nothing}
      </div>
      ${this.standing()}`;
  }

  private signIn(): TemplateResult {
    const here = `${location.pathname}${location.search}${location.hash}`;
    return html`<p class="muted">${this.words("signIn.advice")}</p>
      <a class="button button-primary export-sign-in" href=${signInUrl(this.app.config.urls.sign_in, here)}><arp-icon name="signIn"></arp-icon>${this.words("signIn.action")}</a>`;
  }

  private standing(): TemplateResult {
    const { phase } = this.desk.state;
    const size = phase.at === "receiving" ? formatSize(phase.bytes, this.state.language) : "";
    switch (phase.at) {
      case "receiving":
        return html`<p role="status">${this.words("state.receiving", { size })}</p>
          <progress max="1" aria-label=${this.words("state.receiving", { size })} value=${phase.share ?? nothing}></progress>`;
      case "received":
        return html`<p class="export-done" role="status"><arp-icon name="check"></arp-icon><span>${this.words("state.received", { name: phase.name })}</span>
          <a class="button button-small" href=${phase.href} download=${phase.name}>${this.words("list.open")}<span class="sr-only"> : ${phase.name}</span></a></p>`;
      case "saving":
        return html`<p class="muted" role="status">${this.words("state.saving")}</p>`;
      case "cut":
        return this.fault(this.words("state.cut"));
      case "refused":
        return this.fault(
          phase.error.offline ? this.t("error.offlineDetail") : phase.error.detail || phase.error.title,
        );
      default:
        return html`<p role="status"></p>`;
    }
  }

  private fault(words: string): TemplateResult {
    return html`<div class="message message-error" role="alert"><arp-icon name="alert"></arp-icon><div><strong>${this.words("state.refused")}</strong><p>${words}</p></div></div>`;
  }

  private submit(event: Event): void {
    event.preventDefault();
    void this.desk.go();
  }

  // --- what jobs made ----------------------------------------------------------------------------------------------

  private exports(): TemplateResult | typeof nothing {
    const exports = this.desk.state.exports.slice(0, SHOWN);
    if (!exports.length) return nothing;
    return html`<section class="export-list"><h3>${this.words("list.title")}</h3>
      <ul aria-live="polite">${exports.map((one) => html`<li>${this.export(one)}</li>`)}</ul>
      <p class="muted small">${this.words("list.kept")}</p></section>`;
  }

  private export(one: Export): TemplateResult {
    switch (one.state) {
      case "done":
        return this.ready(one);
      case "failed":
      case "cancelled":
        return html`<strong>${one.title}</strong><p class="export-failed"><arp-icon name="alert"></arp-icon><span>${one.message || this.words("list.failed")}</span></p>`;
      default:
        return html`<strong>${one.title}</strong><progress max="1" aria-label=${one.title} .value=${one.progress ?? 0}></progress>
          <small class="muted">${one.message || this.words("list.waiting")}</small>`;
    }
  }

  private ready(one: Export): TemplateResult {
    const { language } = this.state;
    const size = formatSize(one.report?.bytes ?? 0, language);
    const time = one.ended_at ? formatInstant(one.ended_at, language) : "";
    return html`<div class="export-ready"><span><strong>${one.title}</strong>
        <small class="muted">${one.file ? this.words("list.ready", { size, time }) : this.words("list.gone")}</small></span>
      ${one.file ? html`<a class="button button-small" href=${one.file} download=${one.report?.name ?? ""}><arp-icon name="download"></arp-icon>${this.words("list.download")}<span class="sr-only"> : ${one.title}</span></a>` : nothing}</div>
      ${(one.report?.remarks ?? []).map((remark) => html`<p class="muted small">${remark}</p>`)}`;
  }
}

/** Two digits are read at a glance. */
function formatSize(bytes: number, language: "fr" | "en"): string {
  const unit = language === "fr" ? "o" : "B";
  if (bytes < 1e6) return `${formatNumber(Math.ceil(bytes / 1e3), language)}\u00a0k${unit}`;
  return `${formatNumber(bytes / 1e6, language, bytes < 1e7 ? 1 : 0)}\u00a0M${unit}`;
}

customElements.define("arp-export-dialog", ExportDialog);

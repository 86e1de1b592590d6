import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { formatDate, formatNumber } from "../format/format";
import { type AnomalyWords, anomalyWords } from "../i18n/water-anomalies";
import type { AppState } from "../state/state";
import { type Anomaly, type AnomalyDesk, type AnomalyKind, type AnomalyPage, anomalyDesk } from "../water/anomalies";
import { FAMILIES } from "../water/answers";
import { emptiness, failure, skeleton } from "./states";
import { WaterElement } from "./water-element";
import { symbol } from "./water-parts";
import "../styles/water-anomalies.css";

/** Gaps that are repaired together, in metres. */
const GAPS = [0.1, 0.2, 0.5, 1, 2] as const;
const MOST_AT_ONCE = 200;
const MEASURED = "near_miss";

/** What does not look right in a network: a list by kind, one at a time on the map, with the repair offered. */
export class WaterAnomalies extends WaterElement {
  private stop: (() => void) | null = null;
  private shown: string | null = null;
  /** The anomaly, or the kind, that was shown last. */
  private looked: string | null = null;

  private get list(): AnomalyDesk {
    return anomalyDesk(this.app);
  }

  private get say(): AnomalyWords {
    return anomalyWords(this.state.language);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.list.store.subscribe(() => this.requestUpdate());
    this.list.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.list.close();
  }

  protected override concerns(state: AppState, previous: AppState): boolean {
    if (state.view !== previous.view) this.list.moved();
    if (previous.jobs.length && !state.jobs.length) void this.list.load();
    return state.language !== previous.language || state.jobs !== previous.jobs;
  }

  /** A mark that was tapped on the map is looked at. */
  protected override willUpdate(): void {
    const { current } = this.desk.state;
    if (current === this.shown) return;
    this.shown = current;
    const id = Number(current?.match(/^anomaly (\d+)$/)?.[1]);
    if (id && id !== this.list.state.current?.id) void this.list.choose(id);
  }

  protected override render(): TemplateResult {
    const { family, wholeNetwork, current, page, failed, said, kind } = this.list.state;
    return html`<p class="sr-only" role="status">${said?.text ?? ""}</p>
      ${current ? nothing : this.choices(family, wholeNetwork)}
      ${said ? html`<p class="anomaly-said" ?data-bad=${said.bad}><arp-icon name=${said.bad ? "alert" : "check"}></arp-icon><span>${said.text}</span></p>` : nothing}
      ${failed ? failure(this.t, failed.error, failed.retry) : nothing}
      ${current ? this.one(current) : page ? (kind ? this.ofKind(page, kind) : this.kinds(page)) : failed ? nothing : skeleton(this.t, 5)}`;
  }

  private choices(family: string, wholeNetwork: boolean): TemplateResult {
    return html`<fieldset class="segments"><legend class="sr-only">${this.words("family.label")}</legend>${FAMILIES.map(
      (one) =>
        html`<label><input type="radio" name="anomaly-family" .checked=${live(one === family)} @change=${() => this.list.setFamily(one)} /><span>${this.words(`family.${one}`)}</span></label>`,
    )}</fieldset>
    <fieldset class="segments"><legend class="sr-only">${this.say("scope.label")}</legend>${[true, false].map(
      (whole) =>
        html`<label><input type="radio" name="anomaly-scope" .checked=${live(whole === wholeNetwork)} @change=${() => this.list.setScope(whole)} /><span>${this.say(whole ? "scope.whole" : "scope.view")}</span></label>`,
    )}</fieldset>`;
  }

  // --- the kinds ---------------------------------------------------------------------------------------------------

  private kinds(page: AnomalyPage): TemplateResult {
    const { language } = this.state;
    const scanned = page.scans[0]?.scanned_at;
    const count = formatNumber(page.count, language);
    if (!scanned && !page.count) {
      return html`${emptiness(this.say("notScanned"), this.say("notScannedAdvice"))}${this.commands()}`;
    }
    return html`${page.count ? html`<h3 class="water-headline" data-first tabindex="-1">${this.say(page.count === 1 ? "count.one" : "count.many", { count })}</h3>` : emptiness(this.say("none"), this.say("noneAdvice"))}
      <ul class="anomaly-kinds">${page.kinds.map((one) => this.kindRow(one))}</ul>
      ${scanned ? html`<p class="muted small">${this.say("scanned", { date: formatDate(scanned.slice(0, 10), language) })}</p>` : nothing}
      ${this.commands()}`;
  }

  private kindRow({ kind, label, count, gravity }: AnomalyKind): TemplateResult {
    return html`<li><button class="anomaly-kind" data-line=${kind} @click=${() => this.list.setKind(kind)}>
      <span class="anomaly-dot" data-gravity=${gravity} title=${this.say(`gravity.${gravity}`)}></span>
      <span><strong>${label}</strong><small>${this.say(`gravity.${gravity}`)}</small></span>
      <b>${formatNumber(count, this.state.language)}</b><arp-icon name="chevronRight"></arp-icon></button></li>`;
  }

  private commands(): TemplateResult {
    const { networks } = this.app.config.urls;
    const { busy } = this.list.state;
    return html`<div class="button-row">
      <button class="button" ?disabled=${busy} @click=${() => void this.list.scan(this.say("scan.started"))}><arp-icon name="retry"></arp-icon>${this.say("again")}</button>
      ${networks ? html`<a class="button" href="${networks}anomalies/?family=${this.list.state.family}"><arp-icon name="list"></arp-icon>${this.say("page")}</a>` : nothing}</div>`;
  }

  // --- one kind ----------------------------------------------------------------------------------------------------

  private ofKind(page: AnomalyPage, kind: string): TemplateResult {
    const { language } = this.state;
    const about = page.kinds.find((one) => one.kind === kind);
    const rows = page.features;
    const mine = rows.some(({ properties }) => properties.may_treat);
    return html`<button class="button anomaly-back" @click=${() => this.list.setKind(null)}><arp-icon name="chevronLeft"></arp-icon>${this.say("all")}</button>
      <h3 class="water-headline" data-first tabindex="-1">${about?.label ?? rows[0]?.properties.label ?? ""} <span class="muted">${formatNumber(page.count, language)}</span></h3>
      ${kind === MEASURED ? this.gaps() : nothing}
      ${about?.batch && mine ? this.batch(page.count) : nothing}
      ${page.next ? html`<p class="muted small">${this.say("first", { count: formatNumber(page.count, language) })}</p>` : nothing}
      ${rows.length ? html`<ul class="water-list">${rows.map((one) => this.row(one))}</ul>` : page.count ? skeleton(this.t, 3) : emptiness(this.say("none"), this.say("noneAdvice"))}`;
  }

  private gaps(): TemplateResult {
    const { within } = this.list.state;
    const { language } = this.state;
    const choose = (event: Event): void => {
      const { value } = event.currentTarget as HTMLSelectElement;
      this.list.setWithin(value ? Number(value) : null);
    };
    const label = (gap: number): string =>
      gap < 1
        ? this.say("within.cm", { count: formatNumber(gap * 100, language) })
        : this.say("within.m", { count: formatNumber(gap, language) });
    return html`<div class="water-direction"><label for="anomaly-within">${this.say("within")}</label>
      <span class="select"><select id="anomaly-within" .value=${live(within === null ? "" : String(within))} @change=${choose}>
        <option value="" ?selected=${within === null}>${this.say("within.any")}</option>${GAPS.map(
          (gap) => html`<option value=${gap} ?selected=${gap === within}>${label(gap)}</option>`,
        )}</select><arp-icon name="chevronDown"></arp-icon></span></div>`;
  }

  private batch(count: number): TemplateResult | typeof nothing {
    if (!count) return nothing;
    const { language } = this.state;
    const shown = formatNumber(count, language);
    const label =
      count === 1
        ? this.say("batch.one")
        : this.say(count > MOST_AT_ONCE ? "batch.doMost" : "batch.do", { count: shown });
    const said = (repaired: number, failed: number, why: string): string =>
      this.say(failed ? "batch.failed" : "batch.done", { count: formatNumber(repaired, language), failed, why });
    return html`<button class="button button-primary water-big" ?disabled=${this.list.state.busy} @click=${() => void this.list.repairAll(said)}><arp-icon name="check"></arp-icon>${label}</button>`;
  }

  private row({ id, properties }: Anomaly): TemplateResult {
    return html`<li class="water-row"><button class="water-place" data-line=${id} aria-label=${this.say("listed", { words: properties.words })} @click=${() => void this.list.choose(id)}>
      ${symbol("anomaly")}<span>${properties.words}</span><arp-icon name="locate"></arp-icon></button></li>`;
  }

  // --- one anomaly -------------------------------------------------------------------------------------------------

  private one({ properties, ways }: Anomaly): TemplateResult {
    const { busy, ignoring } = this.list.state;
    const open = properties.state === "open" && properties.may_treat;
    return html`<button class="button anomaly-back" @click=${() => this.list.leave()}><arp-icon name="chevronLeft"></arp-icon>${properties.label}</button>
      <div class="anomaly-card" data-first tabindex="-1"><p><span class="anomaly-dot" data-gravity=${properties.gravity}></span><strong>${properties.words}</strong></p>
        ${ways?.length ? nothing : html`<p class="muted">${properties.advice}</p>`}</div>
      ${ways ? this.ways(ways) : skeleton(this.t, 1)}
      ${properties.may_treat ? nothing : html`<p class="muted">${this.say("notMine")}</p>`}
      ${
        ignoring
          ? this.reason()
          : html`<div class="anomaly-buttons">
        ${open && ways?.length ? html`<button class="button button-primary" ?disabled=${busy} @click=${() => void this.list.repair(this.say("repaired"))}><arp-icon name="check"></arp-icon>${this.say("repair")}</button>` : nothing}
        ${open ? html`<button class="button" ?disabled=${busy} @click=${() => this.list.setIgnoring(true)}>${this.say("ignore")}</button>` : nothing}
        <button class="button" @click=${() => this.list.next()}>${this.say("next")}<arp-icon name="chevronRight"></arp-icon></button></div>`
      }`;
  }

  private ways(ways: NonNullable<Anomaly["ways"]>): TemplateResult {
    const chosen = this.list.chosenWay;
    if (!ways.length) return html`<p class="muted">${this.say("noRepair")}</p>`;
    if (ways.length === 1)
      return html`<div class="anomaly-way"><h4>${this.say("ways")}</h4><p>${ways[0]?.words}</p></div>`;
    return html`<fieldset class="anomaly-way"><legend>${this.say("ways")}</legend>${ways.map(
      (one) =>
        html`<label><input type="radio" name="anomaly-way" .checked=${live(one.way === chosen?.way)} @change=${() => this.list.setWay(one.way)} /><span>${one.words}</span></label>`,
    )}</fieldset>`;
  }

  private reason(): TemplateResult {
    const send = (event: SubmitEvent): void => {
      event.preventDefault();
      const field = (event.currentTarget as HTMLFormElement).elements.namedItem("reason") as HTMLInputElement;
      field.setCustomValidity(field.value.trim() ? "" : this.say("ignore.missing"));
      if (!field.reportValidity()) return;
      void this.list.ignore(field.value.trim(), this.say("ignored"));
    };
    const typed = (event: InputEvent): void => {
      const field = event.currentTarget as HTMLInputElement;
      field.setCustomValidity("");
      this.list.writeReason(field.value);
    };
    return html`<form class="anomaly-reason" @submit=${send}>
      <label for="anomaly-reason">${this.say("ignore.why")}</label>
      <input id="anomaly-reason" name="reason" maxlength="500" autocomplete="off" .value=${this.list.reason} @input=${typed} />
      <div class="anomaly-buttons"><button class="button button-primary">${this.say("ignore.do")}</button>
        <button type="button" class="button" @click=${() => this.list.setIgnoring(false)}>${this.say("ignore.cancel")}</button></div></form>`;
  }

  protected override updated(): void {
    const { current, kind, ignoring } = this.list.state;
    const [before, now] = [this.looked, current ? String(current.id) : (kind ?? "")];
    this.looked = now;
    if (ignoring) this.querySelector<HTMLElement>("#anomaly-reason")?.focus();
    else if (before !== null && before !== now) this.takeFocus(before);
  }

  /** What was pressed is there no more: the focus goes to what came instead, or back to the line that was left. */
  private takeFocus(left: string): void {
    if (document.activeElement !== document.body) return;
    const line = left ? this.querySelector<HTMLElement>(`[data-line="${left}"]`) : null;
    (line ?? this.querySelector<HTMLElement>("[data-first]"))?.focus();
  }
}

customElements.define("arp-water-anomalies", WaterAnomalies);

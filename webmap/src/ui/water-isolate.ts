import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { newUuid } from "../api/uuid";
import { formatLength, formatNumber } from "../format/format";
import type { WaterKey } from "../i18n/water";
import { type Isolation, outagesUrl, type Valve, type ValveStatus } from "../water/answers";
import { formKey } from "../water/form-key";
import { valvesOf } from "../water/picture";
import { counted, headline, nameOf, sensitiveOf, valveDetail } from "../water/sentences";
import { failure } from "./states";
import { WaterElement } from "./water-element";
import { lineSwatch, placeRow, type Row, rowOf, warning } from "./water-parts";

/** So many lines of a list at first. */
const FEW = 12;
/** Longer lists are folded: those who must be told are not. */
const FOLDED = { sensitive: Number.POSITIVE_INFINITY, hydrant: 2, tank: 4 };
const WORKERS = ["network_technician", "gis_administrator"];
const PASSED = ["closed", "skipped"] as const;

/** Shutting off a break: the sentence that matters, the valves to close, who is without water. */
export class WaterIsolate extends WaterElement {
  @state() private unfolded: ReadonlySet<string> = new Set();

  protected override render(): TemplateResult {
    const { isolation, failed, fault, asking } = this.desk.state;
    return html`${failed ? failure(this.t, failed.error, failed.retry) : nothing}${fault ? warning(fault) : nothing}
      ${isolation ? html`<div class="water-found" ?data-asking=${asking} aria-busy=${asking}>${this.found(isolation)}</div>` : this.beginning()}`;
  }

  private beginning(): TemplateResult {
    return html`<p class="muted">${this.words(this.desk.state.asking ? "asking" : "isolate.hint")}</p>
      <button class="button button-primary water-big" data-first @click=${() => this.desk.aimAt("break")}><arp-icon name="pin"></arp-icon>${this.words("break.point")}</button>`;
  }

  private found(found: Isolation): TemplateResult {
    const { language } = this.state;
    return html`<h3 class="water-headline" data-first tabindex="-1">${headline(found, this.words, language)}</h3>
      ${found.message ? warning(found.message) : nothing}
      ${this.sources(found)}${this.toClose(found)}${this.actions()}
      ${PASSED.map((status) => this.otherValves(found, status))}
      ${this.sensitive(found)}
      ${this.places(
        "hydrant",
        "hydrants.title",
        found.hydrants.map((one) => rowOf(this.desk, "hydrant", one)),
      )}
      ${this.places(
        "tank",
        "tanks.title",
        found.tanks.map((one) => rowOf(this.desk, "tank", one, one.capacity_m3 ? this.volume(one.capacity_m3) : "")),
      )}
      ${this.alternatives(found)}${this.optional(found)}${this.addresses(found)}${this.figures(found)}${this.breaks(found)}`;
  }

  // --- valves ------------------------------------------------------------------------------------------------------

  private toClose(found: Isolation): TemplateResult | typeof nothing {
    const valves = valvesOf(found, "close");
    if (!valves.length) return nothing;
    const done = valves.filter(({ id }) => this.desk.state.done.includes(id)).length;
    return html`<section aria-labelledby="water-close"><header class="water-title"><h4 id="water-close">${this.words("valve.close")}</h4>
        ${done ? html`<span>${this.words("valve.progress", { done, count: valves.length })}</span>` : nothing}</header>
      <ol class="water-list">${valves.map((valve, i) => placeRow(this.desk, this.valveRow("close", valve, String(i + 1)), this.valveActions(valve)))}</ol></section>`;
  }

  private valveRow(kind: ValveStatus, valve: Valve, text = ""): Row {
    const why = valve.why ? this.words(`valve.why.${valve.why}`) : "";
    const detail = [why, valveDetail(valve, this.words)].filter(Boolean).join(" · ");
    return { kind, id: valve.id, at: valve.point, name: nameOf(valve, this.words), detail, ...(text ? { text } : {}) };
  }

  private valveActions({ id, ...valve }: Valve): TemplateResult {
    const name = nameOf(valve, this.words);
    const done = this.desk.state.done.includes(id);
    const [lost, closed] = [this.words("valve.unusable"), this.words("valve.done")];
    return html`<div class="water-actions">
      <button class="button" aria-label="${lost} : ${name}" ?disabled=${this.desk.state.asking} @click=${() => this.desk.markUnusable(id)}>${lost}</button>
      <button class="button water-done" aria-label="${closed} : ${name}" aria-pressed=${done} @click=${() => this.desk.toggleDone(id)}><arp-icon name="check"></arp-icon>${closed}</button></div>`;
  }

  private otherValves(found: Isolation, status: (typeof PASSED)[number]): TemplateResult | typeof nothing {
    const valves = valvesOf(found, status);
    if (!valves.length) return nothing;
    return html`<section><h4>${this.words(`valve.${status}`)}</h4>
      <ul class="water-list">${valves.map((valve) => placeRow(this.desk, this.valveRow(status, valve), this.givenBack(valve)))}</ul></section>`;
  }

  /** Nothing is lost by leaving them open. */
  private optional(found: Isolation): TemplateResult | typeof nothing {
    const valves = valvesOf(found, "optional");
    if (!valves.length) return nothing;
    return html`<details class="water-fold"><summary>${this.words("valve.optional")} <span>${valves.length}</span></summary>
      ${this.rows(
        "optional",
        valves.map((valve) => this.valveRow("optional", valve)),
      )}</details>`;
  }

  private givenBack(valve: Valve): TemplateResult | typeof nothing {
    if (valve.why !== "unusable") return nothing;
    const words = this.words("valve.back");
    return html`<div class="water-actions"><button class="button" aria-label="${words} : ${nameOf(valve, this.words)}" @click=${() => this.desk.markUsable(valve.id)}><arp-icon name="undo"></arp-icon>${words}</button></div>`;
  }

  private sources(found: Isolation): TemplateResult | typeof nothing {
    if (!found.sources_to_stop.length) return nothing;
    return html`<section><h4>${this.words("sources.title")}</h4><p class="muted small">${this.words("sources.about")}</p>
      <ul class="water-list">${found.sources_to_stop.map((one) => placeRow(this.desk, rowOf(this.desk, "stop", one, one.kind_label)))}</ul></section>`;
  }

  // --- what to do with it ------------------------------------------------------------------------------------------

  private get works(): boolean {
    const { memberships, urls } = this.app.config;
    return urls.admin !== null || memberships.some(({ role }) => WORKERS.includes(role));
  }

  private actions(): TemplateResult {
    const { breaks, unusable, done, doneAt } = this.desk.state;
    const { networks } = this.app.config.urls;
    const request = JSON.stringify({ breaks, unusable });
    const closed = JSON.stringify(Object.fromEntries(done.map((id) => [id, doneAt[id] ?? null])));
    return html`<div class="water-commands">
      ${
        networks && this.works
          ? html`<form method="post" action=${outagesUrl(networks)}>
        <input type="hidden" name="csrfmiddlewaretoken" value=${this.token} /><input type="hidden" name="form_key" value=${this.keyOf(request + closed)} /><input type="hidden" name="request" value=${request} /><input type="hidden" name="closed" value=${closed} />
        <button class="button button-primary water-big" ?disabled=${this.desk.state.asking} aria-describedby="water-save-hint"><arp-icon name="print"></arp-icon>${this.words("save.button")}</button>
        <p class="muted small" id="water-save-hint">${this.words("save.hint")}</p></form>`
          : nothing
      }
      <div class="button-row"><button class="button" @click=${() => this.desk.aimAt("break")}><arp-icon name="plus"></arp-icon>${this.words("break.add")}</button>
      <button class="button" @click=${() => this.desk.clearIsolation()}><arp-icon name="close"></arp-icon>${this.words("break.clear")}</button></div></div>`;
  }

  private keyOf(request: string): string {
    return formKey(sessionStorage, request, Date.now(), newUuid);
  }

  // --- who, and what else ------------------------------------------------------------------------------------------

  private places(kind: keyof typeof FOLDED, title: WaterKey, rows: readonly Row[]): TemplateResult | typeof nothing {
    if (!rows.length) return nothing;
    const count = formatNumber(rows.length, this.state.language);
    if (rows.length <= FOLDED[kind])
      return html`<section><h4>${this.words(title)} · ${count}</h4>${this.rows(kind, rows)}</section>`;
    return html`<details class="water-fold"><summary>${this.words(title)} <span>${count}</span></summary>${this.rows(kind, rows)}</details>`;
  }

  private rows(name: string, rows: readonly Row[]): TemplateResult {
    const shown = this.unfolded.has(name) ? rows : rows.slice(0, FEW);
    return html`<ul class="water-list">${shown.map((row) => placeRow(this.desk, row))}</ul>
      ${shown.length < rows.length ? this.more(name, "sensitive.more", rows.length) : nothing}`;
  }

  private more(name: string, words: "sensitive.more" | "addresses.more", count: number): TemplateResult {
    const unfold = (): void => {
      this.unfolded = new Set([...this.unfolded, name]);
    };
    return html`<button class="button button-wide" @click=${unfold}>${this.words(words, { count: formatNumber(count, this.state.language) })}</button>`;
  }

  private sensitive(found: Isolation): TemplateResult | typeof nothing {
    const rows = found.connections.results.slice(0, sensitiveOf(found)).map((one): Row => {
      const detail = [one.sensitive_name ? one.sensitive_label : null, one.address].filter(Boolean).join(" · ");
      const name = one.sensitive_name || one.sensitive_label || nameOf(one, this.words);
      return { kind: "sensitive", id: one.id, at: one.point, name, detail };
    });
    return this.places("sensitive", "sensitive.title", rows);
  }

  private alternatives(found: Isolation): TemplateResult | typeof nothing {
    if (!found.alternatives.length) return nothing;
    const { language } = this.state;
    const rows = found.alternatives.map((one) => {
      const subscribers = counted(this.words, "count.subscribers", one.connections, language);
      const gain = this.words("alternatives.gain", { subscribers, length: formatLength(one.length_m, language) });
      return rowOf(this.desk, "alternative", one, gain);
    });
    return html`<section><h4>${this.words("alternatives.title")}</h4><p class="muted small">${this.words("alternatives.about")}</p>${this.rows("alternative", rows)}</section>`;
  }

  private addresses({ addresses }: Isolation): TemplateResult | typeof nothing {
    if (!addresses.length) return nothing;
    const shown = this.unfolded.has("addresses") ? addresses : addresses.slice(0, 50);
    return html`<details class="water-fold"><summary>${this.words("addresses.title")} <span>${formatNumber(addresses.length, this.state.language)}</span></summary>
      <ul class="water-addresses">${shown.map((address) => html`<li>${address}</li>`)}</ul>
      ${shown.length < addresses.length ? this.more("addresses", "addresses.more", addresses.length) : nothing}</details>`;
  }

  private figures({ zone, cut_off: cut, connections }: Isolation): TemplateResult {
    const { language } = this.state;
    const unknown = zone.without_diameter;
    const without =
      unknown === 1 ? this.words("figures.withoutOne") : this.words("figures.without", { count: unknown });
    return html`<dl class="figures water-figures">
      <div><dt>${lineSwatch("zone")}${this.words("lines.zone")}</dt><dd>${formatLength(zone.length_m, language)}</dd></div>
      ${cut.pipes ? html`<div><dt>${lineSwatch("cut_off")}${this.words("lines.cutOff")}</dt><dd>${formatLength(cut.length_m, language)}</dd></div>` : nothing}
      <div><dt>${this.words("figures.volume")}</dt><dd>${this.volume(zone.volume_m3)}</dd></div>
      ${connections.dwellings ? html`<div><dt>${this.words("figures.dwellings")}</dt><dd>${formatNumber(connections.dwellings, language)}</dd></div>` : nothing}</dl>
      ${unknown ? html`<p class="muted small">${without}</p>` : nothing}
      ${cut.pipes ? html`<button class="button" @click=${() => this.desk.showAll()}><arp-icon name="frame"></arp-icon>${this.words("figures.showAll")}</button>` : nothing}`;
  }

  private volume(value: number): string {
    return this.words("volume", { volume: formatNumber(value, this.state.language, value < 10 ? 1 : 0) });
  }

  private breaks(found: Isolation): TemplateResult | typeof nothing {
    const named = found.breaks.map((one, i) => ({ one, i, pipe: one.reference ?? this.words("break.pipe") }));
    const words = this.words("break.remove");
    return html`<section><h4>${this.words("break.title")}</h4><ul class="water-list">${named.map(({ one, i, pipe }) =>
      placeRow(
        this.desk,
        { kind: "break", id: i, at: one.point, name: this.words("break.one", { pipe }), detail: "" },
        named.length > 1
          ? html`<div class="water-actions"><button class="button" aria-label="${words} : ${pipe}" @click=${() => this.desk.removeBreak(i)}>${words}</button></div>`
          : nothing,
      ),
    )}</ul></section>`;
  }
}

customElements.define("arp-water-isolate", WaterIsolate);

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type ApiError, isAbort } from "../api/client";
import { formatDate } from "../format/format";
import { type PermitWords, permitWords } from "../i18n/permits";
import { type Deadline, type Deadlines, deadlinesUrl, inDays, PERMITS } from "../permits/deadlines";
import type { AppState } from "../state/state";
import { ArpentElement } from "./element";
import { emptiness, failure, skeleton } from "./states";
import "../styles/permits.css";

/** The next deadlines of planning applications; choosing one shows it on the map. */
export class PermitsPanel extends ArpentElement {
  @state() private told: Deadlines | null = null;
  @state() private error: ApiError | null = null;
  private request: AbortController | null = null;
  private language = "";

  private get words(): PermitWords {
    return permitWords(this.state.language);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.request?.abort();
    this.language = "";
    this.app.view.hover(null);
  }

  protected override concerns(state: AppState, previous: AppState): boolean {
    return state.language !== previous.language || state.selection !== previous.selection;
  }

  protected override render(): TemplateResult {
    const { permits, file_permit: filing } = this.app.config.urls;
    // The server writes what the states are called.
    if (this.language !== this.state.language) void this.load();
    return html`${this.list()}
      <div class="button-row permits-links">
        ${permits ? html`<a class="button" href=${permits}><arp-icon name="permits"></arp-icon>${this.words("link.dashboard")}</a>` : nothing}
        ${filing ? html`<a class="button" href=${filing}><arp-icon name="plus"></arp-icon>${this.words("link.apply")}</a>` : nothing}
      </div>`;
  }

  private async load(): Promise<void> {
    this.language = this.state.language;
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.error = null;
    try {
      const answer = await this.app.api.send(deadlinesUrl(this.app.config.urls.permits ?? ""), {
        signal,
      });
      this.told = (await answer.json()) as Deadlines;
    } catch (error) {
      if (!isAbort(error)) this.error = error as ApiError;
    }
  }

  private list(): TemplateResult {
    if (this.error) return failure(this.t, this.error, () => void this.load());
    if (!this.told) return skeleton(this.t, 5);
    const { whose, more, results } = this.told;
    if (!results.length) return emptiness(this.words("none"), this.words("noneAdvice"));
    return html`<h3 id="permits-whose">${this.words(`whose.${whose}`)}</h3>
      <ul class="permits-list" aria-labelledby="permits-whose">${results.map((one) => this.row(one))}</ul>
      ${more ? html`<p class="muted">${this.words("more", { count: results.length })}</p>` : nothing}`;
  }

  private row(one: Deadline): TemplateResult {
    const { selection } = this.state;
    const current = selection?.layer === PERMITS && selection.id === one.id;
    const over = (on: boolean) => (): void => this.app.view.hover(on ? { layer: PERMITS, id: one.id } : null);
    const words = this.words("link.fileOf", { number: one.shown });
    return html`<li ?data-late=${one.late} ?data-soon=${one.soon}>
      ${
        one.bbox_4326
          ? html`<button class="permits-row" aria-current=${current ? "true" : nothing} @click=${() => this.open(one)}
        @pointerenter=${over(true)} @pointerleave=${over(false)} @focus=${over(true)} @blur=${over(false)}>${this.said(one)}</button>`
          : html`<div class="permits-row">${this.said(one)}</div>`
      }
      <a class="permits-file" href=${one.url} aria-label=${words} title=${words}><arp-icon name="permits"></arp-icon></a>
    </li>`;
  }

  private said({ shown, kind, state_label, address, next_label, next_date, days, late, soon, bbox_4326 }: Deadline) {
    const place = [kind, state_label, address || null, bbox_4326 ? null : this.words("nowhere")];
    return html`<strong>${shown}</strong>
      <small>${place.filter(Boolean).join(" · ")}</small>
      <span class="permits-due">${late || soon ? html`<arp-icon name="alert"></arp-icon>` : nothing}<span>${next_label} ${formatDate(next_date, this.state.language)}, <b>${inDays(days, this.words)}</b></span></span>`;
  }

  private open({ id }: Deadline): void {
    this.app.layers.turnOn(PERMITS);
    void this.app.sheet.open({ layer: PERMITS, id }, { move: true });
  }
}

customElements.define("arp-permits-panel", PermitsPanel);

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type ApiError, isAbort } from "../api/client";
import type { SearchResult } from "../api/types";
import type { Key } from "../i18n/first-view";
import { isPhone } from "../state/device";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";

const DEBOUNCE_MS = 120;
const UNDERSTOOD: readonly number[] = [400, 404];
/** Where this layer is, roads and their PR are found. */
const ROADS = "road-sections";
const ICONS: Record<SearchResult["kind"], IconName> = {
  commune: "commune",
  parcel: "pin",
  address: "house",
  road: "road",
  coordinates: "coordinates",
  permit: "permits",
  object: "number",
  place: "pin",
  layer: "layers",
  page: "help",
};

/** One box for all that one may see: the ARIA combobox pattern, list autocompletion. */
export class SearchBox extends ArpentElement {
  @state() private results: SearchResult[] | null = null;
  /** What the server says where a text has a plain meaning and nothing has it. */
  @state() private message = "";
  @state() private error: ApiError | null = null;
  @state() private active = -1;
  @state() private open = false;
  @state() private text = "";
  /** The text that the results are those of. */
  @state() private answered = "";
  private timer = 0;
  private request: AbortController | null = null;

  protected override concerns(): boolean {
    return true;
  }

  protected override render(): TemplateResult {
    const shown = this.open && this.text.trim() !== "" && (this.results !== null || this.error !== null);
    return html`<form class="search" role="search" @submit=${this.submit}>
      <arp-icon name="search"></arp-icon>
      <input
        type="text" role="combobox" autocomplete="off" spellcheck="false" enterkeyhint="search"
        aria-label=${this.t("search.label")} aria-autocomplete="list" aria-controls="search-results"
        aria-expanded=${shown} aria-activedescendant=${shown && this.active >= 0 ? `search-${this.active}` : nothing}
        placeholder=${this.t(this.placeholder())} .value=${this.text}
        @input=${this.typed} @keydown=${this.key} @pointerdown=${this.taken} @focus=${() => this.show(true)} @blur=${() => this.show(false)}
      />
      ${
        this.text
          ? html`<button type="button" class="search-clear" aria-label=${this.t("search.clear")} @click=${this.clear}><arp-icon name="close"></arp-icon></button>`
          : html`<kbd class="wide-only" aria-hidden="true">/</kbd>`
      }
      <ul id="search-results" role="listbox" aria-busy=${this.text.trim() !== this.answered} aria-label=${this.t("search.results")} ?hidden=${!shown || !this.results?.length}>
        ${this.results?.map((result, i) => [this.heading(result, i), this.option(result, i)])}
      </ul>
      ${shown && !this.results?.length ? this.nothingFound() : nothing}
      <span class="sr-only" role="status">${shown ? this.outcome() : ""}</span>
    </form>`;
  }

  /** What was searched before is taken whole by the touch that comes back to it: the next text replaces it. */
  private taken(event: PointerEvent): void {
    const input = event.currentTarget as HTMLInputElement;
    if (document.activeElement !== input) input.addEventListener("click", () => input.select(), { once: true });
  }

  /** Roads where they are known; on a phone in fewer words. */
  private placeholder(): Key {
    if (!this.app.layers.get(ROADS)) return "search.placeholder";
    return isPhone() ? "search.placeholderPhone" : "search.placeholderRoads";
  }

  /** The first of a kind has a heading before it. */
  private heading({ group }: SearchResult, i: number): TemplateResult | typeof nothing {
    return this.results?.[i - 1]?.group === group ? nothing : html`<li role="none" class="search-group">${group}</li>`;
  }

  private option(result: SearchResult, i: number): TemplateResult {
    return html`<li id="search-${i}" role="option" aria-selected=${i === this.active}
      @pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.choose(result)}>
      <arp-icon name=${ICONS[result.kind] ?? "pin"}></arp-icon>
      <span><strong>${result.label}</strong>${result.detail ? html`<small>${result.detail}</small>` : nothing}</span>
    </li>`;
  }

  /** For those who do not see the list: how many results, or why there is none. */
  private outcome(): string {
    if (this.results?.length) return this.t("search.count", { count: this.results.length });
    return this.results || this.error ? this.why().join(" ") : "";
  }

  /** Why nothing answers, and what helps. */
  private why(): [string, string] {
    if (!this.error) return [this.message || this.t("search.none"), this.t("search.advice")];
    // What is read and is no place is explained: nothing went wrong.
    const { status, detail, offline } = this.error;
    const title = this.error.title || this.t(offline ? "error.offlineTitle" : "error.title");
    if (UNDERSTOOD.includes(status)) return [detail || title, this.t("search.advice")];
    return [title, detail];
  }

  private nothingFound(): TemplateResult {
    const [title, advice] = this.why();
    return html`<div class="search-none" @pointerdown=${(event: Event) => event.preventDefault()}><strong>${title}</strong><p>${advice}</p></div>`;
  }

  private typed(event: Event): void {
    this.text = (event.target as HTMLInputElement).value;
    this.open = true;
    this.active = -1;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), DEBOUNCE_MS);
  }

  /** Asks for the text as it is now; a former question still under way is dropped. */
  private async ask(): Promise<SearchResult[]> {
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.request = new AbortController();
    const text = this.text.trim();
    if (!text) {
      this.answered = text;
      this.results = null;
      return [];
    }
    try {
      const { results, message } = await this.app.api.search(text, this.state.view.center, this.request.signal);
      // What was pointed at among the former results is not what has its place now.
      Object.assign(this, { results, message, error: null, active: -1, answered: text });
      return results;
    } catch (error) {
      if (isAbort(error)) return [];
      Object.assign(this, { results: null, error: error as ApiError, active: -1, answered: text });
      return [];
    }
  }

  private key(event: KeyboardEvent): void {
    const count = this.results?.length ?? 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) {
      event.preventDefault();
      this.open = true;
      this.active = (this.active + step + count + (this.active < 0 && step < 0 ? 1 : 0)) % count;
    } else if (event.key === "Escape" && this.open && (this.results || this.error)) {
      event.preventDefault();
      this.open = false;
    } else if (event.key === "Escape") {
      // With a sheet open, Escape goes on to close it.
      if (!this.state.sheet) event.preventDefault();
      document.querySelector<HTMLElement>(".map-canvas")?.focus();
    }
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const chosen = this.active >= 0 ? this.results?.[this.active] : (await this.ask())[0];
    if (chosen) this.choose(chosen);
    else this.open = true;
  }

  private choose(result: SearchResult): void {
    this.request?.abort();
    window.clearTimeout(this.timer);
    // A list that was typed stays: it can be corrected.
    if (!result.parcels.length) this.text = result.label;
    this.open = false;
    this.active = -1;
    void this.app.sheet.openResult(result);
  }

  private clear(): void {
    this.request?.abort();
    this.text = "";
    this.results = null;
    this.error = null;
    this.querySelector("input")?.focus();
  }

  private show(open: boolean): void {
    this.open = open;
    if (!open) this.active = -1;
  }
}

customElements.define("arp-search", SearchBox);

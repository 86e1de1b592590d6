import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import { formatArea, formatDate, formatLength, formatNumber } from "../format/format";
import { type ParcelWords, parcelWords } from "../i18n/parcel";
import type { FeatureRef } from "../state/state";
import { ArpentElement } from "./element";
import { skeleton } from "./states";
import "../styles/parcel.css";

interface Fact {
  readonly name: string;
  readonly label: string;
  readonly display: string;
}

interface Line {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly area_m2: number | null;
  readonly share: number | null;
  readonly length_m: number | null;
  readonly layer: string | null;
  readonly feature: number | null;
  readonly facts: readonly Fact[];
  readonly links: readonly { title: string; url: string }[];
}

interface Section {
  readonly section: string;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly lines: readonly Line[];
  readonly uncertain: readonly Line[];
  readonly tolerances: readonly { display: string }[];
  readonly notes: readonly string[];
  readonly vintages: readonly { title: string; date: string | null }[];
  readonly failed: string | null;
}

interface Place {
  readonly name: string;
  readonly title: string;
  answer: Section | null;
  error: ApiError | null;
}

/** The sheet says this itself. */
const SAID_ALREADY = "identity";
const LEAST_SHARE = 0.001;
const DECIMALS_UNDER_M2 = 10;

/** What crosses a parcel, section by section as they come; a line highlights its thing on the map. */
export class ParcelSections extends ArpentElement {
  @property() parcel = "";
  @state() private places: Place[] = [];
  @state() private day = "";
  @state() private freezing = false;
  @state() private pinned = "";
  private asked = "";
  private leaving = new AbortController();

  private get words(): ParcelWords {
    return parcelWords(this.state.language);
  }

  private get base(): string {
    return `${this.controller.config.urls.api}parcels/`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
    this.asked = "";
    this.controller.hover(null);
  }

  protected override render(): TemplateResult {
    this.ask();
    const { words } = this;
    return html`<section class="parcel-sections" aria-labelledby="parcel-sections-title">
      <header><h3 id="parcel-sections-title">${words("heading")}</h3>
        <label>${words("day")} <input type="date" .value=${this.day || today()} max=${today()} @change=${this.changeDay} /></label></header>
      ${this.places.length ? this.places.map((place) => this.section(place)) : skeleton(this.t, 3)}
      <div class="parcel-actions">
        <a class="button" href=${this.address("sheet.pdf")} target="_blank" rel="noopener"><arp-icon name="print"></arp-icon>${words("pdf")}</a>
        ${this.controller.config.user ? html`<button class="button" ?disabled=${this.freezing} @click=${() => void this.freeze()}>${words(this.freezing ? "freezing" : "freeze")}</button>` : nothing}
      </div>
    </section>`;
  }

  // --- asking ------------------------------------------------------------------------------------------------------

  private ask(): void {
    const about = `${this.parcel} ${this.day} ${this.state.language}`;
    if (about === this.asked) return;
    this.asked = about;
    this.leaving.abort();
    this.leaving = new AbortController();
    this.pinned = "";
    void this.load();
  }

  private async load(): Promise<void> {
    const { asked } = this;
    const names = await this.read<{ results: { section: string; title: string }[] }>(`${this.base}sections/`).catch(
      () => null,
    );
    if (asked !== this.asked) return;
    this.places = (names?.results ?? [])
      .filter(({ section }) => section !== SAID_ALREADY)
      .map(({ section, title }) => ({ name: section, title, answer: null, error: null }));
    await Promise.all(this.places.map((place) => this.fill(place)));
  }

  private async fill(place: Place): Promise<void> {
    place.error = null;
    try {
      const address = this.address("sheet/", { sections: place.name });
      const sheet = await this.read<{ sections: Section[] }>(address);
      place.answer = sheet.sections[0] ?? null;
    } catch (error) {
      place.error = error as ApiError;
    }
    this.requestUpdate();
  }

  private address(what: string, more: Record<string, string> = {}): string {
    const query = new URLSearchParams({ ...(this.day ? { day: this.day } : {}), ...more }).toString();
    return `${this.base}${encodeURIComponent(this.parcel)}/${what}${query ? `?${query}` : ""}`;
  }

  private async read<T>(address: string): Promise<T> {
    const answer = await this.controller.api.send(address, { signal: this.leaving.signal });
    return (await answer.json()) as T;
  }

  private changeDay = (event: Event): void => {
    const { value, validity } = event.target as HTMLInputElement;
    if (validity.valid) this.day = value === today() ? "" : value;
  };

  private async freeze(): Promise<void> {
    this.freezing = true;
    try {
      const body = { parcels: [this.parcel], ...(this.day ? { day: this.day } : {}) };
      const answer = await this.controller.api.send(`${this.base}sheets/`, { method: "POST", body });
      const { number, pdf } = (await answer.json()) as { number: string; pdf: string };
      const act = (): void => void window.open(pdf, "_blank", "noopener");
      this.controller.notify("info", this.words("frozen", { number }), { label: this.words("open"), act });
    } catch (error) {
      const { detail, title } = error as ApiError;
      this.controller.notify("error", detail || title || this.words("failed"));
    } finally {
      this.freezing = false;
    }
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  private section(place: Place): TemplateResult {
    const { answer, error, title } = place;
    const failed = error ? error.detail || error.title || this.words("failed") : answer?.failed;
    return html`<section class="parcel-section" aria-busy=${!answer && !failed}><h4>${title}</h4>
      ${failed ? this.failure(place, failed) : answer ? this.contents(answer) : skeleton(this.t, 1)}</section>`;
  }

  private failure(place: Place, words: string): TemplateResult {
    return html`<p class="parcel-failed" role="alert"><arp-icon name="alert"></arp-icon><span>${words}</span>
      <button class="button" @click=${() => void this.fill(place)}>${this.words("retry")}</button></p>`;
  }

  private contents({ facts, lines, uncertain, tolerances, notes, vintages }: Section): TemplateResult {
    const below = tolerances.map(({ display }) => display).join(" · ");
    const names = vintages.map(({ title, date }) => `${title} (${this.when(date)})`).join(", ");
    return html`${facts.length ? html`<p class="parcel-facts">${facts.map(({ label, display }) => html`<span>${label} <strong>${display}</strong></span>`)}</p>` : nothing}
      ${lines.length ? html`<ul>${lines.map((line) => this.line(line))}</ul>` : nothing}
      ${
        uncertain.length
          ? html`<div class="parcel-uncertain"><h5><arp-icon name="alert"></arp-icon><span>${below ? this.words("uncertainBelow", { below }) : this.words("uncertain")}</span></h5>
        <p>${this.words("uncertainHelp")}</p><ul>${uncertain.map((line) => this.line(line))}</ul></div>`
          : nothing
      }
      ${notes.map((note) => html`<p class="muted">${note}</p>`)}
      ${names ? html`<p class="parcel-data">${this.words("data", { names })}</p>` : nothing}`;
  }

  private when(date: string | null): string {
    return date ? formatDate(date, this.state.language) : this.words("unknownDate");
  }

  private line(line: Line): TemplateResult {
    const { layer, feature, title, detail } = line;
    const shown = html`<span class="parcel-line"><strong>${title}</strong>${detail ? html`<small>${detail}</small>` : nothing}</span>
      <span class="parcel-measure">${this.measure(line)}</span>`;
    const rest = html`${line.facts.length ? html`<dl>${line.facts.map((fact) => html`<div><dt>${fact.label}</dt><dd>${fact.display}</dd></div>`)}</dl>` : nothing}
      ${line.links.map(({ title: name, url }) => html`<a href=${url} target="_blank" rel="noopener">${name}</a>`)}`;
    if (!layer || feature === null) return html`<li><div class="parcel-row">${shown}</div>${rest}</li>`;
    const ref = { layer, id: feature };
    const over = (on: boolean): void => this.highlight(on ? ref : null);
    return html`<li><button class="parcel-row" aria-pressed=${this.pinned === line.key} @click=${() => this.pin(line.key, ref)}
        @pointerenter=${() => over(true)} @pointerleave=${() => over(false)} @focus=${() => over(true)} @blur=${() => over(false)}>${shown}</button>${rest}</li>`;
  }

  /** What one points at is shown; else what was pinned, until it is let go. */
  private highlight(ref: FeatureRef | null): void {
    if (ref || !this.pinned) this.controller.hover(ref);
  }

  private pin(key: string, ref: FeatureRef): void {
    this.pinned = this.pinned === key ? "" : key;
    this.controller.hover(this.pinned ? ref : null);
  }

  private measure({ area_m2, share, length_m }: Line): TemplateResult | typeof nothing {
    const { language } = this.state;
    if (length_m !== null) return html`${formatLength(length_m, language)}`;
    if (area_m2 === null) return nothing;
    if (!area_m2) return html`${this.words("contact")}`;
    const area =
      area_m2 < DECIMALS_UNDER_M2 ? `${formatNumber(area_m2, language, 1)} m²` : formatArea(area_m2, language);
    return html`${area}${share === null ? nothing : html`<small>${this.percent(share)}</small>`}`;
  }

  private percent(share: number): string {
    const { language } = this.state;
    const small = share > 0 && share < LEAST_SHARE;
    return `${small ? "< " : ""}${formatNumber((small ? LEAST_SHARE : share) * 100, language, 1)} %`;
  }
}

const today = (): string => new Date().toLocaleDateString("sv-SE");

customElements.define("arp-parcel-sections", ParcelSections);

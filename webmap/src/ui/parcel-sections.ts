import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { type ApiError, isAbort, type Sending } from "../api/client";
import type * as schema from "../api/schema";
import { saveBlob } from "../export/download";
import { dayInParis, formatArea, formatDate, formatLength, formatNumber } from "../format/format";
import { type ParcelWords, parcelWords } from "../i18n/parcel";
import { filingUrl } from "../permits/deadlines";
import { isPhone } from "../state/device";
import type { FeatureRef, Ground } from "../state/state";
import { ArpentElement } from "./element";
import { fetched } from "./later";
import { offer } from "./offer";
import { failure, skeleton } from "./states";
import "../styles/parcel.css";

type Line = schema.Line;
type Section = schema.Section;

interface Place {
  readonly name: string;
  readonly title: string;
  answer: Section | null;
  error: ApiError | null;
}

type Frozen = Pick<schema.FrozenSheet, "number" | "pdf">;

/** The sheet of a single parcel says this itself; a shape has none. */
const IDENTITY = "identity";
const OWNERS = "owners";
/** The line that whoever may read the owners gets. */
const OPEN_TO_THEM = "consult";
const LEAST_SHARE = 0.001;
/** Said of what is asked, not of a part of the sheet. */
const REFUSALS = [400, 404];
const FIRST_DAY = "1900-01-01";
const DECIMALS_UNDER_M2 = 10;

/** What crosses a parcel, several or a drawn shape, section by section as they come; a line highlights its thing on the map. */
export class ParcelSections extends ArpentElement {
  @property({ attribute: false }) ground: Ground = { parcels: [] };
  @state() private places: Place[] = [];
  @state() private error: ApiError | null = null;
  @state() private day = "";
  @state() private dayWrong = false;
  @state() private freezing = false;
  @state() private printing = false;
  /** Where the PDF that was made last opens. */
  @state() private printed = "";
  @state() private frozen: Frozen | null = null;
  @state() private pinned = "";
  private asked: readonly unknown[] = [];
  private leaving = new AbortController();

  private get words(): ParcelWords {
    return parcelWords(this.state.language);
  }

  private get base(): string {
    return `${this.app.config.urls.api}parcels/`;
  }

  /** The parcel's identifier where there is one alone. */
  private get single(): string | null {
    const { ground } = this;
    return "parcels" in ground && ground.parcels.length === 1 ? (ground.parcels[0] ?? null) : null;
  }

  private get several(): boolean {
    return "parcels" in this.ground && this.ground.parcels.length > 1;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
    this.asked = [];
    this.app.view.hover(null);
  }

  protected override render(): TemplateResult {
    this.ask();
    const { words } = this;
    const heading = this.single ? "heading" : "parcels" in this.ground ? "headingMany" : "headingZone";
    return html`<section class="parcel-sections" aria-labelledby="parcel-sections-title">
      <header><h3 id="parcel-sections-title">${words(heading)}</h3>
        <label>${words("day")} <input type="date" .value=${this.day || today()} min=${FIRST_DAY} max=${today()} aria-invalid=${this.dayWrong} aria-describedby="parcel-day-wrong" @change=${this.changeDay} @blur=${this.leaveDay} /></label></header>
      <p class="parcel-day-wrong" id="parcel-day-wrong" ?hidden=${!this.dayWrong}>${words("dayWrong")}</p>
      ${this.parts()}
      <div class="parcel-actions" ?hidden=${this.refused !== null}>
        ${this.filing()}
        ${this.simulating()}
        ${this.paper()}
        ${this.app.config.user ? html`<button class="button" ?disabled=${this.freezing} @click=${() => void this.freeze()}>${words(this.freezing ? "freezing" : "freeze")}</button>` : nothing}
      </div>
      <p class="parcel-printed" role="status">${this.printed ? html`<span>${words("printed")}</span> <a href=${this.printed} target="_blank" rel="noopener">${words("open")}</a>` : nothing}</p>
      <p class="parcel-frozen" role="status">${this.frozen ? this.told(this.frozen) : nothing}</p>
    </section>`;
  }

  private told({ number, pdf }: Frozen): TemplateResult {
    const { sheets } = this.app.config.urls;
    return html`<span>${this.words("frozen", { number })}</span> <a href=${pdf} target="_blank" rel="noopener">${this.words("open")}</a>
      ${sheets ? html`<a href=${sheets}>${this.words("kept")}</a>` : nothing}`;
  }

  private parts(): TemplateResult | readonly TemplateResult[] {
    const { error, refused } = this;
    if (error) return failure(this.t, error, () => void this.load());
    if (refused !== null)
      return html`<p class="parcel-failed" role="alert"><arp-icon name="alert"></arp-icon><span>${refused}</span></p>`;
    return this.places.length ? this.places.map((place) => this.section(place)) : skeleton(this.t, 3);
  }

  /** Why the server takes no sheet of this ground at all, be it one part or another; null where it does. */
  private get refused(): string | null {
    const error = this.places.find((place) => place.error && REFUSALS.includes(place.error.status))?.error;
    return error ? this.inWords(error) : null;
  }

  /** For whoever may file a planning application, on several parcels; the sheet of one has it at its foot. */
  private filing(): TemplateResult | typeof nothing {
    if (this.single || !("parcels" in this.ground)) return nothing;
    const url = filingUrl(this.app.config.urls.file_permit, this.ground.parcels);
    return url
      ? html`<a class="button button-primary" href=${url}><arp-icon name="permits"></arp-icon>${this.t("permits.file")}</a>`
      : nothing;
  }

  /** For whoever has signed in, on one parcel: only they have it judged. */
  private simulating(): TemplateResult | typeof nothing {
    const { single } = this;
    if (!single || !this.app.config.user) return nothing;
    return html`<button class="button" data-desk="simulate" @click=${() => void this.simulate(single)}><arp-icon name="house"></arp-icon>${this.t("desk.simulate")}</button>`;
  }

  private async simulate(idu: string): Promise<void> {
    try {
      const { simulationDesk } = await import("../simulation/desk");
      simulationDesk(this.app).start(idu);
      if (isPhone()) this.app.sheet.close();
      this.app.screen.openPanel("simulate");
    } catch {
      this.app.notices.add("error", this.t("error.offlineTitle"));
    }
  }

  private paper(): TemplateResult {
    const words = html`<arp-icon name="print"></arp-icon>${this.words(this.printing ? "printing" : "pdf")}`;
    if (this.single)
      return html`<a class="button" href=${this.address("sheet.pdf")} target="_blank" rel="noopener">${words}</a>`;
    return html`<button class="button" ?disabled=${this.printing} @click=${() => void this.print()}>${words}</button>`;
  }

  // --- asking ------------------------------------------------------------------------------------------------------

  private ask(): void {
    const about = [this.single ?? this.ground, this.day, this.state.language];
    if (about.every((one, i) => one === this.asked[i])) return;
    this.asked = about;
    this.leaving.abort();
    this.leaving = new AbortController();
    this.pinned = "";
    this.frozen = null;
    this.printed = "";
    void this.load();
  }

  private async load(): Promise<void> {
    const { asked } = this;
    this.error = null;
    // What was said of another ground or day goes at once; the parts keep their places.
    this.places = this.places.map(({ name, title }) => ({ name, title, answer: null, error: null }));
    let names: { results: { section: string; title: string }[] };
    try {
      names = await this.read(`${this.base}sections/`);
    } catch (error) {
      if (asked === this.asked && !isAbort(error)) this.error = error as ApiError;
      return;
    }
    if (asked !== this.asked) return;
    this.places = names.results
      .filter(({ section }) => section !== IDENTITY || this.several)
      .map(({ section, title }) => ({ name: section, title, answer: null, error: null }));
    const waiting = [...this.places];
    const lane = async (): Promise<void> => {
      for (let place = waiting.shift(); place && asked === this.asked; place = waiting.shift()) await this.fill(place);
    };
    await Promise.all(Array.from({ length: this.lanes }, lane));
  }

  /** How many parts are asked for at once: of a large ground as many as one person has places for what costs. */
  private get lanes(): number {
    if (this.single) return this.places.length;
    return this.app.config.user ? 2 : 1;
  }

  private async fill(place: Place): Promise<void> {
    const { asked } = this;
    place.error = null;
    place.answer = null;
    this.requestUpdate();
    try {
      const sheet = await (this.single
        ? this.read<{ sections: Section[] }>(this.address("sheet/", { sections: place.name }))
        : this.read<{ sections: Section[] }>(`${this.base}sheet/`, this.asking({ sections: [place.name] })));
      place.answer = sheet.sections[0] ?? null;
    } catch (error) {
      // What was given up for another question is no fault.
      if (asked === this.asked) place.error = error as ApiError;
    }
    this.requestUpdate();
  }

  private address(what: string, more: Record<string, string> = {}): string {
    const query = new URLSearchParams({ ...(this.day ? { day: this.day } : {}), ...more }).toString();
    return `${this.base}${encodeURIComponent(this.single ?? "")}/${what}${query ? `?${query}` : ""}`;
  }

  private asking(more: Record<string, unknown> = {}): Sending {
    return { method: "POST", body: { ...this.ground, ...(this.day ? { day: this.day } : {}), ...more } };
  }

  private async read<T>(address: string, sending: Sending = {}): Promise<T> {
    const answer = await this.app.api.send(address, { ...sending, signal: this.leaving.signal });
    return (await answer.json()) as T;
  }

  private changeDay = (event: Event): void => {
    const { value, validity } = event.target as HTMLInputElement;
    this.dayWrong = value !== "" && !validity.valid;
    if (value && validity.valid) this.day = value === today() ? "" : value;
  };

  /** A day that was emptied is the one that the sheet says. */
  private leaveDay = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    if (!input.value) input.value = this.day || today();
  };

  private async freeze(): Promise<void> {
    const { asked } = this;
    this.freezing = true;
    try {
      const answer = await this.app.api.send(`${this.base}sheets/`, this.asking());
      const frozen = (await answer.json()) as Frozen;
      // Meanwhile the sheet may have come to be about something else.
      if (asked !== this.asked) return;
      this.frozen = frozen;
      await this.updateComplete;
      offer(this, ".parcel-frozen a");
    } catch (error) {
      this.tell(error as ApiError);
    } finally {
      this.freezing = false;
    }
  }

  private async print(): Promise<void> {
    const { asked } = this;
    this.printing = true;
    this.printed = "";
    try {
      const answer = await this.app.api.send(`${this.base}sheet.pdf`, this.asking());
      const saved = saveBlob({ blob: await answer.blob(), name: this.words("file") });
      // Meanwhile the sheet may have come to be about something else.
      if (asked !== this.asked) return;
      this.printed = saved;
      await this.updateComplete;
      offer(this, ".parcel-printed a");
    } catch (error) {
      this.tell(error as ApiError);
    } finally {
      this.printing = false;
    }
  }

  private tell(error: ApiError): void {
    this.app.notices.add("error", this.inWords(error));
  }

  private inWords({ detail, title, offline }: ApiError): string {
    return offline ? this.t("error.offlineTitle") : detail || title || this.t("error.title");
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  private section(place: Place): TemplateResult {
    const { answer, error, title } = place;
    const failed = error ? error.detail || error.title || this.words("failed") : answer?.failed;
    return html`<section class="parcel-section" aria-busy=${!answer && !failed}><h4>${title}</h4>
      ${failed ? this.failure(place, failed) : answer ? html`${this.contents(answer)}${this.unit(answer)}` : skeleton(this.t, 1)}</section>`;
  }

  private failure(place: Place, words: string): TemplateResult {
    return html`<p class="parcel-failed" role="alert"><arp-icon name="alert"></arp-icon><span>${words}</span>
      <button class="button" @click=${() => void this.fill(place)}>${this.words("retry")}</button></p>`;
  }

  private contents({ section, facts, lines, uncertain, tolerances, notes, vintages }: Section): TemplateResult {
    const below = tolerances.map(({ display }) => display).join(" · ");
    const names = vintages.map(({ title, date }) => `${title} (${this.when(date)})`).join(", ");
    return html`${facts.length ? html`<p class="parcel-facts">${facts.map(({ label, display }) => html`<span>${label} <strong>${display}</strong></span>`)}</p>` : nothing}
      ${this.lines(section, lines)}
      ${
        uncertain.length
          ? html`<div class="parcel-uncertain"><h5><arp-icon name="alert"></arp-icon><span>${below ? this.words("uncertainBelow", { below }) : this.words("uncertain")}</span></h5>
        <p>${this.words("uncertainHelp")}</p><ul>${uncertain.map((line) => this.line(line))}</ul></div>`
          : nothing
      }
      ${notes.map((note) => html`<p class="muted">${note}</p>`)}
      ${names ? html`<p class="parcel-data">${this.words("data", { names })}</p>` : nothing}`;
  }

  /** Many parcels would push what crosses them far down: they are unfolded by who wants them one by one. */
  private lines(section: string, lines: readonly Line[]): TemplateResult | typeof nothing {
    if (!lines.length) return nothing;
    const list = html`<ul>${lines.map((line) => this.line(line))}</ul>`;
    if (section !== IDENTITY) return list;
    return html`<details><summary>${this.words("oneByOne", { count: formatNumber(lines.length, this.state.language) })}</summary>${list}</details>`;
  }

  /** For whoever may read the owners; what asks comes with the first such sheet. */
  private unit({ section, lines }: Section): TemplateResult | typeof nothing {
    if (!this.single || section !== OWNERS || !lines.some(({ key }) => key === OPEN_TO_THEM)) return nothing;
    if (!fetched(this.app, "arp-land-unit", () => import("./land-unit"))) return nothing;
    return html`<arp-land-unit .app=${this.app} .parcel=${this.single}></arp-land-unit>`;
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
    if (ref || !this.pinned) this.app.view.hover(ref);
  }

  private pin(key: string, ref: FeatureRef): void {
    this.pinned = this.pinned === key ? "" : key;
    this.app.view.hover(this.pinned ? ref : null);
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

  /** Of something that does have an area. */
  private percent(share: number): string {
    const { language } = this.state;
    const small = share < LEAST_SHARE;
    return `${small ? "<\u00a0" : ""}${formatNumber((small ? LEAST_SHARE : share) * 100, language, 1)}\u00a0%`;
  }
}

const today = (): string => dayInParis(new Date());

customElements.define("arp-parcel-sections", ParcelSections);

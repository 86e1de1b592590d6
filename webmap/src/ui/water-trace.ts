import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { formatLength, formatNumber } from "../format/format";
import { DIRECTIONS, type Direction, FAMILIES, profileUrl, type Trace } from "../water/answers";
import { nameOf, traceLine } from "../water/sentences";
import { failure } from "./states";
import { WaterElement } from "./water-element";
import { lineSwatch, placeRow, rowOf, warning } from "./water-parts";

const FEW = 12;

/** Following a network from a pipe: what it leads to, how far, whom it serves. */
export class WaterTrace extends WaterElement {
  @state() private unfolded = false;

  protected override render(): TemplateResult {
    const { family, trace, failed, fault, asking } = this.desk.state;
    return html`<fieldset class="segments"><legend class="sr-only">${this.words("family.label")}</legend>${FAMILIES.map(
      (one) =>
        html`<label><input type="radio" name="water-family" .checked=${live(one === family)} @change=${() => this.desk.setFamily(one)} /><span>${this.words(`family.${one}`)}</span></label>`,
    )}</fieldset>
      ${this.directions()}
      ${failed ? failure(this.t, failed.error, failed.retry) : nothing}${fault ? warning(fault) : nothing}
      ${this.pointing()}
      ${trace ? html`<div class="water-found" ?data-asking=${asking} aria-busy=${asking}>${this.found(trace)}</div>` : nothing}`;
  }

  private directions(): TemplateResult {
    const { family, direction } = this.desk.state;
    const choose = (event: Event): void =>
      this.desk.setDirection((event.currentTarget as HTMLSelectElement).value as Direction);
    return html`<div class="water-direction"><label for="water-direction">${this.words("direction.label")}</label>
      <span class="select"><select id="water-direction" aria-describedby="water-direction-about" .value=${live(direction)} @change=${choose}>${DIRECTIONS.map(
        (one) => html`<option value=${one} ?selected=${one === direction}>${this.words(`direction.${one}`)}</option>`,
      )}</select><arp-icon name="chevronDown"></arp-icon></span>
      <p class="muted small" id="water-direction-about">${this.words(`directionAbout.${family}.${direction}`)}</p></div>`;
  }

  private pointing(): TemplateResult {
    const { from, to, direction, asking } = this.desk.state;
    if (asking && !from) return html`<p class="muted">${this.words("asking")}</p>`;
    if (!from) {
      return html`<p class="muted">${this.words("trace.hint")}</p>
        <button class="button button-primary water-big" data-first @click=${() => this.desk.aimAt("start")}><arp-icon name="pin"></arp-icon>${this.words("trace.start")}</button>`;
    }
    const between = direction === "between";
    return html`<div class="button-row">
      ${between && !to ? html`<button class="button button-primary" data-first @click=${() => this.desk.aimAt("end")}><arp-icon name="pin"></arp-icon>${this.words("trace.end")}</button>` : nothing}
      <button class="button" @click=${() => this.desk.aimAt("start")}><arp-icon name="pin"></arp-icon>${this.words("trace.again")}</button>
      ${
        between && to
          ? html`<button class="button" @click=${() => this.desk.aimAt("end")}><arp-icon name="pin"></arp-icon>${this.words("trace.endAgain")}</button>
        <button class="button button-icon" @click=${() => this.desk.swap()} aria-label=${this.words("trace.swap")} title=${this.words("trace.swap")}><arp-icon name="swap"></arp-icon></button>`
          : nothing
      }
      <button class="button" @click=${() => this.desk.clearTrace()}><arp-icon name="close"></arp-icon>${this.words("trace.clear")}</button></div>`;
  }

  private found(trace: Trace): TemplateResult {
    const { language } = this.state;
    const profile = profileUrl(this.app.config.urls.networks ?? "", trace);
    const line = traceLine(trace, this.words, language);
    return html`<h3 class="water-headline" data-first tabindex="-1">${trace.pipes ? lineSwatch("way") : nothing}${line}</h3>
      ${trace.message && trace.message !== line ? warning(trace.message) : nothing}
      ${trace.pipes ? this.figures(trace) : nothing}
      ${profile ? html`<a class="button button-primary" href=${profile}><arp-icon name="profile"></arp-icon>${this.words("profile.open")}</a>` : nothing}
      ${this.ends(trace)}`;
  }

  private figures(trace: Trace): TemplateResult {
    const { language } = this.state;
    const volume = trace.volume_m3;
    const number = (value: number): string => formatNumber(value, language);
    const figures: [string, string][] = [
      [this.words("figures.length"), formatLength(trace.length_m, language)],
      [this.words("figures.pipes"), number(trace.pipes)],
      [this.words("figures.nodes"), number(trace.nodes)],
      [this.words("figures.served"), number(trace.connections)],
      [this.words("figures.dwellings"), number(trace.dwellings)],
    ];
    if (volume) {
      const shown = formatNumber(volume, language, volume < 10 ? 1 : 0);
      figures.push([this.words("figures.volumeHeld"), this.words("volume", { volume: shown })]);
    }
    return html`<dl class="properties">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  private ends({ ends }: Trace): TemplateResult | typeof nothing {
    if (!ends.length) return nothing;
    const shown = this.unfolded ? ends : ends.slice(0, FEW);
    const unfold = (): void => {
      this.unfolded = true;
    };
    return html`<section><h4>${this.words("ends.title")}</h4><ul class="water-list">${shown.map((one) =>
      placeRow(
        this.desk,
        rowOf(this.desk, "reached", one, nameOf(one, this.words) === one.kind_label ? "" : one.kind_label),
      ),
    )}</ul>
      ${shown.length < ends.length ? html`<button class="button button-wide" @click=${unfold}>${this.words("ends.more", { count: formatNumber(ends.length, this.state.language) })}</button>` : nothing}</section>`;
  }
}

customElements.define("arp-water-trace", WaterTrace);

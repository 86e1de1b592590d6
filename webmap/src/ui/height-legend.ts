import { html, nothing, svg, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { HeightLegend, Photo } from "../api/types";
import { terrainWords } from "../i18n/terrain";
import { Lane, Question } from "../simulation/questions";
import { HEIGHT_STYLES } from "../state/state";
import { ArpentElement } from "./element";

/** The styles of a model of heights, and the legend of the one that is chosen. */
export class HeightLegendElement extends ArpentElement {
  @property({ attribute: false }) photo!: Photo;
  private readonly question = new Question<HeightLegend>(new Lane(), 0, () => this.requestUpdate());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.question.forget();
  }

  protected override render(): TemplateResult {
    const words = terrainWords(this.state.language);
    const { kind, slug } = this.photo;
    const styled = kind === "ground" || kind === "surface";
    const style = styled ? this.state.heightStyle : "";
    this.question.ask([slug, style], (signal) => this.app.api.heightLegend(slug, style, signal));
    return html`${
      styled
        ? html`<fieldset class="segments"><legend class="sr-only">${words("style")}</legend>${HEIGHT_STYLES.map(
            (one) =>
              html`<label><input type="radio" name="height-style" .checked=${one === style} @change=${() => this.app.photos.setHeightStyle(one)} /><span>${words(`style.${one || "relief"}`)}</span></label>`,
          )}</fieldset>`
        : nothing
    }${this.lines()}`;
  }

  private lines(): TemplateResult | typeof nothing {
    const legend = this.question.answer.value;
    if (!legend?.lines.length) return nothing;
    return html`<ul class="height-legend" aria-label=${legend.label}>${legend.lines.map(
      ({ label, colour }) =>
        html`<li><svg width="22" height="14" aria-hidden="true">${svg`<rect width="22" height="14" rx="2" fill=${colour} />`}</svg>${label}</li>`,
    )}</ul>`;
  }
}

customElements.define("arp-height-legend", HeightLegendElement);

import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { HeightAt } from "../api/types";
import type { LonLat } from "../geo/mercator";
import { terrainWords } from "../i18n/terrain";
import { Lane, Question } from "../simulation/questions";
import { ArpentElement } from "./element";

/** The pointer rests so long before the server is asked. */
const REST_MS = 350;

/** The altitude under the pointer (at the middle of the map without one), while a model of heights is on the map. */
export class HeightHere extends ArpentElement {
  @property({ attribute: false }) place: LonLat | null = null;
  @property({ attribute: false }) model = "ground";
  private readonly question = new Question<HeightAt>(new Lane(), REST_MS, () => this.requestUpdate());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.question.forget();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { place, model } = this;
    if (place) this.question.ask([place, model], (signal) => this.app.api.height(place, model, signal));
    const { value, error } = this.question.answer;
    const words = terrainWords(this.state.language);
    if (error) return html`<span class="muted">${words("altitude.none")}</span>`;
    if (!value) return nothing;
    const metres = (height: number): string =>
      `${height.toLocaleString(this.state.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} m`;
    const above = value.above_ground ?? null;
    const height = value.height ?? null;
    return html`<span>${
      model === "height"
        ? nothing
        : html`${height === null ? words("altitude.none") : words("altitude", { height: metres(height) })}`
    }${above === null ? nothing : html` · +${metres(above)}<span class="wide-only"> ${words("above")}</span>`}</span>`;
  }
}

customElements.define("arp-height-here", HeightHere);

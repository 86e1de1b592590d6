import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import { type ChooseWords, chooseWords } from "../i18n/choose";
import { deskOf } from "../parcels/desk";
import { ArpentElement } from "./element";
import "../styles/choose.css";

/** As the consultation of owners has them. */
const PURPOSES = ["permit", "planning", "works", "land", "tax", "safety", "other"] as const;
const LONGEST_REFERENCE = 200;

/** Asks why, then has the parcels of the unité foncière chosen. What it asks and hears is kept nowhere. */
export class LandUnit extends ArpentElement {
  @property() parcel = "";
  @state() private open = false;
  @state() private asking = false;
  @state() private missing: "purpose" | "reference" | null = null;
  @state() private refusal = "";

  private get words(): ChooseWords {
    return chooseWords(this.state.language);
  }

  protected override concerns(): boolean {
    return false;
  }

  protected override render(): TemplateResult {
    return html`<button class="button" data-unit aria-expanded=${this.open} @click=${() => void this.toggle()}><arp-icon name="area"></arp-icon>${this.words("unit.open")}</button>
      ${this.open ? this.form() : nothing}`;
  }

  private form(): TemplateResult {
    const { words, missing } = this;
    return html`<form class="unit-form" novalidate @submit=${(event: SubmitEvent) => void this.submit(event)}>
      <p class="small" id="unit-help">${words("unit.help")}</p>
      <div class="choose-field"><label for="unit-purpose">${words("unit.purpose")}</label>
        <select id="unit-purpose" name="purpose" required aria-invalid=${missing === "purpose"} aria-describedby="unit-help unit-purpose-fault">
          <option value="">${words("unit.purpose.none")}</option>
          ${PURPOSES.map((one) => html`<option value=${one}>${words(`unit.purpose.${one}`)}</option>`)}
        </select>
        <p class="choose-fault" id="unit-purpose-fault" ?hidden=${missing !== "purpose"}>${words("unit.purposeMissing")}</p></div>
      <div class="choose-field"><label for="unit-reference">${words("unit.reference")}</label>
        <input id="unit-reference" name="reference" type="text" maxlength=${LONGEST_REFERENCE} autocomplete="off" aria-invalid=${missing === "reference"} aria-describedby="unit-reference-help" />
        <p class=${missing === "reference" ? "choose-fault" : "muted small"} id="unit-reference-help">${words(missing === "reference" ? "unit.referenceMissing" : "unit.referenceHelp")}</p></div>
      <div class="button-row"><button class="button button-primary" ?disabled=${this.asking}>${words(this.asking ? "unit.asking" : "unit.ask")}</button>
        <button type="button" class="button" @click=${() => void this.toggle()}>${words("unit.cancel")}</button></div>
      ${this.refusal ? html`<p class="choose-fault" role="alert">${this.refusal}</p>` : nothing}
    </form>`;
  }

  private async toggle(): Promise<void> {
    this.open = !this.open;
    this.missing = null;
    this.refusal = "";
    await this.updateComplete;
    this.querySelector<HTMLElement>(this.open ? "#unit-purpose" : "[data-unit]")?.focus({ preventScroll: this.open });
    this.querySelector(".unit-form")?.scrollIntoView({ block: "nearest" });
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const purpose = String(given.get("purpose") ?? "");
    const reference = String(given.get("reference") ?? "").trim();
    this.missing = purpose ? (purpose === "other" && !reference ? "reference" : null) : "purpose";
    if (this.missing) return this.querySelector<HTMLElement>(`#unit-${this.missing}`)?.focus();
    await this.ask(purpose, reference);
  }

  private async ask(purpose: string, reference: string): Promise<void> {
    this.asking = true;
    this.refusal = "";
    const { app } = this;
    try {
      const body = { parcels: [this.parcel], purpose, reference };
      const answer = await app.api.send(`${app.config.urls.api}owners/units/`, { method: "POST", body });
      const { parcels } = (await answer.json()) as Pick<schema.LandUnit, "parcels">;
      await deskOf(app).takeUnit(parcels);
      this.open = false;
    } catch (error) {
      const { detail, title, offline } = error as ApiError;
      this.refusal = offline ? this.t("error.offlineTitle") : detail || title || this.t("error.title");
    } finally {
      this.asking = false;
    }
  }
}

customElements.define("arp-land-unit", LandUnit);

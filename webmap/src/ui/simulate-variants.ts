import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type * as schema from "../api/schema";
import type { Variant } from "../simulation/keeper";
import { areaOf } from "../simulation/outline";
import { ridgeOf } from "../simulation/project";
import { SimulateElement } from "./simulate-element";

const STATUSES = ["broken", "to_judge", "respected"] as const;

/** The variants of the project: which one is drawn, and what each measures, side by side. */
export class SimulateVariants extends SimulateElement {
  protected override render(): TemplateResult {
    const { keeper } = this.desk;
    const { letter, title } = keeper.state;
    const { variants } = keeper;
    const rename = (event: Event): void => keeper.patch({ title: (event.target as HTMLInputElement).value });
    return html`<section class="simulate-variants" aria-labelledby="simulate-variants-title"><h3 id="simulate-variants-title">${this.words("variant.all")}</h3>
      <fieldset class="segments"><legend class="sr-only">${this.words("variant.legend")}</legend>
        ${variants.map((one) => html`<label><input type="radio" name="simulate-variant" .checked=${live(one.letter === letter)} @change=${() => keeper.choose(one.letter)} /><span>${one.letter}</span></label>`)}</fieldset>
      <div class="field"><label for="simulate-variant-name">${this.words("variant.name", { letter })}</label>
        <input id="simulate-variant-name" type="text" maxlength="80" autocomplete="off" .value=${live(title)} @input=${rename} /></div>
      <div class="button-row">
        <button type="button" class="button button-small" ?disabled=${!keeper.nextLetter} @click=${() => keeper.addVariant()}><arp-icon name="plus"></arp-icon>${this.words("variant.add")}</button>
        ${variants.length > 1 ? html`<button type="button" class="button button-small" @click=${() => keeper.removeVariant()}><arp-icon name="minus"></arp-icon>${this.words("variant.remove", { letter })}</button>` : nothing}
      </div>${variants.length > 1 ? this.table(variants) : nothing}</section>`;
  }

  protected override updated(): void {
    this.desk.keeper.compare();
  }

  private table(variants: readonly Variant[]): TemplateResult {
    const { checked } = this.desk;
    const { letter } = this.desk.keeper.state;
    const judged = (one: Variant): schema.SimulationChecked | null =>
      one.letter === letter ? checked.answer.value : this.desk.keeper.judgedOf(one.letter);
    const row = (label: string, cell: (one: Variant) => unknown): TemplateResult =>
      html`<tr><th scope="row">${label}</th>${variants.map((one) => html`<td>${cell(one)}</td>`)}</tr>`;
    return html`<div class="simulate-scroll"><table class="simulate-table"><caption>${this.words("variant.caption")}</caption>
      <thead><tr><td></td>${variants.map((one) => html`<th scope="col">${one.letter}${one.title ? html`<small>${one.title}</small>` : nothing}</th>`)}</tr></thead>
      <tbody>
        ${row(this.words("figures.emprise"), ({ volumes }) => this.area(volumes.reduce((sum, { outline }) => sum + areaOf(outline), 0)))}
        ${row(this.words("variant.floor"), (one) => this.floor(one))}
        ${row(this.words("figures.height"), ({ volumes }) => this.metres(Math.max(0, ...volumes.map(ridgeOf))))}
        ${row(this.words("variant.rules"), (one) => this.counts(judged(one)))}
      </tbody></table></div>`;
  }

  private floor({ volumes }: Variant): string {
    const floors = volumes.map(({ outline, levels }) => (levels === null ? Number.NaN : areaOf(outline) * levels));
    const sum = floors.reduce((total, one) => total + one, 0);
    return Number.isNaN(sum) ? "—" : this.area(sum);
  }

  private counts(checked: schema.SimulationChecked | null): string {
    if (!checked?.results.length) return "—";
    return STATUSES.flatMap((status) => {
      const count = checked.results.filter((one) => one.status === status).length;
      return count ? [this.words(`count.${status}`, { count })] : [];
    }).join(", ");
  }
}

customElements.define("arp-simulate-variants", SimulateVariants);

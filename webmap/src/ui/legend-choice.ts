import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Layer } from "../api/types";
import type { AppPort } from "../app/port";
import type { LayerSetting } from "../state/state";

/** By which of its legends a layer is drawn, and the page that has the figures of the one that is. */
export function legendChoice(layer: Layer, setting: LayerSetting, app: AppPort): TemplateResult | typeof nothing {
  const others = layer.legends ?? [];
  if (!others.length) return nothing;
  const chosen = others.find(({ name }) => name === setting.legend);
  const choose = (event: Event): void => app.layers.setLegend(layer.slug, (event.target as HTMLSelectElement).value);
  return html`<label class="legend-choice"><span>${app.t("layers.drawnBy")}</span>
      <select .value=${live(chosen?.name ?? "")} @change=${choose}>
        <option value="" ?selected=${!chosen}>${app.t("layers.drawnUsually")}</option>
        ${others.map(({ name, title }) => html`<option value=${name} ?selected=${name === chosen?.name}>${title}</option>`)}</select></label>
    ${chosen?.page ? html`<a class="button button-small" href=${chosen.page}>${app.t("layers.figures")}</a>` : nothing}`;
}

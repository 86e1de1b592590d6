import { html, nothing, type TemplateResult } from "lit";
import type { Layer } from "../api/types";
import type { AppPort } from "../app/port";
import type { LayerSet } from "../state/catalogue";

/** One line for several layers: its box turns all of them on or off, and is half ticked while some are on. */
export function layerSet(
  app: AppPort,
  set: LayerSet,
  open: boolean,
  toggle: () => void,
  line: (layer: Layer) => TemplateResult,
): TemplateResult {
  const on = new Set(app.state.layers.filter(({ visible }) => visible).map(({ slug }) => slug));
  const count = set.layers.filter(({ slug }) => on.has(slug)).length;
  const all = count === set.layers.length;
  const choose = (event: Event): void => {
    const { checked } = event.target as HTMLInputElement;
    for (const { slug } of set.layers) app.layers.set(slug, { visible: checked });
  };
  const words = app.t("layers.some", { count: String(count), all: String(set.layers.length) });
  return html`<li class="layer">
    <div class="layer-line">
      <label class="layer-name"><input type="checkbox" .checked=${all} .indeterminate=${count > 0 && !all} @change=${choose} />
        <span>${set.title}<small>${words}</small></span></label>
      <button class="icon-button" aria-expanded=${open} aria-label=${app.t("layers.set", { name: set.title })} title=${app.t("layers.setShort")}
        @click=${toggle}><arp-icon name="chevronDown"></arp-icon></button>
    </div>
    ${open ? html`<ul class="layer-set" aria-label=${set.title}>${set.layers.map(line)}</ul>` : nothing}
  </li>`;
}

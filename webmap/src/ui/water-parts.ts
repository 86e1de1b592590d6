import { html, nothing, type TemplateResult } from "lit";
import type { LonLat } from "../geo/mercator";
import { symbolUrl } from "../map/water-symbols";
import type { MarkKind } from "../state/water";
import type { Place } from "../water/answers";
import type { WaterDesk } from "../water/desk";
import { markKey } from "../water/picture";
import { nameOf } from "../water/sentences";

/** A mark beside its words, as the map draws it. */
export function symbol(kind: MarkKind, text = ""): TemplateResult {
  return html`<span class="water-symbol" aria-hidden="true"><img src=${symbolUrl(kind)} alt="" />${text ? html`<b>${text}</b>` : nothing}</span>`;
}

/** How a line is drawn on the map. */
export function lineSwatch(kind: "zone" | "cut_off" | "way"): TemplateResult {
  return html`<i class="water-line" data-kind=${kind} aria-hidden="true"></i>`;
}

export interface Row {
  readonly kind: MarkKind;
  readonly id: number;
  readonly at: LonLat;
  readonly name: string;
  readonly detail: string;
  readonly text?: string;
}

/** One thing of the map in a list: its mark, its name; choosing it brings the map there. */
export function placeRow(
  desk: WaterDesk,
  row: Row,
  actions: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const key = markKey(row.kind, row.id);
  const current = desk.state.current === key;
  return html`<li class="water-row" data-mark=${key} ?data-current=${current}>
    <button class="water-place" aria-current=${current ? "true" : nothing} aria-label=${rowLabel(desk, row)} @click=${() => desk.show(key, row.at)}>
      ${symbol(row.kind, row.text)}<span><strong>${row.name}</strong>${row.detail ? html`<small>${row.detail}</small>` : nothing}</span><arp-icon name="locate"></arp-icon></button>
    ${actions}</li>`;
}

const rowLabel = (desk: WaterDesk, { name, detail, text }: Row): string =>
  desk.words("listed", { name: [text, name, detail].filter(Boolean).join(", ") });

export function rowOf(desk: WaterDesk, kind: MarkKind, place: Place, detail = ""): Row {
  return { kind, id: place.id, at: place.point, name: nameOf(place, desk.words), detail };
}

/** A warning that says what is wrong, and stays. */
export function warning(text: string): TemplateResult {
  return html`<div class="water-warning" role="alert"><arp-icon name="alert"></arp-icon><p>${text}</p></div>`;
}

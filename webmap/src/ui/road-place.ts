import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { RoadPlace } from "../api/types";
import type { LonLat } from "../geo/mercator";
import { ArpentElement } from "./element";

/** Where a place lies on its numbered road, with what may be begun there. Nothing is said where the road is not measured. */
export class RoadPlaceLine extends ArpentElement {
  @property({ attribute: false }) at: LonLat = [0, 0];
  @property({ attribute: false }) road = "";
  @state() private place: RoadPlace | null = null;
  private asked = "";

  protected override render(): TemplateResult | typeof nothing {
    this.ask();
    const { place } = this;
    if (!place) return nothing;
    return html`<section class="road-place" aria-label=${this.t("road.place")}>
      <p><span>${this.t("road.place")}</span> <strong>${place.reference}</strong></p>
      <button class="button" @click=${() => void this.copy(place.reference)}><arp-icon name="link"></arp-icon>${this.t("road.copy")}</button>
      ${place.links.length ? html`<ul class="sheet-links">${place.links.map(({ title, url }) => html`<li><a href=${url}>${title}<arp-icon name="chevronRight"></arp-icon></a></li>`)}</ul>` : nothing}
    </section>`;
  }

  private ask(): void {
    const about = `${this.road} ${this.at}`;
    if (about === this.asked) return;
    this.asked = about;
    this.place = null;
    this.app.api.roadPlace(this.at, this.road).then(
      (place) => {
        if (this.asked === about) this.place = place;
      },
      // Before its first marker, or too far from it: the sheet has the rest.
      () => {},
    );
  }

  private async copy(reference: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(reference);
      this.app.notices.add("info", this.t("road.copied"));
    } catch {
      this.app.notices.add("warning", this.t("road.notCopied"));
    }
  }
}

customElements.define("arp-road-place", RoadPlaceLine);

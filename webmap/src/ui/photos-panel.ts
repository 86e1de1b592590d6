import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Photo } from "../api/types";
import { BRIGHTNESS, byTime, inView } from "../state/photos";
import { ArpentElement } from "./element";
import { fetched } from "./later";
import { photoAudience, photoCaption } from "./photo-words";
import { emptiness, failure, skeleton } from "./states";

/** The campaigns one may lay under the layers, the newest first; how bright; and the way to compare two. */
export class PhotosPanel extends ArpentElement {
  override connectedCallback(): void {
    super.connectedCallback();
    void this.app.photos.load();
  }

  protected override render(): TemplateResult {
    const { photos } = this.state;
    if (!photos || photos.status === "loading") return skeleton(this.t, 5);
    if (photos.status === "error") return failure(this.t, photos.error, () => void this.app.photos.load());
    if (!photos.value.length) return this.nothingYet();
    return html`<fieldset class="photo-list"><legend class="sr-only">${this.t("photos.choose")}</legend>
        ${this.none()}
        ${byTime(photos.value)
          .reverse()
          .map((photo) => this.campaign(photo))}
      </fieldset>
      ${this.state.photo ? this.tools(photos.value) : nothing}`;
  }

  private nothingYet(): TemplateResult {
    const signedIn = this.app.config.user !== null;
    return emptiness(this.t("photos.noneYet"), this.t(signedIn ? "photos.noneYetAdvice" : "photos.noneYetSignIn"));
  }

  private none(): TemplateResult {
    return html`<label class="photo-choice"><input type="radio" name="photo" .checked=${live(this.state.photo === null)}
      @change=${() => this.app.photos.choose(null)} /><span><strong>${this.t("photos.none")}</strong></span></label>`;
  }

  private campaign(photo: Photo): TemplateResult {
    const { language } = this.state;
    const chosen = photo.slug === this.state.photo;
    return html`<div class="photo" ?data-chosen=${chosen}>
      <label class="photo-choice"><input type="radio" name="photo" .checked=${live(chosen)} @change=${() => this.app.photos.choose(photo.slug)} />
        <span><strong>${photo.title}</strong><small>${photoCaption(photo, language, this.t)}${this.side(photo)}</small><small class="muted">${photoAudience(photo, this.t)}</small></span></label>
      ${chosen ? this.details(photo) : nothing}
    </div>`;
  }

  private side({ slug }: Photo): TemplateResult | typeof nothing {
    const { compare, photo } = this.state;
    if (!compare || (slug !== photo && slug !== compare.left)) return nothing;
    return html`<span class="tag">${this.t(slug === photo ? "photos.right" : "photos.left")}</span>`;
  }

  private details(photo: Photo): TemplateResult {
    const seen = inView(photo, this.state.view.bbox);
    const source = [photo.attribution, photo.licence].filter(Boolean).join(" · ");
    return html`<div class="photo-details">
      ${photo.abstract ? html`<p>${photo.abstract}</p>` : nothing}
      ${source ? html`<p class="muted">${source}</p>` : nothing}
      ${this.heights(photo)}
      <div class="button-row">${seen ? nothing : html`<span class="photo-away"><arp-icon name="info"></arp-icon>${this.t("photos.outside")}</span>`}
        <button class="button button-small" @click=${() => this.app.view.goTo({ bbox: photo.extent_4326 })}><arp-icon name="frame"></arp-icon>${this.t("photos.frame")}</button></div>
    </div>`;
  }

  /** Of a model of heights: its styles, and what their colours stand for. */
  private heights(photo: Photo): TemplateResult | typeof nothing {
    if (photo.kind === "photo") return nothing;
    if (!fetched(this.app, "arp-height-legend", () => import("./height-legend"))) return nothing;
    return html`<arp-height-legend .app=${this.app} .photo=${photo}></arp-height-legend>`;
  }

  private tools(photos: readonly Photo[]): TemplateResult {
    const { compare } = this.state;
    return html`<div class="photo-tools">
      ${this.brightness()}
      ${
        photos.length > 1
          ? html`<button class="button button-wide ${compare ? "" : "button-primary"}" @click=${() => void this.app.photos.toggleCompare()}>
              <arp-icon name=${compare ? "close" : "swipe"}></arp-icon>${this.t(compare ? "photos.close" : "photos.compare")}</button>`
          : html`<p class="muted small">${this.t("photos.compareOne")}</p>`
      }
    </div>`;
  }

  private brightness(): TemplateResult {
    const { brightness } = this.state;
    const { least, most, step, usual } = BRIGHTNESS;
    const set = (value: number): void => this.app.photos.setBrightness(value);
    return html`<div class="brightness"><label class="opacity"><span>${this.t("photos.brightness")}</span>
        <input type="range" min=${least} max=${most} step=${step} .value=${live(String(brightness))} aria-valuetext="${brightness} %"
          @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))} />
        <output>${brightness} %</output></label>
      <button class="icon-button" ?disabled=${brightness === usual} @click=${() => set(usual)} aria-label=${this.t("photos.brightnessReset")} title=${this.t("photos.brightnessReset")}><arp-icon name="undo"></arp-icon></button></div>`;
  }
}

customElements.define("arp-photos-panel", PhotosPanel);

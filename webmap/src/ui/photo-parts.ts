import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Photo } from "../api/types";
import { formatAcquired, formatResolution } from "../format/format";
import { around, byTime, comparison, knownPhotos, type Mark, pictures, timeline } from "../state/photos";
import { COMPARE_MODES } from "../state/state";
import { ArpentElement } from "./element";
import { photoCaption, photoMark } from "./photo-words";

const CARD_MARKS = 5;
const STEP = 0.02;
const LEAP = 0.1;

/** At the foot of the map while a photo is on: its neighbours in time one click away, and the comparison. */
export class PhotoCard extends ArpentElement {
  protected override render(): TemplateResult {
    const { photo, language } = this.state;
    const all = pictures(knownPhotos(this.state), photo);
    const { photos } = this.app;
    return html`<div class="photo-card" role="group" aria-label=${this.t("photos.choose")}><arp-icon name="photos"></arp-icon>
      ${around(all, photo ?? "", CARD_MARKS).map(
        (
          one,
        ) => html`<button class="photo-mark" aria-pressed=${one.slug === photo} title=${one.title} @click=${() => photos.choose(one.slug)}>
          <span>${photoMark(one, all, language)}</span><small>${formatResolution(one.resolution_m, language)}</small></button>`,
      )}
      <button class="button" @click=${() => void photos.toggleCompare()}>${this.t("photos.compare")}</button>
    </div>`;
  }
}

/** Under the map while two photos are compared: which two, on a time line, and how. */
export class PhotoStrip extends ArpentElement {
  protected override render(): TemplateResult | typeof nothing {
    const pair = comparison(this.state);
    if (!pair) return nothing;
    const { photos } = this.app;
    return html`<section class="photo-strip" aria-label=${this.t("photos.compared")}>
      ${this.choice("photos.left", pair.left.slug, (slug) => photos.chooseLeft(slug))}
      <ol class="timeline" aria-label=${this.t("photos.timeline")}>${timeline(pictures(knownPhotos(this.state), pair.left.slug, pair.right.slug)).map((mark) => this.mark(mark, pair))}</ol>
      ${this.choice("photos.right", pair.right.slug, (slug) => photos.choose(slug))}
      <fieldset class="segments"><legend class="sr-only">${this.t("photos.mode")}</legend>${COMPARE_MODES.map(
        (
          mode,
        ) => html`<label><input type="radio" name="compare" .checked=${live(pair.mode === mode)} @change=${() => photos.setMode(mode)} />
          <span><arp-icon name=${mode}></arp-icon>${this.t(`photos.mode.${mode}`)}</span></label>`,
      )}</fieldset>
      <div class="strip-buttons">
        <button class="icon-button" @click=${() => photos.swap()} aria-label=${this.t("photos.swap")} title=${this.t("photos.swap")}><arp-icon name="swap"></arp-icon></button>
        <button class="icon-button" @click=${() => photos.stopCompare()} aria-label=${this.t("photos.close")} title=${this.t("photos.close")}><arp-icon name="close"></arp-icon></button>
      </div>
    </section>`;
  }

  private pair = "";

  /** The distances of the time line, which a style attribute may not say; and the two campaigns in sight on it. */
  protected override updated(): void {
    for (const mark of this.querySelectorAll<HTMLElement>("[data-gap]"))
      mark.style.flexGrow = mark.dataset["gap"] ?? "0";
    const pair = `${this.state.compare?.left}.${this.state.photo}`;
    if (pair === this.pair) return;
    this.pair = pair;
    for (const side of ["left", "right"]) {
      this.querySelector(`.timeline [data-side="${side}"]`)?.scrollIntoView({ inline: "nearest", block: "nearest" });
    }
  }

  private choice(
    label: "photos.left" | "photos.right",
    chosen: string,
    choose: (slug: string) => void,
  ): TemplateResult {
    const { language } = this.state;
    const pick = (event: Event): void => choose((event.target as HTMLSelectElement).value);
    return html`<label class="strip-side wide-only"><span>${this.t(label)}</span>
      <span class="select"><select aria-label=${this.t(label)} @change=${pick}>${byTime(knownPhotos(this.state)).map(
        (photo) =>
          html`<option value=${photo.slug} .selected=${live(photo.slug === chosen)}>${photoCaption(photo, language, this.t)}</option>`,
      )}</select><arp-icon name="chevronDown"></arp-icon></span></label>`;
  }

  private mark({ photo, gap }: Mark, { left, right }: { left: Photo; right: Photo }): TemplateResult {
    const { language } = this.state;
    const side = photo === left ? "left" : photo === right ? "right" : "none";
    const goes = this.app.photos.sideOf(photo.slug) === "left" ? "photos.pickLeft" : "photos.pickRight";
    const resolution = formatResolution(photo.resolution_m, language);
    const date = formatAcquired(photo.acquired, language);
    return html`<li data-gap=${gap}><button data-side=${side} aria-pressed=${side !== "none"} title=${photo.title}
      aria-label=${this.t(goes, { date, resolution })} @click=${() => this.app.photos.pick(photo.slug)}>
      <i></i><span>${photoMark(photo, knownPhotos(this.state), language)}</span><small>${resolution}</small></button></li>`;
  }
}

/** Over the map: the names of the two photos, and the line between them, moved by mouse, finger or keyboard. */
export class PhotoDivider extends ArpentElement {
  private stop: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.app.photos.divider.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  protected override render(): TemplateResult | typeof nothing {
    const pair = comparison(this.state);
    if (!pair) return nothing;
    const { language } = this.state;
    return html`<div class="photo-names" aria-hidden="true">${[pair.left, pair.right].map(
      (photo) =>
        html`<span>${formatAcquired(photo.acquired, language)}<span class="wide-only"> · ${formatResolution(photo.resolution_m, language)}</span></span>`,
    )}</div>
      ${pair.mode === "swipe" ? this.slider(pair) : nothing}`;
  }

  private slider({ left, right }: { left: Photo; right: Photo }): TemplateResult {
    const { language } = this.state;
    const percent = Math.round(this.app.photos.divider.state.at * 100);
    const names = { left: formatAcquired(left.acquired, language), right: formatAcquired(right.acquired, language) };
    return html`<div class="photo-divider" role="slider" tabindex="0" aria-label=${this.t("photos.divider")} aria-orientation="horizontal"
      aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent} aria-valuetext=${this.t("photos.dividerValue", { ...names, percent })}
      @keydown=${this.key} @pointerdown=${this.drag}><span class="photo-grip"><arp-icon name="grip"></arp-icon></span></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { photos } = this.app;
    this.closest<HTMLElement>(".map-frame")?.style.setProperty("--divider", `${photos.divider.state.at * 100}%`);
    if (!photos.opening) return;
    photos.opening = false;
    if (document.activeElement === document.body) this.querySelector<HTMLElement>(".photo-divider")?.focus();
  }

  private key(event: KeyboardEvent): void {
    const { photos } = this.app;
    const { at } = photos.divider.state;
    const goals: Record<string, number> = {
      ArrowLeft: at - STEP,
      ArrowDown: at - STEP,
      ArrowRight: at + STEP,
      ArrowUp: at + STEP,
      PageDown: at - LEAP,
      PageUp: at + LEAP,
      Home: 0,
      End: 1,
    };
    const goal = goals[event.key];
    if (goal === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    photos.slide(goal);
  }

  private drag(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    const frame = handle.closest(".map-frame")?.getBoundingClientRect();
    if (!frame || event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    const follow = ({ clientX }: PointerEvent): void => this.app.photos.slide((clientX - frame.left) / frame.width);
    const end = (): void => handle.removeEventListener("pointermove", follow);
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("pointerup", end, { once: true });
    handle.addEventListener("pointercancel", end, { once: true });
  }
}

customElements.define("arp-photo-card", PhotoCard);
customElements.define("arp-photo-strip", PhotoStrip);
customElements.define("arp-photo-divider", PhotoDivider);

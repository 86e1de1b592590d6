import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { bannerOf } from "../state/banner";
import { comparison, knownPhotos, photoAway } from "../state/photos";
import { ArpentElement } from "./element";
import { photoCaption } from "./photo-words";

const PAN_PX = 96;
const FINE_PAN_PX = 16;

/** The map's place: the canvas, its crosshair when the keyboard drives it, and its buttons. */
export class MapFrame extends ArpentElement {
  /** Whether what draws the photos' controls is here. */
  @property({ attribute: false }) photoParts = false;
  /** Whether what draws the tools of editing is here. */
  @property({ attribute: false }) editParts = false;
  @state() private byKeyboard = false;

  protected override render(): TemplateResult {
    const measuring = this.state.measure !== null && !this.state.measure.finished;
    const choosing = this.state.panel === "choose" && !measuring;
    const { aiming } = this.state;
    const pair = comparison(this.state);
    return html`<main class="map-frame" data-compare=${pair?.mode ?? "none"} ?data-bright=${this.state.brightness !== 100} ?data-crosshair=${this.byKeyboard || measuring || this.state.editing?.crosshair === true} ?data-measuring=${measuring} ?data-choosing=${choosing} ?data-aiming=${aiming} ?data-editing=${this.state.editing !== null} ?data-drawing=${this.state.editing?.drawing === true}>
      <div class="map-canvas" id="arpent-map" tabindex="0" role="application" aria-label=${this.t("map.label")}
        aria-describedby="map-keys" @keydown=${this.key} @focus=${this.focused} @blur=${() => this.seen(false)}
        @pointerdown=${() => this.seen(false)}></div>
      <div class="map-twin" id="arpent-twin-map" role="img" ?hidden=${pair?.mode !== "side"}
        aria-label=${this.t("photos.twin", { name: pair ? photoCaption(pair.left, this.state.language, this.t) : "" })}></div>
      <p id="map-keys" class="sr-only">${this.t(measuring ? "map.keysMeasure" : choosing ? "map.keysChoose" : aiming ? "map.keysAim" : "map.keys")}</p>
      ${this.crosshair("crosshair")}${pair?.mode === "side" ? this.crosshair("crosshair crosshair-twin") : nothing}
      ${this.photoParts ? this.photoControls(pair !== null) : nothing}
      ${this.state.busy ? html`<div class="map-busy" role="status"><span class="sr-only">${this.t("map.loading")}</span></div>` : nothing}
      ${this.banner()}
      ${measuring ? this.measureButtons() : nothing}
      ${this.editParts ? html`<arp-edit-cross .app=${this.app}></arp-edit-cross>` : nothing}
      <div class="map-buttons">
        <button class="map-button" @click=${() => this.app.view.locate()} aria-label=${this.t("map.locate")} title=${this.t("map.locate")}><arp-icon name="locate"></arp-icon></button>
        <div class="map-button-pair">
          <button class="map-button" @click=${() => this.app.view.zoomBy(1)} aria-label=${this.t("map.zoomIn")} title=${this.t("map.zoomIn")}><arp-icon name="plus"></arp-icon></button>
          <button class="map-button" @click=${() => this.app.view.zoomBy(-1)} aria-label=${this.t("map.zoomOut")} title=${this.t("map.zoomOut")}><arp-icon name="minus"></arp-icon></button>
        </div>
      </div>
    </main>`;
  }

  protected override updated(): void {
    this.querySelector<HTMLElement>(".map-frame")?.style.setProperty("--brightness", `${this.state.brightness}%`);
  }

  private crosshair(classes: string): TemplateResult {
    return html`<svg class=${classes} viewBox="0 0 40 40" aria-hidden="true"><path class="crosshair-halo" d="M20 2v13M20 25v13M2 20h13M25 20h13" /><path d="M20 2v13M20 25v13M2 20h13M25 20h13" /><circle cx="20" cy="20" r="1.500" /></svg>`;
  }

  private photoControls(comparing: boolean): TemplateResult | typeof nothing {
    if (comparing) return html`<arp-photo-divider .app=${this.app}></arp-photo-divider>`;
    const photos = knownPhotos(this.state);
    // The desk of the photos holds the same choice.
    if (this.state.panel === "photos" || photos.length < 2 || !photos.some(({ slug }) => slug === this.state.photo))
      return nothing;
    return html`<arp-photo-card class="wide-only" .app=${this.app}></arp-photo-card>`;
  }

  private banner(): TemplateResult | typeof nothing {
    const { config } = this.app;
    switch (bannerOf(config, this.state)) {
      case "offline":
        return html`<div class="map-banner" role="status"><arp-icon name="offline"></arp-icon>${this.t("state.offline")}</div>`;
      case "maintenance":
        return html`<div class="map-banner map-banner-long" role="status"><arp-icon name="info"></arp-icon><span>${config.maintenance}</span></div>`;
      case "empty":
        return this.empty();
      case "photo":
        return this.away();
    }
  }

  /** A platform without any commune shows nothing: who may change it is led there. */
  private empty(): TemplateResult {
    const { urls } = this.app.config;
    return html`<div class="map-banner" role="status"><arp-icon name="info"></arp-icon>${this.t("state.empty")}${urls.start ? html` <a class="button button-small" href=${urls.start}>${this.t("state.emptyStart")}</a>` : nothing}</div>`;
  }

  /** The desk of the photos says it too, beside the same button. */
  private away(): TemplateResult | typeof nothing {
    const photo = this.state.panel === "photos" ? null : photoAway(this.state);
    if (!photo) return nothing;
    return html`<div class="map-banner" role="status"><span class="photo-away"><arp-icon name="info"></arp-icon>${this.t("photos.outside")}</span>
      <button class="button button-small" @click=${() => this.app.view.goTo({ bbox: photo.extent_4326 })}><arp-icon name="frame"></arp-icon>${this.t("photos.frame")}</button></div>`;
  }

  /** With a finger the crosshair is more exact than the fingertip: big buttons to place, undo, end. */
  private measureButtons(): TemplateResult {
    const none = !this.state.measure?.points.length;
    return html`<div class="measure-buttons phone-only">
      <button class="button" ?disabled=${none} @click=${() => this.app.measure.removePoint()}><arp-icon name="undo"></arp-icon>${this.t("measure.undo")}</button>
      <button class="button button-primary" @click=${() => this.app.measure.addCentrePoint()}><arp-icon name="plus"></arp-icon>${this.t("measure.add")}</button>
      <button class="button" ?disabled=${none} @click=${() => this.app.measure.finish()}><arp-icon name="check"></arp-icon>${this.t("measure.finish")}</button>
    </div>`;
  }

  private focused(event: Event): void {
    this.seen((event.target as HTMLElement).matches(":focus-visible"));
  }

  private seen(byKeyboard: boolean): void {
    this.byKeyboard = byKeyboard;
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.app.editing.keys?.onMap(event)) {
      this.byKeyboard = true;
      return event.preventDefault();
    }
    const action = this.actionOf(event);
    if (!action) return;
    event.preventDefault();
    this.byKeyboard = true;
    action();
  }

  private actionOf(event: KeyboardEvent): (() => void) | undefined {
    const { app } = this;
    const step = event.shiftKey ? FINE_PAN_PX : PAN_PX;
    const measuring = app.state.measure !== null && !app.state.measure.finished;
    const actions: Record<string, () => void> = {
      ArrowUp: () => app.view.panBy(0, -step),
      ArrowDown: () => app.view.panBy(0, step),
      ArrowLeft: () => app.view.panBy(-step, 0),
      ArrowRight: () => app.view.panBy(step, 0),
      "+": () => app.view.zoomBy(1),
      "=": () => app.view.zoomBy(1),
      "-": () => app.view.zoomBy(-1),
      Enter: () => app.clicked(app.view.centre),
      ...(measuring ? { Backspace: () => app.measure.removePoint() } : {}),
    };
    return actions[event.key] ?? this.letterAction(event);
  }

  /** Opens the desk for choosing parcels, or goes back into it. */
  private choose(): void {
    if (this.state.panel === "choose") document.querySelector<HTMLElement>("[name=choose-way]:checked")?.focus();
    else this.app.screen.openPanel("choose");
  }

  private letterAction({ key, shiftKey }: KeyboardEvent): (() => void) | undefined {
    const { photos } = this.app;
    const actions: Record<string, () => void> = {
      s: () => this.choose(),
      p: () => void photos.step(shiftKey),
      c: () => void photos.toggleCompare(),
      v: () => photos.toggleMode(),
    };
    return actions[key.toLowerCase()];
  }
}

customElements.define("arp-map-frame", MapFrame);

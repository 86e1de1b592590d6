import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { ArpentElement } from "./element";

const PAN_PX = 96;
const FINE_PAN_PX = 16;

/** The map's place: the canvas, its crosshair when the keyboard drives it, and its buttons. */
export class MapFrame extends ArpentElement {
  @state() private byKeyboard = false;

  protected override render(): TemplateResult {
    const measuring = this.state.measure !== null && !this.state.measure.finished;
    return html`<main class="map-frame" ?data-crosshair=${this.byKeyboard || measuring} ?data-measuring=${measuring}>
      <div class="map-canvas" id="arpent-map" tabindex="0" role="application" aria-label=${this.t("map.label")}
        aria-describedby="map-keys" @keydown=${this.key} @focus=${this.focused} @blur=${() => this.seen(false)}
        @pointerdown=${() => this.seen(false)}></div>
      <p id="map-keys" class="sr-only">${this.t(measuring ? "map.keysMeasure" : "map.keys")}</p>
      <svg class="crosshair" viewBox="0 0 40 40" aria-hidden="true"><path class="crosshair-halo" d="M20 2v13M20 25v13M2 20h13M25 20h13" /><path d="M20 2v13M20 25v13M2 20h13M25 20h13" /><circle cx="20" cy="20" r="1.500" /></svg>
      ${this.state.busy ? html`<div class="map-busy" role="status"><span class="sr-only">${this.t("map.loading")}</span></div>` : nothing}
      ${this.state.online ? nothing : html`<div class="map-banner" role="status"><arp-icon name="offline"></arp-icon>${this.t("state.offline")}</div>`}
      ${measuring ? this.measureButtons() : nothing}
      <div class="map-buttons">
        <button class="map-button" @click=${() => this.controller.locate()} aria-label=${this.t("map.locate")} title=${this.t("map.locate")}><arp-icon name="locate"></arp-icon></button>
        <div class="map-button-pair">
          <button class="map-button" @click=${() => this.controller.zoomBy(1)} aria-label=${this.t("map.zoomIn")} title=${this.t("map.zoomIn")}><arp-icon name="plus"></arp-icon></button>
          <button class="map-button" @click=${() => this.controller.zoomBy(-1)} aria-label=${this.t("map.zoomOut")} title=${this.t("map.zoomOut")}><arp-icon name="minus"></arp-icon></button>
        </div>
      </div>
    </main>`;
  }

  /** With a finger the crosshair is more exact than the fingertip: big buttons to place, undo, end. */
  private measureButtons(): TemplateResult {
    const none = !this.state.measure?.points.length;
    return html`<div class="measure-buttons phone-only">
      <button class="button" ?disabled=${none} @click=${() => this.controller.removePoint()}><arp-icon name="undo"></arp-icon>${this.t("measure.undo")}</button>
      <button class="button button-primary" @click=${() => this.controller.addCentrePoint()}><arp-icon name="plus"></arp-icon>${this.t("measure.add")}</button>
      <button class="button" ?disabled=${none} @click=${() => this.controller.finishMeasure()}><arp-icon name="check"></arp-icon>${this.t("measure.finish")}</button>
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
    const action = this.actionOf(event);
    if (!action) return;
    event.preventDefault();
    this.byKeyboard = true;
    action();
  }

  private actionOf(event: KeyboardEvent): (() => void) | undefined {
    const app = this.controller;
    const step = event.shiftKey ? FINE_PAN_PX : PAN_PX;
    const measuring = app.state.measure !== null && !app.state.measure.finished;
    const actions: Record<string, () => void> = {
      ArrowUp: () => app.panBy(0, -step),
      ArrowDown: () => app.panBy(0, step),
      ArrowLeft: () => app.panBy(-step, 0),
      ArrowRight: () => app.panBy(step, 0),
      "+": () => app.zoomBy(1),
      "=": () => app.zoomBy(1),
      "-": () => app.zoomBy(-1),
      Enter: () => app.clicked(app.state.view.center),
      ...(measuring ? { Backspace: () => app.removePoint() } : {}),
    };
    return actions[event.key];
  }
}

customElements.define("arp-map-frame", MapFrame);

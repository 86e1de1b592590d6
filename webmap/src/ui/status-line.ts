import { html, nothing, svg, type TemplateResult } from "lit";
import { formatBar, formatCoordinates, formatResolution, formatScale, formatTaken, scaleBar } from "../format/format";
import { groundResolution, scaleDenominator } from "../geo/mercator";
import { attributions } from "../state/catalogue";
import { comparison, knownPhotos, photoUnder } from "../state/photos";
import { ArpentElement } from "./element";
import { fetched } from "./later";

const BAR_PX = 110;

/** Scale, scale bar, coordinates, photo under the pointer, sources of what is in sight. */
export class StatusLine extends ArpentElement {
  private stops: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const { pointer, photos } = this.app;
    this.stops = [pointer, photos.divider].map((store) => store.subscribe(() => this.requestUpdate()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.stops) stop();
  }

  protected override render(): TemplateResult {
    const { view, language } = this.state;
    const latitude = view.center[1];
    const sources = this.sources().join(" · ");
    return html`<footer class="status-line">
      <span class="scale" title=${this.t("status.scaleTip")}>${formatScale(scaleDenominator(view.zoom, latitude), language)}</span>
      ${this.bar(groundResolution(view.zoom, latitude))}
      ${this.coordinates()}
      ${this.photo()}
      <span class="attribution" title=${sources}>${sources}</span>
    </footer>`;
  }

  private bar(metresPerPixel: number): TemplateResult {
    const { metres, pixels } = scaleBar(metresPerPixel, BAR_PX);
    const text = formatBar(metres, this.state.language);
    return html`<span class="scale-bar"><svg width=${pixels + 2} height="8" aria-hidden="true">${svg`<path d="M1 1v6h${pixels}V1" />`}</svg><span><span class="sr-only">${this.t("status.bar")} </span>${text}</span></span>`;
  }

  private coordinates(): TemplateResult {
    const { coordinates, language, view } = this.state;
    const { position } = this.app.pointer.state;
    const text = formatCoordinates(position ?? view.center, coordinates, language);
    const system = coordinates === "lambert93" ? "Lambert-93" : "WGS 84";
    return html`<span class="coordinates"><span class="coordinates-text">${text}</span>
      <button class="status-button" @click=${() => this.app.screen.toggleCoordinates()} title=${this.t("status.switchTip")}>${system}<span class="sr-only">${this.t("status.switch")}</span></button>
      ${position ? nothing : html`<span class="muted">${this.t("status.centre")}</span>`}</span>`;
  }

  private photo(): TemplateResult | typeof nothing {
    const { language } = this.state;
    const { pointer, photos } = this.app;
    const found = photoUnder(this.state, pointer.state, photos.divider.state.at);
    if (!found) return nothing;
    if (!found.covered) return html`<span class="status-photo muted">${this.t("status.noPhoto")}</span>`;
    const { kind, title, acquired, resolution_m } = found.photo;
    const date = formatTaken(acquired, language);
    return html`${kind === "photo" ? nothing : this.height(kind)}<span class="status-photo" title=${title}>${this.t("status.photo", { date, resolution: formatResolution(resolution_m, language) })}</span>`;
  }

  /** Under the pointer, of the model of heights that is on the map. */
  private height(model: string): TemplateResult | typeof nothing {
    if (!fetched(this.app, "arp-height-here", () => import("./height-here"))) return nothing;
    const place = this.app.pointer.state.position ?? this.state.view.center;
    return html`<arp-height-here class="status-photo" .app=${this.app} .place=${place} .model=${model}></arp-height-here>`;
  }

  private sources(): string[] {
    const { layers, catalogue, backgrounds, background, photo } = this.state;
    if (catalogue.status !== "ready") return [];
    const on = new Set(layers.filter(({ visible }) => visible).map(({ slug }) => slug));
    const texts = [...catalogue.value, ...this.state.images]
      .filter(({ slug }) => on.has(slug))
      .map(({ attribution }) => attribution);
    const pair = comparison(this.state);
    const photos = pair ? [pair.left, pair.right] : knownPhotos(this.state).filter(({ slug }) => slug === photo);
    texts.push(...photos.map(({ attribution }) => attribution));
    return attributions([...texts, backgrounds.find(({ slug }) => slug === background)?.attribution ?? ""]);
  }
}

customElements.define("arp-status-line", StatusLine);

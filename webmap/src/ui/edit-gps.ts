import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { classOf, type Fix, type Measure, measureOf, withFix } from "../edit/gps";
import { formatAccuracy } from "../format/format";
import { fromLambert93 } from "../geo/lambert93";
import type { EditKey } from "../i18n/edit";
import { EditElement } from "./edit-element";

/** Where the device is: the accuracy first, the mean of what it says, and a button that takes it. */
export class EditGps extends EditElement {
  @property({ attribute: false }) put: (measure: Measure) => void = () => {};
  @property() action: EditKey = "gps.put";
  @state() private fixes: readonly Fix[] = [];
  @state() private watching: number | null = null;
  /** Nothing comes for now. */
  @state() private lost = false;
  @state() private fault: "locate.unavailable" | "locate.failed" | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  private start(): void {
    this.fault = null;
    if (!navigator.geolocation) {
      this.fault = "locate.unavailable";
      return;
    }
    this.fixes = [];
    this.lost = false;
    this.watching = navigator.geolocation.watchPosition(
      ({ coords: { longitude: lon, latitude: lat, accuracy } }) => {
        this.lost = false;
        this.fixes = withFix(this.fixes, { lon, lat, accuracy });
        this.showPlace();
      },
      (error) => {
        // Under trees or between walls the device finds nothing for a while: what it said so far holds, and it goes on.
        this.lost = error.code !== error.PERMISSION_DENIED;
        if (this.lost) return;
        this.fault = "locate.failed";
        this.stop();
      },
      { enableHighAccuracy: true, maximumAge: 0, timeout: 30000 },
    );
  }

  private stop(): void {
    if (this.watching !== null) {
      navigator.geolocation.clearWatch(this.watching);
      this.app.store.update({ pin: null });
    }
    this.watching = null;
  }

  /** On the map before it is taken: one sees whether it is where one stands. The first fix brings the map there. */
  private showPlace(): void {
    const measure = measureOf(this.fixes);
    if (!measure) return;
    const place = fromLambert93([measure.at[0], measure.at[1]]);
    if (this.fixes.length === 1) this.app.view.goTo({ center: place });
    this.app.store.update({ pin: place });
  }

  private take(measure: Measure): void {
    this.fixes = [];
    this.app.store.update({ pin: null });
    this.put(measure);
    // What was pressed goes until there is another measure.
    this.querySelector<HTMLElement>(".edit-gps-switch")?.focus();
  }

  protected override drawn(): TemplateResult {
    const watching = this.watching !== null;
    const measure = watching ? measureOf(this.fixes) : null;
    const waiting = watching && !measure;
    const said = waiting
      ? this.words(this.lost ? "gps.lost" : "gps.waiting")
      : measure
        ? this.words("gps.class", { class: classOf(measure.accuracy) })
        : "";
    return html`<section class="edit-numbers edit-gps"><h3>${this.words("gps.title")}</h3>
      ${this.fault ? html`<p class="field-fault" role="alert"><arp-icon name="alert"></arp-icon>${this.t(this.fault)}</p>` : nothing}
      <p role="status" class=${waiting ? "muted" : "sr-only"}>${said}</p>
      ${measure ? this.accuracy(measure) : nothing}
      <div class="button-row">
        ${measure ? html`<button class="button button-primary" @click=${() => this.take(measure)}><arp-icon name="locate"></arp-icon>${this.words(this.action)}</button>` : nothing}
        <button class="button edit-gps-switch" @click=${() => (watching ? this.stop() : this.start())}>${watching ? nothing : html`<arp-icon name="locate"></arp-icon>`}${this.words(watching ? "gps.stop" : "gps.start")}</button></div></section>`;
  }

  /** Each fix changes it: it is not read aloud. */
  private accuracy({ accuracy, count }: Measure): TemplateResult {
    const figures = { accuracy: formatAccuracy(accuracy, this.state.language), count, class: classOf(accuracy) };
    return html`<p class="edit-measures">${this.words(count > 1 ? "gps.accuracyMany" : "gps.accuracyOne", figures)}</p>
      <p class="field-help">${this.words("gps.help")}</p>`;
  }
}

customElements.define("arp-edit-gps", EditGps);

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { Box } from "lucide";
import { signInUrl } from "../api/urls";
import { formatTaken } from "../format/format";
import type { Mode } from "../simulation/desk";
import { Hand } from "../simulation/hand";
import { areaOf } from "../simulation/outline";
import { faultIn } from "../simulation/project";
import { keepFocus } from "../state/focus";
import { byTime, knownPhotos, pictures } from "../state/photos";
import { addIcons } from "./icon";
import { SimulateElement } from "./simulate-element";
import { emptiness } from "./states";
import "./simulate-keep";
import "./simulate-nearby";
import "./simulate-results";
import "./simulate-shadow";
import "./simulate-sun";
import "./simulate-variants";
import "./simulate-volume";
import "./simulate-works";
import "../styles/simulation.css";

addIcons({ scene: Box });

const MODES: readonly Mode[] = ["move", "rectangle", "polygon", "line"];

/** The desk where a project is drawn on a parcel, compared with the rules of its zone, and shaded. */
export class SimulatePanel extends SimulateElement {
  private hand: Hand | null = null;
  private stopDrawing: (() => void) | null = null;
  private started = "";
  @state() private opening = false;
  @state() private sceneFailed = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.pressed, true);
    this.stopDrawing = this.desk.store.subscribe(() => {
      this.hand?.draw();
      if (this.contains(document.activeElement)) keepFocus(() => this.focusTitle());
    });
    void this.app.photos.load();
    this.desk.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.pressed, true);
    this.stopDrawing?.();
    this.hand?.stop();
    this.hand = null;
    this.started = "";
    this.desk.setMode("move");
  }

  /** What a link asked for. */
  protected override willUpdate(): void {
    const { panelTab } = this.state;
    if (!panelTab || !this.app.config.user) return;
    this.app.store.update({ panelTab: null });
    this.desk.openLinked(panelTab);
  }

  protected override updated(): void {
    const parcels = this.desk.state.project.parcels.join();
    this.putHand(parcels !== "" && this.app.config.user !== null && !this.app.editing.editor);
    if (this.started !== parcels && this.desk.limits.length) {
      this.started = parcels;
      this.desk.frame();
    }
    if (this.desk.focusing) this.desk.focusing = !this.focusTitle();
  }

  /** Whether it is there. */
  private focusTitle(): boolean {
    const title = this.querySelector<HTMLElement>("#simulate-title");
    title?.focus({ preventScroll: true });
    return title !== null;
  }

  /** The hand is on the map while there is land to draw on, and no layer is edited: that has a hand of its own. */
  private putHand(wanted: boolean): void {
    if (wanted && this.hand) return this.hand.draw();
    this.hand?.stop();
    this.hand = null;
    if (!wanted) return;
    const hand = new Hand(this.app, this.desk);
    this.hand = hand;
    void hand.start(() => this.isConnected && this.hand === hand);
  }

  private pressed = (event: KeyboardEvent): void => {
    if (!this.hand) return;
    const { target, key } = event;
    const typing = target instanceof HTMLElement && target.matches("textarea, input[type=text], input[type=search]");
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && !typing) {
      event.preventDefault();
      if (event.shiftKey) this.desk.redo();
      else this.desk.undo();
    } else if (key === "Escape" && this.desk.state.mode !== "move") {
      event.preventDefault();
      event.stopPropagation();
      this.desk.setMode("move");
    }
  };

  protected override render(): TemplateResult {
    if (!this.app.config.user) return this.signIn();
    const { parcels, volumes } = this.desk.state.project;
    if (!parcels.length) return emptiness(this.words("empty.title"), this.words("empty.advice"));
    const { past, future, said } = this.desk.state;
    return html`<arp-simulate-glance .app=${this.app}></arp-simulate-glance><h3 id="simulate-title" tabindex="-1">${this.words("project.title", { idu: parcels.join(", ") })}</h3>
      <div class="button-row">
        <button type="button" class="button button-small" @click=${() => this.desk.frame()}><arp-icon name="frame"></arp-icon>${this.words("project.frame")}</button>
        <button type="button" class="button button-small" ?disabled=${!past.length} @click=${() => this.desk.undo()}><arp-icon name="undo"></arp-icon>${this.words("project.undo")}</button>
        <button type="button" class="button button-small" ?disabled=${!future.length} @click=${() => this.desk.redo()}><arp-icon name="retry"></arp-icon>${this.words("project.redo")}</button>
      </div>
      <p class="simulate-said small" role="status">${said}</p>
      ${this.adding()}${this.drawing()}${this.list()}
      <arp-simulate-volume .app=${this.app}></arp-simulate-volume>
      <arp-simulate-works .app=${this.app}></arp-simulate-works>
      <arp-simulate-variants .app=${this.app}></arp-simulate-variants>
      <arp-simulate-keep .app=${this.app}></arp-simulate-keep>
      <arp-simulate-results .app=${this.app}></arp-simulate-results>
      <arp-simulate-nearby .app=${this.app}></arp-simulate-nearby>
      <arp-simulate-shadow .app=${this.app}></arp-simulate-shadow>
      <arp-simulate-sun .app=${this.app}></arp-simulate-sun>
      ${this.photo()}${volumes.length ? html`${this.scene()}${this.ending()}` : nothing}`;
  }

  private signIn(): TemplateResult {
    const here = `${location.pathname}${location.search}${location.hash}`;
    return html`<p>${this.words("signIn.title")}</p>
      <a class="button button-primary" href=${signInUrl(this.app.config.urls.sign_in, here)}><arp-icon name="signIn"></arp-icon>${this.words("signIn.action")}</a>`;
  }

  private adding(): TemplateResult {
    const { asking } = this.desk.sides.answer;
    return html`<fieldset class="simulate-adding"><legend>${this.words("add.title")}</legend><div class="button-row">
        <button type="button" class="button button-primary" ?disabled=${asking} @click=${() => this.desk.addRectangle()}><arp-icon name="plus"></arp-icon>${this.words("add.rectangle")}</button>
        <button type="button" class="button" ?disabled=${asking} @click=${() => this.desk.addPolygon()}><arp-icon name="area"></arp-icon>${this.words("add.polygon")}</button>
      </div>${asking ? html`<p class="muted small" role="status">${this.words("sides.asking")}</p>` : nothing}</fieldset>`;
  }

  private drawing(): TemplateResult {
    const { mode, square, snapping, drawing } = this.desk.state;
    const flag = (name: "square" | "snapping", checked: boolean): TemplateResult =>
      html`<label class="check"><input type="checkbox" .checked=${live(checked)} @change=${(event: Event) => this.desk.store.update({ [name]: (event.target as HTMLInputElement).checked })} /><span>${this.words(`draw.${name}`)}</span></label>`;
    return html`<fieldset class="segments"><legend>${this.words("draw.legend")}</legend>
        ${MODES.map((one) => html`<label><input type="radio" name="simulate-mode" .checked=${live(one === mode)} @change=${() => this.desk.setMode(one)} /><span>${this.words(`draw.${one}`)}</span></label>`)}</fieldset>
      ${flag("snapping", snapping)}
      ${
        mode === "polygon" || mode === "line"
          ? html`${flag("square", square)}<div class="button-row">
        <button type="button" class="button button-small" ?disabled=${drawing.length < (mode === "line" ? 2 : 3)} @click=${() => this.hand?.close()}><arp-icon name="check"></arp-icon>${this.words(mode === "line" ? "draw.endLine" : "draw.close")}</button>
        <button type="button" class="button button-small" @click=${() => this.desk.setMode("move")}>${this.words("draw.giveUp")}</button></div>`
          : nothing
      }`;
  }

  private list(): TemplateResult | typeof nothing {
    const { project, active } = this.desk.state;
    if (!project.volumes.length) return nothing;
    return html`<section aria-labelledby="simulate-volumes-title"><h3 id="simulate-volumes-title">${this.words("volume.all")}</h3>
      <ul class="simulate-volumes">${project.volumes.map(
        ({ id, name, outline }) =>
          html`<li><button type="button" aria-pressed=${id === active} @click=${() => this.desk.choose(id)}><strong>${name}</strong><small>${this.area(areaOf(outline))}</small></button></li>`,
      )}</ul></section>`;
  }

  private photo(): TemplateResult | typeof nothing {
    const photos = byTime(pictures(knownPhotos(this.state), this.state.photo));
    if (!photos.length) return nothing;
    const choose = (event: Event): void => this.app.photos.choose((event.target as HTMLSelectElement).value || null);
    return html`<div class="field"><label for="simulate-photo">${this.words("photo.label")}</label>
      <select id="simulate-photo" @change=${choose}><option value="" .selected=${live(this.state.photo === null)}>${this.words("photo.none")}</option>
        ${photos.map(({ slug, title, acquired }) => html`<option value=${slug} .selected=${live(slug === this.state.photo)}>${title} (${formatTaken(acquired, this.state.language)})</option>`)}</select></div>`;
  }

  /** The view in three dimensions and the library that draws it are fetched when they are asked for. */
  private scene(): TemplateResult {
    const faulty = this.desk.state.project.volumes.some(faultIn);
    return html`<div class="button-row"><button type="button" class="button" ?disabled=${faulty} aria-busy=${this.opening} @click=${() => void this.openScene()}><arp-icon name="scene"></arp-icon>${this.words("scene.open")}</button></div>
      ${this.sceneFailed ? html`<p class="simulate-fault" role="alert">${this.words("scene.failed")}</p>` : nothing}`;
  }

  private async openScene(): Promise<void> {
    // It stays enabled meanwhile: it keeps the focus, which comes back to it when the view is closed.
    if (this.opening) return;
    this.opening = true;
    try {
      const { showScene } = await import("./scene-dialog");
      this.sceneFailed = false;
      if (this.isConnected) showScene(this.app);
    } catch {
      this.sceneFailed = true;
    }
    this.opening = false;
  }

  private ending(): TemplateResult {
    return html`<div class="simulate-ending"><div class="button-row">
      <button type="button" class="button" @click=${() => this.desk.works.download()}><arp-icon name="download"></arp-icon>${this.words("project.download")}</button>
      <button type="button" class="button" @click=${() => this.desk.clear()}><arp-icon name="close"></arp-icon>${this.words("project.clear")}</button></div></div>`;
  }
}

customElements.define("arp-simulate-panel", SimulatePanel);

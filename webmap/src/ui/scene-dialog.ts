import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { ApiError } from "../api/client";
import type { AppPort } from "../app/port";
import { saveBlob } from "../export/download";
import { formatTaken } from "../format/format";
import { readNumber } from "../format/read";
import type { SceneKey, SceneWords } from "../i18n/scene";
import { clock, FIRST_MINUTE, isDay, LAST_MINUTE, STEP_MINUTES } from "../simulation/instant";
import { closer, farther, keyed, moved, turned, type View, zoomed } from "../simulation/scene/camera";
import { SceneDesk } from "../simulation/scene/desk";
import { SHADOW_REACH_M } from "../simulation/scene/loading";
import { listen } from "../simulation/scene/pointers";
import { byTime, knownPhotos, pictures } from "../state/photos";
import { ArpentElement } from "./element";
import { sceneTables } from "./scene-tables";
import { failure } from "./states";
import "../styles/scene.css";

const SIDES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const DRAG_DEGREES = 0.35;
const TURN_DEGREES = 10;
const REST_MS = 500;
const WALK = { least: 2, most: 450 };

/** Puts the view on the page, over everything; it goes when it is closed, and the focus returns to where it was. */
export function showScene(app: AppPort): void {
  document.querySelector("arp-scene-dialog")?.remove();
  const dialog = document.createElement("arp-scene-dialog") as SceneDialog;
  dialog.app = app;
  document.body.append(dialog);
}

/** The project in three dimensions, and the same as tables. */
export class SceneDialog extends ArpentElement {
  desk!: SceneDesk;
  private stopping: (() => void)[] = [];
  private resting = 0;
  /** What was typed or chosen of where to stand; null: what was proposed. */
  private distance: string | null = null;
  private side: number | null = null;

  private get words(): SceneWords {
    return this.desk.words;
  }

  private get canvas(): HTMLCanvasElement | null {
    return this.querySelector("canvas");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk = new SceneDesk(this.app);
    this.stopping = [
      this.desk.store.subscribe(() => this.requestUpdate()),
      this.desk.project.store.subscribe(() => this.requestUpdate()),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.resting);
    for (const stop of this.stopping) stop();
    this.desk.stop();
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
    const { canvas } = this;
    if (!canvas) return;
    void this.desk.start(canvas);
    this.stopping.push(
      listen(canvas, {
        // A picture that is pulled down comes down: one looks from higher; a walker looks up.
        turn: (dx, dy) => this.drag((view) => turned(view, -dx * DRAG_DEGREES, dy * DRAG_DEGREES)),
        pan: (dx, dy) => {
          const step = this.desk.metresPerPixel;
          this.drag((view) => moved(view, dy * step, -dx * step));
        },
        zoom: (factor) => this.drag((view) => zoomed(view, factor)),
        tap: (x, y) => this.desk.touch(x, y),
      }),
    );
  }

  private drag(change: (view: View) => View): void {
    const { view } = this.desk.state;
    if (view) this.desk.look(change(view), this.desk.state.said);
  }

  private step(change: (view: View) => View): void {
    const { view } = this.desk.state;
    if (!view) return;
    this.desk.look(change(view));
    this.desk.sayView();
  }

  /** The page's shortcuts rest while the dialog is open; Escape is the dialog's. */
  private pressed(event: KeyboardEvent): void {
    event.stopPropagation();
    const { view } = this.desk.state;
    if (event.target !== this.canvas || !view || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = event.key === "Home" ? this.desk.home : keyed(view, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    this.desk.look(next, this.desk.state.said);
    window.clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.desk.sayView(), REST_MS);
  }

  private close(): void {
    this.querySelector("dialog")?.close();
  }

  protected override render(): TemplateResult {
    const { drawing } = this.desk.state;
    const seen = drawing === "waiting" || drawing === "drawn";
    return html`<dialog class="scene-dialog" aria-labelledby="scene-title" data-drawing=${drawing} @close=${() => this.remove()} @keydown=${(event: KeyboardEvent) => this.pressed(event)}>
      <header><h2 id="scene-title">${this.words("title")}</h2>
        <button type="button" class="icon-button" aria-label=${this.words("close")} title=${this.words("close")} @click=${() => this.close()}><arp-icon name="close"></arp-icon></button></header>
      <div class="scene-picture" ?hidden=${!seen}>
        <canvas tabindex="0" role="application" aria-label=${this.words("label")} aria-describedby="scene-keys" ?data-placing=${this.desk.state.placing}></canvas>
        ${this.waits()}${this.turning()}
      </div>
      <div class="scene-side">
        ${this.faults()}
        <p class="scene-said small" role="status">${this.desk.state.said}</p>
        ${seen ? html`${this.points()}${this.sun()}${this.photo()}${this.saving()}` : nothing}
        ${this.notes()}${sceneTables(this.desk, this.state.language, !seen)}
      </div></dialog>`;
  }

  private waits(): TemplateResult | typeof nothing {
    const { drawing, error } = this.desk.state;
    return drawing === "waiting" && !error
      ? html`<p class="scene-waits" role="status">${this.words("loading")}</p>`
      : nothing;
  }

  private faults(): TemplateResult | typeof nothing {
    const { error, drawing, photoFault } = this.desk.state;
    if (error) return failure(this.t, error, () => this.again());
    const text =
      drawing === "impossible" ? this.words("noWebgl") : drawing === "lost" ? this.words("lost") : photoFault;
    return text ? html`<p class="scene-fault" role="alert">${text}</p>` : nothing;
  }

  private again(): void {
    const { canvas } = this;
    this.desk.store.update({ error: null });
    if (canvas) void this.desk.start(canvas);
  }

  // --- where one looks from ------------------------------------------------------------------------------------------

  /** What the fingers do, for who has but one or none. */
  private turning(): TemplateResult {
    const one = (key: SceneKey, icon: string, change: (view: View) => View): TemplateResult =>
      html`<button type="button" class="icon-button" aria-label=${this.words(key)} title=${this.words(key)} @click=${() => this.step(change)}><arp-icon name=${icon}></arp-icon></button>`;
    return html`<div class="scene-turning" role="group" aria-label=${this.words("view.title")}>
      ${one("view.left", "chevronLeft", (view) => turned(view, -TURN_DEGREES, 0))}
      ${one("view.right", "chevronRight", (view) => turned(view, TURN_DEGREES, 0))}
      ${one("view.closer", "plus", closer)}${one("view.farther", "minus", farther)}
      ${one("view.overview", "frame", () => this.desk.home)}</div>`;
  }

  private points(): TemplateResult {
    const { placing, view } = this.desk.state;
    const typed = (event: Event): void => {
      this.distance = (event.target as HTMLInputElement).value;
      this.requestUpdate();
    };
    const choose = (event: Event): void => {
      this.side = Number((event.target as HTMLSelectElement).value);
      this.requestUpdate();
    };
    const { stand } = this.desk.state;
    const text = this.distance ?? String(stand.metres);
    const chosen = this.side ?? stand.side;
    const metres = readNumber(text);
    const wrong = metres === null || metres < WALK.least || metres > WALK.most;
    return html`<fieldset><legend>${this.words("walk.title")}</legend>
      <div class="scene-row">
        <div class="field"><label for="scene-distance">${this.words("walk.distance")}</label>
          <input id="scene-distance" type="text" inputmode="decimal" autocomplete="off" .value=${live(text)} aria-invalid=${wrong} @input=${typed} /></div>
        <div class="field"><label for="scene-side">${this.words("walk.side")}</label>
          <select id="scene-side" @change=${choose}>${SIDES.map((side) => html`<option value=${side} .selected=${live(side === chosen)}>${this.words(`direction.${side}`)}</option>`)}</select></div>
      </div>
      <div class="button-row">
        <button type="button" class="button button-small" ?disabled=${wrong} @click=${() => this.desk.walkFrom(metres ?? 0, 45 * chosen)}>${this.words("walk.go")}</button>
        <button type="button" class="button button-small" aria-pressed=${placing} @click=${() => this.desk.place(!placing)}><arp-icon name="pin"></arp-icon>${this.words("walk.touch")}</button>
        <button type="button" class="button button-small" @click=${() => this.step(() => this.desk.home)}><arp-icon name="frame"></arp-icon>${this.words("view.overview")}</button>
      </div>
      <p class="muted small" id="scene-keys">${this.words(view?.kind === "walk" ? "keys.walk" : "keys.orbit")}</p></fieldset>`;
  }

  // --- light and photo -----------------------------------------------------------------------------------------------

  private sun(): TemplateResult {
    const { project } = this.desk;
    const { instant } = project.state;
    const time = clock(instant.minutes);
    const setDay = (event: Event): void => {
      const { value } = event.target as HTMLInputElement;
      if (isDay(value)) project.show({ instant: { ...instant, day: value } });
    };
    const setTime = (event: Event): void =>
      project.show({ instant: { ...instant, minutes: Number((event.target as HTMLInputElement).value) } });
    const words = project.words;
    return html`<fieldset><legend>${this.words("sun.title")}</legend>
      <div class="scene-row"><div class="field"><label for="scene-day">${words("shadow.day")}</label>
        <input id="scene-day" type="date" min="1950-01-01" max="2049-12-31" .value=${instant.day} @change=${setDay} /></div>
      <div class="field"><label for="scene-time">${words("shadow.hour", { time })}</label>
        <input id="scene-time" type="range" min=${FIRST_MINUTE} max=${LAST_MINUTE} step=${STEP_MINUTES} .value=${live(String(instant.minutes))} aria-valuetext=${time} @input=${setTime} /></div></div>
      <p class="muted small scene-sun">${this.sunSaid()}</p></fieldset>`;
  }

  private sunSaid(): string {
    const { value, error } = this.desk.project.shadow.answer;
    if (error) return this.words("sun.unknown");
    if (!value) return "";
    const { elevation, grid_azimuth } = value.sun;
    if (elevation <= 0) return this.words("sun.down");
    const direction = this.desk.direction(grid_azimuth);
    return this.words("sun.up", { elevation: Math.round(elevation), direction, reach: SHADOW_REACH_M });
  }

  private photo(): TemplateResult | typeof nothing {
    const photos = byTime(pictures(knownPhotos(this.state), this.state.photo));
    if (!photos.length) return nothing;
    const choose = (event: Event): void => this.app.photos.choose((event.target as HTMLSelectElement).value || null);
    return html`<div class="field"><label for="scene-photo">${this.words("photo.label")}</label>
      <select id="scene-photo" @change=${choose}><option value="" .selected=${live(this.state.photo === null)}>${this.words("photo.none")}</option>
        ${photos.map(({ slug, title, acquired }) => html`<option value=${slug} .selected=${live(slug === this.state.photo)}>${title} (${formatTaken(acquired, this.state.language)})</option>`)}</select></div>`;
  }

  private saving(): TemplateResult {
    const { drawing } = this.desk.state;
    const { keepFault, waits } = this.desk;
    return html`<div class="button-row"><button type="button" class="button button-primary" ?disabled=${drawing !== "drawn"} aria-disabled=${waits} @click=${() => void this.save()}><arp-icon name="download"></arp-icon>${this.words("save.action")}</button>
      <button type="button" class="button" ?disabled=${drawing !== "drawn"} aria-disabled=${keepFault !== null} aria-describedby="scene-keep" @click=${() => void this.keep()}><arp-icon name="check"></arp-icon>${this.words("save.keep")}</button></div>
      <p class="muted small" id="scene-keep">${this.words(keepFault ?? "save.hint")}</p>`;
  }

  /** Among the documents of the project, where that is saved as it is drawn. */
  private async keep(): Promise<void> {
    const { keepFault } = this.desk;
    if (keepFault) return this.desk.store.update({ said: this.words(keepFault) });
    try {
      const title = await this.desk.keepView();
      this.desk.store.update({
        said: title === null ? this.words("save.failed") : this.words("save.kept", { title }),
      });
    } catch (error) {
      const reason = error instanceof ApiError ? error.detail || error.title : "";
      this.desk.store.update({ said: this.words("save.refused", { reason }) });
    }
  }

  private async save(): Promise<void> {
    if (this.desk.waits) return this.desk.store.update({ said: this.words("save.waits") });
    try {
      const saved = await this.desk.savedView();
      if (saved) saveBlob(saved);
      this.desk.store.update({ said: this.words(saved ? "save.done" : "save.failed") });
    } catch {
      this.desk.store.update({ said: this.words("save.failed") });
    }
  }

  private notes(): TemplateResult {
    const { data } = this.desk.state;
    const notes = [this.desk.groundSaid, ...(data?.scene.notes ?? []), this.words("caption.warning")].filter(Boolean);
    return html`<ul class="scene-notes muted small">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  }
}

customElements.define("arp-scene-dialog", SceneDialog);

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import { formatInstant } from "../format/format";
import type { Keeper } from "../simulation/keeper";
import { SimulateElement } from "./simulate-element";
import { failure } from "./states";

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly author: string;
}

const typed = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** What the server keeps of the project: its name, whether it is saved, what somebody else saved meanwhile. */
export class SimulateKeep extends SimulateElement {
  @state() private listed: readonly Listed[] | null = null;
  @state() private listFault: ApiError | null = null;

  private get keeper(): Keeper {
    return this.desk.keeper;
  }

  protected override render(): TemplateResult {
    const { conflict, error, saved } = this.keeper.state;
    return html`<section class="simulate-keep" aria-labelledby="simulate-keep-title"><h3 id="simulate-keep-title">${this.words("keep.title")}</h3>
      <p class="small" role="status">${this.standing()}</p>
      ${this.remarks()}${conflict ? this.conflict(conflict) : nothing}
      ${error ? this.fault(error) : nothing}
      ${this.keeper.members.length || saved?.writable ? this.form() : nothing}
      ${saved && !saved.writable && !this.keeper.members.length ? html`<p class="muted small">${this.words("keep.reader")}</p>` : nothing}
      ${this.opening()}</section>`;
  }

  private standing(): string {
    const { saved } = this.keeper.state;
    if (!saved) return this.words(this.keeper.members.length ? "keep.never" : "keep.reader");
    if (this.keeper.changed) return this.words(saved.writable ? "keep.changed" : "keep.changedReader");
    return this.words("keep.saved", {
      number: saved.version,
      who: saved.by,
      at: formatInstant(saved.at, this.state.language),
    });
  }

  private remarks(): TemplateResult {
    const { remarks, successors } = this.keeper.state;
    return html`${remarks.map((one) => html`<p class="simulate-fault" role="alert">${one === "courtyards" ? this.words("keep.courtyards") : one}</p>`)}
      ${successors.length ? html`<button type="button" class="button button-small" @click=${() => this.keeper.moveToSuccessors()}>${this.words("keep.successors", { parcels: successors.join(", ") })}</button>` : nothing}`;
  }

  private fault(error: ApiError): TemplateResult {
    return [400, 403, 404, 409].includes(error.status)
      ? html`<p class="simulate-fault" role="alert">${error.detail || error.title}</p>`
      : failure(this.t, error, () => void this.keeper.save());
  }

  // --- saving ------------------------------------------------------------------------------------------------------

  private form(): TemplateResult {
    const { saved, name, permit, busy } = this.keeper.state;
    const writable = !saved || saved.writable;
    const clean = this.keeper.changed === false;
    // It stays enabled while it saves: it keeps the focus.
    const waits = busy || clean;
    const submit = (event: Event): void => {
      event.preventDefault();
      if (!waits) void this.keeper.save();
    };
    return html`<form @submit=${submit}>
      ${this.textField("simulate-project-name", "keep.name", name, 120, (text) => this.keeper.patch({ name: text }), true)}
      ${this.textField("simulate-permit", "keep.permit", permit, 40, (text) => this.keeper.patch({ permit: text }))}
      ${saved ? nothing : this.member()}
      <div class="button-row">
        ${writable ? html`<button class="button button-primary" ?disabled=${!name.trim()} aria-disabled=${waits}><arp-icon name="check"></arp-icon>${this.words("keep.save")}</button>` : nothing}
        ${saved ? html`<a class="button" href=${saved.url}>${this.words("keep.page")}</a>` : nothing}
        ${saved && this.keeper.members.length ? html`<button type="button" class="button" @click=${() => this.keeper.detach()}>${this.words("keep.detach")}</button>` : nothing}
      </div></form>`;
  }

  private textField(
    id: string,
    key: "keep.name" | "keep.permit",
    value: string,
    longest: number,
    apply: (text: string) => void,
    required = false,
  ): TemplateResult {
    return html`<div class="field"><label for=${id}>${this.words(key)}</label>
      <input id=${id} type="text" maxlength=${longest} autocomplete="off" ?required=${required} .value=${live(value)} @input=${(event: Event) => apply(typed(event))} /></div>`;
  }

  private member(): TemplateResult | typeof nothing {
    const { members } = this.keeper;
    if (members.length < 2) return nothing;
    const { member } = this.keeper.state;
    return html`<div class="field"><label for="simulate-member">${this.words("keep.member")}</label>
      <select id="simulate-member" @change=${(event: Event) => this.keeper.patch({ member: typed(event) })}>${members.map(({ slug, name }) => html`<option value=${slug} .selected=${live(slug === member)}>${name}</option>`)}</select></div>`;
  }

  // --- what somebody else saved ------------------------------------------------------------------------------------

  private conflict(theirs: schema.Project): TemplateResult {
    const at = formatInstant(theirs.changed_at, this.state.language);
    const mine = this.keeper.variants.map(({ letter, volumes }) => `${letter} (${volumes.length})`).join(", ");
    const their = theirs.variants.map(({ letter, figures }) => `${letter} (${figures.volumes})`).join(", ");
    return html`<div class="message message-error" role="alert"><arp-icon name="alert"></arp-icon><div>
      <strong>${this.words("conflict.title", { who: theirs.changed_by, at })}</strong>
      <table class="simulate-table"><caption class="sr-only">${this.words("conflict.caption")}</caption>
        <thead><tr><td></td><th scope="col">${this.words("conflict.theirs", { number: theirs.version })}</th><th scope="col">${this.words("conflict.mine")}</th></tr></thead>
        <tbody><tr><th scope="row">${this.words("keep.name")}</th><td>${theirs.name}</td><td>${this.keeper.state.name}</td></tr>
          <tr><th scope="row">${this.words("conflict.variants")}</th><td>${their}</td><td>${mine}</td></tr></tbody></table>
      <div class="button-row">
        <button type="button" class="button button-small" @click=${() => this.keeper.keepBeside()}>${this.words("conflict.beside")}</button>
        <button type="button" class="button button-small" @click=${() => void this.keeper.saveOver()}>${this.words("conflict.over")}</button>
        <button type="button" class="button button-small" @click=${() => this.keeper.takeTheirs()}>${this.words("conflict.take")}</button>
      </div></div></div>`;
  }

  // --- opening -----------------------------------------------------------------------------------------------------

  private opening(): TemplateResult {
    const toggle = (event: Event): void => {
      if ((event.target as HTMLDetailsElement).open) void this.list();
    };
    return html`<details class="simulate-open" @toggle=${toggle}><summary>${this.words("keep.open")}</summary>
      ${this.listFault ? failure(this.t, this.listFault, () => void this.list()) : nothing}
      ${this.listed?.length === 0 ? html`<p class="muted small">${this.words("keep.none")}</p>` : nothing}
      <ul class="simulate-volumes">${(this.listed ?? []).map(({ id, name, author }) => html`<li><button type="button" aria-pressed=${id === this.keeper.state.saved?.id} @click=${() => void this.keeper.open(id)}><strong>${name}</strong><small>${author}</small></button></li>`)}</ul></details>`;
  }

  /** The projects on the first parcel. */
  private async list(): Promise<void> {
    const [idu = ""] = this.desk.project.parcels;
    this.listFault = null;
    try {
      const answer = await this.app.api.send(`${this.app.config.urls.api}simulations/?q=${encodeURIComponent(idu)}`);
      this.listed = ((await answer.json()) as { results: Listed[] }).results;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.listFault = error;
    }
  }
}

customElements.define("arp-simulate-keep", SimulateKeep);

import { html, nothing, type TemplateResult } from "lit";
import type * as schema from "../api/schema";
import { SimulateElement } from "./simulate-element";
import { failure, skeleton } from "./states";

/** What the project meets and what lies near it: the ground, neighbours, networks, easements. */
export class SimulateNearby extends SimulateElement {
  protected override render(): TemplateResult | typeof nothing {
    if (!this.desk.state.project.volumes.length) return nothing;
    const { value, error, asking } = this.desk.nearby.answer;
    return html`<section class="simulate-nearby" aria-labelledby="simulate-nearby-title" aria-busy=${asking}>
      <h3 id="simulate-nearby-title">${this.words("nearby.title")}</h3>
      ${error ? failure(this.t, error, () => this.desk.refresh()) : value ? this.found(value) : skeleton(this.t, 3)}</section>`;
  }

  private found(value: schema.SimulationNearby): TemplateResult {
    const { ground, neighbour_m, networks, easements, notes } = value;
    return html`<dl class="figures">
        ${ground ? this.figure("slope", `${this.number(ground.slope_percent, 1)}\u00a0%`) : nothing}
        ${ground ? this.figure("earthworks", this.words("nearby.volumes", { cut: this.number(ground.cut_m3, 0), fill: this.number(ground.fill_m3, 0) })) : nothing}
        ${this.figure("neighbour", neighbour_m === null ? this.words("nearby.none") : this.metres(neighbour_m))}
      </dl>
      ${networks.length ? this.networks(networks) : html`<p class="muted small">${this.words("nearby.noNetwork")}</p>`}
      ${easements.length ? this.easements(easements) : nothing}
      ${notes.map((note) => html`<p class="muted small">${note}</p>`)}`;
  }

  private figure(name: "slope" | "earthworks" | "neighbour", text: string): TemplateResult {
    return html`<div><dt>${this.words(`nearby.${name}`)}</dt><dd>${text}</dd></div>`;
  }

  private networks(networks: readonly schema.NearObject[]): TemplateResult {
    return html`<table class="simulate-table"><caption>${this.words("nearby.networks")}</caption>
      <thead><tr><th scope="col">${this.words("nearby.object")}</th><th scope="col">${this.words("figures.distance")}</th></tr></thead>
      <tbody>${networks.map(
        ({
          title,
          reference,
          distance_m,
          accuracy,
        }) => html`<tr><th scope="row">${title}${reference ? ` · ${reference}` : ""}
          <small>${accuracy || this.words("nearby.unknown")}</small></th><td>${this.metres(distance_m)}</td></tr>`,
      )}</tbody></table>`;
  }

  private easements(easements: readonly schema.CrossedRule[]): TemplateResult {
    return html`<table class="simulate-table"><caption>${this.words("nearby.easements")}</caption>
      <tbody>${easements.map(({ section, title, detail }) => html`<tr><th scope="row">${title}<small>${[section, detail].filter(Boolean).join(" · ")}</small></th></tr>`)}</tbody></table>`;
  }
}

customElements.define("arp-simulate-nearby", SimulateNearby);

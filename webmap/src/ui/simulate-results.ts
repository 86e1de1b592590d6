import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type * as schema from "../api/schema";
import { type SimulationKey, type SimulationWords, simulationWords } from "../i18n/simulation";
import type { Checked } from "../simulation/desk";
import { gapOf, type Limit } from "../simulation/limits";
import { areaOf } from "../simulation/outline";
import { faultIn, ridgeOf } from "../simulation/project";
import { SimulateElement } from "./simulate-element";
import { failure, skeleton } from "./states";

type Status = schema.VerdictStatusEnum;

const LIMIT_KINDS = ["alignment", "side", "rear"] as const;
type LimitKind = (typeof LIMIT_KINDS)[number];
const kindOf = (kind: string): LimitKind => LIMIT_KINDS.find((one) => one === kind) ?? "side";

/** What asks for attention comes first. */
const STATUSES: readonly Status[] = ["broken", "to_judge", "respected", "not_applicable"];
const ICONS = { broken: "close", to_judge: "info", respected: "check", not_applicable: "minus" } as const;

/** What the project measures, and what the rules of the zone say of it. */
export class SimulateResults extends SimulateElement {
  protected override render(): TemplateResult {
    return html`${this.figures()}${this.rules()}${this.envelope()}`;
  }

  // --- measures ------------------------------------------------------------------------------------------------------

  private figures(): TemplateResult | typeof nothing {
    const { volumes } = this.desk.state.project;
    if (!volumes.length) return this.distances();
    const answer = this.desk.checked.answer.value;
    const emprise = volumes.reduce((sum, { outline }) => sum + areaOf(outline), 0);
    const height = Math.max(...volumes.map(ridgeOf));
    return html`<section class="simulate-figures" aria-labelledby="simulate-figures-title"><h3 id="simulate-figures-title">${this.words("figures.title")}</h3>
      <dl class="figures">
        ${this.figure("emprise", this.area(emprise))}
        ${this.figure("height", this.metres(height))}
        ${answer ? this.figure("terrain", this.area(answer.terrain_m2)) : nothing}
        ${
          answer?.terrain_m2
            ? this.figure(
                "coverage",
                coverageOf(answer, this.words, (share) => this.number(share * 100, 1)),
              )
            : nothing
        }
      </dl></section>${this.distances()}`;
  }

  private figure(name: "emprise" | "height" | "terrain" | "coverage", text: string): TemplateResult {
    return html`<div><dt>${this.words(`figures.${name}`)}</dt><dd>${text}</dd></div>`;
  }

  private distances(): TemplateResult {
    const { answer } = this.desk.sides;
    if (answer.error) return failure(this.t, answer.error, () => this.desk.refresh());
    if (!answer.value) return skeleton(this.t, 3);
    const { active } = this.desk;
    return html`<table class="simulate-table simulate-limits"><caption>${this.words("figures.caption")}</caption>
      <thead><tr><th scope="col">${this.words("figures.limit")}</th>${active ? html`<th scope="col">${this.words("figures.distance")}</th>` : nothing}</tr></thead>
      <tbody>${answer.value.limits.map((limit) => {
        const gap = active && gapOf(active.outline, limit);
        const { origin, names, uncertain, derived } = limit;
        const beyond = names.length ? this.words("limit.beyond", { origin, names: names.join(", ") }) : origin;
        return html`<tr><th scope="row">${limit.number} · ${limit.label}, ${this.metres(limit.metres)}
          <small>${beyond}${uncertain ? html`<br />${this.words("limit.uncertain")}` : nothing}${derived ? html`<br />${this.words("limit.corrected", { kind: this.words(`limit.kind.${kindOf(derived)}`) })}` : nothing}</small>
          ${answer.value?.canCorrect ? this.correction(limit) : nothing}</th>
          ${active ? html`<td>${gap ? this.metres(gap.metres) : "—"}</td>` : nothing}</tr>`;
      })}</tbody></table>${answer.value.notes.map((note) => html`<p class="muted small">${note}</p>`)}`;
  }

  /** What the limit is, to be said better by a person; the kind that is derived takes a correction back. */
  private correction(limit: Limit): TemplateResult {
    const change = (event: Event): void => {
      const kind = kindOf((event.target as HTMLSelectElement).value);
      void this.desk.works.correct(limit, kind === limit.derived ? null : kind);
    };
    const label = this.words("limit.correct", { number: limit.number });
    return html`<select class="simulate-side" aria-label=${label} .value=${live(limit.kind)} @change=${change}>
      ${LIMIT_KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === limit.kind}>${this.words(`limit.kind.${kind}`)}</option>`)}
    </select>`;
  }

  // --- rules ---------------------------------------------------------------------------------------------------------

  private rules(): TemplateResult {
    return html`<section class="simulate-rules" aria-labelledby="simulate-rules-title" aria-busy=${this.desk.checked.answer.asking}>
      <h3 id="simulate-rules-title" tabindex="-1">${this.words("check.title")}</h3>${this.findings()}</section>`;
  }

  private findings(): TemplateResult {
    const { volumes } = this.desk.state.project;
    const faulty = volumes.map((volume) => ({ volume, fault: faultIn(volume) })).find(({ fault }) => fault !== null);
    if (!volumes.length) return html`<p class="muted">${this.words("check.empty")}</p>`;
    if (faulty?.fault)
      return html`<p class="simulate-fault" role="alert">${this.words(`check.fault.${faulty.fault}`, { name: faulty.volume.name })}</p>`;
    const { value, error } = this.desk.checked.answer;
    if (error) return this.refused(error);
    if (!value) return skeleton(this.t, 3);
    return this.verdicts(value);
  }

  /** What the server will not judge is told; what did not come is asked again. */
  private refused(error: Parameters<typeof failure>[1]): TemplateResult {
    const told = [400, 404, 409].includes(error.status);
    return told
      ? html`<p class="simulate-fault" role="alert">${error.detail || error.title}</p>`
      : failure(this.t, error, () => this.desk.refresh());
  }

  private verdicts(checked: Checked): TemplateResult {
    if (checked.refusal) return html`<p class="simulate-fault">${checked.refusal}</p>`;
    const rows = checked.results.map((verdict, index) => ({ verdict, index }));
    const sorted = rows.sort((a, b) => rank(a.verdict) - rank(b.verdict));
    return html`<p class="simulate-summary">${countsOf(checked, this.words).join(", ")}</p>
      ${checked.notes.map((note) => html`<p class="muted small">${note}</p>`)}
      ${checked.zones.map(({ zone, regulation }) => (regulation ? html`<p class="small"><a href=${regulation} target="_blank" rel="noopener">${this.words("check.regulation", { zone })}</a></p>` : nothing))}
      ${
        sorted.length
          ? html`<table class="simulate-table"><caption class="sr-only">${this.words("check.caption")}</caption>
        <thead><tr><th scope="col">${this.words("check.rule")}</th><th scope="col">${this.words("check.status")}</th></tr></thead>
        <tbody>${sorted.map(({ verdict, index }) => this.verdict(verdict, index))}</tbody></table>`
          : nothing
      }${this.accuracy(checked.accuracies)}`;
  }

  private verdict(verdict: schema.Verdict, index: number): TemplateResult {
    const { status, text, remark, source, where } = verdict;
    const title = [this.heading(verdict), this.volumeName(verdict)].filter(Boolean).join(" — ");
    const shown = this.desk.state.spotted === index;
    return html`<tr data-status=${status}><th scope="row">${title}<small>${text}</small>
        ${remark && !text.includes(remark) ? html`<small>${remark}</small>` : nothing}
        ${source ? html`<details><summary>${this.words("check.source")}</summary><p>${source.title}</p><p>${source.text}</p></details>` : nothing}</th>
      <td><span class="simulate-status"><arp-icon name=${ICONS[status]}></arp-icon>${this.words(`status.${status}`)}</span>
        ${where ? html`<button type="button" class="button button-small" aria-pressed=${shown} aria-label=${this.words("check.show", { rule: title })} @click=${() => this.desk.spot(index)}>${this.words("check.shown")}</button>` : nothing}</td></tr>`;
  }

  private heading({ label, category, article, zone, measures }: schema.Verdict): string {
    const references = [...new Set(measures.map(({ reference }) => reference))].filter(Boolean);
    const name = label || this.known(`category.${category}`, category);
    const from = references.map((one) => this.known(`reference.${one}`, one)).join(", ");
    return [article || zone, from && !label ? `${name} (${from})` : name].filter(Boolean).join(" · ");
  }

  /** A word of the standard as one says it; as it is where nobody knows it. */
  private known(key: string, otherwise: string): string {
    return key in simulationWords.all ? this.words(key as SimulationKey) : otherwise;
  }

  private volumeName({ volume }: schema.Verdict): string {
    const { volumes } = this.desk.state.project;
    return volume === null || volumes.length < 2 ? "" : (volumes[volume]?.name ?? "");
  }

  private accuracy({ plan, plan_known, heights, heights_known }: schema.SimulationAccuracies): TemplateResult {
    const doubt = (known: boolean): string => (known ? "" : this.words("check.doubt"));
    return html`<p class="muted small">${this.words("check.accuracy", {
      plan: this.number(plan, 2),
      heights: this.number(heights, 2),
      planDoubt: doubt(plan_known),
      heightsDoubt: doubt(heights_known),
    })}</p>`;
  }

  // --- what fits -----------------------------------------------------------------------------------------------------

  private envelope(): TemplateResult {
    const { envelopeShown } = this.desk.state;
    const toggle = (event: Event): void =>
      this.desk.show({ envelopeShown: (event.target as HTMLInputElement).checked });
    return html`<section class="simulate-envelope" aria-labelledby="simulate-envelope-title"><h3 id="simulate-envelope-title">${this.words("envelope.title")}</h3>
      <label class="check"><input type="checkbox" .checked=${envelopeShown} @change=${toggle} /><span>${this.words("envelope.ask")}</span></label>
      ${envelopeShown ? this.fitting() : nothing}</section>`;
  }

  private fitting(): TemplateResult {
    const { value, error } = this.desk.envelope.answer;
    if (error) return this.refused(error);
    if (!value) return skeleton(this.t, 2);
    return html`<p class="muted small">${this.words("envelope.hint")}</p>
      ${value.zones.length ? value.zones.map((zone) => this.zone(zone)) : html`<p>${this.words("envelope.none")}</p>`}
      ${value.notes.map((note) => html`<p class="muted small">${note}</p>`)}`;
  }

  private zone(zone: schema.ZoneEnvelope): TemplateResult {
    const or = (value: number | null, write: (value: number) => string): string =>
      value === null ? this.words("envelope.unknown") : write(value);
    const cubic = (value: number): string => `${this.number(value, 0)}\u00a0m³`;
    const rows = [
      ["envelope.area", this.area(zone.area_m2)],
      ["envelope.ces", or(zone.ces_m2, this.area)],
      ["envelope.height", or(zone.height_m, this.metres)],
      ["envelope.eaves", or(zone.eaves_m, this.metres)],
      ["envelope.volume", or(zone.bounded_volume_m3 ?? zone.volume_m3, cubic)],
    ] as const;
    const names = zone.left_out.map((category) => this.known(`category.${category}`, category));
    return html`<table class="simulate-table"><caption>${this.words("envelope.zone", { zone: zone.zone })}</caption>
      <tbody>${rows.map(([key, text]) => html`<tr><th scope="row">${this.words(key)}</th><td>${text}</td></tr>`)}</tbody></table>
      ${names.length ? html`<p class="muted small">${this.words("envelope.leftOut", { names: names.join(", ") })}</p>` : nothing}`;
  }
}

/** How many rules are broken, to be judged, and so on. */
function countsOf({ results }: schema.SimulationChecked, words: SimulationWords): string[] {
  return STATUSES.flatMap((status) => {
    const count = results.filter((one) => one.status === status).length;
    return count ? [words(`count.${status}`, { count })] : [];
  });
}

/** The project in a line that stays in sight and is read aloud as it changes. */
export class SimulateGlance extends SimulateElement {
  protected override render(): TemplateResult | typeof nothing {
    const { volumes } = this.desk.state.project;
    if (!volumes.length) return nothing;
    const { value, asking } = this.desk.checked.answer;
    const parts = [
      this.area(volumes.reduce((sum, { outline }) => sum + areaOf(outline), 0)),
      this.words("glance.high", { height: this.metres(Math.max(...volumes.map(ridgeOf))) }),
    ];
    if (value?.terrain_m2)
      parts.push(this.words("glance.built", { share: coverageOf(value, this.words, this.percent) }));
    const counts = value ? countsOf(value, this.words) : [];
    return html`<div class="simulate-glance"><p role="status" aria-busy=${asking}><span class="sr-only">${this.words("glance.label")} : </span>${parts.join(" · ")}${counts.length ? html`<strong>${counts.join(", ")}</strong>` : nothing}</p>
      <button type="button" class="button button-small" @click=${showRules}>${this.words("glance.rules")}</button></div>`;
  }

  private percent = (share: number): string => this.number(share * 100, 1);
}

function coverageOf(
  { terrain_m2, emprise_before_m2, emprise_after_m2 }: schema.SimulationChecked,
  words: SimulationWords,
  percent: (share: number) => string,
): string {
  const [before, after] = [percent(emprise_before_m2 / terrain_m2), percent(emprise_after_m2 / terrain_m2)];
  return words("figures.then", { before, after });
}

/** Past what one draws with: what the rules say stands far below it. */
function showRules(): void {
  const title = document.querySelector<HTMLElement>("#simulate-rules-title");
  title?.scrollIntoView({ block: "start" });
  title?.focus({ preventScroll: true });
}

const rank = ({ status }: schema.Verdict): number => STATUSES.indexOf(status);

customElements.define("arp-simulate-results", SimulateResults);
customElements.define("arp-simulate-glance", SimulateGlance);

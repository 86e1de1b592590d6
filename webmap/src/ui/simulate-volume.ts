import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import {
  addLeg,
  angleOf,
  asPolygon,
  circular,
  LEAST_SIDE_M,
  legsOf,
  MOST_CORNERS,
  type Polygon,
  type Rectangle,
  turnTo,
  withLeg,
  withoutLeg,
} from "../simulation/outline";
import { HIGHEST_M, RIDGE_TURNS, ROOFS, type Roof, type Volume } from "../simulation/project";
import { SimulateElement } from "./simulate-element";

const LONGEST_M = 500;
const MOST_LEVELS = 100;
const STEP_M = 0.5;
const TURN_DEGREES = 5;
const NEW_LEG = { length: 4, turn: 90 };
const FIRST_DISTANCE_M = 4;
const MOST_COPIES = 20;

const chosen = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** The volume that is chosen: its sides, its roof and heights, where it stands. */
export class SimulateVolume extends SimulateElement {
  @state() private step = STEP_M;
  @state() private limit = 0;
  @state() private distance = FIRST_DISTANCE_M;
  @state() private along = true;
  @state() private array = { columns: 6, rows: 2, apart: 4 };

  protected override render(): TemplateResult | typeof nothing {
    const volume = this.desk.active;
    if (!volume) return nothing;
    const { outline } = volume;
    return html`<section class="simulate-volume" aria-labelledby="simulate-volume-title"><h3 id="simulate-volume-title">${volume.name}</h3>
      ${this.name(volume)}
      ${outline.kind === "rectangle" ? this.rectangle(outline) : this.polygon(outline)}
      ${this.heights(volume)}
      ${this.placing()}
      ${this.moving()}
      ${this.repeating()}
      <div class="button-row">
        <button type="button" class="button button-small" @click=${() => this.desk.mirror()}><arp-icon name="swap"></arp-icon>${this.words("volume.mirror")}</button>
        <button type="button" class="button button-small" @click=${() => this.desk.copy()}><arp-icon name="plus"></arp-icon>${this.words("volume.copy")}</button>
        <button type="button" class="button button-small" @click=${() => this.desk.remove()}><arp-icon name="minus"></arp-icon>${this.words("volume.remove")}</button>
      </div></section>`;
  }

  private name(volume: Volume): TemplateResult {
    return html`<div class="field"><label for="simulate-name">${this.words("field.name")}</label>
      <input id="simulate-name" type="text" maxlength="80" autocomplete="off" .value=${live(volume.name)} @input=${(event: Event) => this.desk.patch({ name: chosen(event) }, "name")} @blur=${() => this.desk.settle()} /></div>`;
  }

  // --- the footprint -------------------------------------------------------------------------------------------------

  private rectangle(outline: Rectangle): TemplateResult {
    const side = (name: "width" | "depth") => ({
      id: `simulate-${name}`,
      label: this.words(`field.${name}`),
      value: outline[name],
      least: LEAST_SIDE_M,
      most: LONGEST_M,
      apply: (value: number) => this.desk.patch({ outline: { ...outline, [name]: value } }, name),
    });
    return html`<div class="simulate-row">${this.numberField(side("width"))}${this.numberField(side("depth"))}${this.angle(outline)}</div>
      <button type="button" class="button button-small" @click=${() => this.desk.patch({ outline: asPolygon(outline) })}><arp-icon name="area"></arp-icon>${this.words("volume.toPolygon")}</button>`;
  }

  private angle(outline: Rectangle | Polygon): TemplateResult {
    const value = Math.round(angleOf(outline) * 100) / 100;
    const apply = (degrees: number): void => this.desk.patch({ outline: turnTo(outline, circular(degrees)) }, "angle");
    return this.numberField({
      id: "simulate-angle",
      label: this.words("field.angle"),
      value,
      least: -360,
      most: 360,
      apply,
    });
  }

  private polygon(outline: Polygon): TemplateResult {
    const legs = legsOf(outline);
    const add = (): void => this.desk.patch({ outline: addLeg(outline, NEW_LEG) });
    return html`${this.angle(outline)}
      <fieldset class="simulate-legs"><legend>${this.words("leg.legend")}</legend>
        <div class="simulate-leg small muted" aria-hidden="true"><span></span><span>${this.words("leg.lengthShort")}</span><span>${this.words("leg.turnShort")}</span><span></span></div>
        ${legs.map((leg, i) => this.leg(outline, leg, i, i === legs.length - 1))}
        <button type="button" class="button button-small" ?disabled=${legs.length >= MOST_CORNERS} @click=${add}><arp-icon name="plus"></arp-icon>${this.words("leg.add")}</button>
      </fieldset>`;
  }

  private leg(
    outline: Polygon,
    { length, turn }: { length: number; turn: number },
    i: number,
    last: boolean,
  ): TemplateResult {
    const number = i + 1;
    if (last)
      return html`<div class="simulate-leg"><span>${number}</span><span>${this.metres(length)}</span><span class="muted small">${this.words("leg.closing")}</span><span></span></div>`;
    const remove = this.words("leg.remove", { number });
    const patch = (change: { length?: number; turn?: number }, kind: string): void =>
      this.desk.patch({ outline: withLeg(outline, i, change) }, `${kind} ${i}`);
    return html`<div class="simulate-leg"><span>${number}</span>
      ${this.numberField({ id: `simulate-length-${i}`, label: this.words("leg.length", { number }), hidden: true, value: length, least: LEAST_SIDE_M, most: LONGEST_M, apply: (value) => patch({ length: value }, "length") })}
      ${this.numberField({ id: `simulate-turn-${i}`, label: this.words("leg.turn", { number }), hidden: true, value: turn, least: -180, most: 180, apply: (value) => patch({ turn: value }, "turn") })}
      <button type="button" class="icon-button" ?disabled=${outline.corners.length <= 3} aria-label=${remove} title=${remove} @click=${() => this.desk.patch({ outline: withoutLeg(outline, i) })}><arp-icon name="close"></arp-icon></button></div>`;
  }

  // --- heights -------------------------------------------------------------------------------------------------------

  private heights(volume: Volume): TemplateResult {
    const { roof, eaves, ridge, levels } = volume;
    const flat = roof === "flat";
    const setEaves = (value: number): void => this.desk.patch({ eaves: value, ridge: Math.max(value, ridge) }, "eaves");
    return html`<div class="field"><label for="simulate-roof">${this.words("field.roof")}</label>
        <select id="simulate-roof" @change=${(event: Event) => this.desk.patch({ roof: chosen(event) as Roof })}>
          ${ROOFS.map((one) => html`<option value=${one} .selected=${live(one === roof)}>${this.words(`roof.${one}`)}</option>`)}</select></div>
      <div class="simulate-row">
        ${this.numberField({ id: "simulate-eaves", label: this.words(flat ? "field.height" : "field.eaves"), value: eaves, least: 0, most: HIGHEST_M, apply: setEaves })}
        ${flat ? nothing : this.numberField({ id: "simulate-ridge", label: this.words("field.ridge"), value: ridge, least: eaves, most: HIGHEST_M, apply: (value) => this.desk.patch({ ridge: value }, "ridge") })}
        ${this.numberField({ id: "simulate-levels", label: this.words("field.levels"), value: levels, least: 0, most: MOST_LEVELS, apply: (value) => this.desk.patch({ levels: Math.round(value) }, "levels"), empty: () => this.desk.patch({ levels: null }, "levels") })}
      </div>${flat ? nothing : this.ridge(volume)}`;
  }

  private ridge({ roof, ridgeTurn }: Volume): TemplateResult {
    const turns = RIDGE_TURNS.filter((degrees) => degrees < 180 || roof === "mono");
    const set = (event: Event): void => this.desk.patch({ ridgeTurn: Number(chosen(event)) });
    return html`<div class="field"><label for="simulate-ridge-turn">${this.words("field.ridgeTurn")}</label>
      <select id="simulate-ridge-turn" @change=${set}>${turns.map((degrees) => html`<option value=${degrees} .selected=${live(degrees === (roof === "mono" ? ridgeTurn : ridgeTurn % 180))}>${this.words(`ridge.${degrees}`)}</option>`)}</select></div>`;
  }

  // --- where it stands -----------------------------------------------------------------------------------------------

  private placing(): TemplateResult | typeof nothing {
    const { limits } = this.desk;
    if (!limits.length) return nothing;
    const limit = limits[this.limit] ?? limits[0];
    const place = (): void => {
      if (limit) this.desk.placeAt(limit, this.distance, this.along);
    };
    const set = (event: Event): void => {
      this.limit = Number(chosen(event));
    };
    const follow = (event: Event): void => {
      this.along = (event.target as HTMLInputElement).checked;
    };
    return html`<fieldset class="simulate-place"><legend>${this.words("place.title")}</legend>
      <div class="simulate-row"><div class="field"><label for="simulate-limit">${this.words("place.limit")}</label>
        <select id="simulate-limit" @change=${set}>${limits.map(({ number, label, names }, i) => html`<option value=${i} .selected=${live(limits[i] === limit)}>${[number, label, names[0]].filter(Boolean).join(" · ")}</option>`)}</select></div>
        ${this.numberField({ id: "simulate-distance", label: this.words("place.metres"), value: this.distance, least: 0, most: LONGEST_M, apply: this.setDistance })}</div>
      <label class="check"><input type="checkbox" .checked=${live(this.along)} @change=${follow} /><span>${this.words("place.along")}</span></label>
      <button type="button" class="button button-small" @click=${place}><arp-icon name="pin"></arp-icon>${this.words("place.act")}</button></fieldset>`;
  }

  private setDistance = (value: number): void => {
    this.distance = value;
  };

  private moving(): TemplateResult {
    const { step } = this;
    const ways = [
      ["move.north", "↑", 0, step],
      ["move.south", "↓", 0, -step],
      ["move.west", "←", -step, 0],
      ["move.east", "→", step, 0],
    ] as const;
    const turns = [
      ["turn.left", "↺", -TURN_DEGREES],
      ["turn.right", "↻", TURN_DEGREES],
    ] as const;
    const button = (words: string, sign: string, act: () => void): TemplateResult =>
      html`<button type="button" class="button button-small simulate-arrow" aria-label=${words} title=${words} @click=${act}><span aria-hidden="true">${sign}</span></button>`;
    return html`<fieldset class="simulate-moving"><legend>${this.words("move.legend")}</legend>
      ${ways.map(([key, sign, dx, dy]) => button(this.words(key), sign, () => this.desk.move(dx, dy)))}
      ${turns.map(([key, sign, degrees]) => button(this.words(key, { degrees: TURN_DEGREES }), sign, () => this.desk.turn(degrees)))}
      ${this.numberField({ id: "simulate-step", label: this.words("move.step"), value: step, least: 0.01, most: 100, apply: this.setStep })}</fieldset>`;
  }

  /** Copies of it, in columns and rows: twelve plots at once. */
  private repeating(): TemplateResult {
    const set = (name: "columns" | "rows" | "apart") => (value: number) => {
      this.array = { ...this.array, [name]: name === "apart" ? value : Math.round(value) };
    };
    const { columns, rows, apart } = this.array;
    const act = (): void => this.desk.repeat(columns, rows, apart);
    return html`<details class="simulate-more"><summary>${this.words("repeat.title")}</summary><div class="simulate-row">
      ${this.numberField({ id: "simulate-columns", label: this.words("repeat.columns"), value: columns, least: 1, most: MOST_COPIES, apply: set("columns") })}
      ${this.numberField({ id: "simulate-rows", label: this.words("repeat.rows"), value: rows, least: 1, most: MOST_COPIES, apply: set("rows") })}
      ${this.numberField({ id: "simulate-apart", label: this.words("repeat.apart"), value: apart, least: 0, most: 100, apply: set("apart") })}</div>
      <button type="button" class="button button-small" ?disabled=${columns * rows < 2} @click=${act}><arp-icon name="plus"></arp-icon>${this.words("repeat.act")}</button></details>`;
  }

  private setStep = (value: number): void => {
    this.step = value;
  };
}

customElements.define("arp-simulate-volume", SimulateVolume);

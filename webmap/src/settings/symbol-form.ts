import { html, nothing, type TemplateResult } from "lit";
import type { Hatch, LegendSymbol } from "../api/types";
import type { StyleKey, StyleWords } from "../i18n/style";
import { opaque, withOpacity } from "./colours";
import { DASHES } from "./style";

const SHAPE_NAMES = ["circle", "square", "triangle", "diamond", "cross", "star"] as const;
const DASH_NAMES: StyleKey[] = ["dash.none", "dash.dash", "dash.dots", "dash.dashDot", "dash.long"];

type Change = (symbol: LegendSymbol) => void;

const typed = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** The fields of one symbol. */
export function symbolForm(symbol: LegendSymbol, change: Change, words: StyleWords): TemplateResult {
  const set = (patch: Partial<LegendSymbol>): void => change({ ...symbol, ...patch });
  return html`<div class="symbol-form">
    ${symbol.kind === "circle" ? pointFields(symbol, set, words) : nothing}
    ${symbol.kind === "line" ? nothing : ink("fill", symbol, set, words)}
    ${symbol.kind === "fill" ? hatchFields(symbol, set, words) : nothing}
    ${ink("stroke", symbol, set, words)}
    ${symbol.stroke ? strokeFields(symbol, set, words) : nothing}
  </div>`;
}

type Set = (patch: Partial<LegendSymbol>) => void;

function pointFields(symbol: LegendSymbol, set: Set, words: StyleWords): TemplateResult {
  return html`<label class="field"><span>${words("shape.label")}</span><select @change=${(event: Event) => set({ shape: typed(event) })}>
      ${SHAPE_NAMES.map(
        (name) =>
          html`<option value=${name} ?selected=${name === (symbol.shape ?? "circle")}>${words(`shape.${name}`)}</option>`,
      )}</select></label>
    ${number(words("radius.label"), symbol.radius ?? 4, [1, 40, 0.5], (radius) => set({ radius }))}`;
}

const HATCH: Omit<Hatch, "colour"> = { angle: 45, spacing: 8, width: 1, cross: false };

/** The lines over the fill of an area, which may be missing. */
function hatchFields(symbol: LegendSymbol, set: Set, words: StyleWords): TemplateResult {
  const hatch = symbol.hatch;
  const { colour, opacity } = opaque(hatch?.colour ?? symbol.stroke ?? symbol.fill ?? "#0b5c6b");
  const given = (patch: Partial<Hatch>): void =>
    set({ hatch: { ...HATCH, colour: withOpacity(colour, opacity), ...hatch, ...patch } });
  const turn = (event: Event): void =>
    (event.target as HTMLInputElement).checked ? set({ hatch: null }) : given({ colour: opaque(colour).colour });
  return html`<fieldset class="ink"><legend>${words("hatch.label")}</legend>
    <label class="tick"><input type="checkbox" .checked=${!hatch} @change=${turn} />${words("hatch.none")}</label>
    ${
      hatch
        ? html`<input type="color" aria-label=${words("hatch.colour")} .value=${colour}
        @input=${(event: Event) => given({ colour: withOpacity(typed(event), opacity) })} />
      <label class="tick"><input type="checkbox" .checked=${hatch.cross ?? false}
        @change=${(event: Event) => given({ cross: (event.target as HTMLInputElement).checked })} />${words("hatch.cross")}</label>
      <div class="numbers">${number(words("hatch.angle"), hatch.angle, [0, 180, 1], (angle) => given({ angle }))}
      ${number(words("hatch.spacing"), hatch.spacing, [1, 100, 0.5], (spacing) => given({ spacing }))}
      ${number(words("width.label"), hatch.width, [0.1, 50, 0.1], (width) => given({ width }))}</div>`
        : nothing
    }
  </fieldset>`;
}

function strokeFields(symbol: LegendSymbol, set: Set, words: StyleWords): TemplateResult {
  const width = number(words("width.label"), symbol.stroke_width ?? 1, [0.2, 20, 0.1], (stroke_width) =>
    set({ stroke_width }),
  );
  if (symbol.kind === "circle") return width;
  const chosen = DASHES.findIndex((dash) => JSON.stringify(dash) === JSON.stringify(symbol.dash ?? null));
  return html`${width}
    <label class="field"><span>${words("dash.label")}</span><select @change=${(event: Event) =>
      set({ dash: DASHES[Number(typed(event))] ?? null })}>
      ${chosen < 0 ? html`<option selected value="-1" disabled>${words("dash.own", { dash: symbol.dash?.join(" ") ?? "" })}</option>` : nothing}
      ${DASH_NAMES.map((name, i) => html`<option value=${i} ?selected=${i === chosen}>${words(name)}</option>`)}</select></label>`;
}

function number(
  label: string,
  value: number,
  [min, max, step]: [number, number, number],
  set: (value: number) => void,
): TemplateResult {
  return html`<label class="field"><span>${label}</span><input type="number" min=${min} max=${max} step=${step} .value=${String(value)}
    @change=${(event: Event) => {
      const given = Number(typed(event).replace(",", "."));
      if (given >= min && given <= max) set(given);
      else (event.target as HTMLInputElement).value = String(value);
    }} /></label>`;
}

/** A colour that may be missing, and how opaque it is. */
function ink(name: "fill" | "stroke", symbol: LegendSymbol, set: Set, words: StyleWords): TemplateResult {
  const found = symbol[name];
  const { colour, opacity } = opaque(found ?? "#0b5c6b");
  const given = (patch: { colour?: string; opacity?: number }): void =>
    set({ [name]: withOpacity(patch.colour ?? colour, patch.opacity ?? opacity) });
  const percent = Math.round(opacity * 100);
  return html`<fieldset class="ink"><legend>${words(`${name}.label`)}</legend>
    <label class="tick"><input type="checkbox" .checked=${!found} ?disabled=${name === "stroke" && symbol.kind === "line"} @change=${(
      event: Event,
    ) =>
      set({
        [name]: (event.target as HTMLInputElement).checked ? null : withOpacity(colour, name === "fill" ? 0.6 : 1),
      })} />${words(`${name}.none`)}</label>
    ${
      found
        ? html`<input type="color" aria-label=${words(`${name}.label`)} .value=${colour} @input=${(event: Event) => given({ colour: typed(event) })} />
      <label class="opacity"><span>${words("opacity.label")}</span><input type="range" min="5" max="100" step="5" .value=${String(percent)}
        aria-valuetext="${percent} %" @input=${(event: Event) => given({ opacity: Number(typed(event)) / 100 })} /><output>${percent} %</output></label>`
        : nothing
    }
  </fieldset>`;
}

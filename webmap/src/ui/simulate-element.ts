import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { formatNumber } from "../format/format";
import { readNumber } from "../format/read";
import type { SimulationWords } from "../i18n/simulation";
import { type SimulationDesk, simulationDesk } from "../simulation/desk";
import { ArpentElement } from "./element";

export interface NumberField {
  readonly id: string;
  readonly label: string;
  readonly value: number | null;
  readonly least: number;
  readonly most: number;
  readonly apply: (value: number) => void;
  /** What is said to who sees no table around it. */
  readonly hidden?: boolean;
  /** May be left empty. */
  readonly empty?: () => void;
}

const DECIMALS = 3;

/** A part of the desk where a project is drawn: drawn again as the project changes. */
export abstract class SimulateElement extends ArpentElement {
  /** What is typed and is no number of the field's range, by the field. */
  @state() private wrong: Readonly<Record<string, string>> = {};
  private stopWatching: (() => void) | null = null;

  protected get desk(): SimulationDesk {
    return simulationDesk(this.app);
  }

  protected get words(): SimulationWords {
    return this.desk.words;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = this.desk.store.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
  }

  /** A number that takes effect while it is typed; what is wrong is told, and changes nothing. */
  protected numberField(field: NumberField): TemplateResult {
    const { id, label, hidden = false } = field;
    const typed = this.wrong[id];
    const text = typed ?? plain(field.value, this.state.language);
    const range = { low: this.number(field.least, 2), high: this.number(field.most, 2) };
    return html`<div class="field simulate-number"><label for=${id} class=${hidden ? "sr-only" : nothing}>${label}</label>
      <input id=${id} type="text" inputmode="decimal" autocomplete="off" .value=${text}
        aria-invalid=${typed !== undefined} aria-describedby=${typed === undefined ? nothing : `${id}-wrong`}
        @input=${(event: Event) => this.typed(field, (event.target as HTMLInputElement).value)} @blur=${() => this.left(id)} />
      ${typed === undefined ? nothing : html`<p class="field-fault" role="alert" id="${id}-wrong">${this.words("field.wrong", range)}</p>`}</div>`;
  }

  private typed(field: NumberField, text: string): void {
    const value = readNumber(text);
    const { [field.id]: _, ...others } = this.wrong;
    if (!text.trim() && field.empty) {
      this.wrong = others;
      field.empty();
    } else if (value === null || value < field.least || value > field.most) {
      this.wrong = { ...others, [field.id]: text };
    } else {
      this.wrong = others;
      field.apply(value);
    }
  }

  /** What was wrong goes back to what holds. */
  private left(id: string): void {
    this.desk.settle();
    const { [id]: _, ...others } = this.wrong;
    this.wrong = others;
  }

  protected number(value: number, decimals: number): string {
    return formatNumber(value, this.state.language, decimals);
  }

  protected metres = (value: number): string => `${this.number(value, 2)}\u00a0m`;
  protected area = (value: number): string => `${this.number(value, value < 100 ? 1 : 0)}\u00a0m²`;
}

/** Without spaces between thousands: it is typed over. */
const plain = (value: number | null, language: string): string =>
  value === null ? "" : String(Number(value.toFixed(DECIMALS))).replace(".", language === "fr" ? "," : ".");

import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Controller } from "../app/controller";
import type { Translate } from "../i18n";
import type { AppState } from "../state/state";

/** Base of the components: plain DOM (one set of style sheets, one accessibility tree), redrawn when the state changes. */
export abstract class ArpentElement extends LitElement {
  @property({ attribute: false }) controller!: Controller;
  private unsubscribe: (() => void) | null = null;

  get state(): AppState {
    return this.controller.state;
  }

  get t(): Translate {
    return this.controller.t;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = this.controller.store.subscribe((state, previous) => {
      if (this.concerns(state, previous)) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe?.();
  }

  /** Whether a change is worth drawing; components that show little say so. */
  protected concerns(_state: AppState, _previous: AppState): boolean {
    return true;
  }
}

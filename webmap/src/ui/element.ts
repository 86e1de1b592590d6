import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { AppPort } from "../app/port";
import type { Translate } from "../i18n/first-view";
import type { AppState } from "../state/state";

/** Base of the components: plain DOM (one set of style sheets, one accessibility tree), redrawn when the state changes. */
export abstract class ArpentElement extends LitElement {
  @property({ attribute: false }) app!: AppPort;
  private unsubscribe: (() => void) | null = null;

  get state(): AppState {
    return this.app.state;
  }

  get t(): Translate {
    return this.app.t;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = this.app.store.subscribe((state, previous) => {
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
